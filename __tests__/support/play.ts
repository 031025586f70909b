/**
 * One case, two worlds. A case says what the cloud is like, what the step is told, what happens meanwhile and
 * what must be seen in the end. `simulated` plays it in one process and in simulated time, `process` runs the
 * built bundle as the runner does, against the HTTP simulator. Both answer the same `Seen`.
 *
 *     describeCases("lost answers", [{ name: "…", given: (cloud) => …, expects: ({ main }) => … }]);
 */
import { describe, expect, it } from "@jest/globals";
import { chainOf, mirror } from "../../simulator/evm/platform.ts";
import { listenFor } from "../../simulator/evm/server.ts";
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
  type WorldOptions,
} from "../../simulator/index.ts";
import type { Moment } from "../../simulator/record.ts";
import { again } from "./again.ts";
import { type Cloud, simulatedCloud } from "./play/cloud.ts";
import { gist, type Seen, type Step, seenOfProcess, seenOfSimulation } from "./play/seen.ts";
import type { JobStatus } from "./runner/manifest.ts";
import { runPost, startStep } from "./runner.ts";
import type { ChainSetting } from "./simulated/chain.ts";
import { type CommandName, Simulation } from "./simulated/simulation.ts";
import { drawn } from "./worlds.ts";

export type { Cloud } from "./play/cloud.ts";
export type { Seen, Step } from "./play/seen.ts";

export type WorldName = "simulated" | "process";
export type Inputs = Readonly<Record<string, string>>;

/** Something that befalls the main step when the cloud comes to a moment of a request. */
export interface Blow {
  readonly how: "cancel" | "kill";
  readonly moment: Moment;
  readonly route: string;
  /** Which request of that route, from 1; default 1. */
  readonly nth?: number;
}

export interface Case {
  /** A sentence: what is special about it. */
  readonly name: string;
  /** The scenario of the cloud. Times in ms; keep them short where a process runs the case too. */
  readonly api?: Omit<WorldOptions, "origin" | "now">;
  /** Another action of the repository than create, by the name of its folder. */
  readonly command?: CommandName;
  /** Further variables of the step. */
  readonly env?: Readonly<Record<string, string>>;
  /** A chain with the app's contract and a node to reach it by. */
  readonly evm?: ChainSetting;
  /** The step's `with`, over `app_id`, `vm_uuid` and a short `poll_interval`. */
  readonly inputs?: Inputs | ((cloud: Cloud) => Inputs);
  /** Faults, strangers and hooks, before the step starts. */
  readonly given?: (cloud: Cloud) => void;
  readonly blow?: Blow;
  /** Between the end of main and the start of post. */
  readonly between?: (cloud: Cloud) => void;
  /** The job's status by the time that post runs; default `success`. */
  readonly jobStatus?: JobStatus;
  /** Whether the post step runs; default true. */
  readonly post?: boolean;
  /** Why only one world can play it; default both may. */
  readonly only?: WorldName;
  /** Play it as a process too, although its name was not drawn. */
  readonly process?: boolean;
  readonly expects: (seen: Seen) => void;
}

/** A bound in ms for a process that runs beside many others. */
const SLOW_MS = 240_000;

/** Registers a test a case and world. Of the cases that both worlds can play, processes play a fixed sample. */
export function describeCases(title: string, cases: readonly Case[]): void {
  const worlds = (one: Case): readonly WorldName[] => {
    if (one.only !== undefined) return [one.only];
    return one.process || drawn(one.name) ? ["simulated", "process"] : ["simulated"];
  };
  describe(title, () => {
    for (const one of cases.filter((each) => worlds(each).includes("simulated"))) {
      it(one.name, async () => {
        one.expects(await play(one, "simulated"));
      });
    }
  });
  const processes = cases.filter((each) => worlds(each).includes("process"));
  if (processes.length === 0) return;
  describe(`${title}, as a process`, () => {
    for (const one of processes) {
      it.concurrent(one.name, () => again(one.name, () => playAsProcess(one)), 3 * SLOW_MS);
    }
  });
}

async function playAsProcess(one: Case): Promise<void> {
  const seen = await play(one, "process");
  one.expects(seen);
  if (one.only === undefined) expect(gist(seen)).toEqual(gist(await play(one, "simulated")));
}

/** Plays one case to its end. */
export function play(one: Case, world: WorldName): Promise<Seen> {
  return world === "simulated" ? playSimulated(one) : playProcess(one);
}

async function playSimulated(one: Case): Promise<Seen> {
  const sim = new Simulation({ ...one.api, ...(one.evm === undefined ? {} : { evm: one.evm }) });
  const cloud = simulatedCloud(sim);
  one.given?.(cloud);
  const running = sim.start(inputsOf(one, cloud), one.command, one.env);
  strike(one.blow, cloud, { cancel: () => running.cancel(), kill: () => running.kill() });
  const main = await running.finished;
  one.between?.(cloud);
  const post = one.post === false || !hasPost(one) ? null : await sim.post(main, one.jobStatus);
  return seenOfSimulation(cloud, main, post);
}

async function playProcess(one: Case): Promise<Seen> {
  const options: SimulatorOptions = { ...one.api };
  const bare = await startSimulator(options);
  const chain = one.evm === undefined ? null : await chainBeside(bare, one.evm);
  const sim = chain === null ? bare : Object.assign(bare, { node: chain.node });
  try {
    one.given?.(sim);
    const running = startStep({
      api: sim,
      inputs: inputsOf(one, sim),
      timeoutMs: SLOW_MS,
      ...(one.command !== undefined && { command: one.command }),
      ...(one.env !== undefined && { env: one.env }),
    });
    strike(one.blow, sim, {
      cancel: () => running.kill("SIGINT"),
      kill: () => running.kill("SIGKILL"),
    });
    const main = await running.finished;
    one.between?.(sim);
    const post =
      one.post === false || !hasPost(one)
        ? null
        : await runPost(main, {
            timeoutMs: SLOW_MS,
            ...(one.jobStatus !== undefined && { jobStatus: one.jobStatus }),
          });
    return seenOfProcess(sim, main, post);
  } finally {
    await Promise.all([sim.close(), chain?.close()]);
  }
}

/** A chain on a port of its own, whose blocks the platform sees before it works on a request. */
async function chainBeside(sim: Simulator, { nodes, pick, ...setting }: ChainSetting) {
  const now = () => sim.world.now();
  const evm = chainOf(sim.world, setting);
  const options = { ...(nodes && { nodes }), ...(pick && { pick }) };
  const { url, rpc, close } = await listenFor(evm, now, options);
  const sync = mirror(evm, sim.chain);
  sim.on("before-work", "*", () => sync());
  return { node: { url, evm, rpc }, close };
}

/** Verifying leaves nothing behind, so that action has no post step. */
function hasPost({ post, command }: Case): boolean {
  return post !== false && command !== "verify";
}

function inputsOf({ inputs, command = "create" }: Case, cloud: Cloud): Inputs {
  const given = typeof inputs === "function" ? inputs(cloud) : inputs;
  const usual = { app_id: cloud.appId };
  const pace = command === "verify" ? {} : { poll_interval: "0.2s" };
  return { ...usual, ...pace, ...(command === "create" && { vm_uuid: cloud.vmUuid }), ...given };
}

function strike(
  blow: Blow | undefined,
  cloud: Cloud,
  blows: { readonly cancel: () => void; readonly kill: () => void },
): void {
  if (blow === undefined) return;
  let met = 0;
  cloud.on(blow.moment, blow.route, () => {
    met += 1;
    if (met === (blow.nth ?? 1)) blows[blow.how]();
  });
}

/** The text of the one error annotation of a step. @throws where there is not exactly one */
export function errorOf(step: Step): string {
  const errors = step.annotations.filter(({ level }) => level === "error");
  expect(errors).toHaveLength(1);
  return errors[0]?.message ?? "";
}
