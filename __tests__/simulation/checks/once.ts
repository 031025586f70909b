/** Nothing is paid twice: how many replicas, which requests, and what was saved before each of them. */
import type { Told } from "../facts.ts";
import { toldBy } from "../facts.ts";
import { type Asked, attemptsIn, isPaying, type Reading } from "../reading.ts";

/** Tries of one request, and of a commit that may be sent anew after a search. */
const MOST_TRIES = 6;
const MOST_COMMITS = 10;

export function* once(reading: Reading): Generator<string> {
  const { wish, asked, made, slots, main } = reading;
  const paying = main.exchanges.filter(isPaying);
  if (asked === null && paying.length > 0) {
    yield "requests were sent although the instances could not be counted";
  }
  if (asked !== null && made.length > asked)
    yield `${made.length} replicas made, ${asked} asked for`;
  if (asked !== null && slots.length > asked) yield `${slots.length} requests, ${asked} asked for`;
  if (wish.kind === "prepare" && made.length > 0) yield "a prepare made a replica";
  for (const slot of slots) yield* oneReplica(reading, slot);
  for (const one of paying) {
    const attempts = attemptsIn(one.saved);
    const latest = attempts.find(({ index }) => index === attempts.length - 1);
    // A prepare makes nothing, so post has nothing to know of it.
    if (wish.kind === "prepare") continue;
    if (one.saved.journal === undefined) yield "a request left before the journal was saved";
    if (latest?.stage !== "open") yield "a request left before its attempt was saved";
    else if (latest.sentAt > one.from) yield "an attempt was saved with a time after its request";
  }
  const prepares = paying.filter(({ request }) => request.headers["x-prepare-only"] === "true");
  if (wish.kind === "prepare" && prepares.length < paying.length) {
    yield "a prepare went out without its header";
  }
  if (wish.kind !== "prepare" && prepares.length > 0) yield "a header that nobody asked for";
  for (const post of reading.run.posts) {
    if (post.exchanges.some(isPaying)) yield "post sent a request that makes replicas";
  }
}

function* oneReplica({ made, wish }: Reading, slot: Asked): Generator<string> {
  const indexes = new Set(slot.posts.map(({ serverIndex }) => serverIndex));
  const count = made.filter(
    ({ requestIndex }) => requestIndex !== null && indexes.has(requestIndex),
  ).length;
  if (count > 1) yield `request ${slot.index + 1} made ${count} replicas`;
  for (const route of ["create", "commit"] as const) {
    const posts = slot.posts.filter((one) => one.route === route);
    if (posts.length > (route === "create" ? MOST_TRIES : MOST_COMMITS)) {
      yield `request ${slot.index + 1}: ${posts.length} times ${route}`;
    }
    for (const one of posts.slice(0, -1)) {
      const told = toldBy(one);
      if (!mayRepeat(told, route, wish.kind === "prepare", one.answer?.status ?? 0)) {
        yield `request ${slot.index + 1}: ${route} sent again after ${told}`;
      }
    }
  }
}

function mayRepeat(told: Told, route: string, prepare: boolean, status: number): boolean {
  if (told === "certain") return true;
  // A prepare makes nothing, and a token makes one replica at the most.
  if (told === "uncertain") return prepare || route === "commit";
  return route === "commit" && told === "final" && status === 467;
}

/** Over all runs: with `instances` the app never gets more than asked for by our hand. */
export function* neverTooMany(readings: readonly Reading[]): Generator<string> {
  const [first] = readings;
  if (first === undefined || first.wish.instances === null) return;
  const { show, wish } = first;
  const { faults, strangers, world } = show.story;
  // What nobody can see can't be counted: late work, lists that lag, and strangers come between.
  const hidden = faults.some(({ kind }) => ["late", "delay"].includes(kind));
  if (hidden || strangers.length > 0 || (world.listLagMs ?? 0) > 0) return;
  if (show.story.latencyMs > 1_000) return;
  // Two jobs that count before either creates go beyond it, as documented.
  if (show.story.runs.some(({ beside }) => beside !== undefined)) return;
  const live = show.sim.world.liveOf(show.sim.world.appId).length;
  const most = Math.max(wish.instances ?? 0, world.liveInstances ?? 1);
  if (live > most) yield `${live} live instances, instances: ${wish.instances}`;
}
