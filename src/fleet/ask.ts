import type { Edges } from "../action/edges.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Doing } from "../ledger/trouble.ts";
import type { Attempt, Fault } from "../net/fault.ts";
import type { Place } from "../net/line.ts";
import { type Persisted, persist } from "../net/persist.ts";
import { type Budget, judgeRepeatable, READ_BUDGET, type Verdict } from "../net/retry.ts";

/** How a repeatable request is sent, told when to end and how long one try may take in ms. */
export type Send<T> = (options: {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}) => Promise<Attempt<T>>;

/**
 * Sends a request that can be repeated without harm, within its budget. Each pause is a fact.
 *
 * @param doing what is tried, for the log
 */
export function askFor<T>(
  { edges, ledger }: { readonly edges: Edges; readonly ledger: Ledger },
  doing: Doing,
  send: Send<T>,
  rules: {
    readonly budget?: Budget;
    readonly judge?: (fault: Fault) => Verdict;
    /** Waits in this line for each try. */
    readonly place?: Place;
  } = {},
): Promise<Persisted<T>> {
  const { budget = READ_BUDGET, judge = judgeRepeatable, place } = rules;
  const signal = edges.cancel;
  const onWait = (fault: Fault, waitMs: number, next: number) =>
    ledger.append({ fact: "retrying", doing, fault, waitMs, next });
  const persistence = { budget, judge, signal, onWait, ...(place === undefined ? {} : { place }) };
  return persist(edges, persistence, (timeoutMs) => send({ signal, timeoutMs }));
}
