/** How a delete ended. Pure. */
import { type DeleteWishes, isExact } from "../fleet/plan/select.ts";
import { codeOf } from "../ledger/code.ts";
import type { Judgement } from "../ledger/judgement.ts";
import { isDeleted, type Replica } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";

/** What became of each that was selected. */
export function judgeDelete(replicas: readonly Replica[], wishes: DeleteWishes): Judgement {
  const survived = replicas.flatMap(({ trouble }) => (trouble === null ? [] : [trouble]));
  const kept = replicas.filter((replica) => isMissed(replica, wishes));
  const troubles = [...survived, ...(kept.length === 0 ? [] : [keptTrouble(kept)])];
  const [first] = troubles;
  const some = replicas.some(isDeleted);
  if (first === undefined) {
    return { outcome: some ? "deleted" : "unchanged", trouble: null, exitCode: 0 };
  }
  if (some) return { outcome: "partial", trouble: first, exitCode: 1 };
  const late = troubles.every((trouble) => codeOf(trouble) === "TIMEOUT");
  return { outcome: late ? "timeout" : "failed", trouble: first, exitCode: 1 };
}

/** Asked for exactly, and there still: to be left because of `leave` is what was asked for. */
function isMissed({ spared, cvm }: Replica, wishes: DeleteWishes): boolean {
  return spared !== null && spared !== "leave" && cvm !== null && isExact(cvm, wishes);
}

function keptTrouble(kept: readonly Replica[]): Trouble {
  return {
    kind: "kept",
    kept: kept.flatMap(({ ident, spared }) => (spared === null ? [] : [{ ident, why: spared }])),
  };
}
