/** How a rollout ended. Pure. */
import type { End } from "../fleet/plan/next-step.ts";
import { codeOf } from "../ledger/code.ts";
import type { Judgement } from "../ledger/judgement.ts";
import type { Replica } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";

interface Circumstances {
  /** For all of them, ms. */
  readonly limitMs: number;
  /** It is wait_timeout. */
  readonly limitGiven: boolean;
  /** Why the approval that it ended for was not had; null: it was cancelled. */
  readonly unapproved: Trouble | null;
}

/** @param replicas those selected, as the run left them */
export function judgeRollout(
  end: End,
  replicas: readonly Replica[],
  { limitMs, limitGiven, unapproved }: Circumstances,
): Judgement {
  const first = firstTrouble(replicas);
  const late: Trouble = { kind: "out-of-time", limitMs, given: limitGiven };
  switch (end) {
    case "cancelled":
      return { outcome: "cancelled", trouble: null, exitCode: 1 };
    case "approval":
      if (unapproved === null) return { outcome: "cancelled", trouble: null, exitCode: 1 };
      return red(unapproved.kind === "approval" ? "pending_approval" : "failed", unapproved);
    case "out-of-time":
      // What failed before is why it is red, and the time's end only why nothing more was done about it.
      return first === null ? red("timeout", late) : red(outcomeOf(replicas), first);
    case "rolled-back":
      return red("rolled_back", first ?? late);
    case "back-failed":
      return red("failed", first ?? firstBackTrouble(replicas) ?? late);
    case "stopped":
      return red(outcomeOf(replicas), first ?? firstBackTrouble(replicas) ?? late);
    case "done":
      if (first !== null) return red(outcomeOf(replicas), first);
      return { outcome: wordOf(replicas), trouble: null, exitCode: 0 };
  }
}

function wordOf(replicas: readonly Replica[]): string {
  return replicas.some(isUpdated) ? "rolled_out" : "unchanged";
}

/** Some made it: what serves is of two revisions now. Otherwise, that nobody had enough time has its own word. */
function outcomeOf(replicas: readonly Replica[]): string {
  if (replicas.some(isUpdated)) return "partial";
  const troubles = replicas.map(({ trouble }) => trouble).filter((trouble) => trouble !== null);
  return troubles.every((trouble) => codeOf(trouble) === "TIMEOUT") ? "timeout" : "failed";
}

function isUpdated({ revision, trouble }: Replica): boolean {
  return revision?.done === true && revision.back === null && trouble === null;
}

/** By the time when it was given up. */
function firstTrouble(replicas: readonly Replica[]): Trouble | null {
  const failed = replicas.filter(({ trouble }) => trouble !== null);
  const at = ({ times }: Replica) => times.failed ?? Number.POSITIVE_INFINITY;
  return [...failed].sort((a, b) => at(a) - at(b))[0]?.trouble ?? null;
}

/** Where nothing failed but the way back, such as after the time for all was over. */
function firstBackTrouble(replicas: readonly Replica[]): Trouble | null {
  return (
    replicas.find(({ revision }) => revision?.backTrouble != null)?.revision?.backTrouble ?? null
  );
}

function red(outcome: string, trouble: Trouble): Judgement {
  return { outcome, trouble, exitCode: 1 };
}
