import { isOurs, type Replica } from "../fleet/record.ts";
import { APPROVAL_CODE } from "../phala/codes.ts";
import type { Failure } from "../report/annotation/failure.ts";

export type Outcome =
  | "created"
  | "unchanged"
  | "dry_run"
  | "pending_approval"
  | "partial"
  | "timeout"
  | "cancelled"
  | "failed";

/** How a run ended, as its outputs, its annotation and its exit code tell it. */
export interface Verdict {
  readonly outcome: Outcome;
  /** Null: success, asked-for prepare, or cancelled. */
  readonly failure: Failure | null;
  readonly exitCode: 0 | 1;
}

/** The end of a run that came as far as creating and was not cancelled, from what became of each replica. */
export function judgeRun(replicas: readonly Replica[]): Verdict {
  const failed = replicas.filter((replica) => replica.failure !== null);
  const first = failed[0]?.failure ?? null;
  if (first === null) {
    return { outcome: replicas.some(isOurs) ? "created" : "unchanged", failure: null, exitCode: 0 };
  }
  if (replicas.some((replica) => isOurs(replica) && replica.failure === null))
    return { outcome: "partial", failure: first, exitCode: 1 };
  // Nothing was created, but the way on is known: approve, then commit.
  if (failed.every(({ failure }) => failure?.code === APPROVAL_CODE)) {
    return { outcome: "pending_approval", failure: first, exitCode: 1 };
  }
  const late = failed.every(({ failure }) => failure?.late === true);
  return { outcome: late ? "timeout" : "failed", failure: first, exitCode: 1 };
}
