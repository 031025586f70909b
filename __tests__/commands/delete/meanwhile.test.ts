/** `deployment_environment`, where the app's list does not show what a deployment names. In simulated time. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
// Loaded now: a module that loads lets simulated time pass.
import "@actions/github";
import type { ApiAnswer, Cvm } from "../../../simulator/types.ts";
import { emptyGithub, type Github, record, route, TOKEN } from "../../deployments/routes.ts";
import { runnerEnv } from "../../deployments/support.ts";
import { type Result, Simulation } from "../../support/simulated/simulation.ts";

const GITHUB = "https://api.github.invalid";
const HOUR_MS = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "delete-meanwhile-"));
const event = join(folder, "event.json");
writeFileSync(event, JSON.stringify({ pull_request: { number: 7 } }));
afterAll(() => rmSync(folder, { recursive: true }));

interface Stage {
  readonly sim: Simulation;
  readonly github: Github;
  /** Records what create records for the CVM of that UUID. */
  readonly owns: (vmUuid: string, pullRequest?: number) => number;
  readonly states: (id: number) => unknown[];
  /** Names of the app's CVMs that are there still. */
  readonly left: () => string[];
  /** Runs delete for pull request 7. */
  readonly run: (inputs?: Record<string, string>) => Promise<Result>;
}

function stage(): Stage {
  const sim = new Simulation({ liveInstances: 2, removeMs: 1_000 });
  const github = emptyGithub(GITHUB);
  answerFor(sim, github);
  return {
    sim,
    github,
    owns: (vm_uuid, number = 7) => {
      const payload = { vm_uuid, app_id: sim.world.appId, number, ref: "topic" };
      return record(github, { environment: "preview", payload });
    },
    states: (id) => (github.statuses.get(id) ?? []).map(({ state }) => state),
    left: () =>
      sim.cvms().flatMap((cvm) => (cvm.deleted || cvm.appId !== sim.world.appId ? [] : [cvm.name])),
    run: (inputs = {}) =>
      sim.start({ deployment_environment: "preview", github_token: TOKEN, ...inputs }, "delete", {
        ...runnerEnv(GITHUB),
        GITHUB_EVENT_PATH: event,
        GITHUB_EVENT_NAME: "pull_request_target",
      }).finished,
  };
}

/** Puts GitHub beside the cloud. */
function answerFor(sim: Simulation, github: Github): void {
  const cloud = sim.server.serve.bind(sim.server);
  sim.server.serve = async (request) => {
    const { origin, pathname, search } = new URL(request.url);
    if (origin !== GITHUB) return cloud(request);
    const { method, body } = request;
    const seen = {
      method,
      path: pathname + search,
      headers: request.headers,
      body: body === undefined ? undefined : JSON.parse(body),
    };
    github.seen.push(seen);
    github.onRequest(seen);
    const { status, headers = {}, body: told } = route(github, "", seen);
    const json = { "content-type": "application/json; charset=utf-8", ...headers };
    return { kind: "answer", answer: { status, headers: json, body: JSON.stringify(told ?? {}) } };
  };
}

function seed(sim: Simulation, name = "web-seed1"): Cvm {
  const found = sim.world.cvms.find((cvm) => cvm.name === name);
  if (found === undefined) throw new Error(`no CVM ${name}`);
  return found;
}

const ends = ({ exitCode, runner: { outputs } }: Result) => [
  exitCode,
  outputs.outcome,
  outputs.error_code,
];
const why = ({ runner: { outputs } }: Result) =>
  (JSON.parse(outputs.kept ?? "") as { name: string; why: string }[]).map(
    (one) => `${one.name}: ${one.why}`,
  );

/** Has the app's list leave a CVM out, as one that shows newcomers late does. */
function unlist(sim: Simulation, vmUuid: string): void {
  sim.on("after-work", "list", ({ answer }) => {
    const rows = JSON.parse(answer?.body ?? "[]") as { vm_uuid: string }[];
    rewrite(
      answer,
      rows.filter(({ vm_uuid }) => vm_uuid !== vmUuid),
    );
  });
}

function rewrite(answer: ApiAnswer | undefined, value: unknown): void {
  if (answer !== undefined) Object.assign(answer, { body: JSON.stringify(value) });
}

describe("a replica of the pull request that the list does not show", () => {
  it("made by another job after the list was read: it stays, named, and keeps its deployment", async () => {
    const { sim, owns, run, states, left } = stage();
    const old = owns(seed(sim).vmUuid);
    const ids: number[] = [];
    sim.on("answered", "list", () => {
      if (ids.length > 0) return;
      ids.push(owns(sim.addStranger({ name: "preview-new" }).vmUuid));
    });
    const step = await run();
    expect(ends(step)).toEqual([0, "deleted", ""]);
    expect(why(step)).toEqual(["preview-new: too-new"]);
    expect(left()).toEqual(["web", "preview-new"]);
    expect([old, ...ids].map(states)).toEqual([["success", "inactive"], ["success"]]);
    expect(ends(await run())).toEqual([0, "deleted", ""]);
    expect(left()).toEqual(["web"]);
    expect(ids.map(states)).toEqual([["success", "inactive"]]);
  });

  it("listed late, and older than the step: it goes", async () => {
    const { sim, owns, run, states, left } = stage();
    const createdAt = sim.clock.now() - HOUR_MS;
    const late = sim.addStranger({ name: "preview-late", createdAt });
    const id = owns(late.vmUuid);
    unlist(sim, late.vmUuid);
    expect(ends(await run())).toEqual([0, "deleted", ""]);
    expect(left()).toEqual(["web", "web-seed1"]);
    expect(states(id)).toEqual(["success", "inactive"]);
  });

  it("listed without its UUID: it goes, and counts once among those that run", async () => {
    const { sim, owns, run, left } = stage();
    sim.on("after-work", "list", ({ answer }) => {
      const rows = JSON.parse(answer?.body ?? "[]") as { name: string }[];
      rewrite(
        answer,
        rows.map((row) => (row.name === "web-seed1" ? { ...row, vm_uuid: null } : row)),
      );
    });
    owns(seed(sim).vmUuid);
    expect(why(await run({ keep_at_least: "2" }))).toEqual(["web-seed1: last-running"]);
    expect(ends(await run())).toEqual([0, "deleted", ""]);
    expect(left()).toEqual(["web"]);
  });

  it("that is another pull request's is not asked for", async () => {
    const { sim, owns, run, states, left } = stage();
    const late = sim.addStranger({ name: "preview-8" });
    const id = owns(late.vmUuid, 8);
    unlist(sim, late.vmUuid);
    expect(ends(await run())).toEqual([0, "unchanged", ""]);
    expect(left()).toContain("preview-8");
    expect(states(id)).toEqual(["success"]);
    expect(sim.requests.filter(({ path }) => path.includes(late.vmUuid))).toEqual([]);
  });

  it.each([
    ["a proxy's page", 404, "<html><title>404 Not Found</title></html>"],
    ["a server error", 500, "{}"],
  ])(
    "that %s hides: red, nothing is deleted, and the deployment stays",
    async (_, status, body) => {
      const { sim, owns, run, states, left } = stage();
      const gone = seed(sim);
      const ids = [owns(gone.vmUuid), owns(seed(sim, "web").vmUuid)];
      sim.world.remove(gone);
      sim.on("after-work", "cvm", ({ request, answer }) => {
        // Of the others the route tells as ever.
        if (answer !== undefined && request.path.includes(gone.vmUuid)) {
          Object.assign(answer, { status, body });
        }
      });
      const [exitCode, outcome] = ends(await run({ keep_at_least: "0" }));
      expect([exitCode, outcome]).toEqual([1, "failed"]);
      expect(left()).toEqual(["web"]);
      expect(ids.map(states)).toEqual([["success"], ["success"]]);
    },
  );

  it("that can't be read, and whose deployment is inactive, is no reason for red", async () => {
    const { sim, github, owns, run } = stage();
    const gone = seed(sim);
    const id = owns(gone.vmUuid);
    github.statuses.get(id)?.push({ state: "inactive" });
    sim.world.remove(gone);
    sim.fault({ route: "cvm", kind: "status", when: "before", status: 500, times: "always" });
    expect(ends(await run())).toEqual([0, "unchanged", ""]);
  });

  it("another app's by its own route: it stays, and so does its deployment", async () => {
    const { sim, owns, run, states } = stage();
    const { other } = sim.world;
    const id = owns(other.vmUuid);
    expect(ends(await run())).toEqual([0, "unchanged", ""]);
    expect(states(id)).toEqual(["success"]);
    expect(other.deletes).toBe(0);
  });

  it("in an app that the API says has no list: red, and nothing is deleted", async () => {
    const { sim, owns, run, states } = stage();
    const id = owns(seed(sim).vmUuid);
    const body = JSON.stringify({ detail: "App not found" });
    sim.fault({ route: "list", kind: "status", when: "before", status: 404, body });
    expect(ends(await run())).toEqual([1, "failed", "HTTP-404"]);
    expect(states(id)).toEqual(["success"]);
    expect(sim.requests.filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  it("gone, as the API says itself: its deployment becomes inactive", async () => {
    const { sim, owns, run, states } = stage();
    const id = owns(seed(sim).vmUuid);
    sim.world.remove(seed(sim));
    expect(ends(await run())).toEqual([0, "unchanged", ""]);
    expect(states(id)).toEqual(["success", "inactive"]);
  });

  it("of more than fifty, the newest are asked for", async () => {
    const { sim, owns, run, states } = stage();
    const ids = Array.from({ length: 60 }, (_, n) =>
      owns(`aaaaaaaa-0000-4000-8000-${String(n).padStart(12, "0")}`),
    );
    expect(ends(await run())).toEqual([0, "unchanged", ""]);
    expect(sim.requests.filter(({ path }) => path.includes("aaaaaaaa"))).toHaveLength(50);
    expect(ids.filter((id) => states(id).includes("inactive"))).toEqual(ids.slice(10));
  });
});
