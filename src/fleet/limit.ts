import type { Edges } from "../action/edges.ts";
import type { gateOf } from "../net/parallel.ts";
import type { Budget } from "../net/retry.ts";
import type { PhalaClient } from "../phala/api.ts";
import { judgeTtl } from "../phala/deletion.ts";
import type { Failure } from "../report/annotation/failure.ts";
import { settingTtl, ttlFailure, ttlIsSet } from "../report/log/limiting.ts";
import { ask } from "./run.ts";

/** For post, whose time is short. Ms. */
const TTL_BUDGET: Budget = { maxTries: 12, totalMs: 60_000, tryMs: 10_000 };

/** A replica whose life is to end, and when. */
export interface Limited {
  readonly vmUuid: string;
  readonly name: string;
  /** By the platform's clock, ms since the epoch. */
  readonly endsAt: number;
}

/**
 * Has the platform delete the CVM at its end; the way of post, which has nothing else to wait for. One that
 * can't be set is a failure, since the replica would be billed for longer than its owner wants.
 *
 * @param limited `ttlMs` is as it was asked for, for people; `withinMs` is how long the end can be told
 * @param gate lets so many requests go out at once
 */
export async function setTtl(
  edges: Edges,
  api: PhalaClient,
  limited: Limited & { readonly ttlMs: number; readonly withinMs: number },
  gate: ReturnType<typeof gateOf> = (work) => work(),
): Promise<Failure | null> {
  const { vmUuid, endsAt, ttlMs, withinMs } = limited;
  const budget = { ...TTL_BUDGET, totalMs: Math.min(TTL_BUDGET.totalMs, withinMs) };
  const result = await ask(
    edges,
    settingTtl(limited, ttlMs),
    (options) => gate(() => api.scheduleDelete(vmUuid, endsAt, options)),
    { budget, judge: judgeTtl },
  );
  if (!result.ok) return ttlFailure(limited, ttlMs, result.fault, result.gaveUp);
  edges.runner.info(ttlIsSet(limited));
  return null;
}
