/** What the check of deployments sees, and what is told to GitHub in a plain story. */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../simulator/core.ts";
import { check } from "./check.ts";
import { GITHUB_TOKEN } from "./github.ts";
import { type Performance, play } from "./play.ts";
import { PLAIN_GITHUB, type Story } from "./story.ts";
import { mainOf, rulesBroken, story } from "./tampered.ts";
import type { Exchange } from "./wire.ts";

const wish = { environment: "preview" } as const;

async function statesOf(more: Parameters<typeof story>[0], faults: readonly Fault[] = []) {
  const github: Story["github"] = { ...PLAIN_GITHUB, faults };
  const show = await play(story({ ...wish, ...more }, { github }));
  expect(check(show)).toEqual([]);
  return show.github.deployments.map(({ states }) => states.join(", "));
}

describe("GitHub is told", () => {
  it("of a replica that runs", async () => {
    expect(await statesOf({})).toEqual(["in_progress, success"]);
  });

  it("of each replica, and of its end", async () => {
    const end = "in_progress, success, inactive";
    expect(await statesOf({ count: 2, cleanup: "always" })).toEqual([end, end]);
  });

  it("nothing more after a refusal", async () => {
    const status = { kind: "status", when: "before", status: 403 } as const;
    expect(await statesOf({ count: 3 }, [{ route: "deployment", ...status }])).toEqual([]);
  });

  it("nothing twice of a deployment whose answer was lost", async () => {
    const lost = { route: "deployment", kind: "drop", when: "after" } as const;
    expect(await statesOf({ count: 2 }, [lost])).toEqual([""]);
  });
});

describe("the check of deployments sees", () => {
  const broken = (tamper: (show: Performance) => void) => rulesBroken(tamper, wish);
  const only = ["deployments"];

  it("one that ends as its replica did not", async () => {
    expect(await broken(({ github }) => github.deployments[0]?.states.push("failure"))).toEqual(
      only,
    );
  });

  it("one that is inactive although its replica is there", async () => {
    expect(await broken(({ github }) => github.deployments[0]?.states.push("inactive"))).toEqual([
      ...only,
      ...only,
    ]);
  });

  it("two of one replica", async () => {
    expect(
      await broken((show) => {
        const told = mainOf(show).github as Exchange[];
        const made = told.find(({ route }) => route === "deployment");
        if (made !== undefined) told.push({ ...made, from: (made.to ?? 0) + 60_000 });
      }),
    ).toEqual([...only, ...only]);
  });

  it("one that nobody asked for", async () => {
    expect(
      await broken(({ runs }) => {
        Object.assign(runs[0] ?? {}, { wish: { ...runs[0]?.wish, environment: null } });
      }),
    ).toContain("deployments");
  });

  it("its token at the cloud", async () => {
    expect(
      await broken((show) => {
        const [first] = mainOf(show).exchanges;
        Object.assign(first?.request.headers ?? {}, { authorization: GITHUB_TOKEN });
      }),
    ).toEqual(only);
  });
});
