import { expect, it } from "@jest/globals";
import type { Fault, SimulatorOptions } from "../../../../simulator/index.ts";
import {
  ALL_REGISTERED,
  approve,
  asked,
  BOUND_MS,
  type Cloud,
  commit,
  errorText,
  expectEnd,
  expectMade,
  handedOn,
  type Inputs,
  inBothWorlds,
  inItsWorld,
  logText,
  ON_CHAIN,
  post,
  posts,
  prepare,
  replicas,
  warnings,
  withCloud,
} from "../../../support/jobs.ts";

/** The newest token that the simulator handed out. */
function newestToken(sim: Cloud): string | undefined {
  return [...sim.world.tokens.values()].at(-1)?.token;
}

inItsWorld(
  "prepare: creates nothing, and its outputs carry all that an approver and a later job need",
  ON_CHAIN,
  async (sim) => {
    const result = await prepare(sim, { cleanup: "always" });
    expectEnd(result, { exit: 0, outcome: "pending_approval" });
    const [token] = sim.world.tokens.values();
    const device = sim.nodes.find(({ id }) => id === token?.nodeId)?.deviceId;
    expect(handedOn(sim, result)).toMatchObject({
      compose_hash: sim.composeHash,
      device_id: device,
      commit_token: token?.token,
      commit_url: expect.stringMatching(/^https:.*\?token=/),
      api_commit_url: expect.stringContaining(`${sim.vmUuid}/commit-replica?token=`),
      vm_uuid: "",
      replica_id: "",
      replicas: "[]",
    });
    expect(JSON.parse(result.outputs.onchain_status ?? "")).toEqual({
      compose_hash_allowed: true,
      device_id_allowed: false,
      is_allowed: false,
    });
    expect(JSON.parse(result.outputs.kms_info ?? "")).toMatchObject({
      chain_id: 8453,
      slug: "kms-base-sim1",
    });
    expect(asked(sim, "create")).toMatchObject([{ headers: { "x-prepare-only": "true" } }]);
    const after = await post(sim, result);
    expect([after.exitCode, replicas(sim), asked(sim, "delete")]).toEqual([0, [], []]);
  },
);

inBothWorlds<[string, SimulatorOptions, readonly string[], readonly string[]]>(
  "prepare: says in the log and in the summary that %s must be registered, and where",
  [
    ["the device", {}, ["device"], ["compose hash"]],
    [
      "the compose hash",
      { chainHashes: "none", allowAnyDevice: true },
      ["compose hash"],
      ["device"],
    ],
    ["both", { chainHashes: "none" }, ["compose hash", "device"], []],
  ],
  ["both"],
  async (asProcess, _name, options, missing, registered) => {
    await withCloud(asProcess, { ...ON_CHAIN, ...options }, async (sim) => {
      const result = await prepare(sim);
      const { compose_hash = "", device_id = "" } = result.outputs;
      const values: Record<string, string> = { "compose hash": compose_hash, device: device_id };
      for (const text of [logText(result), result.summary]) {
        expect(text).toMatch(/[Aa]pproval/);
        expect(text).toContain(`0x${sim.appId}`);
        expect(text).toContain("8453");
        const [, wanted = ""] = /Register (.*?) in the contract/.exec(text) ?? [];
        for (const what of missing) expect(wanted).toContain(`${what} ${values[what]}`);
        for (const what of registered) expect(wanted).not.toContain(values[what]);
      }
      expect(result.summary).toContain("commit_token");
    });
  },
);

inItsWorld(
  "prepare: is still only a prepare when everything is registered already",
  ALL_REGISTERED,
  async (sim) => {
    const result = await prepare(sim);
    expectEnd(result, { exit: 0, outcome: "pending_approval" });
    expect(posts(sim)).toEqual({ create: 1, commit: 0 });
    expect(JSON.parse(result.outputs.onchain_status ?? "")).toMatchObject({ is_allowed: true });
    expectMade(sim, await commit(sim, result));
  },
);

it(
  "prepare: writes no summary where none is wanted",
  async () => {
    await withCloud(false, ON_CHAIN, async (sim) => {
      expect((await prepare(sim, { summary: "false" })).summary).toBe("");
    });
  },
  BOUND_MS,
);

it.each<[string, SimulatorOptions]>([
  ["as a string", { form465: "string" }],
  ["without the token", { omitToken: true }],
])(
  "prepare: warns when the API gave no token: 465 %s",
  async (_name, options) => {
    await withCloud(false, { ...ON_CHAIN, ...options }, async (sim) => {
      const result = await prepare(sim);
      expectEnd(result, { exit: 0, outcome: "pending_approval" });
      expect(result.outputs.commit_token).toBe("");
      expect(warnings(result)).toEqual([expect.stringMatching(/token/)]);
      expect(result.summary).not.toMatch(/`commit_token` from this step/);
    });
  },
  BOUND_MS,
);

const FAULTS: readonly [string, Fault, Inputs][] = [
  ["reset before the work", { route: "create", kind: "drop", when: "before" }, {}],
  ["reset after the work", { route: "create", kind: "drop", when: "after" }, {}],
  ["502 after the work", { route: "create", kind: "status", when: "after", status: 502 }, {}],
  [
    "no answer in time",
    { route: "create", kind: "hang", when: "after" },
    { request_timeout: "1s" },
  ],
  ["rate limited", { route: "create", kind: "status", when: "before", status: 429 }, {}],
];

inBothWorlds(
  "an answer that gets lost at the prepare: %s: asked again, one approval in the end, whose token is the good one",
  FAULTS,
  ["reset after the work"],
  async (asProcess, _name, fault, inputs) => {
    await withCloud(asProcess, ON_CHAIN, async (sim) => {
      sim.fault(fault);
      const prepared = await prepare(sim, inputs);
      expectEnd(prepared, { exit: 0, outcome: "pending_approval" });
      expect(posts(sim)).toEqual({ create: 2, commit: 0 });
      expect(prepared.outputs.commit_token).toBe(newestToken(sim));
      approve(sim, prepared);
      expectMade(sim, await commit(sim, prepared));
    });
  },
);

inItsWorld(
  "an answer that gets lost at the prepare: a 465 that is cut off still needs approval, and never makes a replica",
  ON_CHAIN,
  async (sim) => {
    sim.fault({ route: "create", kind: "cut" });
    const result = await prepare(sim);
    expect(result.outputs.outcome).toBe("pending_approval");
    expect(result.outputs.commit_token).toBe(newestToken(sim));
    expect(replicas(sim)).toEqual([]);
  },
);

it(
  "a prepare that is refused: tells the API's reason, as a create does",
  async () => {
    await withCloud(false, ON_CHAIN, async (sim) => {
      const result = await prepare(sim, { node_id: "12" });
      expectEnd(result, { exit: 1, outcome: "failed", code: "ERR-02-005" });
      expect(errorText(result)).toMatch(/prepare.*sim-prod7/);
    });
  },
  BOUND_MS,
);
