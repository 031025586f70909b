/**
 * Deletes: what the action `delete` selected, and what create's post cleans up. What came of each is in the ledger: `deleted` where it is proven, `spared` where it is no longer what was meant, `vanished` where
 * it went without us, `failed` where the deletion was refused or can't be seen to have come about.
 */
import type { ReplicaKey } from "../ledger/terms.ts";
import type { Fault } from "../net/fault.ts";
import { lineOf } from "../net/line.ts";
import { AT_ONCE, inParallel } from "../net/parallel.ts";
import type { Bench } from "./bench.ts";
import {
  askAgain,
  begin,
  type RetireRules,
  type Survived,
  survived,
  type Under,
} from "./deleting.ts";
import { LastLook } from "./last-look.ts";
import { absent, isTooNew } from "./plan/absent.ts";
import { LOOK_TIMEOUT_MS } from "./plan/newcomers.ts";
import { lookAt } from "./remaining.ts";

const TELL_AGAIN_MS = 30_000;

/** Deletes exactly these and waits until they are gone: a few at once, and one look at the list for all. */
export async function retire(
  bench: Bench,
  keys: readonly ReplicaKey[],
  rules: RetireRules,
): Promise<void> {
  const look = new LastLook(bench, rules.listReadAt);
  // In their order; one that is busy pauses without keeping its turn.
  const line = lineOf(bench.edges.clock, rules.atOnce);
  const begun = await Promise.all(keys.map((key) => begin(bench, key, rules, line, look)));
  const deletions = begun.filter((one) => one !== null);
  if (rules.absenceMs > 0) await untilAbsent(bench, deletions, rules);
}

/** A platform in trouble may answer once with an empty list and a 404 at the same time. */
const LOOKS_TO_BE_GONE = 2;

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
  for (const { key, trouble } of left) survived(bench, key, trouble ?? STILL_THERE);
}

const STILL_THERE: Survived = { why: "still-there", fault: null, gaveUp: null };

function unseen(fault: Fault): Survived {
  return { why: "not-seen", fault, gaveUp: null };
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
    const own = await lookAt(api, one.uuid, look, list.ok);
    const mute = own === "unread" && said === "gone" && rules.proof === "list";
    if (own !== "gone" && !mute) {
      return list.ok ? under : { ...under, trouble: unseen(list.fault) };
    }
    if (said === "read-it" && isTooNew(under, now)) return under;
    const missed = one.missed + 1;
    if (missed < LOOKS_TO_BE_GONE) return { ...under, missed };
    ledger.append({ replica: one.key, fact: one.asked ? "deleted" : "vanished" });
    return null;
  });
  return after.filter((one) => one !== null);
}
