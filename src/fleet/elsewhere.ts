/** A wish that was refused: whether another node may take it, and what is told of that. */
import { codeOfFault } from "../ledger/code.ts";
import type { Replica } from "../ledger/replica.ts";
import type { Fault } from "../net/fault.ts";
import { isAboutRoom, scopeOf } from "../phala/verdict.ts";
import { isUnsureOf, type Job, wantsHash } from "./jobs.ts";
import type { CreateVerdict } from "./plan/wishes.ts";
import { type Context, note } from "./run.ts";

/** Only an answer that proves that nothing was made, and that the node was the reason, leads to another. */
export function verdictOn(job: Job, replica: Replica, refusal: Fault): CreateVerdict {
  const { places } = job;
  const scope = scopeOf(refusal);
  const sure = replica.fate === "nothing" && !isUnsureOf(replica);
  const verdict = { made: "no", againMs: null, conflict: false } as const;
  if (sure && wantsHash(refusal, replica.slot)) {
    job.wantsHash = true;
    return { ...verdict, of: "request", againMs: 0 };
  }
  if (scope !== "node" || !sure) {
    return { ...verdict, of: scope === "node" ? "request" : scope };
  }
  const { nodeId, nodeName } = replica.slot ?? job.slot;
  job.tried.push({ place: { nodeId, name: nodeName }, code: codeOfFault(refusal) });
  job.lacksRoom ||= isAboutRoom(refusal);
  const last = job.tried.length >= places.length;
  // No pause makes room on a node that is unfit for another reason.
  return { ...verdict, of: last && !job.lacksRoom ? "request" : "node" };
}

export function tellElsewhere(context: Context, { slot, tried, places }: Job): void {
  const next = places[tried.length];
  const from = tried.at(-1);
  if (from === undefined) return;
  const to = { nodeId: next?.id ?? null, name: next?.name ?? null };
  const name = slot.name ?? `Replica ${slot.index + 1}`;
  note(context, { note: "going-elsewhere", name, from, to });
}

/** No place has room; the next round begins anew. Times in ms since the epoch, our clock. */
export function tellFull(
  context: Context,
  job: Job,
  { notBefore, until }: { readonly notBefore: number; readonly until: number },
): void {
  const { slot, tried } = job;
  const name = slot.name ?? `Replica ${slot.index + 1}`;
  const waitMs = notBefore - context.edges.clock.now();
  note(context, { note: "no-room", name, tried, waitMs, until });
  job.tried = [];
  job.lacksRoom = false;
}
