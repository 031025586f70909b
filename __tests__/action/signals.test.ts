/** The bundle as a process, stopped by each signal in each phase, with each `cleanup`; then its post step. */
import { describe, expect, it } from "@jest/globals";
import type { Fault, Simulator, SimulatorOptions } from "../../simulator/index.ts";
import {
  checkSecrets,
  errorText,
  left,
  logText,
  post,
  posts,
  SLOW,
  start,
  withSim,
} from "../support/processes.ts";
import type { RunningStep, StepResult } from "../support/runner.ts";
import { replicasOf } from "../support/simulated-steps.ts";
import { inEitherWorld } from "../support/worlds.ts";

/**
 * A step that waits on instead of stopping is killed, and its test red: an answer is waited for up to a minute.
 * That it stops within two seconds, and still takes an answer that comes within the grace, is held to the
 * millisecond in simulated time (`anywhere.test.ts`); a busy machine could take the whole grace here.
 */
const STOPS = { timeoutMs: 50_000 };

interface Phase {
  readonly world?: SimulatorOptions;
  readonly faults?: readonly Fault[];
  readonly inputs?: Readonly<Record<string, string>>;
  /** Resolves when the phase is reached. Called before the step is started. */
  readonly reached: (sim: Simulator) => (step: RunningStep) => Promise<unknown>;
  /** It is reached by what the log says, which only a process shows while it runs. */
  readonly log?: true;
  /** What main knows when it ends on a signal that it can act on. */
  readonly knows: "nothing" | "maybe" | "created";
}

/** The `nth` time that the simulator comes to a moment. */
function moment(
  sim: Simulator,
  when: "before-work" | "after-work" | "answered",
  route: string,
  nth = 1,
): Promise<void> {
  let seen = 0;
  return new Promise((resolve) => {
    sim.on(when, route, () => {
      seen += 1;
      if (seen === nth) resolve();
    });
  });
}

/** A phase that the simulator sees. */
function seen(...at: readonly ["before-work" | "after-work" | "answered", string, number?]) {
  return (sim: Simulator) => {
    const [when, route, nth] = at;
    const reached = moment(sim, when, route, nth);
    return () => reached;
  };
}

const LONG = { bootMs: 600_000 };

const PHASES: Readonly<Record<string, Phase>> = {
  "before the POST": {
    faults: [{ route: "list", kind: "hang", when: "before" }],
    reached: seen("before-work", "list"),
    knows: "nothing",
  },
  "during the POST": {
    world: LONG,
    faults: [{ route: "create", kind: "hang", when: "after" }],
    reached: seen("after-work", "create"),
    knows: "maybe",
  },
  "during the search for a lost replica": {
    world: { ...LONG, listLagMs: 2_000 },
    faults: [{ route: "create", kind: "drop", when: "after" }],
    reached: seen("answered", "list", 2),
    knows: "maybe",
  },
  "while booting": { world: LONG, reached: seen("answered", "batch", 2), knows: "created" },
  "while health is checked": {
    world: { replicaPlans: [{ bootMs: 200, health: { kind: "status", status: 503 } }] },
    inputs: { health_check: "/healthz" },
    reached: () => (step) => step.line(/not healthy yet/),
    log: true,
    knows: "created",
  },
};

const SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
const CLEANUPS = ["never", "on_failure", "always"] as const;

const CASES = Object.entries(PHASES).flatMap(([at, phase]) =>
  SIGNALS.flatMap((signal) =>
    CLEANUPS.map((cleanup) => ({
      name: `${at} by ${signal}, cleanup: ${cleanup}`,
      signal,
      cleanup,
      phase,
      // The signal is the process's, in each phase; what post then does shows in simulated time as well.
      ...((cleanup === "on_failure" || phase.log) && { process: true as const }),
    })),
  ),
);

describe("stopped", () => {
  inEitherWorld("$name", CASES, async ({ signal, cleanup, phase }, world) => {
    await world(phase.world ?? {}, async (sim) => {
      // Long before us: how strangers of the same moment are told apart is another matter.
      sim.addStranger({ createdAt: sim.world.now() - 600_000, status: "stopped" });
      for (const fault of phase.faults ?? []) sim.fault(fault);
      const reached = phase.reached(sim);
      const step = start(sim, { cleanup, exclusive: "true", ...phase.inputs }, STOPS);
      await reached(step);
      expect(step.kill(signal)).toBe(true);
      const main = await step.finished;
      checkSecrets(sim, main);
      if (signal === "SIGKILL") expect([main.exitCode, main.signal]).toEqual([null, "SIGKILL"]);
      else expectCancelled(sim, main, phase);
      expect(posts(sim)).toBe(phase.knows === "nothing" ? 0 : 1);
      await expectAftermath(sim, main, phase, cleanup);
    });
  });

  it.concurrent(
    "by SIGINT and, impatiently, by more of them: still in order",
    async () => {
      await withSim(LONG, async (sim) => {
        const phase = PHASES["during the POST"] as Phase;
        for (const fault of phase.faults ?? []) sim.fault(fault);
        const reached = phase.reached(sim);
        const step = start(sim, { cleanup: "on_failure", exclusive: "true" }, STOPS);
        await reached(step);
        for (const signal of ["SIGINT", "SIGINT", "SIGTERM"] as const) step.kill(signal);
        const main = await step.finished;
        expectCancelled(sim, main, phase);
        await expectAftermath(sim, main, phase, "on_failure");
      });
    },
    SLOW,
  );
});

/** A step that could act on its signal has told all that it knows. */
function expectCancelled(sim: Simulator, main: StepResult, { knows }: Phase): void {
  expect([main.exitCode, main.signal]).toEqual([1, null]);
  expect(main.stderr).toBe("");
  const { outcome, error_code, vm_uuid } = main.outputs;
  expect({ outcome, error_code }).toEqual({ outcome: "cancelled", error_code: "" });
  const [replica] = sim.replicas();
  const text = errorText(main);
  expect(text).toMatch(/cancelled/);
  if (knows === "created") {
    expect(vm_uuid).toBe(replica?.vmUuid);
    expect(text).toContain(replica?.vmUuid);
    expect(text).toMatch(/billed/);
    expect(replicasOf(main.outputs)).toHaveLength(1);
    expect(main.summary).toContain(replica?.name);
  } else {
    expect(vm_uuid).toBe("");
  }
  if (knows === "maybe") expect(text).toMatch(/no answer yet.*post step/);
}

/** Post deletes, or tells, exactly what there is. */
async function expectAftermath(
  sim: Simulator,
  main: StepResult,
  { knows }: Phase,
  cleanup: (typeof CLEANUPS)[number],
): Promise<void> {
  const after = await post(sim, main);
  expect(after.exitCode).toBe(0);
  expect(posts(sim)).toBeLessThanOrEqual(1);
  const log = logText(after);
  const others = sim.cvms().filter(({ origin }) => origin !== "replica");
  expect(others.filter(({ deletes, deleted }) => deletes > 0 || deleted)).toEqual([]);
  if (knows === "nothing") {
    expect(log).toMatch(/ended before it asked for a replica/);
    expect(sim.replicas()).toEqual([]);
    return;
  }
  const [replica] = sim.replicas();
  expect(sim.replicas()).toHaveLength(1);
  expect(left(sim)).toHaveLength(cleanup === "never" ? 1 : 0);
  expect(replica?.deletes).toBe(cleanup === "never" ? 0 : 1);
  if (cleanup === "never") {
    expect(log).toContain(`${replica?.vmUuid}) still exists and is billed. Delete it: https://`);
  } else {
    expect(log).toContain(`${replica?.vmUuid}) is gone`);
    expect(log).toMatch(/1 deleted, none left/);
  }
}
