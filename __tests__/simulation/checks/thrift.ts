/** No request without need. */
import { speaksOfRun, toldBy } from "../facts.ts";
import { waitBegan } from "../moments.ts";
import type { Played } from "../play.ts";
import { attemptsIn, isPaying, openIn, type Reading } from "../reading.ts";
import { type Exchange, isHealthCheck } from "../wire.ts";

const READ_TRIES = 4;
/** Looks of one search: 0.3 s at first, slowing to 2 s, over 30 s and one more. */
const LOOKS = 22;
/** Of one look: it is tried for 10 s, and what it shows is made sure of. */
const GLANCE = 10;

export function* thrift(reading: Reading): Generator<string> {
  const { wish, main, limits, post } = reading;
  const count = (played: Played, ...routes: string[]) =>
    played.exchanges.filter(({ route }) => routes.includes(route)).length;
  if (wish.kind === "bad-input" && main.exchanges.length > 0) yield "requests for bad inputs";
  if (wish.kind === "dry-run" && main.exchanges.some(({ request }) => request.method !== "GET")) {
    yield "a dry run that changes something";
  }
  const named = wish.nodes.some((node) => !/^\d+$/.test(node));
  if (count(main, "nodes") > (named ? READ_TRIES : 0)) yield "nodes looked up too often";
  if (!wish.health && main.exchanges.some(isHealthCheck))
    yield "a health check that nobody asked for";
  if (
    wish.ttlMs === null &&
    count(main, "scheduled-delete") + count(post, "scheduled-delete") > 0
  ) {
    yield "a ttl that nobody asked for";
  }
  if (wish.env !== "pairs" && count(main, "kms-pubkey", "kms-info") > 0)
    yield "keys looked up without envs";
  yield* lists(reading);
  yield* looks(reading);
  yield* afterTheEnd(reading);
  yield* postAlone(reading);
  if (main.exchanges.some(({ route }) => route === "unknown")) yield "a route that does not exist";
  if (limits.pollMs <= 0) yield "no pause between looks";
}

function* lists(reading: Reading): Generator<string> {
  const { main } = reading;
  const began = waitBegan(reading) ?? Infinity;
  const first = main.exchanges.findIndex(isPaying);
  const before = first < 0 ? main.exchanges : main.exchanges.slice(0, first);
  const surveys = before.filter(({ route, from }) => route === "list" && from < began);
  if (surveys.length > READ_TRIES) yield `${surveys.length} looks before the first request`;
  const searching = main.exchanges
    .slice(first + 1)
    .filter(({ route, from }) => route === "list" && from < began).length;
  const most = main.exchanges.filter(isPaying).reduce((sum, one) => sum + looksFor(one), 0);
  // And one when all is over.
  const last = reading.wish.instances === null ? 0 : 1;
  if (first >= 0 && searching > most + last) yield `${searching} looks, at most ${most} are due`;
}

/** How often the app may be looked at after a request. */
function looksFor(one: Exchange): number {
  const told = toldBy(one);
  if (["unsent", "approval", "nothing"].includes(told)) return GLANCE;
  // A made one without UUID is searched for too.
  if (told === "made") return /"vm_uuid":"/.test(one.answer?.body ?? "") ? 0 : LOOKS;
  return told === "uncertain" || one.answer?.status === 503 || one.answer?.status === 466
    ? LOOKS
    : GLANCE;
}

/** While waiting: a look each poll interval, and one more where a row is needed at once. */
function* looks(reading: Reading): Generator<string> {
  const { main, limits, entries } = reading;
  const began = waitBegan(reading);
  if (began === null) return;
  const waiting = main.exchanges.filter(
    ({ route, from }) => ["batch", "list"].includes(route) && from >= began,
  );
  const intervals = Math.ceil((main.endedAt - began) / limits.pollMs) + 1;
  const most = intervals + entries.length + 2;
  if (waiting.length > most) yield `${waiting.length} looks in ${intervals} intervals`;
}

function* afterTheEnd({ main, slots }: Reading): Generator<string> {
  const { cancelledAt, exchanges } = main;
  const all = [...exchanges, ...main.github];
  if (cancelledAt !== null && all.some(({ from }) => from > cancelledAt)) {
    yield "a request after the cancel";
  }
  const refused = slots.find(
    ({ posts, saved }) => saved?.stage !== "made" && posts.slice(-1).some(speaksOfRun),
  );
  if (refused !== undefined && slots.some(({ index }) => index > refused.index)) {
    yield "a create request after an answer that spoke of the whole run";
  }
}

/** Post has no reason to ask anything where all is known and nothing is to be done. */
function* postAlone({ run, main, wish }: Reading): Generator<string> {
  const attempts = attemptsIn(main.runner.saved);
  const open = openIn(main.runner.saved);
  const reason = open.length > 0 || wish.ttlMs !== null || (wish.cleanup ?? "never") !== "never";
  for (const { exchanges } of run.posts) {
    if (!reason && exchanges.length > 0) yield "post asked for what was known";
    if (attempts.length === 0 && exchanges.length > 0) yield "post asked although nothing was sent";
  }
}
