/**
 * Deletes what the action `delete` selected (post's own clean-up of a create is `cleanup.ts`). What came of each is in the ledger: `deleted` where it is proven, `spared`
 * where it is no longer what was meant, `vanished` where it went without us, `failed` where the deletion was
 * refused or can't be seen to have come about.
 */
import type { ReplicaKey, SparedWhy } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { type Attempt, type Fault, isNotFound } from "../net/fault.ts";
import { gateOf, inParallel } from "../net/parallel.ts";
import type { Budget } from "../net/retry.ts";
import type { PhalaClient } from "../phala/api.ts";
import type { Cvm } from "../phala/cvm.ts";
import { judgeDeletion } from "../phala/deletion.ts";
import { isGoing } from "../phala/status.ts";
import { askFor } from "./ask.ts";
import type { Bench } from "./bench.ts";
import { absent, type Deletion, isTooNew } from "./plan/absent.ts";
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
  /** UUIDs of CVMs that stay: a list that shows none of them proves nothing. */
  readonly witnesses: readonly string[];
  /** Deletions asked for at once; 1 keeps their order strictly. */
  readonly atOnce: number;
}

/**
 * What is busy gets a minute at the least: a pause is 20 s at the most, so the last try begins no earlier than
 * that before the end.
 */
const DELETE_BUDGET: Budget = { maxTries: 20, totalMs: 80_000, tryMs: 15_000 };
const TELL_AGAIN_MS = 30_000;
/** Looks at once. A cancelled job has five minutes for all its post steps. */
const AT_ONCE = 8;

/** Deletes exactly these and waits until they are gone: a few at once, and one look at the list for all. */
export async function retire(
  bench: Bench,
  keys: readonly ReplicaKey[],
  rules: RetireRules,
): Promise<void> {
  // In their order; one that is busy pauses without keeping its turn.
  const gate = gateOf(rules.atOnce);
  const begun = await Promise.all(keys.map((key) => begin(bench, key, rules, gate)));
  const deletions = begun.filter((one) => one !== null);
  if (rules.absenceMs > 0) await untilAbsent(bench, deletions, rules);
}

/** A deletion under way. */
interface Under extends Deletion {
  readonly key: ReplicaKey;
  /** Whether this run asked for it; false: the API knew nothing of it before, or somebody else deletes it. */
  readonly asked: boolean;
  /** Why it can't be said to be under way, or gone; null: nothing speaks against it. */
  readonly fault: Fault | null;
  /** So many looks in a row have not shown it. */
  readonly missed: number;
}

/** A platform in trouble may answer once with an empty list and a 404 at the same time. */
const LOOKS_TO_BE_GONE = 2;

async function begin(
  bench: Bench,
  key: ReplicaKey,
  rules: RetireRules,
  gate: ReturnType<typeof gateOf>,
): Promise<Under | null> {
  const { edges, ledger } = bench;
  const { ident, times } = ledger.replica(key);
  if (ident.uuid === null || edges.cancel.aborted) return null;
  const { uuid } = ident;
  let attempts = 0;
  const result = await askFor(
    bench,
    { do: "delete", replica: ident },
    (options) => gate(() => ask(bench, key, rules, options, () => ++attempts, null)),
    { budget: DELETE_BUDGET, judge: judgeDeletion },
  );
  const under = {
    key,
    uuid,
    askedAt: edges.clock.now(),
    listed: false,
    madeAt: times.sent ?? null,
    asked: attempts > 0,
    missed: 0,
  };
  if (result.ok) {
    if (result.value === "spared") return null;
    // Not waited for: all that can be told is that the API has begun, or knew nothing of it from the first.
    if (rules.absenceMs === 0) {
      ledger.append({ replica: key, fact: attempts > 0 ? "begun" : "vanished" });
    }
    return { ...under, unknown: result.value === "unknown", fault: null };
  }
  const { fault, gaveUp } = result;
  if (edges.cancel.aborted) return null;
  // Otherwise it may be under way all the same: the answer that said so may have been lost.
  if (attempts > 0 && judgeDeletion(fault) !== "final" && rules.absenceMs > 0) {
    return { ...under, unknown: false, fault };
  }
  const why = attempts > 0 && judgeDeletion(fault) === "final" ? "refused" : "not-seen";
  fail(bench, key, { kind: "survived", why, fault, gaveUp });
  return null;
}

type Asked = "begun" | "unknown" | "spared" | "going";

/**
 * Reads the CVM again, and asks for its deletion if it still is what was meant: what changed its name or its
 * app since the look is not what was selected.
 *
 * @param counted told of each deletion that is sent; answers its number
 * @param list the app's list as it was read since; null: it was not
 */
async function ask(
  { edges, api, ledger }: Bench,
  key: ReplicaKey,
  { whyNot }: RetireRules,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  counted: () => number,
  list: readonly Cvm[] | null,
): Promise<Attempt<Asked>> {
  const uuid = ledger.replica(key).ident.uuid ?? "";
  if (whyNot !== null) {
    const row = await api.getCvm(uuid, options);
    if (!row.ok) return isNotFound(row.fault) ? { ok: true, value: "unknown" } : row;
    const why = whyNot(row.value, key, list);
    if (why !== null) {
      ledger.append({ replica: key, fact: "spared", why });
      return { ok: true, value: "spared" };
    }
    if (row.value.deleted || isGoing(row.value.status)) return { ok: true, value: "going" };
  }
  if (edges.cancel.aborted) return CANCELLED;
  ledger.append({ replica: key, fact: "deleting", attempt: counted() });
  return api.deleteCvm(uuid, options);
}

const CANCELLED: Attempt<never> = {
  ok: false,
  fault: { kind: "network", network: "cancelled", detail: "" },
};

async function untilAbsent(
  bench: Bench,
  deletions: readonly Under[],
  rules: RetireRules,
): Promise<void> {
  const { edges, ledger } = bench;
  const { clock, cancel } = edges;
  const begun = clock.now();
  const deadline = begun + rules.absenceMs;
  let toldAt = begun;
  let left = deletions;
  while (left.length > 0 && clock.now() < deadline && !cancel.aborted) {
    left = await lookOnce(bench, left, rules);
    if (left.length === 0 || cancel.aborted) break;
    if (clock.now() - toldAt >= TELL_AGAIN_MS) {
      toldAt = clock.now();
      ledger.append({
        fact: "waiting",
        what: "absence",
        keys: left.map(({ key }) => key),
        total: deletions.length,
        sinceMs: toldAt - begun,
        limitMs: rules.absenceMs,
      });
    }
    await clock.sleep(Math.min(rules.pollMs, Math.max(0, deadline - clock.now())), cancel);
  }
  if (cancel.aborted) return;
  for (const { key, fault } of left) {
    const why = fault === null ? "still-there" : "not-seen";
    fail(bench, key, { kind: "survived", why, fault, gaveUp: null });
  }
}

/** One look at the list, and at what the list does not tell. @returns what can't be said to be gone */
async function lookOnce(
  bench: Bench,
  left: readonly Under[],
  rules: RetireRules,
): Promise<readonly Under[]> {
  const { edges, api, ledger, appId } = bench;
  const look = { signal: edges.cancel, timeoutMs: LOOK_TIMEOUT_MS };
  const list = await api.listCvms(appId, look);
  const cvms = list.ok ? list.value.cvms : null;
  const trusted =
    cvms?.some(({ vmUuid }) => vmUuid !== null && rules.witnesses.includes(vmUuid)) ?? false;
  const after = await inParallel(left, AT_ONCE, async (one): Promise<Under | null> => {
    const now = edges.clock.now();
    const seen = cvms?.some(({ vmUuid }) => vmUuid === one.uuid) ?? false;
    const under = { ...one, listed: one.listed || seen, missed: 0 };
    const said = absent(under, cvms, trusted, now);
    if (said === "there") return under;
    if (said === "ask-again") return askAgain(bench, under, rules, cvms);
    // Gone is what both say (API facts, "Deleting"): a list alone may have left it out this once.
    if (!(await isNotThere(api, one.uuid, look))) {
      return list.ok ? under : { ...under, fault: list.fault };
    }
    if (said === "read-it" && isTooNew(under, now)) return under;
    const missed = one.missed + 1;
    if (missed < LOOKS_TO_BE_GONE) return { ...under, missed };
    ledger.append({ replica: one.key, fact: one.asked ? "deleted" : "vanished" });
    return null;
  });
  return after.filter((one) => one !== null);
}

/** A deletion may have been lost, or have come too early. @returns null: it is not to be deleted any more */
async function askAgain(
  bench: Bench,
  under: Under,
  rules: RetireRules,
  list: readonly Cvm[] | null,
): Promise<Under | null> {
  const { clock, cancel: signal } = bench.edges;
  let { asked } = under;
  const counted = () => {
    asked = true;
    return 2;
  };
  const options = { signal, timeoutMs: LOOK_TIMEOUT_MS };
  const result = await ask(bench, under.key, rules, options, counted, list);
  if (result.ok && result.value === "spared") return null;
  return { ...under, asked, askedAt: clock.now(), fault: result.ok ? null : under.fault };
}

/** Whether the API says that it knows no such CVM. */
async function isNotThere(
  api: PhalaClient,
  uuid: string,
  look: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<boolean> {
  const cvm = await api.getCvm(uuid, look);
  if (!cvm.ok) return isNotFound(cvm.fault);
  // Whether a deleted one is ever told of is not known (API facts, "Deleting").
  return cvm.value.deleted || cvm.value.status === "deleted";
}

type Survived = Omit<Extract<Trouble, { kind: "survived" }>, "doing">;

function fail({ ledger }: Bench, key: ReplicaKey, survived: Survived): void {
  const doing = { do: "delete", replica: ledger.replica(key).ident } as const;
  ledger.append({
    replica: key,
    fact: "failed",
    during: "retiring",
    trouble: { ...survived, doing },
  });
}
