import type { Edges, Runner } from "../action/edges.ts";
import { isUnwritable } from "../action/unwritable.ts";
import type { Recording } from "../deployments/subscriber.ts";
import { Lifetimes } from "../fleet/lifetimes.ts";
import type { Survey } from "../fleet/look.ts";
import { wontRun } from "../fleet/plan/mismatch.ts";
import { type Context, note, openApi } from "../fleet/run.ts";
import { lookOnceMore } from "../fleet/surplus.ts";
import { wantsSummary } from "../inputs/common.ts";
import { readCreateInputs } from "../inputs/create.ts";
import { maskSecrets } from "../inputs/masks.ts";
import type { Inputs } from "../inputs/types.ts";
import { Ledger, type Pen } from "../ledger/ledger.ts";
import { lenient } from "../ledger/lenient.ts";
import { exists, isOurs, type Replica } from "../ledger/replica.ts";
import { penOf } from "../ledger/saved.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { currentStatus, whoIs } from "../ledger/who.ts";
import { type Cvm, runs } from "../phala/cvm.ts";
import { createLine } from "../report/log/create.ts";
import { dryRunEnd } from "../report/log/dry-run.ts";
import { unknownToPost } from "../report/log/ending.ts";
import { conclude, tellMade } from "./conclude.ts";
import { createAll, type Prepared, planDryRun } from "./creating.ts";
import { allOf, countedBy, type Ending, madeBy, placeOf } from "./ending.ts";
import { beginOutputs, debugTrace, tellsOfOneThere } from "./handover.ts";
import { internal } from "./internal.ts";
import { lookAndPlan } from "./looking.ts";
import { untold } from "./untold.ts";
import type { Verification } from "./verification.ts";

/**
 * The main step: read, look, plan, create, wait, report. Nothing is thrown; whatever happens ends in
 * outputs, the state for post, and on failure one error annotation.
 *
 * @returns the process's exit code
 */
export async function run(edges: Edges): Promise<0 | 1> {
  const ending: Ending = {
    summary: wantsSummary(edges.env),
    ledger: new Ledger(() => edges.clock.now(), penFor(edges)),
    inputs: null,
    survey: null,
    source: null,
    planned: [],
    approval: null,
    isAllowed: null,
  };
  try {
    maskSecrets(edges.env, edges.runner);
    beginOutputs(edges.runner);
    const read = readCreateInputs(edges.env);
    if ("faults" in read)
      return await conclude(edges, ending, { kind: "inputs", faults: read.faults });
    const recording = await listen(edges, read.inputs, ending);
    const run = { edges, ledger: ending.ledger };
    const trouble = await replicate(run, read.inputs, ending);
    const exitCode = await conclude(edges, ending, trouble);
    // Last, since outputs and state must not wait for GitHub; post makes up for what is cut off here.
    await recording?.end(madeBy(ending));
    return exitCode;
  } catch (error) {
    debugTrace(edges.runner, error);
    return await conclude(edges, ending, internal(error)).catch(() => lastWord(edges, error));
  }
}

/** Writes for post what comes of each request. */
function penFor({ runner }: Edges): Pen {
  const pen = penOf((name, value) => runner.saveState(name, value));
  return lenient(pen, isUnwritable, ({ slot }, why) =>
    runner.warning(unknownToPost((slot?.index ?? 0) + 1, why)),
  );
}

/** Whoever is told what happens as it comes: later steps, GitHub's deployments, the log. */
async function listen(edges: Edges, inputs: Inputs, ending: Ending): Promise<Recording | null> {
  const { runner } = edges;
  const { ledger } = ending;
  const broke = untold(runner);
  const recording = await recordingFor(edges, inputs, ending);
  ledger.subscribe((fact) => {
    if (tellsOfOneThere(fact, ledger)) tellMade(edges, ending);
  }, broke);
  if (recording !== null) ledger.subscribe(recording.hear, broke);
  ledger.subscribe((fact) => {
    const line = createLine(fact, placeOf(ending));
    if (line !== null) runner[line.as](line.text);
  }, broke);
  return recording;
}

/** The GitHub deployments of this run; null where none were asked for. */
async function recordingFor(
  edges: Edges,
  inputs: Inputs,
  ending: Ending,
): Promise<Recording | null> {
  const { deploymentEnvironment } = inputs;
  if (deploymentEnvironment === null || inputs.dryRun || inputs.prepareOnly) return null;
  const { recordingOf } = await import("./recording.ts");
  return recordingOf(edges, { ...inputs, deploymentEnvironment }, ending);
}

/** Even what was to be reported could not be. The state for post is written all the same, as it went. */
async function lastWord(edges: Edges, error: unknown): Promise<1> {
  const { runner } = edges;
  const { internalAnnotation } = await import("./saying.ts");
  const { text, title, message, code } = internalAnnotation(internal(error), edges);
  runner.error(text, title);
  try {
    runner.output("outcome", "failed");
    runner.output("error_code", code);
    runner.output("error_message", message);
  } catch {
    // The outputs' file may be the very thing that failed; the annotation stands.
  }
  return 1;
}

/** Fills `ending` in as the run goes, so that whatever is known can be reported. */
async function replicate(
  run: Pick<Context, "edges" | "ledger">,
  inputs: Inputs,
  ending: Ending,
): Promise<Trouble | null> {
  const { edges } = run;
  const { runner, cancel } = edges;
  ending.inputs = inputs;
  for (const note of inputs.notes) runner.warning(note);
  const { apiUrl, apiKey, requestTimeoutMs: timeoutMs } = inputs;
  const api = openApi(edges, { apiUrl, apiKey, timeoutMs });

  const prepared = await inGroup(runner, "Look at the app", () =>
    lookAndPlan({ ...run, api }, inputs, ending),
  );
  if (!prepared.ok) return prepared.trouble;
  const { context, plan, surveyed } = prepared;

  const verification = await openVerification(context, surveyed);
  if (verification !== null) {
    const refusal = await inGroup(runner, "Verify the source", () => verification.refusal(plan));
    ending.source = verification.source;
    if (refusal !== null || cancel.aborted) return refusal;
  }
  if (inputs.dryRun) {
    planDryRun(prepared, ending);
    for (const line of ending.planned) runner.info(line);
    runner.info(dryRunEnd(plan.slots.length));
    return null;
  }
  await makeAndFollow(prepared, { ending, verification });
  if (inputs.instances !== null && madeBy(ending).some(exists) && !cancel.aborted) {
    await lookOnceMore(context, surveyed, inputs.instances, madeBy(ending));
  }
  return null;
}

/** Null where nothing is to be verified: then nothing of it is loaded either. */
async function openVerification(context: Context, surveyed: Survey): Promise<Verification | null> {
  if (context.inputs.verify === "off") return null;
  const { Verification } = await import("./verification.ts");
  return await Verification.open(context, surveyed);
}

/** Creates what is missing, and sees what is there to its end. */
async function makeAndFollow(
  prepared: Prepared,
  following: Omit<Following, "lifetimes">,
): Promise<void> {
  const { context, plan, surveyed } = prepared;
  const { ending } = following;
  const lifetimes = new Lifetimes(context, surveyed.clockOffsetMs);
  try {
    if (plan.slots.length > 0) {
      const title = context.inputs.prepareOnly ? "Prepare" : "Create";
      await inGroup(context.edges.runner, title, () => createAll(prepared, { ending, lifetimes }));
    }
    await follow(prepared, { ...following, lifetimes });
  } finally {
    lifetimes.stop();
  }
}

/** How long a `ttl` is tried for where nothing is waited for, in ms. */
const TTL_WINDOW_MS = 30_000;

interface Following {
  readonly ending: Ending;
  readonly lifetimes: Lifetimes;
  /** Null: nothing is verified. */
  readonly verification: Verification | null;
}

/** Waits for what was made, until it runs and has its end. */
async function follow(
  { context }: Prepared,
  { ending, lifetimes, verification }: Following,
): Promise<void> {
  const { inputs, edges } = context;
  const { runner, clock, cancel } = edges;
  for (const replica of inputs.wait ? [] : madeBy(ending).filter(isOurs).filter(wontRun)) {
    const appId = replica.cvm?.appId ?? replica.vm?.appId ?? inputs.appId;
    const status = currentStatus(replica);
    note(context, { note: "not-running", replica: whoIs(replica), appId, status });
  }
  const deadline = clock.now() + (inputs.wait ? inputs.waitTimeoutMs : TTL_WINDOW_MS);
  const starting = toWaitFor(ending, inputs);
  if (starting.length > 0 && !cancel.aborted) {
    const { waitForAll } = await import("../fleet/follow/follow.ts");
    await inGroup(runner, "Wait", () => waitForAll(context, starting));
  }
  if (verification !== null) {
    await inGroup(runner, "Verify", () => verification.verify(allOf(ending), deadline));
    ending.source = verification.source;
  }
  await lifetimes.finish(deadline);
}

/** Closes the group whatever happens: what is told of a failure must not hide in it. */
async function inGroup<T>(
  runner: Pick<Runner, "startGroup" | "endGroup">,
  title: string,
  work: () => Promise<T>,
): Promise<T> {
  runner.startGroup(title);
  try {
    return await work();
  } finally {
    runner.endGroup();
  }
}

/**
 * What was made, and of what counts as there: everything where its health is asked for, else what does not
 * run yet (whether the source does is then the app's own business), or has no URL or UUID to put out.
 */
function toWaitFor(ending: Ending, inputs: Inputs): Replica[] {
  if (!inputs.wait) return [];
  const replicas = madeBy(ending);
  const made = replicas.filter(isOurs);
  const lacksSomething = (cvm: Cvm) =>
    cvm.vmUuid === null ||
    (runs(cvm) ? cvm.instanceUrl === null : inputs.names !== null || cvm.vmUuid !== inputs.vmUuid);
  const standing = replicas.filter(({ origin }) => origin === "existing");
  const there = [...standing, ...countedBy(ending)].filter(
    ({ cvm }) => cvm !== null && (inputs.healthCheck !== null || lacksSomething(cvm)),
  );
  return [...made, ...there].filter(({ trouble }) => trouble === null);
}
