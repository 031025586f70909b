import { expect, it } from "@jest/globals";
import type { SimulatorOptions } from "../../../../simulator/index.ts";
import {
  approve,
  asked,
  BOUND_MS,
  commit,
  expectEnd,
  expectMade,
  type Inputs,
  inBothWorlds,
  inItsWorld,
  ON_CHAIN,
  post,
  posts,
  prepare,
  replicas,
  withCloud,
} from "../../../support/jobs.ts";
import { seed } from "../../../support/secrecy.ts";

const JOBS: readonly [string, SimulatorOptions, Inputs, Inputs][] = [
  ["in the plainest form", {}, {}, {}],
  ["465 in the form detail", { form465: "detail" }, {}, {}],
  ["465 in the form flat", { form465: "flat" }, {}, {}],
  ["465 in the form flat-detail", { form465: "flat-detail" }, {}, {}],
  ["with app_id", {}, {}, { app_id: "given" }],
  ["a hash with 0x", {}, {}, { compose_hash: "0x" }],
  ["no hash, which the token knows", {}, {}, { compose_hash: "" }],
  ["an API that insists on the hash", { commitNeedsHash: true }, {}, {}],
  ["on a named node", {}, { node_id: "SIM-PROD5" }, {}],
  ["among several live instances", { liveInstances: 3 }, {}, {}],
  ["a hash that is not registered either", { chainHashes: "none" }, {}, {}],
  ["without waiting", {}, {}, { wait: "false" }],
  ["with a health check", {}, {}, { health_check: "/healthz" }],
  ["with a ttl", {}, {}, { ttl: "1h" }],
  ["with new ids of the API", { idStyle: "string", nullUuid: true }, {}, {}],
];

const PROCESSES = ["in the plainest form", "with app_id"];

inBothWorlds(
  "two jobs: prepare, approve, commit: %s",
  JOBS,
  PROCESSES,
  async (asProcess, _name, options, first, second) => {
    await withCloud(asProcess, { ...ON_CHAIN, ...options }, async (sim) => {
      const prepared = await prepare(sim, first);
      expectEnd(prepared, { exit: 0, outcome: "pending_approval" });
      expect(replicas(sim)).toEqual([]);
      const transaction_hash = approve(sim, prepared);
      const inputs: Record<string, string> = { transaction_hash, ...second };
      if (inputs.app_id) inputs.app_id = sim.appId;
      if (inputs.compose_hash) inputs.compose_hash = `0x${prepared.outputs.compose_hash}`;
      const result = await commit(sim, prepared, inputs);
      expect(posts(sim)).toEqual({ create: 1, commit: 1 });
      expect(replicas(sim)).toHaveLength(1);
      if (inputs.wait === "false") expectEnd(result, { exit: 0, outcome: "created" });
      else expectMade(sim, result);
      expect(JSON.parse(asked(sim, "commit")[0]?.body ?? "")).toEqual({
        token: prepared.outputs.commit_token,
        ...(inputs.compose_hash === "" ? {} : { compose_hash: prepared.outputs.compose_hash }),
        transaction_hash,
      });
      expect(result.outputs).toMatchObject({ commit_token: "", error_code: "" });
      const [replica] = sim.replicas();
      if (first.node_id) expect(replica?.nodeId).toBe(31);
      if (second.ttl)
        expect(replica?.scheduledDeleteAt).toBeGreaterThan((replica?.createdAt ?? 0) + 3_500_000);
      if (second.health_check) expect(sim.gatewayRequests.length).toBeGreaterThan(1);
      expect((await post(sim, result)).exitCode).toBe(0);
      expect(replicas(sim)).toHaveLength(1);
    });
  },
);

it(
  "two jobs: prepare, approve, commit: without a transaction the chain's state counts",
  async () => {
    await withCloud(false, ON_CHAIN, async (sim) => {
      const prepared = await prepare(sim);
      approve(sim, prepared);
      expectMade(sim, await commit(sim, prepared, { transaction_hash: " " }));
      expect(asked(sim, "commit")[0]?.body).toContain('"transaction_hash":"already-registered"');
    });
  },
  BOUND_MS,
);

inItsWorld(
  "two jobs: prepare, approve, commit: variables that were encrypted by the first job reach the guest by the second",
  ON_CHAIN,
  async (sim) => {
    const value = seed("two-jobs");
    const prepared = await prepare(sim, { envs: `TOKEN='${value} #'` });
    approve(sim, prepared);
    expectMade(sim, await commit(sim, prepared));
    const env = sim.decryptEnv(replicas(sim)[0] ?? "");
    expect(env).toBe(JSON.stringify({ env: [{ key: "TOKEN", value: `${value} #` }] }));
  },
);

inBothWorlds(
  "two jobs: prepare, approve, commit: cleanup: %s is the second job's, and is about the committed replica alone",
  [
    ["always", "created", 0],
    ["on_failure", "created", 1],
    ["never", "created", 1],
  ],
  ["always"],
  async (asProcess, cleanup, outcome, left) => {
    await withCloud(asProcess, ON_CHAIN, async (sim) => {
      const prepared = await prepare(sim, { cleanup: "always" });
      approve(sim, prepared);
      const result = await commit(sim, prepared, { cleanup });
      expectEnd(result, { exit: 0, outcome });
      const stranger = sim.addStranger({});
      expect((await post(sim, prepared)).exitCode).toBe(0);
      expect(replicas(sim)).toHaveLength(1);
      expect((await post(sim, result)).exitCode).toBe(0);
      expect(replicas(sim)).toHaveLength(left);
      const { deleted } = sim.cvms().find(({ vmUuid }) => vmUuid === stranger.vmUuid) ?? {};
      expect(deleted).toBe(false);
    });
  },
);

it(
  "two jobs: prepare, approve, commit: a committed replica that does not boot is a failure, and cleaned up",
  async () => {
    const broken = {
      bootMs: 60_000,
      steps: [{ atMs: 50, status: "exited", bootError: "no image" }],
    };
    await withCloud(false, { ...ON_CHAIN, replicaPlans: [broken] }, async (sim) => {
      const prepared = await prepare(sim);
      approve(sim, prepared);
      const result = await commit(sim, prepared, { cleanup: "on_failure" });
      expectEnd(result, { exit: 1, outcome: "failed", code: "BOOT" });
      expect(result.outputs.vm_uuid).toBe(replicas(sim)[0]);
      expect((await post(sim, result)).exitCode).toBe(0);
      expect(replicas(sim)).toEqual([]);
    });
  },
  BOUND_MS,
);
