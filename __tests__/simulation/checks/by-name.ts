/** Replicas with names: one a name and run, each known before it is asked for, none lost from sight. */
import type { Cvm } from "../../../simulator/core.ts";
import { isAnnounced } from "../evidence.ts";
import { isDoubtful, isObject, jsonOf, sinceOf, speaksOfRun, toldBy } from "../facts.ts";
import { attemptsIn, isPaying, type Reading, standing } from "../reading.ts";
import { hiddenIn } from "../searches.ts";
import type { Exchange } from "../wire.ts";
import { isGone, isNamed, nobodyCouldKnow } from "./named.ts";

/** As docs/names.md promises: up to so many are under way at a time. */
const MOST_AT_ONCE = 4;
/** Tries of one request, and once more after a search. */
const MOST_TRIES = 13;

export function* byName(reading: Reading): Generator<string> {
  const { wish, main, slots, made, baseline, run } = reading;
  const paying = main.exchanges.filter(isPaying);
  if (paying.some(({ route }) => route !== "instances"))
    yield "a request on the route without names";
  if (baseline === null && paying.length > 0)
    yield "requests were sent although nothing could be read";
  if (wish.kind === "prepare" && made.length > 0) yield "a prepare made a replica";
  const there = standing(wish, baseline ?? []).map(({ name }) => name.toLowerCase());
  const hidden = hiddenIn(reading);
  for (const slot of slots) {
    const name = wish.names[slot.index] ?? "";
    const indexes = slot.posts.map(({ serverIndex }) => serverIndex);
    const mine = made.filter((cvm) => indexes.includes(cvm.requestIndex) && !hidden.includes(cvm));
    if (mine.some((cvm, n) => mine.slice(n + 1).some((later) => goneAt(cvm) > later.createdAt))) {
      yield `${mine.length} replicas were made for ${name}`;
    }
    if (there.includes(name)) yield `${name} was asked for although it is there`;
    if (slot.posts.length > MOST_TRIES) yield `${name} was asked for ${slot.posts.length} times`;
  }
  for (const one of paying) yield* savedBefore(reading, one);
  yield* width(paying);
  yield* afterTheEnd(reading);
  for (const cvm of made) {
    const known = isNamed(reading, cvm) || isGone(reading, cvm) || nobodyCouldKnow(reading, cvm);
    if (!known && !isAnnounced(reading))
      yield `${cvm.vmUuid} is nowhere named, nobody is told to look`;
  }
  if (main.exchanges.some(({ request }) => request.method === "DELETE")) yield "main deleted";
  for (const post of run.posts) {
    if (post.exchanges.some(isPaying)) yield "post sent a request that makes replicas";
  }
}

/** When it was over with it, ms since the epoch by the server's clock. */
function goneAt({ createdAt, plan, vanishedAt, deleteRequestedAt }: Cvm): number {
  const { removedAfterMs = Number.POSITIVE_INFINITY } = plan;
  return Math.min(
    createdAt + removedAfterMs,
    vanishedAt ?? Infinity,
    deleteRequestedAt ?? Infinity,
  );
}

/** Post knows of each request, and of the moment from which on its replica may be there. */
function* savedBefore({ wish, slots }: Reading, one: Exchange): Generator<string> {
  if (wish.kind === "prepare") return;
  const slot = slots.find(({ posts }) => posts.includes(one));
  const attempt = attemptsIn(one.saved).find(({ index }) => index === slot?.index);
  if (attempt?.stage !== "open") {
    yield `a request left before its attempt was saved (${attempt?.stage ?? "none"})`;
    return;
  }
  const tries = slot?.posts.slice(0, slot.posts.indexOf(one) + 1) ?? [];
  const since = isCommit(one) ? one.from : sinceOf(tries);
  if (attempt.sentAt > since) yield "an attempt was saved with a time after its request";
}

function isCommit({ request }: Exchange): boolean {
  const body = jsonOf(request.body ?? "");
  return isObject(body) && typeof body.token === "string";
}

/** One alone until names are seen to hold, then four. */
function* width(paying: readonly Exchange[]): Generator<string> {
  for (const one of paying) {
    const open = paying.filter(
      (other) => other.from <= one.from && (other.to ?? Infinity) > one.from,
    ).length;
    if (open > MOST_AT_ONCE) yield `${open} requests under way at a time`;
    const held = paying.some((other) => (other.to ?? Infinity) <= one.from && teaches(other));
    if (open > 1 && !held) yield `${open} requests under way before it was seen that names hold`;
  }
}

/** An answer, or whatever was looked up after it, may tell that names hold. */
function teaches(one: Exchange): boolean {
  return toldBy(one) !== "unsent";
}

function* afterTheEnd({ main, slots }: Reading): Generator<string> {
  const { cancelledAt, exchanges } = main;
  if (cancelledAt !== null && exchanges.some(({ from }) => from > cancelledAt)) {
    yield "a request after the cancel";
  }
  const refused = slots.find(
    ({ posts, saved }) =>
      saved?.stage !== "made" && !posts.some(isDoubtful) && posts.slice(-1).some(speaksOfRun),
  );
  // One that was under way then, or paused, goes on to its end.
  const begun = slots.map(({ posts }) => posts[0]?.from ?? 0);
  const over = refused?.posts.at(-1)?.to ?? Number.POSITIVE_INFINITY;
  if (begun.some((from) => from > over))
    yield "a request after an answer that spoke of the whole run";
}
