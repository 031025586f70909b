/** The three acts of the demo. Each begins with the source CVM alone, and says whether it went as it should. */
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import type { Contexts } from "../../__tests__/support/expressions.ts";
import type { WorkflowStep } from "../../__tests__/support/readme.ts";
import { REPOSITORY } from "../../__tests__/support/repository.ts";
import { readManifest } from "../../__tests__/support/runner/manifest.ts";
import { bill, code, heading, say } from "../show.ts";
import { billed, type Cloud, replicas } from "./cloud.ts";
import { runItsPost, runOurStep, runShellStep, showResults, startOurStep } from "./step.ts";

/** What all acts need. */
export interface Stage {
  readonly cloud: Cloud;
  /** README's step, with an id, and the one that uses its outputs. */
  readonly step: WorkflowStep & { readonly id: string };
  readonly next: WorkflowStep;
  readonly contexts: Contexts;
}

const LIMIT_MS = 30_000;

/** The line that each act ends with. Returns the number. */
async function billedNow(cloud: Cloud, remark: string): Promise<number> {
  const cvms = await cloud.cvms();
  const made = replicas(cvms).length;
  const number = billed(cvms).length;
  bill(`billed now: ${number}`, `the source and ${plural(made)}: ${remark}`);
  return number;
}

function plural(count: number): string {
  return count === 1 ? "1 replica" : `${count === 0 ? "no" : count} replicas`;
}

/** Deletes by hand what an act has left, so that the next one begins with the source alone. */
export async function sweep(cloud: Cloud): Promise<void> {
  await cloud.clearFaults();
  for (const { vmUuid } of replicas(await cloud.cvms())) await cloud.remove(vmUuid);
  await until(
    "nothing but the source is left",
    async () => billed(await cloud.cvms()).length === 1,
  );
}

/** Waits for something, for half a minute at most. Throws when it does not come. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`after ${LIMIT_MS / 1000} s still not so: ${what}`);
    await pause(50);
  }
}

async function posts(cloud: Cloud): Promise<number> {
  const requests = await cloud.requests();
  return requests.filter(({ route }) => route === "create" || route === "instances").length;
}

/** One: README's step, and the one after it. */
async function works({ cloud, step, next, contexts }: Stage): Promise<boolean> {
  heading("1. It works");
  code(stringify([step], { lineWidth: 0 }));
  say("The secret and the variables are the simulator's, and PHALA_CLOUD_API_PREFIX leads to it.");
  const main = await runOurStep(step, contexts, cloud.about);
  showResults(main);
  const reached = runShellStep(next, {
    ...contexts,
    steps: { [step.id]: { outputs: main.outputs } },
  });
  const post = await runItsPost(main);
  const number = await billedNow(cloud, "the one that was asked for, until somebody deletes it");
  return main.exitCode === 0 && reached && post.exitCode === 0 && number === 2;
}

/** Two: the connection breaks when the replica is there, and nobody has heard of it. */
async function lost({ cloud, step, contexts }: Stage): Promise<boolean> {
  heading("2. The answer is lost, and there is still one");
  say(
    "The platform creates the replica, and the connection breaks before the answer. To ask again would create,\n" +
      "and bill, a second one. So the action looks at what is new, and takes it for its own where it fits.",
  );
  await cloud.fault({ route: "create", kind: "drop", when: "after" });
  const before = await posts(cloud);
  const main = await runOurStep(step, contexts, cloud.about);
  const post = await runItsPost(main);
  const sent = (await posts(cloud)) - before;
  const number = await billedNow(
    cloud,
    `${sent} create request was sent, and the step knows its replica`,
  );
  return main.exitCode === 0 && post.exitCode === 0 && sent === 1 && number === 2;
}

/** Three: main is killed between the work and the answer. */
async function killed({ cloud, step, contexts }: Stage): Promise<boolean> {
  heading("3. The runner is killed, and post finds it");
  say(
    "The same step with `cleanup: on_failure`. Its process is killed while it waits for the answer.",
  );
  // Only who says that nobody else creates instances meanwhile has what was found by elimination deleted.
  const { inputs } = readManifest(REPOSITORY);
  const alone = inputs.exclusive === undefined ? {} : { exclusive: "true" };
  const careful = { ...step, with: { ...step.with, cleanup: "on_failure", ...alone } };
  code(stringify([careful], { lineWidth: 0 }));
  await cloud.fault({ route: "create", kind: "hang", when: "after" });
  const running = startOurStep(careful, contexts, cloud.about);
  await until("the replica is made", async () => replicas(await cloud.cvms()).length === 1);
  running.kill("SIGKILL");
  const main = await running.finished;
  console.log("  ✗ killed (SIGKILL)");
  const between = await billedNow(cloud, "it has no name in any log or output");
  await cloud.clearFaults();
  const post = await runItsPost(main);
  const after = await billedNow(cloud, "post found what the step had made, and deleted that alone");
  return main.signal === "SIGKILL" && between === 2 && post.exitCode === 0 && after === 1;
}

/** The acts, in order. */
export const ACTS: readonly ((stage: Stage) => Promise<boolean>)[] = [works, lost, killed];
