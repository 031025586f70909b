/**
 * A step in the world of its cloud: the bundle as a process where the cloud is a server, in simulated time where it is
 * a simulated one. So a test says what must hold, and which world shows it is asked of `worldOf`.
 */
import { setTimeout } from "node:timers/promises";
import {
  startPost as postAsProcess,
  type RunningStep,
  type StepOptions,
  type StepResult,
  startStep as startAsProcess,
} from "./runner.ts";
import { leaksOf } from "./secrecy.ts";
import type { SimulatedProcess } from "./simulated/simulation.ts";
import { leftBy, SimulatedCloud } from "./simulated-cloud.ts";

export type { RunningStep, StepOptions, StepResult } from "./runner.ts";

/** Starts the main program of a step. */
export function startStep(options: StepOptions): RunningStep {
  const { api: cloud } = options;
  return cloud instanceof SimulatedCloud
    ? running(cloud, cloud.begin(options), options)
    : startAsProcess(options);
}

/** Runs the main program of a step to its end. */
export function runStep(options: StepOptions): Promise<StepResult> {
  return startStep(options).finished;
}

/** Starts the `post` program of a step. `over` replaces single options of the main step. */
export function startPost(main: StepResult, over: StepOptions = {}): RunningStep {
  const options = { ...main.options, ...over };
  const { api: cloud } = options;
  return cloud instanceof SimulatedCloud
    ? running(cloud, cloud.beginPost(main, options.jobStatus), options)
    : postAsProcess(main, over);
}

/** Runs the `post` program of a step to its end. */
export function runPost(main: StepResult, over: StepOptions = {}): Promise<StepResult> {
  return startPost(main, over).finished;
}

/** Lets time pass in the world of a cloud, in ms. */
export function pass(cloud: object, ms: number): Promise<void> {
  return cloud instanceof SimulatedCloud ? cloud.pass(ms) : setTimeout(ms);
}

function running(cloud: SimulatedCloud, step: SimulatedProcess, options: StepOptions): RunningStep {
  const { runner } = step;
  let ended = false;
  const finished = step.finished.then((result) => {
    ended = true;
    const left = { ...leftBy(result, cloud), options };
    cloud.remember(left, result);
    const leaks = options.mayLeak === true ? [] : leaksOf(left);
    if (leaks.length > 0) throw new Error(`The step leaked a secret: ${leaks.join(", ")}.`);
    return left;
  });
  finished.catch(() => undefined);
  const kill = (signal: NodeJS.Signals): boolean => {
    if (ended) return false;
    if (signal === "SIGKILL") step.kill();
    else step.cancel();
    return true;
  };
  const line = (pattern: RegExp | string): Promise<string> =>
    new Promise((found, fail) => {
      const matches = (text: string): boolean =>
        typeof pattern === "string" ? text.includes(pattern) : text.search(pattern) >= 0;
      const known = runner.entries.find(({ text }) => matches(text));
      if (known !== undefined) return found(known.text);
      runner.listeners.add(({ text }) => {
        if (matches(text)) found(text);
      });
      const never = () => fail(new Error(`The step ended without ${pattern}.`));
      finished.then(never, never);
    });
  return { pid: -1, kill, line, finished };
}
