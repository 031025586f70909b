import { describe, expect, it } from "@jest/globals";
import { type ApiAnswer, handle, routeName, World } from "../../simulator/core.ts";
import { manualClock } from "./helpers.ts";

/** One story, told in process under a clock of its own. */
function story(seed: number): string[] {
  const clock = manualClock();
  const world = new World({ seed, now: clock.now, bootMs: 60_000 });
  const answers: ApiAnswer[] = [];
  const ask = (method: string, path: string, body = ""): ApiAnswer => {
    const headers = { "x-api-key": world.settings.apiKey, "x-phala-version": "2026-01-21" };
    const answer = handle(world, { method, path: `/api/v1${path}`, headers, body });
    answers.push(answer);
    return answer;
  };
  const app = `/apps/${world.appId}/cvms`;
  const { vm_uuid } = JSON.parse(ask("POST", `${app}/${world.source.vmUuid}/replicas`).body);
  for (let minute = 0; minute < 3; minute++) {
    ask("GET", app);
    clock.advance(30_000);
  }
  ask("DELETE", `/cvms/${vm_uuid}`);
  clock.advance(1000);
  ask("GET", `/cvms/${vm_uuid}`);
  return answers.map((answer) => `${answer.status} ${answer.body}`);
}

describe("the core without sockets", () => {
  it("plays the same story for the same seed, and another one for another", () => {
    expect(story(7)).toEqual(story(7));
    expect(story(7)).not.toEqual(story(8));
  });

  it("boots and deletes by the given clock alone", () => {
    const told = story(1);
    expect(told.map((line) => line.slice(0, 3))).toEqual([
      "200",
      "200",
      "200",
      "200",
      "204",
      "404",
    ]);
    expect(told[1]).toContain('"status":"provisioning"');
    expect(told[3]).not.toContain('"in_progress":true');
  });

  it("names routes by method and path", () => {
    expect(routeName("POST", "/api/v1/apps/a/cvms/b/replicas")).toBe("create");
    expect(routeName("POST", "/api/v1/cvms/b/replicas")).toBe("create");
    expect(routeName("GET", "/api/v1/cvms/paginated?page=1")).toBe("list-all");
    expect(routeName("GET", "/api/v1/cvms/b/state?target=running")).toBe("state");
    expect(routeName("GET", "/api/v2/cvms/b")).toBe("unknown");
    expect(routeName("GET", "/api/v1/cvms/")).toBe("unknown");
  });

  it("refuses a world that makes no sense", () => {
    expect(() => new World({ liveInstances: 0 })).toThrow("liveInstances");
    expect(() => new World({ nodes: [] })).toThrow("node");
  });
});
