/** What all commands share: from the inputs to the exit code. Nothing is thrown. */
import type { Edges } from "../action/edges.ts";
import { droppedOutputs } from "../envs/dropped.ts";
import { openApi } from "../fleet/run.ts";
import { type CommonInputs, wantsSummary } from "../inputs/common.ts";
import { maskSecrets } from "../inputs/masks.ts";
import { codeOf } from "../ledger/code.ts";
import { failedBy, type Judgement } from "../ledger/judgement.ts";
import { Ledger } from "../ledger/ledger.ts";
import { penOf } from "../ledger/saved.ts";
import { type Annotation, annotationOf, NOTHING_SAID } from "../report/annotation/annotation.ts";
import { wordsOfTrouble } from "../report/annotation/trouble.ts";
import { outputsDropped } from "../report/log/ending.ts";
import { linesOf } from "../report/log/facts.ts";
import { endOutputs } from "../report/outputs/end.ts";
import type { ErrorCode } from "../report/words/error-code.ts";
import type { Command, Told } from "./command.ts";
import { writeSummary } from "./conclude.ts";
import { internal } from "./internal.ts";
import { untold } from "./untold.ts";

/**
 * Carries one command out and tells how it ended: outputs, log, one annotation where it is red, summary.
 *
 * @returns the process's exit code
 */
export async function runCommand<I extends CommonInputs>(
  edges: Edges,
  command: Command<I>,
): Promise<0 | 1> {
  const { runner, clock } = edges;
  const ledger = new Ledger(
    () => clock.now(),
    penOf((name, value) => runner.saveState(name, value)),
  );
  ledger.subscribe((fact) => {
    for (const line of linesOf(fact, ledger)) {
      if (fact.fact === "warned") runner.warning(line);
      else runner.info(line);
    }
  }, untold(runner));
  let inputs: I | null = null;
  let judgement: Judgement;
  try {
    maskSecrets(edges.env, runner);
    for (const name of command.arrays) runner.output(name, "[]");
    const read = command.read(edges.env);
    if ("faults" in read) judgement = failedBy({ kind: "inputs", faults: read.faults });
    else {
      inputs = read.inputs;
      judgement = await carryOut(edges, command, ledger, inputs);
    }
  } catch (error) {
    if (error instanceof Error) runner.debug(error.stack ?? error.message);
    judgement = failedBy(internal(error));
  }
  return tell(edges, command, { inputs, ledger, judgement });
}

async function carryOut<I extends CommonInputs>(
  edges: Edges,
  command: Command<I>,
  ledger: Ledger,
  inputs: I,
): Promise<Judgement> {
  for (const note of inputs.notes) edges.runner.warning(note);
  const { apiUrl, apiKey, appId, requestTimeoutMs: timeoutMs } = inputs;
  const api = openApi(edges, { apiUrl, apiKey, timeoutMs });
  const judgement = await command.carryOut({ edges, api, ledger, appId, inputs });
  if (!edges.cancel.aborted) return judgement;
  return { outcome: "cancelled", trouble: null, exitCode: 1 };
}

type Ended<I> = Omit<Told<I>, "message" | "redactPrinted" | "env">;

async function tell<I extends CommonInputs>(
  edges: Edges,
  command: Command<I>,
  ended: Ended<I>,
): Promise<0 | 1> {
  const { runner } = edges;
  let told = toldOf(edges, command, ended);
  try {
    if (ended.ledger.run.began !== null) {
      const { outcome } = ended.judgement;
      ended.ledger.append({ fact: "ended", outcome, ownFailure: null });
    }
    const outputs = { ...command.outputs(told), ...endOutputs(told.judgement, told.message) };
    const masked = ended.inputs === null ? [] : (command.masked?.(ended.inputs) ?? []);
    const dropped = droppedOutputs(outputs, masked);
    if (dropped !== null) runner.warning(outputsDropped(dropped));
    for (const [name, value] of Object.entries(outputs)) runner.output(name, value);
  } catch (error) {
    if (error instanceof Error) runner.debug(error.stack ?? error.message);
    // What was wrong before keeps its outcome and its code.
    const { exitCode } = ended.judgement;
    const judgement = exitCode === 1 ? ended.judgement : failedBy(internal(error));
    told = toldOf(edges, command, { ...ended, judgement });
  }
  const annotation = annotationFor(edges, command, told);
  for (const line of annotation?.rest ?? []) runner.info(`- ${line}`);
  if (annotation !== null) runner.error(annotation.text, annotation.title);
  if (wantsSummary(edges.env)) writeSummary(edges, () => command.summary(told));
  return told.judgement.exitCode;
}

function toldOf<I extends CommonInputs>(
  edges: Edges,
  command: Command<I>,
  ended: Ended<I>,
): Told<I> {
  const redactPrinted = (text: string) => edges.runner.redactPrinted(text);
  const told = { ...ended, message: "", redactPrinted, env: edges.env };
  if (ended.judgement.trouble === null) return told;
  return { ...told, message: annotationFor(edges, command, told)?.message ?? "" };
}

/** The one annotation of a red step; null where it is green. */
function annotationFor<I extends CommonInputs>(
  edges: Edges,
  command: Command<I>,
  { inputs, ledger, judgement }: Told<I>,
): Annotation | null {
  const { trouble, exitCode } = judgement;
  if (exitCode === 0) return null;
  const code = (trouble === null ? "" : codeOf(trouble)) as ErrorCode;
  const workspaceSlug = ledger.run.surveyed?.workspaceSlug ?? null;
  const failed =
    trouble === null
      ? { text: "The step was cancelled.", list: [] }
      : wordsOfTrouble(trouble, { workspaceSlug, appId: inputs?.appId ?? null });
  const title = command.title(judgement, ledger) + (code === "" ? "" : ` (${code})`);
  const exists = trouble?.kind === "inputs" ? NOTHING_SAID : command.exists(ledger);
  return annotationOf({ title, code, failed, exists }, edges);
}
