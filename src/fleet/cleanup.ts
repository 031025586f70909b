import type { Edges } from "../action/edges.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Trouble, TroubleOf } from "../ledger/trouble.ts";
import { type Fault, isNotFound } from "../net/fault.ts";
import { gateOf, inParallel } from "../net/parallel.ts";
import type { Budget } from "../net/retry.ts";
import type { PhalaClient } from "../phala/api.ts";
import type { Cvm } from "../phala/cvm.ts";
import { judgeDeletion } from "../phala/deletion.ts";
import { isGoing } from "../phala/status.ts";
import { askFor } from "./ask.ts";
import { identOfMade, type Made } from "./plan/cleanup.ts";
import { LOOK_TIMEOUT_MS, SETTLE_WINDOW_MS } from "./plan/newcomers.ts";
import { note } from "./run.ts";

/**
 * What is busy gets a minute at the least: a pause is 20 s at the most, so the last try begins no earlier than
 * that before the end.
 */
const DELETE_BUDGET: Budget = { maxTries: 20, totalMs: 80_000, tryMs: 15_000 };
/** How long the platform may take to carry a deletion out; the answer only says that it began. */
const ABSENCE_WINDOW_MS = 120_000;
const ABSENCE_POLL_MS = 2_000;
/** What is listed so long after it was asked for, and is not on its way out, is asked for again. */
const ASK_AGAIN_MS = 20_000;
const TELL_AGAIN_MS = 30_000;
/** Requests at once. A cancelled job has five minutes for all its post steps. */
const AT_ONCE = 8;

/** The app, and the CVM that was replicated. */
export interface App {
  readonly appId: string;
  readonly vmUuid: string | null;
}

/** What can't be shown to be gone, and why. */
export interface Survivor {
  readonly made: Made;
  readonly trouble: Trouble;
}

type Why = Pick<TroubleOf<"survived">, "why" | "fault" | "gaveUp">;

/** What deletions work with. */
export interface Shredder {
  readonly edges: Edges;
  readonly api: PhalaClient;
  readonly ledger: Ledger;
}

/** One CVM on its way out. */
interface Deletion {
  readonly made: Made;
  /** When its deletion was last asked for, ms since the epoch. */
  askedAt: number;
  /** The API said that it knew no such CVM, which it may say of one that is very new. */
  unknown: boolean;
  /** A list has shown it. */
  listed: boolean;
  /** Why the deletion can't be said to be under way; null: it was accepted. */
  trouble: Why | null;
  refused: boolean;
}

/**
 * Deletes exactly these CVMs and proves that they are gone: asks for all of them, a few at once, then one
 * look at the list serves all.
 *
 * @returns those of which it can't be shown that they are gone
 */
export async function deleteAll(
  shredder: Shredder,
  app: App,
  made: readonly Made[],
): Promise<readonly Survivor[]> {
  // One that is busy pauses without keeping its turn.
  const gate = gateOf(AT_ONCE);
  const deletions = await Promise.all(made.map((one) => begin(shredder, one, gate)));
  const left = await untilAbsent(
    shredder,
    app,
    deletions.filter(({ refused }) => !refused),
  );
  return deletions
    .filter((deletion) => deletion.refused || left.some(({ made: one }) => one === deletion.made))
    .map(({ made: one, trouble }) => {
      const doing = { do: "delete", replica: identOfMade(one) } as const;
      return { made: one, trouble: { kind: "survived", doing, ...(trouble ?? STILL_THERE) } };
    });
}

const STILL_THERE: Why = { why: "still-there", fault: null, gaveUp: null };

async function begin(
  shredder: Shredder,
  made: Made,
  gate: ReturnType<typeof gateOf>,
): Promise<Deletion> {
  const { edges, api } = shredder;
  const replica = identOfMade(made);
  const send = (options: Parameters<PhalaClient["deleteCvm"]>[1]) =>
    gate(() => api.deleteCvm(made.ident.uuid, options));
  const rules = { budget: DELETE_BUDGET, judge: judgeDeletion };
  const result = await askFor(shredder, { do: "delete", replica }, send, rules);
  const deletion = { made, askedAt: edges.clock.now(), listed: false };
  if (result.ok) {
    note(shredder, { note: "asked-to-delete", replica });
    return { ...deletion, unknown: result.value === "unknown", trouble: null, refused: false };
  }
  const trouble: Why = { why: "refused", fault: result.fault, gaveUp: result.gaveUp };
  // Otherwise it may be under way all the same: the answer that said so may have been lost.
  const refused = judgeDeletion(result.fault) === "final";
  return { ...deletion, unknown: false, trouble, refused };
}

async function untilAbsent(
  shredder: Shredder,
  app: App,
  deletions: readonly Deletion[],
): Promise<readonly Deletion[]> {
  const { clock, cancel } = shredder.edges;
  const begun = clock.now();
  const deadline = begun + ABSENCE_WINDOW_MS;
  let toldAt = begun;
  let left = deletions;
  while (left.length > 0 && clock.now() < deadline && !cancel.aborted) {
    const there = await whoIsThere(shredder, app, left);
    for (const deletion of left) {
      if (there.includes(deletion)) continue;
      note(shredder, { note: "is-gone", replica: identOfMade(deletion.made) });
    }
    left = there;
    if (left.length === 0) break;
    if (clock.now() - toldAt >= TELL_AGAIN_MS) {
      toldAt = clock.now();
      const names = left.map(({ made }) => identOfMade(made).name);
      const sinceMs = toldAt - begun;
      note(shredder, { note: "still-there", names, sinceMs, limitMs: ABSENCE_WINDOW_MS });
    }
    await clock.sleep(ABSENCE_POLL_MS, cancel);
  }
  return left;
}

/**
 * Which of these can't be said to be gone. What a list has shown is gone when it is gone from the list; for
 * the others only their own 404 proves it, since a list may show newcomers late (API facts, unknown 13),
 * and one that is not found may only be out of the key's sight.
 */
async function whoIsThere(
  { edges, api }: Shredder,
  app: App,
  deletions: readonly Deletion[],
): Promise<readonly Deletion[]> {
  const look = { signal: edges.cancel, timeoutMs: LOOK_TIMEOUT_MS };
  const list = await api.listCvms(app.appId, look);
  const cvms = list.ok ? list.value.cvms : [];
  // The source lives in the same app: a list without it (a proxy's empty one) proves nothing.
  const trusted = cvms.some(({ vmUuid }) => vmUuid !== null && vmUuid === app.vmUuid);
  const present = uuidsIn(cvms);
  const there = await inParallel(deletions, AT_ONCE, async (deletion) => {
    if (present.has(deletion.made.ident.uuid)) {
      deletion.listed = true;
      await askAgain(edges, api, deletion, cvms);
      return true;
    }
    if (trusted && deletion.listed) return false;
    const gone = await isNotThere(api, deletion.made, look);
    if (!gone && !list.ok) deletion.trouble = unseen(list.fault);
    return !gone || isTooNew(deletion, edges.clock.now());
  });
  return deletions.filter((_, index) => there[index]);
}

/** Which CVMs a list shows, but for those of which only the record is left. */
function uuidsIn(cvms: readonly Cvm[]): ReadonlySet<string | null> {
  const there = cvms.filter(({ deleted, status }) => !deleted && status !== "deleted");
  return new Set(there.map(({ vmUuid }) => vmUuid));
}

/** A deletion may have been lost, or have come too early. */
async function askAgain(
  { clock, cancel: signal }: Edges,
  api: PhalaClient,
  deletion: Deletion,
  cvms: readonly Cvm[],
): Promise<void> {
  const { made, askedAt } = deletion;
  const status = cvms.find(({ vmUuid }) => vmUuid === made.ident.uuid)?.status ?? "";
  if (isGoing(status) || clock.now() - askedAt < ASK_AGAIN_MS) return;
  const result = await api.deleteCvm(made.ident.uuid, { signal, timeoutMs: LOOK_TIMEOUT_MS });
  deletion.askedAt = clock.now();
  if (result.ok) deletion.trouble = null;
}

/** Unknown to the API, and created just now: it may come to light yet. */
function isTooNew({ unknown, made }: Deletion, now: number): boolean {
  return unknown && made.since !== null && now - made.since < SETTLE_WINDOW_MS;
}

function unseen(fault: Fault): Why {
  return { why: "not-seen", fault, gaveUp: null };
}

/** Which of these still exist, as far as the API does not deny it. What must not be deleted may be gone all the same. */
export async function whichRemain(
  { cancel: signal }: Pick<Edges, "cancel">,
  api: PhalaClient,
  made: readonly Made[],
): Promise<readonly Made[]> {
  const look = { signal, timeoutMs: LOOK_TIMEOUT_MS };
  const gone = await inParallel(made, AT_ONCE, (one) => isNotThere(api, one, look));
  return made.filter((_, index) => !gone[index]);
}

/** Whether the API says that it knows no such CVM. */
async function isNotThere(
  api: PhalaClient,
  { ident }: Made,
  look: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<boolean> {
  const cvm = await api.getCvm(ident.uuid, look);
  // Whether a row with `deleted_at` is ever served is not known (API facts, unknown 8).
  return cvm.ok ? cvm.value.deleted : isNotFound(cvm.fault);
}
