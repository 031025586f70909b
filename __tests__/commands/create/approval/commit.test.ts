import { expect, it } from "@jest/globals";
import type { SimulatorOptions } from "../../../../simulator/index.ts";
import {
  ALL_REGISTERED,
  approve,
  asked,
  BOUND_MS,
  type Cloud,
  commit,
  commitInputs,
  errorText,
  expectEnd,
  expectMade,
  type Inputs,
  inBothWorlds,
  inItsWorld,
  job,
  logText,
  ON_CHAIN,
  post,
  posts,
  prepare,
  replicas,
  withCloud,
} from "../../../support/jobs.ts";
import { SimulatedCloud } from "../../../support/simulated-cloud.ts";

const DAY = 86_400_000;

inBothWorlds<[string, SimulatorOptions]>(
  "a commit before the approval is pending, and the same token serves later: 465 as %s",
  [
    ["envelope", { form465: "envelope" }],
    ["detail", { form465: "detail" }],
    ["flat", { form465: "flat" }],
    ["flat-detail", { form465: "flat-detail" }],
    ["string", { form465: "string" }],
  ],
  ["envelope"],
  async (asProcess, _name, options) => {
    await withCloud(
      asProcess,
      { ...ON_CHAIN, chainHashes: "none", keepOldTokens: true },
      async (sim) => {
        const prepared = await prepare(sim);
        Object.assign(sim.world.settings, options);
        const early = await commit(sim, prepared, { cleanup: "always" });
        expectEnd(early, { exit: 1, outcome: "pending_approval", code: "ERR-01-005" });
        expect(errorText(early)).toMatch(/commit.*not registered.*again.*commit_token/);
        if (options.form465 !== "string") {
          expect(errorText(early)).toContain(`compose hash ${sim.composeHash}`);
          expect(early.outputs.device_id).toBe(prepared.outputs.device_id);
        }
        expect([posts(sim), replicas(sim)]).toEqual([{ create: 1, commit: 1 }, []]);
        expect((await post(sim, early)).exitCode).toBe(0);
        approve(sim, prepared);
        expectMade(sim, await commit(sim, prepared));
      },
    );
  },
);

/** Commits that the API refuses for good: what is arranged between the two jobs, and what must be said. */
const REFUSED: readonly [
  string,
  { code: string; gist: RegExp; options?: SimulatorOptions; inputs?: Inputs },
  (sim: Cloud, inputs: Inputs) => Inputs | Promise<Inputs>,
][] = [
  [
    "superseded by a newer prepare",
    { code: "ERR-01-006", gist: /superseded.*prepare/ },
    async (sim, inputs) => {
      await prepare(sim);
      return inputs;
    },
  ],
  [
    "unknown to the API",
    { code: "ERR-01-006", gist: /token.*prepare/ },
    (_sim, inputs) => ({ ...inputs, commit_token: "0".repeat(36) }),
  ],
  [
    "made for another compose hash",
    { code: "ERR-01-006", gist: /compose_hash/ },
    (_sim, inputs) => ({ ...inputs, compose_hash: "ab".repeat(32) }),
  ],
  [
    "whose device is not registered",
    { code: "ERR-01-008", gist: /not allow.*device.*regist/i },
    (sim, inputs) => {
      sim.chain.allowAnyDevice = false;
      for (const { deviceId } of sim.nodes) sim.chain.revoke({ deviceId });
      return inputs;
    },
  ],
  [
    "whose hash is not registered, told as 468",
    {
      code: "ERR-01-008",
      gist: /not allow.*compose hash.*register/i,
      options: { commitNotAllowed: 468 },
    },
    (sim, inputs) => {
      sim.chain.revoke({ composeHash: sim.composeHash });
      return inputs;
    },
  ],
  [
    "for a node that has filled up meanwhile",
    {
      code: "ERR-02-005",
      gist: /commit.*full|free/,
      options: { nodes: [{ id: 1, name: "one", slots: 1 }] },
    },
    (sim, inputs) => {
      sim.addStranger({ nodeId: 1 });
      return inputs;
    },
  ],
];

inBothWorlds(
  "a commit %s is a plain failure that says what to do, at once",
  REFUSED,
  ["superseded by a newer prepare"],
  async (asProcess, _name, { code, gist, options }, arrange) => {
    await withCloud(asProcess, { ...ALL_REGISTERED, ...options }, async (sim) => {
      const prepared = await prepare(sim);
      const inputs = await arrange(sim, commitInputs(sim, prepared));
      const lists = asked(sim, "list").length;
      const result = await job(sim, { app_id: "", cleanup: "always", ...inputs });
      expectEnd(result, { exit: 1, outcome: "failed", code });
      expect(errorText(result)).toMatch(gist);
      expect(posts(sim).commit).toBe(1);
      // No search for a replica, since nobody's answer was lost; one look before it is said that none is there.
      expect(asked(sim, "list").length - lists).toBe(2);
      expect((await post(sim, result)).exitCode).toBe(0);
      expect([replicas(sim), asked(sim, "delete")]).toEqual([[], []]);
    });
  },
);

inItsWorld(
  "a token that another job used is a plain failure, and that job's replica is not touched",
  ALL_REGISTERED,
  async (sim) => {
    const prepared = await prepare(sim);
    expectMade(sim, await commit(sim, prepared));
    const [uuid] = replicas(sim);
    const again = await commit(sim, prepared, { cleanup: "always" });
    expectEnd(again, { exit: 1, outcome: "failed", code: "ERR-01-006" });
    expect(errorText(again)).toMatch(/used.*look.*there already/);
    expect(posts(sim)).toEqual({ create: 1, commit: 2 });
    expect((await post(sim, again)).exitCode).toBe(0);
    expect([replicas(sim), again.outputs.vm_uuid]).toEqual([[uuid], ""]);
  },
);

it.concurrent(
  "a token expires after 14 days and is good until then",
  async () => {
    const sim = new SimulatedCloud(ALL_REGISTERED);
    const first = await prepare(sim);
    await sim.pass(14 * DAY - 60_000);
    expectMade(sim, await commit(sim, first));
    const second = await prepare(sim);
    await sim.pass(14 * DAY + 60_000);
    const late = await commit(sim, second);
    expectEnd(late, { exit: 1, outcome: "failed", code: "ERR-01-006" });
    expect(errorText(late)).toMatch(/expired/);
    expect(replicas(sim)).toHaveLength(1);
  },
  BOUND_MS,
);

inItsWorld(
  "a transaction that the RPC node does not know yet is asked for again",
  ON_CHAIN,
  async (sim) => {
    const prepared = await prepare(sim);
    const transaction_hash = approve(sim, prepared, { missing: 1 });
    const result = await commit(sim, prepared, { transaction_hash });
    expectMade(sim, result);
    expect(asked(sim, "commit").map(({ status }) => status)).toEqual([467, 200]);
    expect(logText(result)).toMatch(/467.*try 2/);
  },
);

it.each<[string, Inputs, RegExp, string]>([
  ["of another app", { app_id: "other" }, /vm_uuid.*app_id|app_id.*vm_uuid/, "INPUT"],
  [
    "of a source that is not there",
    { vm_uuid: "0b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11" },
    /vm_uuid|source/,
    "ERR-03-001",
  ],
  ["with a key that is not accepted", { api_key: "phak_not_this_one" }, /key/, "HTTP-401"],
])(
  "a commit %s is refused before it is sent",
  async (_name, inputs, gist, code) => {
    await withCloud(false, ALL_REGISTERED, async (sim) => {
      const prepared = await prepare(sim);
      const { app_id } = inputs;
      const given = { ...inputs, ...(app_id && { app_id: sim.other.appId }) };
      const result = await commit(sim, prepared, given);
      expectEnd(result, { exit: 1, outcome: "failed", code });
      expect(errorText(result)).toMatch(gist);
      expect(posts(sim).commit).toBe(0);
      expectMade(sim, await commit(sim, prepared));
    });
  },
  BOUND_MS,
);

inItsWorld(
  "a dry run of a commit shows the request without the token, and sends nothing",
  ALL_REGISTERED,
  async (sim) => {
    const prepared = await prepare(sim);
    const result = await commit(sim, prepared, { dry_run: "true" });
    expectEnd(result, { exit: 0, outcome: "dry_run" });
    expect(posts(sim)).toEqual({ create: 1, commit: 0 });
    expect(logText(result)).toMatch(
      new RegExp(
        `POST ${sim.apiUrl}/cvms/${sim.vmUuid}/commit-replica.*not shown.*${sim.composeHash}`,
      ),
    );
    expect(logText(result)).toContain("already-registered");
    expectMade(sim, await commit(sim, prepared));
  },
);

inItsWorld(
  "a commit makes one replica, also where the list can't be read",
  ALL_REGISTERED,
  async (sim) => {
    const prepared = await prepare(sim);
    sim.fault({ route: "list", kind: "status", when: "before", status: 403, times: "always" });
    const result = await commit(sim, prepared, { wait: "false" });
    expectEnd(result, { exit: 0, outcome: "created" });
    expect(result.outputs.vm_uuid).toBe(replicas(sim)[0]);
  },
);
