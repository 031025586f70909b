/** Nothing is paid twice: how many replicas, which requests, and what was saved before each of them. */
import { isDoubtful, isObject, jsonOf, type Row, rowsOf, sinceOf, toldBy } from "../facts.ts";
import {
  type Asked,
  attemptsIn,
  countedIn,
  hasBegun,
  isPaying,
  nodeIn,
  type Reading,
} from "../reading.ts";
import { hiddenIn, looksAfter } from "../searches.ts";
import type { Exchange } from "../wire.ts";

/** Tries of one request, and of a commit that may be sent anew after a search. */
const MOST_TRIES = 6;
const MOST_COMMITS = 10;
/** Further tries after the API said that it is busy with other creations. */
const MOST_BUSY = 2;
/** Requests in a row whose fate is unknown. */
const MOST_UNKNOWN = 2;

export function* once(reading: Reading): Generator<string> {
  const { wish, asked, made, slots, main } = reading;
  const paying = main.exchanges.filter(isPaying);
  if (asked === null && paying.length > 0) {
    yield "requests were sent although the instances could not be counted";
  }
  const known = made.length - hiddenIn(reading).length;
  if (asked !== null && known > asked) yield `${known} replicas made, ${asked} asked for`;
  if (asked !== null && slots.length > asked) yield `${slots.length} requests, ${asked} asked for`;
  if (wish.kind === "prepare" && made.length > 0) yield "a prepare made a replica";
  for (const slot of slots) yield* oneReplica(reading, slot);
  yield* braked(reading);
  for (const one of paying) yield* savedBefore(reading, one);
  yield* leftOpen(reading);
  const prepares = paying.filter(({ request }) => request.headers["x-prepare-only"] === "true");
  if (wish.kind === "prepare" && prepares.length < paying.length) {
    yield "a prepare went out without its header";
  }
  if (wish.kind !== "prepare" && prepares.length > 0) yield "a header that nobody asked for";
  for (const post of reading.run.posts) {
    if (post.exchanges.some(isPaying)) yield "post sent a request that makes replicas";
  }
}

/** The intent, with the time from which on its replica may be there. */
function* savedBefore({ wish, slots }: Reading, one: Exchange): Generator<string> {
  // A prepare makes nothing, so post has nothing to know of it.
  if (wish.kind === "prepare") return;
  const attempts = attemptsIn(one.saved);
  const latest = attempts.find(({ index }) => index === attempts.length - 1);
  if (!hasBegun(one.saved)) yield "a request left before post could know of the run";
  if (latest?.stage !== "open") {
    yield "a request left before its attempt was saved";
    return;
  }
  const posts = slots.find(({ index }) => index === latest.index)?.posts ?? [];
  const tries = posts.slice(0, posts.indexOf(one) + 1);
  // Where no try may have made it yet, this is the first that may.
  const since = one.route === "create" ? sinceOf(tries) : one.from;
  if (latest.sentAt > since) yield "an attempt was saved with a time after its request";
  const before = tries.at(-2);
  if (one.route === "create" && since === one.from && latest.sentAt <= (before?.from ?? 0)) {
    yield "an attempt keeps the time of a try that certainly made nothing";
  }
}

/** A run that was ended after a try that may have made something leaves it to post. */
function* leftOpen({ main, slots, wish }: Reading): Generator<string> {
  if (main.exitCode !== null || wish.kind === "prepare") return;
  const slot = slots.at(-1);
  const last = slot?.posts.at(-1);
  if (last !== undefined && isDoubtful(last) && slot?.saved?.stage === "none") {
    yield `killed after request ${slot.index + 1} was ${toldBy(last)}, and post does not know`;
  }
}

function* oneReplica(reading: Reading, slot: Asked): Generator<string> {
  const which = `request ${slot.index + 1}`;
  const asked = slot.posts.filter(({ route }) => route === "create").map(nodeIn);
  if (asked.some((nodeId) => nodeId !== slot.nodeId)) {
    yield `${which} asked for node ${asked[0]}, and ${slot.nodeId} was due`;
  }
  for (const route of ["create", "commit"] as const) {
    const posts = slot.posts.filter((one) => one.route === route);
    // One that the API wants a revision for is another request with it, and has its own tries.
    const amended = posts.findIndex(wantsRevision) + 1;
    const most = route === "create" ? MOST_TRIES : MOST_COMMITS;
    if (Math.max(amended - 1, posts.length - amended) > most) {
      yield `${which}: ${posts.length} times ${route}`;
    }
    const busy = posts.slice(0, -1).filter((one) => toldBy(one) === "busy").length;
    if (busy > MOST_BUSY) yield `${which}: sent again after ${busy} answers of a busy API`;
    for (const [index, one] of posts.slice(0, -1).entries()) {
      if (!mayRepeat(one, route, reading)) {
        yield `${which}: ${route} sent again after ${toldBy(one)}`;
      }
      const before = posts.slice(0, index + 1);
      if (route === "create" && reading.wish.kind !== "prepare") {
        yield* looked(reading, which, before);
      }
    }
  }
}

function mayRepeat(one: Exchange, route: string, { wish }: Reading): boolean {
  const told = toldBy(one);
  if (told === "unsent") return one.network !== "certificate";
  if (told === "put-off" || told === "busy") return true;
  // A prepare makes nothing, and a token makes one replica at the most.
  if (told === "uncertain") return wish.kind === "prepare" || route === "commit";
  if (route === "create") return told === "refused" && wantsRevision(one);
  return told === "refused" && one.answer?.status === 467;
}

/** It named no revision, and the app has several instances by now: nothing was made. */
function wantsRevision({ request, answer }: Exchange): boolean {
  const sent = jsonOf(request.body ?? "");
  const named = isObject(sent) && typeof sent.compose_hash === "string";
  return !named && answer?.status === 400 && answer.body.includes("ERR-03-009");
}

/** Between an answer and the next try lies a look, and it showed nothing that the answer's try made. */
function* looked(reading: Reading, which: string, tries: readonly Exchange[]): Generator<string> {
  const last = tries.at(-1);
  if (last === undefined || tries.every((one) => toldBy(one) === "unsent")) return;
  const looks = looksAfter(reading, last)
    .map(rowsOf)
    .filter((rows) => rows !== null);
  const none = !isDoubtful(last) && toldBy(last) === "unsent";
  if (looks.length === 0 && !none) yield `${which}: sent again without a look`;
  const made = reading.made.filter(({ requestIndex }) =>
    tries.some(({ serverIndex }) => serverIndex === requestIndex),
  );
  for (const { vmUuid } of made) {
    if (looks.some((rows) => rows.some(({ uuid }) => uuid === vmUuid))) {
      yield `${which}: sent again although a look showed ${vmUuid}`;
    }
  }
}

/** What eats two answers in a row would eat the third, and each may be billed. */
function* braked(reading: Reading): Generator<string> {
  let inARow = 0;
  for (const slot of reading.slots) {
    if (inARow >= MOST_UNKNOWN) yield `request ${slot.index + 1} after ${inARow} of unknown fate`;
    inARow = isUnknown(reading, slot) ? inARow + 1 : 0;
  }
}

function isUnknown(reading: Reading, slot: Asked): boolean {
  const last = slot.posts.at(-1);
  if (last === undefined || slot.saved?.stage === "made") return false;
  if (toldBy(last) === "uncertain") return true;
  // The API's own word, and no refusal.
  if (toldBy(last) === "approval") return false;
  if (!slot.posts.some(isDoubtful)) return false;
  return !looksAfter(reading, last).some((one) => rowsOf(one) !== null);
}

/** Over all runs: with `instances` the app never gets more than asked for by our hand. */
export function* neverTooMany(readings: readonly Reading[]): Generator<string> {
  const [first] = readings;
  if (first === undefined || first.wish.instances === null) return;
  const { show, wish } = first;
  const { faults, strangers, world } = show.story;
  if (readings.every(({ made }) => made.length === 0)) return;
  // A run that read nothing asked for nothing.
  const counter = readings.find(({ baseline }) => baseline !== null);
  if (counter === undefined) return;
  // What nobody can see can't be counted: late work, lists that lag, and strangers come between.
  const hidden = faults.some(({ kind }) => ["late", "delay"].includes(kind));
  if (hidden || strangers.length > 0 || (world.listLagMs ?? 0) > 0) return;
  if (show.story.latencyMs > 1_000) return;
  // Two jobs that count before either creates go beyond it, as documented.
  if (show.story.runs.some(({ beside }) => beside !== undefined)) return;
  const hash = show.sim.world.source.composeHash;
  const before = countedIn(wish, counter.baseline ?? [], hash).length;
  const counted = countedIn(wish, rowsNow(first), hash).length;
  const most = Math.max(wish.instances ?? 0, before);
  if (counted > most) yield `${counted} instances count, instances: ${wish.instances}`;
}

/** The app's rows as a list would show them when all is over. */
function rowsNow({ show }: Reading): Row[] {
  const { world } = show.sim;
  return show.sim
    .cvms()
    .filter(({ appId }) => appId === world.appId)
    .map((cvm) => ({
      uuid: cvm.vmUuid,
      name: cvm.name,
      nodeId: cvm.nodeId,
      hash: cvm.composeHash,
      createdAt: cvm.createdAt,
      deleted: cvm.deleted,
      status: cvm.removing ? "removing" : cvm.status.toLowerCase(),
    }));
}
