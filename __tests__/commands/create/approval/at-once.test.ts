import { expect, it } from "@jest/globals";
import type { Fault, SimulatorOptions } from "../../../../simulator/index.ts";
import {
  ALL_REGISTERED,
  approve,
  asked,
  BOUND_MS,
  commit,
  entries,
  errorText,
  expectEnd,
  expectMade,
  inBothWorlds,
  job,
  logText,
  ON_CHAIN,
  posts,
  replicas,
  withCloud,
} from "../../../support/jobs.ts";
import { seed } from "../../../support/secrecy.ts";

/** The API wants an approval of what is registered already. */
const ALLOWED: SimulatorOptions = { ...ALL_REGISTERED, always465: true };

inBothWorlds<[string, SimulatorOptions]>(
  "a 465 of what is registered already is committed at once: form %s",
  [
    ["envelope", {}],
    ["detail", { form465: "detail" }],
    ["flat", { form465: "flat" }],
    ["flat-detail", { form465: "flat-detail" }],
  ],
  ["envelope"],
  async (asProcess, _name, options) => {
    await withCloud(asProcess, { ...ALLOWED, ...options }, async (sim) => {
      const value = seed("at-once");
      const result = await job(sim, { envs: `TOKEN=${value}` });
      expectMade(sim, result);
      expect(posts(sim)).toEqual({ create: 1, commit: 1 });
      expect(JSON.parse(asked(sim, "commit")[0]?.body ?? "")).toEqual({
        token: [...sim.world.tokens.keys()][0],
        compose_hash: sim.composeHash,
        transaction_hash: "already-registered",
      });
      expect(sim.decryptEnv(replicas(sim)[0] ?? "")).toContain(value);
      expect(logText(result)).toMatch(/registered already.*commit/);
      expect(logText(result) + result.summary).not.toMatch(/pending|Then commit|then run a step/i);
    });
  },
);

it(
  "so is each of several",
  async () => {
    await withCloud(false, ALLOWED, async (sim) => {
      const result = await job(sim, { count: "2" });
      expectEnd(result, { exit: 0, outcome: "created" });
      expect(posts(sim)).toEqual({ create: 2, commit: 2 });
      expect(replicas(sim)).toHaveLength(2);
    });
  },
  BOUND_MS,
);

inBothWorlds<[string, SimulatorOptions]>(
  "it stays pending, and fails the step, where %s",
  [
    ["the device is not registered", ON_CHAIN],
    ["the hash is not registered", { ...ALL_REGISTERED, chainHashes: "none" }],
    ["the API gave no token", { ...ALLOWED, omitToken: true }],
    ["the API says nothing of the chain", { ...ALLOWED, form465: "string" }],
  ],
  ["the device is not registered"],
  async (asProcess, _name, options) => {
    await withCloud(asProcess, options, async (sim) => {
      const result = await job(sim, { cleanup: "always" });
      expectEnd(result, { exit: 1, outcome: "pending_approval", code: "ERR-01-005" });
      expect(errorText(result)).toMatch(/approval.*[Rr]egist/);
      expect([posts(sim), replicas(sim)]).toEqual([{ create: 1, commit: 0 }, []]);
    });
  },
);

it(
  "some allowed and some not: what was created stays, and the run is partial",
  async () => {
    await withCloud(false, { ...ON_CHAIN, always465: true, liveInstances: 2 }, async (sim) => {
      const result = await job(sim, { node_id: "26,31" });
      expectEnd(result, { exit: 1, outcome: "partial", code: "ERR-01-005" });
      expect(entries(result)).toMatchObject([
        { node_id: 26, outcome: "created", error: null },
        { node_id: 31, outcome: "failed", error: expect.stringMatching(/approval/) },
      ]);
      expect(posts(sim)).toEqual({ create: 2, commit: 1 });
      expect(replicas(sim)).toHaveLength(1);
      expect(result.outputs.device_id).toBe(sim.nodes.find(({ id }) => id === 31)?.deviceId);
    });
  },
  BOUND_MS,
);

it(
  "several pending: the token that is handed out is one that works",
  async () => {
    await withCloud(false, ON_CHAIN, async (sim) => {
      const result = await job(sim, { count: "2" });
      expectEnd(result, { exit: 1, outcome: "pending_approval", code: "ERR-01-005" });
      approve(sim, result);
      expectMade(sim, await commit(sim, result));
    });
  },
  BOUND_MS,
);

it.each([
  ["465", { always465: true }],
  ["468", { always465: true, commitNotAllowed: 468 }],
] as const)(
  "what was registered is revoked just before that commit (%s): the first answer's outputs stand",
  async (status, options) => {
    await withCloud(false, { ...ALL_REGISTERED, ...options }, async (sim) => {
      sim.on("before-work", "commit", () => sim.chain.revoke({ composeHash: sim.composeHash }));
      if (status === "465") {
        // As the API's newer fixtures have it: no token in it.
        const body = JSON.stringify({ error_code: "ERR-01-005", message: "m", details: [] });
        sim.fault({ route: "commit", kind: "status", when: "before", status: 465, body });
      }
      const result = await job(sim);
      expectEnd(result, { exit: 1, outcome: "pending_approval", code: "ERR-01-005" });
      expect(result.outputs).toMatchObject({
        commit_token: [...sim.world.tokens.keys()][0],
        compose_hash: sim.composeHash,
        device_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(errorText(result)).not.toMatch(/same commit_token/);
      expect(replicas(sim)).toEqual([]);
    });
  },
  BOUND_MS,
);

const LOST: readonly [string, Fault][] = [
  ["reset", { route: "commit", kind: "drop", when: "after" }],
  ["502", { route: "commit", kind: "status", when: "after", status: 502 }],
  ["garbage", { route: "commit", kind: "garbage", form: "text" }],
];

inBothWorlds(
  "the answer of that commit gets lost (%s): its replica is found, and there is one",
  LOST,
  ["reset"],
  async (asProcess, _name, fault) => {
    await withCloud(asProcess, ALLOWED, async (sim) => {
      sim.fault(fault);
      expectMade(sim, await job(sim), "adopted");
      expect(posts(sim)).toEqual({ create: 1, commit: 1 });
    });
  },
);

it(
  "what was registered is revoked just before that commit: pending",
  async () => {
    await withCloud(false, ALLOWED, async (sim) => {
      sim.on("before-work", "commit", () => sim.chain.revoke({ composeHash: sim.composeHash }));
      const result = await job(sim);
      expectEnd(result, { exit: 1, outcome: "pending_approval", code: "ERR-01-005" });
      expect(JSON.parse(result.outputs.onchain_status ?? "")).toMatchObject({ is_allowed: false });
      expect([posts(sim), replicas(sim)]).toEqual([{ create: 1, commit: 1 }, []]);
    });
  },
  BOUND_MS,
);

it(
  "an app of Phala's KMS never meets any of this",
  async () => {
    await withCloud(false, {}, async (sim) => {
      expectMade(sim, await job(sim));
      expect(posts(sim)).toEqual({ create: 1, commit: 0 });
    });
  },
  BOUND_MS,
);
