/**
 * The one place that deletes. What came of each is in the ledger: `deleted` where it is proven, `spared`
 * where it is no longer what was meant, `failed` where the deletion was refused or can't be seen to have
 * come about.
 */
import type { ReplicaKey } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Fault } from "../net/fault.ts";
import { gateOf, inParallel } from "../net/parallel.ts";
import type { Budget } from "../net/retry.ts";
import type { PhalaClient } from "../phala/api.ts";
import type { Cvm } from "../phala/cvm.ts";
import { judgeDeletion } from "../phala/deletion.ts";
import { askFor } from "./ask.ts";
import type { Bench } from "./bench.ts";
import { absent, type Deletion, isTooNew } from "./plan/absent.ts";
import { LOOK_TIMEOUT_MS } from "./plan/newcomers.ts";

export interface RetireRules {
  /** How long the platform may take to carry the deletions out, in ms; 0: not waited for. */
  readonly absenceMs: number;
  readonly pollMs: number;
  /**
   * Asked of each CVM's row right before its deletion: whether it still is what was meant. Null: deleted
   * without another look, since its UUID alone is what was meant.
   */
  readonly stillMeant: ((cvm: Cvm) => boolean) | null;
  /** UUIDs of CVMs that stay: a list that shows none of them proves nothing. */
  readonly witnesses: readonly string[];
}

/**
 * What is busy gets a minute at the least: a pause is 20 s at the most, so the last try begins no earlier than
 * that before the end.
 */
const DELETE_BUDGET: Budget = { maxTries: 20, totalMs: 80_000, tryMs: 15_000 };
const TELL_AGAIN_MS = 30_000;
/** Requests at once. A cancelled job has five minutes for all its post steps. */
const AT_ONCE = 8;

/** Deletes exactly these and waits until they are gone: a few at once, and one look at the list for all. */
export async function retire(
  bench: Bench,
  keys: readonly ReplicaKey[],
  rules: RetireRules,
): Promise<void> {
  // One that is busy pauses without keeping its turn.
  const gate = gateOf(AT_ONCE);
  const begun = await Promise.all(keys.map((key) => begin(bench, key, rules, gate)));
  const deletions = begun.filter((one) => one !== null);
  if (rules.absenceMs > 0) await untilAbsent(bench, deletions, rules);
}

/** A deletion under way. */
interface Under extends Deletion {
  readonly key: ReplicaKey;
  /** Why it can't be said to be under way, or gone; null: nothing speaks against it. */
  readonly fault: Fault | null;
}

async function begin(
  bench: Bench,
  key: ReplicaKey,
  rules: RetireRules,
  gate: ReturnType<typeof gateOf>,
): Promise<Under | null> {
  const { edges, api, ledger } = bench;
  const { ident, times } = ledger.replica(key);
  if (ident.uuid === null || edges.cancel.aborted) return null;
  const { uuid } = ident;
  if (rules.stillMeant !== null && !(await isMeant(bench, key, uuid, rules.stillMeant, gate))) {
    return null;
  }
  ledger.append({ replica: key, fact: "deleting", attempt: 1 });
  const result = await askFor(
    bench,
    { do: "delete", replica: ident },
    (options) => gate(() => api.deleteCvm(uuid, options)),
    { budget: DELETE_BUDGET, judge: judgeDeletion },
  );
  const under = {
    key,
    uuid,
    askedAt: edges.clock.now(),
    listed: false,
    madeAt: times.sent ?? null,
  };
  if (result.ok) return { ...under, unknown: result.value === "unknown", fault: null };
  // Otherwise it may be under way all the same: the answer that said so may have been lost.
  if (judgeDeletion(result.fault) !== "final" || edges.cancel.aborted) {
    return { ...under, unknown: false, fault: result.fault };
  }
  const { fault, gaveUp } = result;
  fail(bench, key, { kind: "survived", why: "refused", fault, gaveUp });
  return null;
}

/** Reads the CVM again: what changed its name or its app since the look is not what was selected. */
async function isMeant(
  bench: Bench,
  key: ReplicaKey,
  uuid: string,
  stillMeant: (cvm: Cvm) => boolean,
  gate: ReturnType<typeof gateOf>,
): Promise<boolean> {
  const { api, ledger } = bench;
  const { ident } = ledger.replica(key);
  const row = await askFor(bench, { do: "read", replica: ident }, (options) =>
    gate(() => api.getCvm(uuid, options)),
  );
  if (row.ok && stillMeant(row.value)) return true;
  if (row.ok) ledger.append({ replica: key, fact: "spared", why: "changed" });
  else if (isNotFound(row.fault)) ledger.append({ replica: key, fact: "vanished" });
  else {
    const { fault, gaveUp } = row;
    fail(bench, key, { kind: "survived", why: "not-seen", fault, gaveUp });
  }
  return false;
}

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
  { witnesses }: RetireRules,
): Promise<readonly Under[]> {
  const { edges, api, ledger, appId } = bench;
  const look = { signal: edges.cancel, timeoutMs: LOOK_TIMEOUT_MS };
  const list = await api.listCvms(appId, look);
  const cvms = list.ok ? list.value.cvms : null;
  const trusted =
    cvms?.some(({ vmUuid }) => vmUuid !== null && witnesses.includes(vmUuid)) ?? false;
  const after = await inParallel(left, AT_ONCE, async (one): Promise<Under | null> => {
    const now = edges.clock.now();
    const seen = cvms?.some(({ vmUuid }) => vmUuid === one.uuid) ?? false;
    const under = { ...one, listed: one.listed || seen };
    const said = absent(under, cvms, trusted, now);
    if (said === "there") return under;
    if (said === "ask-again") return askAgain(bench, under);
    if (said === "read-it" && !(await isNotThere(api, one.uuid, look))) {
      return list.ok ? under : { ...under, fault: list.fault };
    }
    if (said === "read-it" && isTooNew(under, now)) return under;
    ledger.append({ replica: one.key, fact: "deleted" });
    return null;
  });
  return after.filter((one) => one !== null);
}

/** A deletion may have been lost, or have come too early. */
async function askAgain({ edges, api }: Bench, under: Under): Promise<Under> {
  const { clock, cancel: signal } = edges;
  const result = await api.deleteCvm(under.uuid, { signal, timeoutMs: LOOK_TIMEOUT_MS });
  return { ...under, askedAt: clock.now(), fault: result.ok ? null : under.fault };
}

/** Whether the API says that it knows no such CVM. */
async function isNotThere(
  api: PhalaClient,
  uuid: string,
  look: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<boolean> {
  const cvm = await api.getCvm(uuid, look);
  return !cvm.ok && isNotFound(cvm.fault);
}

function isNotFound(fault: Fault): boolean {
  return fault.kind === "answer" && fault.status === 404;
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
