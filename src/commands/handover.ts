import type { Runner } from "../action/edges.ts";
import { Unwritable } from "../action/unwritable.ts";
import { droppedOutputs } from "../envs/dropped.ts";
import type { EnvPair } from "../envs/limits.ts";
import { codeOf } from "../ledger/code.ts";
import { type Fact, isReplicaFact } from "../ledger/fact.ts";
import type { Verdict } from "../ledger/judgement.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { exists } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { outputsDropped } from "../report/log/ending.ts";
import { internal } from "./internal.ts";

type Writer = Pick<Runner, "output" | "debug">;

/** JSON arrays that a later step or a matrix loops over: `fromJSON` of an empty output would fail there. */
const ARRAYS = ["replicas", "vm_uuids", "instance_urls", "endpoints"];

/**
 * Before anything can go wrong: the arrays are `[]` also where the step is killed, or ends by a bug of ours.
 * The runner takes the last value of a name.
 */
export function beginOutputs(runner: Writer): void {
  writeOutputs(runner, Object.fromEntries(ARRAYS.map((name) => [name, "[]"])));
}

/**
 * Hands outputs on, as many as can be.
 *
 * @returns why they could not all be written; null: they were
 */
export function writeOutputs(
  runner: Writer,
  outputs: Readonly<Record<string, string>>,
): Trouble | null {
  return troubleWith(runner, () => {
    for (const [name, value] of Object.entries(outputs)) runner.output(name, value);
  });
}

/** Whether a fact tells that a replica is there, or more of one: later steps are to have that at once. */
export function tellsOfOneThere(fact: Fact, ledger: Ledger): boolean {
  // What was there before the run is told at its end.
  if (!isReplicaFact(fact) || ledger.run.began === null) return false;
  const isNews = fact.fact === "failed" ? fact.during === "making" : EARLY.has(fact.fact);
  return isNews && exists(ledger.replica(fact.replica));
}

const EARLY: ReadonlySet<Fact["fact"]> = new Set<Fact["fact"]>([
  "created",
  "adopted",
  "located",
  "found",
  "ending",
]);

/** What a run has to hand on at its end. */
export interface Handover {
  readonly judged: Verdict;
  readonly outputs: Readonly<Record<string, string>>;
  /** The variables whose values are masked. */
  readonly masked: readonly EnvPair[];
  /** Something of this run's own failed, and not only what was there before. */
  readonly ownFailure: boolean;
  readonly ledger: Ledger;
}

/**
 * Writes the outputs, and the outcome for post. Where that can't be done the step is red, whatever it
 * achieved: later steps get nothing, and post takes a run without an outcome for one that was killed.
 *
 * @returns the verdict that stands then, and what could not be written
 */
export function handOver(
  runner: Runner,
  { judged, outputs, masked, ownFailure, ledger }: Handover,
): { readonly verdict: Verdict; readonly lost: Trouble | null } {
  const dropped = droppedOutputs(outputs, masked);
  if (dropped !== null) runner.warning(outputsDropped(dropped));
  const unwritten = writeOutputs(runner, outputs);
  const { outcome } = unwritten === null ? judged : spoilt(judged, unwritten);
  // Later steps that get nothing can use nothing: that is a failure of the run's own.
  const own = ownFailure || unwritten !== null;
  const unsaved = troubleWith(runner, () =>
    ledger.append({ fact: "ended", outcome, ownFailure: own }),
  );
  // Of a run that asked for nothing, post has nothing to know.
  const lost = unwritten ?? (ledger.run.began === null ? null : unsaved);
  if (lost === null) return { verdict: judged, lost };
  const verdict = spoilt(judged, lost);
  // Some outputs may stand by now: the two that later steps go by must not say that all is well.
  const code = verdict.trouble === null ? "" : codeOf(verdict.trouble);
  writeOutputs(runner, { outcome: verdict.outcome, error_code: code });
  return { verdict, lost };
}

/** What was wrong before keeps its outcome and its code. */
function spoilt(judged: Verdict, trouble: Trouble): Verdict {
  return judged.exitCode === 1 ? judged : { outcome: "failed", trouble, exitCode: 1 };
}

/** Does it, and answers why it could not be done; null: it was. Nothing is thrown. */
export function troubleWith(runner: Pick<Runner, "debug">, work: () => void): Trouble | null {
  try {
    work();
    return null;
  } catch (error) {
    debugTrace(runner, error);
    return internal(error);
  }
}

/** Where a bug of ours is, for whoever re-runs with debug logging. */
export function debugTrace(runner: Pick<Runner, "debug">, error: unknown): void {
  if (error instanceof Error && !(error instanceof Unwritable)) {
    runner.debug(error.stack ?? error.message);
  }
}
