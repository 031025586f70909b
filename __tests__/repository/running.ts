/** What the tests of the examples share. */
import { it } from "@jest/globals";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator/index.ts";
import { type ParsedWorkflow, parseWorkflows } from "../support/github-parse.ts";
import { allExamples } from "../support/readme.ts";
import type { JobRun, WorkflowSettings } from "../support/workflow.ts";

const SLOW = 480_000;
// The documents show the files of examples/ (readme.test.ts); what they have besides are lists of steps.
const examples = allExamples();
export const exampleNames = examples.map(({ workflow }) => workflow.name);
// By GitHub's parser, all at once: it takes a process of its own.
const parsed = parseWorkflows(examples.map(({ text }) => text));

/** An example by its name, as GitHub's parser reads it. */
async function example(name: string): Promise<ParsedWorkflow> {
  const found = (await parsed)[exampleNames.indexOf(name)];
  if (found === undefined) {
    throw new Error(`there is no example called ${name}`);
  }
  return found;
}

const shown = new Set<string>();
/** Simulators whose workflow runs as it stands; what else is told of an example is shown in this process. */
const ofBundle = new WeakSet<Simulator>();

/**
 * Declares a test of an example. They mostly wait, so they do it side by side, each with a simulator; the first one of
 * an example runs the bundle.
 */
export function runExample(
  name: string,
  what: string,
  test: (sim: Simulator, workflow: ParsedWorkflow) => Promise<void>,
  options: SimulatorOptions = {},
): void {
  const isFirst = !shown.has(name);
  shown.add(name);
  it.concurrent(
    `${name}: ${what}`,
    async () => {
      const sim = await startSimulator(options);
      if (isFirst) ofBundle.add(sim);
      try {
        await test(sim, await example(name));
      } finally {
        await sim.close();
      }
    },
    SLOW,
  );
}

export function settings(sim: Simulator, over: Partial<WorkflowSettings> = {}): WorkflowSettings {
  return {
    secrets: { PHALA_CLOUD_API_KEY: sim.apiKey },
    vars: { PHALA_APP_ID: sim.appId, PHALA_VM_UUID: sim.vmUuid },
    env: { PHALA_CLOUD_API_PREFIX: sim.apiUrl },
    inThisProcess: !ofBundle.has(sim),
    ...over,
  };
}

/** What the app has now, without the source. */
export function replicas(sim: Simulator) {
  return sim.replicas().filter(({ deleted }) => !deleted);
}

export function conclusions(runs: readonly JobRun[]): string[] {
  return runs.map(({ name, conclusion }) => `${name} ${conclusion}`);
}

/** The logs of all `run` steps. */
export function logs(runs: readonly JobRun[]): string {
  return runs
    .flatMap(({ steps }) => steps.filter(({ keys }) => keys.run).map(({ log }) => log))
    .join("\n");
}

/** A workflow with some of its text exchanged. Throws where there is nothing to exchange. */
export function broken(workflow: ParsedWorkflow, from: string, to: string): ParsedWorkflow {
  const text = JSON.stringify(workflow);
  if (!text.includes(from)) {
    throw new Error(`the example has no ${from}`);
  }
  return JSON.parse(text.replaceAll(from, to)) as ParsedWorkflow;
}
