/** The checks of named replicas are shown stories that were tampered with. */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../simulator/core.ts";
import type { Performance } from "./play.ts";
import { isPaying } from "./reading.ts";
import { mainOf, rulesBroken } from "./tampered.ts";
import type { Exchange } from "./wire.ts";

const NAMED = { names: ["web-eu-1", "web-eu-2", "web-eu-3"] };
const LOST: Fault = { route: "instances", kind: "drop", when: "after" };

const exchangesOf = (show: Performance) => mainOf(show).exchanges as Exchange[];

/** Changes the requests that make replicas. */
function changePosts(show: Performance, change: (one: Exchange, nth: number) => Exchange): void {
  const exchanges = exchangesOf(show);
  const posts = exchanges.filter(isPaying);
  for (const [nth, one] of posts.entries()) exchanges[exchanges.indexOf(one)] = change(one, nth);
}

describe("the checks of names see", () => {
  it("the route without names", async () => {
    const broken = await rulesBroken(
      (show) => changePosts(show, (one) => ({ ...one, route: "create" })),
      NAMED,
    );
    expect(broken).toContain("byName");
  });

  it("a request of which post would not know", async () => {
    const broken = await rulesBroken(
      (show) => changePosts(show, (one, nth) => (nth === 1 ? { ...one, saved: {} } : one)),
      NAMED,
    );
    expect(broken).toContain("byName");
  });

  it("five under way at a time, and two before names are seen to hold", async () => {
    for (const names of [["web-eu-1", "web-eu-2"], Array.from("12345", (n) => `web-eu-${n}`)]) {
      const broken = await rulesBroken(
        (show) => {
          const from = exchangesOf(show).find(isPaying)?.from ?? 0;
          changePosts(show, (one) => ({ ...one, from }));
        },
        { names },
      );
      expect(broken).toContain("byName");
    }
  });

  it("two of one name", async () => {
    const broken = await rulesBroken((show) => {
      const body = exchangesOf(show).find(isPaying)?.request.body;
      changePosts(show, (one) => ({ ...one, request: { ...one.request, body } as never }));
    }, NAMED);
    expect(broken).toContain("byName");
  });

  it("one that was asked for although it is there", async () => {
    const broken = await rulesBroken((show) => {
      const exchanges = exchangesOf(show);
      const look = exchanges.findIndex(({ route }) => route === "list");
      const one = exchanges[look] as Exchange;
      const rows = JSON.parse(one.answer?.body ?? "[]") as object[];
      const body = JSON.stringify([...rows, { ...rows[0], vm_uuid: "x", name: "WEB-eu-2" }]);
      exchanges[look] = { ...one, answer: { ...one.answer, body } as never };
    }, NAMED);
    expect(broken).toContain("byName");
  });

  it("a replica that nobody names", async () => {
    const broken = await rulesBroken(
      (show) => {
        const { outputs, saved, entries } = mainOf(show).runner;
        const { vmUuid } = show.sim.replica(0);
        for (const name of Object.keys(saved).filter((key) => key.endsWith("_0")))
          delete saved[name];
        for (const [name, text] of Object.entries(outputs)) {
          outputs[name] = text.replaceAll(vmUuid, "");
        }
        entries.splice(0);
        show.runs[0]?.posts[0]?.runner.entries.splice(0);
      },
      { ...NAMED, wait: false },
    );
    expect(broken).toContain("byName");
  });

  it("a deletion of what bears the name, and was refused", async () => {
    const broken = await rulesBroken(
      (show) => {
        for (const one of exchangesOf(show).filter(isPaying)) {
          Object.assign(one, { network: null, answer: { status: 422, headers: {}, body: "" } });
        }
      },
      { ...NAMED, cleanup: "always" },
      { faults: [LOST] },
    );
    expect(broken).toContain("cleanup");
  });
});
