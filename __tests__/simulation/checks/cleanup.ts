/** With `cleanup`, what was made is gone or loudly reported; only what is proven to be ours is ever deleted. */
import type { Cvm } from "../../../simulator/core.ts";
import { isAnnounced, leadsToApp, reportOf } from "../evidence.ts";
import { rowsOf } from "../facts.ts";
import type { Played } from "../play.ts";
import { errorsOf, openIn, printed, type Reading } from "../reading.ts";
import { searchesOf } from "../searches.ts";
import type { Exchange } from "../wire.ts";
import { fittingOpen, ours, proven } from "./adoption.ts";
import { isNamed, nobodyCouldKnow, slotOf } from "./named.ts";

const DONE = [200, 202, 204];
/** A web page that says "fine" is no word of the API, nor is a text that says "unknown"; without a body it may be. */
function agrees(one: Exchange): boolean {
  const { status = 0, body = "" } = one.answer ?? {};
  if (status === 404) return body.trim() === "" || isJson(one);
  return DONE.includes(status) && !/^\s*</.test(body);
}

function isJson({ answer }: Exchange): boolean {
  const body = answer?.body.trim() ?? "";
  return body.startsWith("{") && body.endsWith("}");
}

/** The API says that this key will never be allowed to. */
const NEVER = [401, 403];
/** A deletion that the API agreed to gets so long before it is asked for again. */
const PATIENCE_MS = 20_000;
/** One that it refuses is asked for again for so long at the least. */
const INSISTENCE_MS = 60_000;

export function* cleanup(reading: Reading): Generator<string> {
  const { main, run } = reading;
  if (main.exchanges.some(isDelete)) yield "main deleted something";
  const wanted = wantsCleanup(reading);
  const mayGo = proven(reading);
  for (const post of run.posts) {
    const deletes = post.exchanges.filter(isDelete);
    if (deletes.length > 0 && !wanted) yield "something was deleted although nobody asked for it";
    for (const uuid of new Set(deletes.map(targetOf))) {
      if (!mayGo.has(uuid)) yield `${uuid} was deleted, which is not proven to be ours`;
    }
    yield* patience(post);
    yield* untouched(post);
  }
  if (!wanted) return;
  yield* insistence(reading.post);
  yield* leftBilled(reading);
  // Named ones are looked for by their names.
  if (reading.wish.names.length === 0) yield* elimination(reading);
}

/** What was agreed to is not asked for again at once, and not what is on its way out. */
function* patience({ exchanges }: Played): Generator<string> {
  const deletes = exchanges.filter(isDelete);
  for (const [index, one] of deletes.entries()) {
    const uuid = targetOf(one);
    const agreed = deletes
      .slice(0, index)
      .filter((other) => targetOf(other) === uuid && agrees(other))
      .at(-1);
    if (agreed === undefined) continue;
    const waited = one.from - (agreed.to ?? agreed.from);
    const look = exchanges.filter(
      ({ route, to }) => route === "list" && (to ?? Infinity) <= one.from,
    );
    if (waited < PATIENCE_MS) yield `${uuid} was deleted again after ${waited} ms`;
    if (!showsStanding(look.at(-1), uuid)) yield `${uuid} was deleted again, and on its way out`;
  }
}

/** What was refused because it was busy, or for any reason but "never", was not given up early. */
function* insistence({ exchanges }: Played): Generator<string> {
  const deletes = exchanges.filter(isDelete);
  for (const uuid of new Set(deletes.map(targetOf))) {
    const mine = deletes.filter((one) => targetOf(one) === uuid);
    const [first] = mine;
    const last = mine.at(-1);
    if (first === undefined || last === undefined) continue;
    if (mine.some((other) => other.network === null && agrees(other))) continue;
    if (NEVER.includes(last.answer?.status ?? 0) || last.network === "certificate") continue;
    // A server may ask for more time than there is.
    if (mine.some(({ answer }) => answer?.headers["retry-after"] !== undefined)) continue;
    const tried = (last.to ?? last.from) - first.from;
    if (tried < INSISTENCE_MS) yield `${uuid} was given up after ${tried} ms of trying`;
  }
}

/** Nothing that post deleted, and saw gone, is named as something to look at. */
function* untouched(post: Played): Generator<string> {
  const report = errorsOf(post).join("\n");
  for (const uuid of new Set(post.exchanges.filter(isDelete).map(targetOf))) {
    if (report.includes(uuid) && wasSeenGone(post, uuid)) {
      yield `${uuid} is named as left, and post deleted it`;
    }
  }
}

/**
 * The API agreed to the deletion, and in the last two looks, a list and what is read after it, listed it no more and
 * said that it knows no such CVM; or listed it no more after it had shown it. One look alone proves nothing.
 */
function wasSeenGone({ exchanges }: Played, uuid: string): boolean {
  const isAgreed = (one: Exchange) =>
    isDelete(one) && [200, 202, 204].includes(one.answer?.status ?? 0);
  const agreed = exchanges.findIndex((one) => isAgreed(one) && targetOf(one) === uuid);
  if (agreed < 0) return false;
  const looks = looksSince(exchanges.slice(agreed + 1), uuid);
  const lastTwo = looks.slice(-LOOKS);
  if (lastTwo.length < LOOKS) return false;
  const shown = looks.some(({ shows }) => shows === true);
  return (
    lastTwo.every(({ shows, denied }) => shows !== true && denied) ||
    (shown && lastTwo.every(({ shows }) => shows === false))
  );
}

const LOOKS = 2;

interface Look {
  /** Whether the list shows it; null: it could not be read, or is empty. */
  readonly shows: boolean | null;
  /** Its own route said, as the API says it, that there is no such CVM. */
  denied: boolean;
}

function looksSince(exchanges: readonly Exchange[], uuid: string): readonly Look[] {
  const looks: Look[] = [];
  for (const one of exchanges) {
    if (one.route === "list") {
      const rows = rowsOf(one) ?? [];
      const shows = rows.some((row) => row.uuid === uuid && !row.deleted);
      looks.push({ shows: rows.length > 0 ? shows : null, denied: false });
    }
    const last = looks.at(-1);
    const own = one.route === "cvm" && one.request.url.endsWith(uuid);
    if (own && last !== undefined) last.denied = one.answer?.status === 404 && isJson(one);
  }
  return looks;
}

/** Each of ours is gone, or named in post's one error. */
function* leftBilled(reading: Reading): Generator<string> {
  const { run, post, show } = reading;
  const own = ours(reading);
  const report = reportOf(post);
  for (const cvm of show.sim.world.cvms.filter(({ vmUuid }) => own.has(vmUuid))) {
    if (run.after.get(cvm.vmUuid)?.gone ?? true) continue;
    if (report.includes(cvm.vmUuid)) continue;
    // Post could not see, and says where somebody else can.
    if (isOpen(reading, cvm) && leadsToApp(reading, report)) continue;
    // Nobody could see it; whether that was said loudly enough is the check of names.
    if (!isNamed(reading, cvm) && (isAnnounced(reading) || nobodyCouldKnow(reading, cvm))) continue;
    yield `${cvm.vmUuid} was to be deleted, exists, and post does not say so`;
  }
}

/** What the last look of a search showed to fit its request is gone, or named. */
function* elimination(reading: Reading): Generator<string> {
  const { post, main, run } = reading;
  if (reading.baseline === null) return;
  const open = openIn(main.runner.saved);
  const text = printed(post);
  for (const [index, search] of searchesOf(post).entries()) {
    const attempt = open[index];
    if (attempt === undefined) continue;
    for (const uuid of fittingOpen(reading, search, attempt).at(-1) ?? []) {
      const isGone = run.after.get(uuid)?.gone ?? true;
      if (!isGone && !text.includes(uuid)) yield `${uuid} fitted a lost request, and is not named`;
    }
  }
}

/** The look shows it, and not on its way out. */
function showsStanding(look: Exchange | undefined, uuid: string): boolean {
  const row = (look && rowsOf(look))?.find((one) => one.uuid === uuid);
  return row !== undefined && !/^(?:removing|deleting|deleted)$/i.test(String(row.status));
}

/** Main did not come to know of it. */
function isOpen(reading: Reading, cvm: Cvm): boolean {
  const index = slotOf(reading, cvm)?.index;
  return openIn(reading.main.runner.saved).some((one) => one.index === index);
}

export function isDelete({ request }: Exchange): boolean {
  return request.method === "DELETE";
}

export function targetOf({ request }: Exchange): string {
  return /\/cvms\/([^/]+)/.exec(new URL(request.url).pathname)?.[1] ?? "";
}

/** By the interface, from what main ended with: `on_failure` needs a failure of the run's own. */
export function wantsCleanup(reading: Reading): boolean {
  const { wish, main } = reading;
  if (wish.cleanup === "always") return true;
  if (wish.cleanup !== "on_failure") return false;
  const { outcome = "" } = main.runner.outputs;
  // One that is killed while it still tells GitHub has said already how it ended. What waits for an
  // approval has made nothing.
  if (["created", "unchanged", "dry_run", "pending_approval"].includes(outcome)) return false;
  return outcome === "" || outcome === "cancelled" || failedItself(reading);
}

/** Something else failed than what was there before, or the URL of what runs. */
function failedItself(reading: Reading): boolean {
  const { entries, baseline, main, wish, slots } = reading;
  const before = new Set((baseline ?? []).map(({ uuid }) => uuid));
  const failed = entries.filter(({ outcome }) => outcome === "failed");
  const { error_code: code } = main.runner.outputs;
  if (failed.length === 0) return code !== "DEAD";
  return failed.some((entry) => {
    const { vm_uuid, status, instance_url, deleted_at_latest: end } = entry;
    const isOurs = typeof vm_uuid !== "string" || !before.has(vm_uuid);
    // What was found by elimination gets no end without `exclusive`, which is no failure.
    const guessed = !wish.exclusive && slots.some(({ adopted }) => adopted === vm_uuid);
    const hasEnd = wish.ttlMs === null || typeof end === "string" || guessed;
    const onlyLacksUrl =
      code === "NO_URL" &&
      status === "running" &&
      instance_url === null &&
      hasEnd &&
      !isAnother(reading, entry);
    return isOurs && !onlyLacksUrl;
  });
}

/** On another node than was asked for, or of another revision: that failed too, whichever code counts. */
function isAnother({ slots }: Reading, entry: Reading["entries"][number]): boolean {
  const slot = slots.find(({ saved }) => saved?.vmUuid === entry.vm_uuid);
  if (slot === undefined) return false;
  const elsewhere = slot.nodeId !== null && entry.node_id !== null && entry.node_id !== slot.nodeId;
  const other = slot.hash !== null && entry.compose_hash !== slot.hash;
  return elsewhere || (other && entry.compose_hash !== null);
}
