/**
 * How the deletion of one CVM is asked for, first and again: the only place that sends one. What came of it is seen in
 * `retire.ts`.
 */
import type { ReplicaKey, SparedWhy } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { type Attempt, type Fault, isUnknownToApi } from "../net/fault.ts";
import type { Line } from "../net/line.ts";
import type { Budget } from "../net/retry.ts";
import type { Cvm } from "../phala/cvm.ts";
import { judgeDeletion, mayHaveBegun } from "../phala/deletion.ts";
import { isGoing } from "../phala/status.ts";
import { askFor } from "./ask.ts";
import type { Bench } from "./bench.ts";
import type { LastLook, ListSeen } from "./last-look.ts";
import type { Deletion } from "./plan/absent.ts";
import { LOOK_TIMEOUT_MS } from "./plan/newcomers.ts";

export interface RetireRules {
  /** How long the platform may take to carry the deletions out, in ms; 0: not waited for. */
  readonly absenceMs: number;
  readonly pollMs: number;
  /**
   * Asked of each CVM's row right before each request to delete it: why it is not what was meant any more;
   * null: it is. Null in place of the question: deleted without another look, since its UUID alone is what
   * was meant. A request that comes later is asked of the app's newest list as well; null: there was none since.
   */
  readonly whyNot:
    | ((cvm: Cvm, key: ReplicaKey, list: readonly Cvm[] | null) => SparedWhy | null)
    | null;
  /**
   * When the list that `whyNot` goes by was read, ms since the epoch: before a request that comes long after, it is
   * read again. Null: it goes by none.
   */
  readonly listReadAt: number | null;
  /** UUIDs of CVMs that stay: a list that shows none of them proves nothing. */
  readonly witnesses: readonly string[];
  /** Deletions asked for at once; 1 keeps their order strictly. */
  readonly atOnce: number;
  /**
   * What two looks in a row have to say for one to be gone. `both`: the list and its own route. `list`: where its own
   * route can't be read, a list that can be believed and showed it before is enough.
   */
  readonly proof: "both" | "list";
}

/**
 * What is busy gets a minute at the least: a pause is 20 s at the most, so the last try begins no earlier than
 * that before the end.
 */
const DELETE_BUDGET: Budget = { maxTries: 20, totalMs: 80_000, tryMs: 15_000 };

/** A deletion under way. */
export interface Under extends Deletion {
  readonly key: ReplicaKey;
  /** Whether this run asked for it; false: the API knew nothing of it before, or somebody else deletes it. */
  readonly asked: boolean;
  readonly open: Sent["open"];
  /** Why it can't be said to be under way, or gone; null: nothing speaks against it. */
  readonly trouble: Survived | null;
  /** So many looks in a row have not shown it. */
  readonly missed: number;
}

/** What this run has sent to delete one CVM. */
interface Sent {
  count: number;
  /**
   * One of the requests may be at work: it was accepted, or this is why nobody can tell. What the row shows from then
   * on, such as an operation in progress, may be our own deletion, and is no reason to call it spared.
   */
  open: "accepted" | Fault | null;
}

/**
 * Asks for the deletion until it is answered, each time in its turn.
 *
 * @returns null: it is not under way, and the ledger says why
 */
export async function begin(
  bench: Bench,
  key: ReplicaKey,
  rules: RetireRules,
  line: Line,
  look: LastLook,
): Promise<Under | null> {
  const { edges, ledger } = bench;
  const { ident, times, since } = ledger.replica(key);
  if (ident.uuid === null || edges.cancel.aborted) return null;
  const { uuid } = ident;
  const sent: Sent = { count: 0, open: null };
  const result = await askFor(
    bench,
    { do: "delete", replica: ident },
    (options) => ask(bench, key, rules, options, sent, () => look.take(options)),
    { budget: DELETE_BUDGET, judge: judgeDeletion, place: line.join() },
  );
  const under = {
    key,
    uuid,
    askedAt: edges.clock.now(),
    listed: false,
    madeAt: times.sent ?? since,
    asked: sent.count > 0,
    open: sent.open,
    missed: 0,
  };
  if (!result.ok) return afterFault(bench, under, result, rules);
  if (result.value === "spared") return null;
  // A 404 says that there was nothing to delete.
  if (under.asked && result.value !== "unknown") ledger.append({ replica: key, fact: "accepted" });
  // Not waited for: all that can be told is that the API has begun, or knew nothing of it from the first.
  if (rules.absenceMs === 0) {
    ledger.append({ replica: key, fact: under.asked ? "begun" : "vanished" });
  }
  return { ...under, unknown: result.value === "unknown", trouble: null };
}

/** No answer said that it is under way, which it may be all the same: what said so may have been lost. */
function afterFault(
  bench: Bench,
  under: Omit<Under, "unknown" | "trouble">,
  { fault, gaveUp }: Pick<Survived, "gaveUp"> & { readonly fault: Fault },
  { absenceMs }: RetireRules,
): Under | null {
  if (bench.edges.cancel.aborted) return null;
  const refused = under.asked && judgeDeletion(fault) === "final";
  if (under.asked && !refused && absenceMs > 0) {
    return { ...under, unknown: false, trouble: { why: "refused", fault, gaveUp } };
  }
  const why = refused ? "refused" : "not-seen";
  survived(bench, under.key, { why, fault, gaveUp });
  return null;
}

type Asked = "begun" | "unknown" | "spared" | "going";

/**
 * Reads the CVM again, and asks for its deletion if it still is what was meant: what changed its name or its
 * app since the look is not what was selected. Once a deletion may be at work, it is at most not sent again.
 *
 * @param sent is kept up to date
 * @param look the app's list as it was read since; null: it was not
 */
async function ask(
  { edges, api, ledger }: Bench,
  key: ReplicaKey,
  { whyNot, absenceMs }: RetireRules,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  sent: Sent,
  look: () => Promise<ListSeen>,
): Promise<Attempt<Asked>> {
  const uuid = ledger.replica(key).ident.uuid ?? "";
  // Where it is looked for afterwards, a bare 404 is told from a proxy's by the list.
  const isUnknown = (fault: Fault) => isUnknownToApi(fault, absenceMs > 0);
  if (whyNot !== null) {
    const list = await look();
    if (!list.ok) return list;
    const row = await api.getCvm(uuid, options);
    if (!row.ok) return isUnknown(row.fault) ? { ok: true, value: "unknown" } : row;
    const why = whyNot(row.value, key, list.value);
    if (why !== null && sent.open === null) {
      ledger.append({ replica: key, fact: "spared", why });
      return { ok: true, value: "spared" };
    }
    if (row.value.deleted || isGoing(row.value.status)) return { ok: true, value: "going" };
    if (why !== null && sent.open !== null) return standing(sent.open);
  }
  if (edges.cancel.aborted) return CANCELLED;
  ledger.append({ replica: key, fact: "deleting", attempt: ++sent.count });
  const result = await api.deleteCvm(uuid, options);
  if (result.ok) {
    sent.open = "accepted";
    return { ok: true, value: "begun" };
  }
  if (isUnknown(result.fault)) return { ok: true, value: "unknown" };
  if (mayHaveBegun(result.fault)) sent.open ??= result.fault;
  return result;
}

/** What was said to the deletion that may be at work. */
function standing(open: NonNullable<Sent["open"]>): Attempt<Asked> {
  return open === "accepted" ? { ok: true, value: "going" } : { ok: false, fault: open };
}

const CANCELLED: Attempt<never> = {
  ok: false,
  fault: { kind: "network", network: "cancelled", detail: "" },
};

/** A deletion may have been lost, or have come too early. @returns null: it is not to be deleted any more */
export async function askAgain(
  bench: Bench,
  under: Under,
  rules: RetireRules,
  list: readonly Cvm[] | null,
): Promise<Under | null> {
  const { clock, cancel: signal } = bench.edges;
  const sent: Sent = { count: 1, open: under.open };
  const options = { signal, timeoutMs: LOOK_TIMEOUT_MS };
  const result = await ask(bench, under.key, rules, options, sent, async () => ({
    ok: true,
    value: list,
  }));
  if (result.ok && result.value === "spared") return null;
  const { open } = sent;
  const asked = under.asked || sent.count > 1;
  const trouble = result.ok ? null : under.trouble;
  return { ...under, asked, open, askedAt: clock.now(), trouble };
}

export type Survived = Omit<Extract<Trouble, { kind: "survived" }>, "kind" | "doing">;

/** It is there, or can't be seen to be gone. */
export function survived({ ledger }: Bench, key: ReplicaKey, why: Survived): void {
  const doing = { do: "delete", replica: ledger.replica(key).ident } as const;
  ledger.append({
    replica: key,
    fact: "failed",
    during: "retiring",
    trouble: { kind: "survived", ...why, doing },
  });
}
