/** Checks that can't fail prove nothing: each is shown a story that was tampered with. */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../simulator/core.ts";
import type { Entry } from "../support/simulated/simulation.ts";
import { KEY } from "./draw-faults.ts";
import { type Performance, play } from "./play.ts";
import { shrink } from "./shrink.ts";
import type { Story, Wish } from "./story.ts";
import { mainOf, rulesBroken, story } from "./tampered.ts";
import type { Exchange } from "./wire.ts";

const LOST: Fault = { route: "create", kind: "drop", when: "after" };

/** As if each look of main had shown one newcomer more. */
function doubleNewcomers(show: Performance): void {
  const exchanges = mainOf(show).exchanges as Exchange[];
  const { vmUuid } = show.sim.replica(0);
  for (const [index, one] of exchanges.entries()) {
    if (one.route !== "list" || one.answer === null) continue;
    const rows = JSON.parse(one.answer.body).flatMap((row: { vm_uuid: string }) =>
      row.vm_uuid === vmUuid ? [row, { ...row, vm_uuid: `${vmUuid.slice(0, -4)}0000` }] : [row],
    );
    exchanges[index] = { ...one, answer: { ...one.answer, body: JSON.stringify(rows) } };
  }
}

describe("the checks see", () => {
  it("an annotation on success", async () => {
    const broken = await rulesBroken((show) => mainOf(show).runner.error("for no reason", "Why"));
    expect(broken).toContain("verdict");
  });

  it.each<[string, (entry: Entry) => Partial<Entry>]>([
    ["GitHub would cut", ({ text }) => ({ text: `${"x".repeat(4_000)}${text}` })],
    ["has no title", () => ({ title: "" })],
    ["has a title of two lines", () => ({ title: "A\ntitle" })],
    ["has another code", ({ text }) => ({ text: text.replace("code: BOOT", "code: DEAD") })],
    ["has no code", ({ text }) => ({ text: text.replace(/\nError code: .*/, "") })],
    ["leads elsewhere", ({ text }) => ({ text: text.replace("#boot", "#timeout") })],
    ["does not name what exists", ({ text }) => ({ text: text.replace(/\n.*billed.*/, "") })],
    ["denies what was made", ({ text }) => ({ text: `Nothing was created. ${text}` })],
    ["the outputs do not repeat", ({ text }) => ({ text: `By the way. ${text}` })],
  ])("an annotation that %s", async (_name, change) => {
    const broken = await rulesBroken(
      (show) => {
        const { entries } = mainOf(show).runner;
        const at = entries.findIndex(({ kind }) => kind === "error");
        const error = entries[at] as Entry;
        entries[at] = { ...error, ...change(error) };
      },
      {},
      { fates: [{ steps: [{ atMs: 1_000, status: "error" }] }] },
    );
    expect(broken).toContain("words");
  });

  it("a summary without the code, and one that is too long", async () => {
    for (const markdown of ["### Failed", `BOOT${"x".repeat(1_048_576)}`]) {
      const broken = await rulesBroken(
        (show) => Object.assign(mainOf(show).runner, { markdown }),
        {},
        { fates: [{ steps: [{ atMs: 1_000, status: "error" }] }] },
      );
      expect(broken).toEqual(["words"]);
    }
  });

  it("a secret in the log", async () => {
    const broken = await rulesBroken((show) => {
      mainOf(show).runner.entries.push({ kind: "info", text: `the key is ${KEY}`, at: 0 });
    });
    expect(broken).toEqual(["secrets"]);
  });

  it("a second replica of one request", async () => {
    const broken = await rulesBroken(({ sim }) => {
      const { requestIndex, nodeId, composeHash, appId } = sim.replica(0);
      sim.world.add({ origin: "replica", requestIndex, nodeId, composeHash, appId });
    });
    expect(broken).toContain("once");
  });

  it("a CVM that was there before, adopted by main", async () => {
    const broken = await rulesBroken((show) => {
      const { saved } = mainOf(show).runner;
      const replica = JSON.parse(saved.replica_0 ?? "");
      const ident = { ...replica.ident, uuid: show.sim.world.source.vmUuid };
      saved.replica_0 = JSON.stringify({ ...replica, ident });
    });
    expect(broken).toEqual(["adoption"]);
  });

  it("a CVM that is not the only one that fits, adopted by main", async () => {
    const broken = await rulesBroken(doubleNewcomers, {}, { faults: [LOST] });
    expect(broken).toContain("adoption");
  });

  it("a CVM that was there before, found by post", async () => {
    const broken = await rulesBroken(({ runs, sim }) => {
      runs[0]?.posts[0]?.runner.warning(`It is ours: ${sim.world.source.vmUuid}`);
    });
    expect(broken).toEqual(["adoption"]);
  });

  it("a replica that is nowhere named", async () => {
    const broken = await rulesBroken(
      (show) => {
        const uuid = show.sim.replica(0).vmUuid;
        const { runner } = mainOf(show);
        const replica = JSON.parse(runner.saved.replica_0 ?? "");
        const ident = { ...replica.ident, uuid: null };
        runner.saved.replica_0 = JSON.stringify({ ...replica, fate: "nothing", ident });
        for (const [name, text] of Object.entries(runner.outputs)) {
          runner.outputs[name] = text.replaceAll(uuid, "");
        }
        show.runs[0]?.posts[0]?.runner.entries.splice(0);
      },
      { wait: false },
    );
    expect(broken).toContain("named");
  });

  it("a lost replica that post does not look for", async () => {
    const broken = await rulesBroken(
      ({ runs }) => Object.assign(runs[0]?.posts[0] ?? {}, { exchanges: [] }),
      {},
      { world: { listLagMs: 64_000 }, faults: [LOST] },
    );
    expect(broken).toContain("named");
  });

  it("a replica that is not put out, or not as JSON", async () => {
    for (const replicas of ["", "[]"]) {
      const broken = await rulesBroken((show) => {
        mainOf(show).runner.outputs.replicas = replicas;
      });
      expect(broken).toContain("handover");
    }
  });

  it("a group that stays open", async () => {
    const broken = await rulesBroken((show) => {
      const { entries } = mainOf(show).runner;
      entries.splice(
        entries.findIndex(({ kind }) => kind === "endgroup"),
        1,
      );
    });
    expect(broken).toEqual(["handover"]);
  });

  it("a revision that is not put out", async () => {
    const broken = await rulesBroken((show) => {
      mainOf(show).runner.outputs.compose_hash = "";
    });
    expect(broken).toEqual(["handover"]);
  });

  it("a replica that outlives its cleanup", async () => {
    const broken = await rulesBroken(
      ({ runs, sim }) => {
        const after = runs[0]?.after as Map<string, { gone: boolean; removing: boolean }>;
        after.set(sim.replica(0).vmUuid, { gone: false, removing: false });
      },
      { cleanup: "always" },
    );
    expect(broken).toEqual(["cleanup"]);
  });

  /** As if the workflow had not said that nobody else creates instances. */
  const notExclusive = ({ runs }: Performance) => {
    for (const run of runs) Object.assign(run, { wish: { ...run.wish, exclusive: false } });
  };

  /** The answer is lost, and the list shows what was made only when main has given up: post finds it. */
  const laterThanMain = (cleanup: Wish["cleanup"]): Partial<Story> => ({
    faults: [LOST],
    world: { listLagMs: 40_000 },
    runs: story({ cleanup }).runs.map((run) => ({ ...run, postGapMs: 60_000 })),
  });

  it("a deletion of what nothing proves to be ours", async () => {
    const wish = { cleanup: "always", exclusive: true } as const;
    const broken = await rulesBroken(notExclusive, wish, { faults: [LOST] });
    expect(broken).toEqual(["cleanup"]);
  });

  it("a ttl for what nothing proves to be ours", async () => {
    const wish = { ttlMs: 600_000, exclusive: true };
    const broken = await rulesBroken(notExclusive, wish, { faults: [LOST] });
    expect(broken).toEqual(["ttl"]);
  });

  it("a cleanup for which nothing of the run's own is a reason", async () => {
    const broken = await rulesBroken(
      ({ runs }) => {
        for (const run of runs) {
          Object.assign(run, { wish: { ...run.wish, cleanup: "on_failure" } });
        }
      },
      { cleanup: "always", instances: 3, waitTimeoutMs: 30_000 },
      {
        world: {
          bootMs: 1_000,
          liveInstances: 2,
          existingPlans: [{}, { steps: [{ atMs: 0, status: "starting" }] }],
        },
      },
    );
    expect(broken).toEqual(["cleanup"]);
  });

  it("a busy CVM that is given up early", async () => {
    const broken = await rulesBroken(
      ({ runs }) => {
        const post = runs[0]?.posts[0];
        let deletes = 0;
        const exchanges = post?.exchanges.filter(
          ({ request }) => request.method !== "DELETE" || deletes++ < 2,
        );
        Object.assign(post ?? {}, { exchanges });
      },
      { cleanup: "always" },
      { fates: [{ busyMs: 900_000, busyStatus: 423 }] },
    );
    expect(broken).toEqual(["cleanup"]);
  });

  it("what post deleted among what it says is left", async () => {
    const broken = await rulesBroken(
      ({ runs, sim }) => runs[0]?.posts[0]?.runner.error(`left: ${sim.replica(0).vmUuid}`, "Left"),
      { cleanup: "always" },
    );
    expect(broken).toContain("cleanup");
  });

  it("what fitted a lost request and is nowhere named", async () => {
    const broken = await rulesBroken(
      ({ runs }) => runs[0]?.posts[0]?.runner.entries.splice(0),
      {},
      laterThanMain("always"),
    );
    expect(broken).toContain("cleanup");
  });

  it("a find that is called a candidate", async () => {
    const broken = await rulesBroken(
      ({ runs }) => {
        const entries = runs[0]?.posts[0]?.runner.entries ?? [];
        for (const [index, entry] of entries.entries()) {
          if (entry.kind === "warning") entries[index] = { ...entry, kind: "error" };
        }
      },
      {},
      laterThanMain("never"),
    );
    expect(broken).toContain("named");
  });

  it("a ttl to another moment than its length after the creation", async () => {
    const broken = await rulesBroken(
      (show) => {
        const exchanges = mainOf(show).exchanges as Exchange[];
        for (const [index, one] of exchanges.entries()) {
          if (one.route !== "scheduled-delete") continue;
          const body = JSON.stringify({ scheduled_delete_at: "2026-07-02T08:09:00.000Z" });
          exchanges[index] = { ...one, request: { ...one.request, body } };
        }
      },
      { ttlMs: 600_000 },
    );
    expect(broken).toEqual(["ttl"]);
  });

  it("an end in the outputs that the platform was not told", async () => {
    const broken = await rulesBroken(
      ({ sim }) => {
        sim.replica(0).scheduledDeleteAt = 0;
      },
      { ttlMs: 600_000 },
    );
    expect(broken).toEqual(["ttl"]);
  });

  it("a ttl that is given up before the wait ends", async () => {
    const broken = await rulesBroken(
      (show) => Object.assign(mainOf(show), { endedAt: mainOf(show).endedAt - 5_000 }),
      { ttlMs: 3_600_000, waitTimeoutMs: 30_000 },
      { world: { bootMs: 1_000 }, fates: [{ busyMs: 900_000 }] },
    );
    expect(broken).toContain("ttl");
  });

  it("a wait that is too long", async () => {
    const broken = await rulesBroken((show) => {
      mainOf(show).runner.concludedAt = mainOf(show).endedAt + 900_000;
    });
    expect(broken).toContain("deadlines");
  });

  it("a replica that is given up before its time", async () => {
    const broken = await rulesBroken(
      (show) => {
        const endedAt = mainOf(show).endedAt - 1;
        Object.assign(mainOf(show), { endedAt });
        mainOf(show).runner.concludedAt = endedAt;
      },
      { waitTimeoutMs: 1_000 },
      { world: { bootMs: 900_000 } },
    );
    expect(broken).toEqual(["deadlines"]);
  });

  it("a run that does not end with its verdict", async () => {
    const broken = await rulesBroken((show) => {
      Object.assign(mainOf(show), { endedAt: mainOf(show).endedAt + 1 });
    });
    expect(broken).toContain("deadlines");
  });

  it("a waited replica without a URL, and without a word", async () => {
    const broken = await rulesBroken((show) => {
      const { outputs } = mainOf(show).runner;
      outputs.replicas = (outputs.replicas ?? "").replace(
        /"instance_url":"[^"]*"/,
        '"instance_url":null',
      );
    });
    expect(broken).toEqual(["addresses"]);
  });

  it("a URL with None in it", async () => {
    const broken = await rulesBroken((show) => {
      mainOf(show).runner.outputs.app_url = "https://None-8080.gateway.invalid";
    });
    expect(broken).toEqual(["addresses"]);
  });

  it("a URL of another replica", async () => {
    const broken = await rulesBroken(
      (show) => {
        const { outputs } = mainOf(show).runner;
        const [one, two] = [0, 1].map((n) => show.sim.replica(n).futureInstanceId);
        outputs.replicas = (outputs.replicas ?? "").replaceAll(`/${one}-`, `/${two}-`);
      },
      { count: 2 },
    );
    expect(broken).toEqual(["addresses"]);
  });

  it.each([
    ["sooner", -1],
    ["later", 6_000],
  ])("a URL given up %s than it may be", async (_name, ms) => {
    const broken = await rulesBroken(
      (show) => {
        const { entries } = mainOf(show).runner;
        const said = entries.findIndex(({ text }) => text.includes("NO_URL"));
        const entry = entries[said];
        if (entry === undefined) throw new Error("nothing was said");
        const { createdAt, plan } = show.sim.replica(0);
        const least = createdAt + plan.bootMs + 60_000;
        entries[said] = { ...entry, at: ms < 0 ? least + ms : entry.at + ms };
      },
      {},
      { fates: [{ endpointsNever: true }] },
    );
    expect(broken).toEqual(["addresses"]);
  });

  it("a URL given up that was to be found out", async () => {
    const broken = await rulesBroken(
      ({ sim }) => Object.assign(sim.replica(0), { plan: { bootMs: 5_000 } }),
      {},
      { fates: [{ endpointsNever: true }] },
    );
    expect(broken).toEqual(["addresses"]);
  });

  it("an id that is filled in twice", async () => {
    const broken = await rulesBroken(
      (show) => {
        const exchanges = mainOf(show).exchanges as Exchange[];
        const one = exchanges.find(({ route }) => route === "instance-id");
        if (one !== undefined) exchanges.push({ ...one });
      },
      {},
      { fates: [{ instanceIdNull: true, backfill: "updates" }] },
    );
    expect(broken).toEqual(["addresses"]);
  });

  it("a key that is rejected by the word of one route", async () => {
    const always = { times: "always", kind: "status", when: "before", status: 401 } as const;
    const broken = await rulesBroken(
      (show) => {
        const exchanges = mainOf(show).exchanges as Exchange[];
        const witness = exchanges.findLastIndex(({ route }) => route === "list");
        exchanges.splice(witness, 1);
      },
      {},
      {
        faults: [
          { route: "batch", ...always },
          { route: "list", nth: 2, ...always },
        ],
      },
    );
    expect(broken).toEqual(["addresses"]);
  });

  it("another node, or another revision, than was asked for", async () => {
    const broken = await rulesBroken(
      ({ sim }) => Object.assign(sim.replica(0), { nodeId: 26, composeHash: "b2".repeat(32) }),
      { nodes: ["31"], giveHash: true },
    );
    expect(broken).toEqual(["addresses", "addresses"]);
  });

  it("a request without need", async () => {
    const broken = await rulesBroken(({ runs }) => {
      const asked = runs[0]?.main.exchanges.slice(0, 1) ?? [];
      Object.assign(runs[0]?.posts[0] ?? {}, { exchanges: asked });
    });
    expect(broken).toContain("thrift");
  });
});

it("a story that fails is made shorter", async () => {
  // A rule that the action does not keep, since no client could: the server does the work and lies about it.
  const lie: Fault = { route: "create", kind: "status", status: 429, when: "after" };
  const broken = async (one: Story) => {
    const { sim } = await play(one);
    const lied = sim.requests.some(({ route, status }) => route === "create" && status === 429);
    return lied && sim.replicas().length > 0 ? [{ rule: "once" }] : [];
  };
  const hopeless = story(
    { count: 2, cleanup: "always", nodes: ["31"] },
    {
      latencyMs: 150,
      world: { bootMs: 5_000, titleCase: true, liveInstances: 2 },
      faults: [{ route: "batch", kind: "drop", when: "before" }, lie],
      fates: [{ bootMs: 1_000 }, { deleteFails: 1 }],
    },
  );
  const short = await shrink(hopeless, broken);
  expect(short.faults).toEqual([{ ...lie, nth: 1, times: 1 }]);
  expect(short.fates).toEqual([{}, {}]);
  expect(short.latencyMs).toBe(10);
  expect(short.world).toEqual({});
});
