import { blankReplica, exists, identOf, type Replica } from "../../ledger/replica.ts";
import type { Difference, Slot } from "../../ledger/terms.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import { currentStatus } from "../../ledger/who.ts";
import { type Cvm, isDead } from "../../phala/cvm.ts";
import { hasFailed, isGoing, isStopping } from "../../phala/status.ts";

/** Whether what was made is what was asked for. Pure. */

/**
 * In what a replica differs from its request, as the create answer and its row tell it. What was not asked
 * for, or is not told, contradicts nothing. A replica without a request was there before.
 */
export function differencesOf({ slot, vm, cvm }: Replica): readonly Difference[] {
  const differences: Difference[] = [];
  const hash = cvm?.composeHash ?? null;
  if (slot !== null && slot.composeHash !== null && hash !== null && hash !== slot.composeHash) {
    differences.push({ what: "revision", asked: slot.composeHash, found: hash });
  }
  const found = [
    { id: vm?.teepodId ?? null, name: vm?.teepodName ?? null },
    { id: cvm?.nodeId ?? null, name: cvm?.nodeName ?? null },
  ].find(({ id }) => id !== null && slot !== null && slot.nodeId !== null && id !== slot.nodeId);
  if (found !== undefined && slot !== null) {
    const asked = node(slot.nodeId, slot.nodeName);
    differences.push({ what: "node", asked, found: node(found.id, found.name) });
  }
  return differences;
}

function node(id: number | null, name: string | null): string {
  return name === null ? `${id}` : `${name} (${id})`;
}

/** The trouble of a replica that is not what was asked for; null: nothing says so. */
export function misfitOf(replica: Replica): Trouble | null {
  const differences = differencesOf(replica);
  return differences.length === 0 ? null : { kind: "mismatch", differences };
}

/** Whether the newest answer on it says that it came to nothing; for one that nobody waits for. */
export function wontRun(replica: Replica): boolean {
  const status = currentStatus(replica).toLowerCase();
  const over = hasFailed(status) || isGoing(status) || isStopping(status);
  return over && exists(replica) && replica.trouble === null;
}

/** One that bears the name already: what it differs in from what was asked for is red, and never changed. */
export function standing(slot: Slot, cvm: Cvm): Replica {
  const replica = found({ ...blankReplica(`new-${slot.index}`), slot }, cvm, null);
  return { ...replica, trouble: isDead(cvm) ? { kind: "dead", named: true } : misfitOf(replica) };
}

/** It was there before. */
export function found(replica: Replica, cvm: Cvm, trouble: Trouble | null): Replica {
  const { status } = cvm;
  return {
    ...replica,
    ident: identOf(cvm),
    origin: "existing",
    fate: "there",
    cvm,
    status,
    trouble,
  };
}
