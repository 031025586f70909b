/** Steps that are killed or cancelled between and during prepare and commit, and what their post does. */
import { expect, it } from "@jest/globals";
import type { Fault, Simulator } from "../../../../simulator/index.ts";
import type { StepResult } from "../../../support/either.ts";
import {
  ALL_REGISTERED,
  approve,
  asked,
  BOUND_MS,
  begin,
  commit,
  commitInputs,
  expectEnd,
  expectMade,
  type Inputs,
  inItsWorld,
  logText,
  ON_CHAIN,
  post,
  posts,
  prepare,
  replicas,
  secretive,
  warnings,
  worldOf,
} from "../../../support/jobs.ts";
import { seed } from "../../../support/secrecy.ts";

interface Blow {
  readonly signal: NodeJS.Signals;
  /** The request that is under way then. */
  readonly route: string;
  readonly when: "before" | "after";
}

/** What a step has put out before it knows of any replica. */
const BEGUN = { replicas: "[]", vm_uuids: "[]", instance_urls: "[]", endpoints: "[]" };

/** Runs a step and sends it a signal while a request of it is under way, which is never answered. */
async function struck(sim: Simulator, inputs: Inputs, blow: Blow): Promise<StepResult> {
  const { signal, route, when } = blow;
  const fault: Fault = { route, kind: "hang", when };
  sim.fault(fault);
  const arrived = new Promise<void>((resolve) => {
    sim.on(when === "before" ? "before-work" : "after-work", route, () => resolve());
  });
  const step = begin(sim, inputs);
  await Promise.race([arrived, step.finished]);
  expect(step.kill(signal)).toBe(true);
  const result = secretive(sim, await step.finished);
  sim.clearFaults();
  if (signal === "SIGKILL") expect([result.signal, result.outputs]).toEqual([signal, BEGUN]);
  else expectEnd(result, { exit: 1, outcome: "cancelled" });
  return result;
}

it.concurrent.each<[NodeJS.Signals]>([["SIGKILL"], ["SIGTERM"], ["SIGINT"]])(
  "%s during the prepare: nothing exists, a stranger's newcomer is left alone, a new prepare works",
  async (signal) => {
    await worldOf(`prepare ${signal}`)(ON_CHAIN, async (sim) => {
      const inputs = { prepare_only: "true", cleanup: "always" };
      const result = await struck(sim, inputs, { signal, route: "create", when: "after" });
      const stranger = sim.addStranger({ composeHash: sim.composeHash });
      const after = await post(sim, result);
      expect(after.exitCode).toBe(0);
      expect(asked(sim, "delete")).toEqual([]);
      const there = sim
        .cvms()
        .filter(({ deleted }) => !deleted)
        .map(({ vmUuid }) => vmUuid);
      expect(there).toContain(stranger.vmUuid);
      const prepared = await prepare(sim, { compose_hash: sim.composeHash });
      approve(sim, prepared);
      expectMade(sim, await commit(sim, prepared));
    });
  },
  BOUND_MS,
);

it.concurrent.each<[NodeJS.Signals, string, number]>([
  ["SIGKILL", "never", 1],
  ["SIGKILL", "on_failure", 0],
  ["SIGKILL", "always", 0],
  ["SIGTERM", "never", 1],
  ["SIGTERM", "on_failure", 0],
  ["SIGINT", "always", 0],
])(
  "%s while the commit is at work, cleanup %s: post finds the replica",
  async (signal, cleanup, left) => {
    await worldOf(`commit ${signal} ${cleanup}`)(ALL_REGISTERED, async (sim) => {
      const prepared = await prepare(sim);
      const inputs = { ...commitInputs(sim, prepared), cleanup, exclusive: "true" };
      const result = await struck(sim, inputs, { signal, route: "commit", when: "after" });
      const [uuid = ""] = replicas(sim);
      const after = await post(sim, result);
      expect(after.exitCode).toBe(0);
      expect(warnings(after).join()).toContain(uuid);
      expect([posts(sim).commit, replicas(sim).length]).toEqual([1, left]);
      if (left === 1) expect(logText(after)).toMatch(/still exists.*billed/);
      const again = await commit(sim, prepared);
      expectEnd(again, { exit: 1, outcome: "failed", code: "ERR-01-006" });
      expect(replicas(sim)).toHaveLength(left);
    });
  },
  BOUND_MS,
);

it.concurrent.each([
  ["never", 1],
  ["on_failure", 0],
])(
  "SIGKILL while the committed replica boots, cleanup %s: %s left",
  async (cleanup, left) => {
    await worldOf(`boot ${cleanup}`)({ ...ALL_REGISTERED, bootMs: 3_600_000 }, async (sim) => {
      const prepared = await prepare(sim);
      const step = begin(sim, { ...commitInputs(sim, prepared), cleanup });
      await step.line(/^\S+: provisioning/);
      expect(step.kill("SIGKILL")).toBe(true);
      const after = await post(sim, secretive(sim, await step.finished));
      expect([after.exitCode, replicas(sim).length]).toEqual([0, left]);
    });
  },
  BOUND_MS,
);

inItsWorld(
  "SIGKILL while what is allowed already is committed at once: post finds the replica",
  { ...ALL_REGISTERED, always465: true },
  async (sim) => {
    const blow = { signal: "SIGKILL", route: "commit", when: "after" } as const;
    const result = await struck(sim, { cleanup: "always", exclusive: "true" }, blow);
    expect(replicas(sim)).toHaveLength(1);
    const after = await post(sim, result);
    expect([after.exitCode, replicas(sim)]).toEqual([0, []]);
  },
);

inItsWorld(
  "SIGTERM while a transaction is waited for: stopped at once, nothing created, as post makes sure",
  ON_CHAIN,
  async (sim) => {
    const prepared = await prepare(sim);
    const transaction_hash = approve(sim, prepared, { missing: 99 });
    const step = begin(sim, { ...commitInputs(sim, prepared), transaction_hash });
    await step.line(/467.*try 2/);
    step.kill("SIGTERM");
    const result = secretive(sim, await step.finished);
    expectEnd(result, { exit: 1, outcome: "cancelled" });
    expect(posts(sim).commit).toBe(1);
    const lists = asked(sim, "list").length;
    expect((await post(sim, result)).exitCode).toBe(0);
    expect([asked(sim, "list").length, replicas(sim)]).toEqual([lists + 1, []]);
  },
);

it.concurrent.each<[NodeJS.Signals]>([["SIGKILL"], ["SIGTERM"]])(
  "%s while the app's key is read: nothing was sent, and post has nothing to do",
  async (signal) => {
    await worldOf(`key ${signal}`)(ALL_REGISTERED, async (sim) => {
      const inputs = { envs: `TOKEN=${seed("killed")}`, cleanup: "always" };
      const result = await struck(sim, inputs, { signal, route: "kms-pubkey", when: "before" });
      const before = sim.requests.length;
      expect((await post(sim, result)).exitCode).toBe(0);
      expect([sim.requests.length, posts(sim).create]).toEqual([before, 0]);
    });
  },
  BOUND_MS,
);
