import type { Edges } from "../action/edges.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { requestFailed } from "../ledger/request-failed.ts";
import type { Ident } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { type Line, lineOf } from "../net/line.ts";
import type { Budget } from "../net/retry.ts";
import type { PhalaClient } from "../phala/api.ts";
import { judgeTtl } from "../phala/deletion.ts";
import { askFor } from "./ask.ts";
import { note } from "./run.ts";

/** For post, whose time is short. Ms. */
const TTL_BUDGET: Budget = { maxTries: 12, totalMs: 60_000, tryMs: 10_000 };

/** A replica whose life is to end, and when. */
export interface Limited {
  /** With its UUID, and the name that people call it. */
  readonly replica: Ident & { readonly uuid: string };
  /** By the platform's clock, ms since the epoch. */
  readonly endsAt: number;
  /** As it was asked for. */
  readonly ttlMs: number;
}

/**
 * Has the platform delete the CVM at its end; the way of post, which has nothing else to wait for. One that
 * can't be set is a trouble, since the replica would be billed for longer than its owner wants.
 *
 * @param limited `withinMs` is how long the end can be told
 * @param line where each try waits for its turn
 */
export async function setTtl(
  bench: { readonly edges: Edges; readonly ledger: Ledger; readonly api: PhalaClient },
  limited: Limited & { readonly withinMs: number },
  line: Line = lineOf(bench.edges.clock, 1),
): Promise<Trouble | null> {
  const { replica, endsAt, ttlMs, withinMs } = limited;
  const doing = { do: "limit", replica, ttlMs } as const;
  const budget = { ...TTL_BUDGET, totalMs: Math.min(TTL_BUDGET.totalMs, withinMs) };
  const { turn, since } = line.join();
  // The end comes, whoever else waits in line.
  const latest = bench.edges.clock.now() + withinMs - budget.totalMs;
  const result = await askFor(
    bench,
    doing,
    (options) => bench.api.scheduleDelete(replica.uuid, endsAt, options),
    { budget, judge: judgeTtl, place: { turn, since: () => Math.min(since(), latest) } },
  );
  if (!result.ok) return requestFailed(doing, result);
  note(bench, { note: "ttl-set", replica, until: endsAt });
  return null;
}

/** An end that lies in the past already: the platform is not told of it. */
export function ttlIsPast({ replica, ttlMs, endsAt }: Limited): Trouble {
  return { kind: "ttl-past", replica, ttlMs, until: endsAt };
}
