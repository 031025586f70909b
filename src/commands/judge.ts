import { codeOf, isLate, needsApproval } from "../ledger/code.ts";
import type { Verdict } from "../ledger/judgement.ts";
import { isOurs, type Replica } from "../ledger/replica.ts";

/** The end of a run that came as far as creating and was not cancelled, from what became of each replica. */
export function judgeRun(replicas: readonly Replica[]): Verdict {
  const troubles = replicas.flatMap(({ trouble }) => (trouble === null ? [] : [trouble]));
  // Requests under way at a time end in any order: what was not asked for is nobody's failure.
  const first = troubles.find((trouble) => codeOf(trouble) !== "") ?? troubles[0];
  if (first === undefined) {
    return { outcome: replicas.some(isOurs) ? "created" : "unchanged", trouble: null, exitCode: 0 };
  }
  if (replicas.some((replica) => isOurs(replica) && replica.trouble === null))
    return { outcome: "partial", trouble: first, exitCode: 1 };
  // Nothing was created, but the way on is known: approve, then commit.
  if (troubles.every(needsApproval)) {
    return { outcome: "pending_approval", trouble: first, exitCode: 1 };
  }
  return { outcome: troubles.every(isLate) ? "timeout" : "failed", trouble: first, exitCode: 1 };
}
