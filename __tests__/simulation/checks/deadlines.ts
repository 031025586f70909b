/** Every deadline holds in simulated time, and what a server asks to wait is waited. */
import { isObject, jsonOf, retryAfterMs, toldBy } from "../facts.ts";
import { waitedMs } from "../moments.ts";
import type { Played } from "../play.ts";
import { attemptsIn, isPaying, type Reading } from "../reading.ts";
import { looksAfter } from "../searches.ts";
import type { Exchange } from "../wire.ts";
import { haste } from "./haste.ts";

const LOOK_MS = 10_000;
const SETTLE_MS = 30_000;
const RETRY_MS = 60_000;
/** Of a `ttl` in post; in main it is tried up to the end of the wait. */
const TTL_MS = 60_000;
/** Of a deletion: what is busy gets a minute at the least. */
const DELETE_MS = 80_000;
const CANCEL_MS = 2_000;
/** All tries of one request at GitHub, the last of which may begin when 75 s are over. */
const TELLING_MS = 85_000;
/** By route; everything else has the `request_timeout`. */
const MOST_MS: Readonly<Record<string, number>> = {
  gateway: 10_000,
  deployment: 10_000,
  "deployment-status": 10_000,
};

const BUDGETS: Readonly<Record<string, number>> = {
  "scheduled-delete": TTL_MS,
  delete: DELETE_MS,
};

export function* deadlines(reading: Reading): Generator<string> {
  const { main, run, limits } = reading;
  for (const { kind, exchanges, github } of [main, ...run.posts]) {
    for (const one of [...exchanges, ...github]) {
      const most = MOST_MS[one.route] ?? limits.requestTimeoutMs;
      const took = (one.to ?? one.from) - one.from;
      if (one.request.timeoutMs > most || took > most) {
        yield `${kind}: ${one.route} took ${took} ms of ${one.request.timeoutMs}, at most ${most}`;
      }
    }
    yield* patience(kind, exchanges);
  }
  const { cancelledAt, endedAt } = main;
  if (cancelledAt !== null && endedAt - cancelledAt > CANCEL_MS) {
    yield `cancelled, and ended ${endedAt - cancelledAt} ms later`;
  }
  const waited = waitedMs(reading);
  // A cancel may come in the look at the end, which is no waiting any more; it has its own bound.
  if (cancelledAt === null && waited > limits.waitTimeoutMs)
    yield `waited ${waited} ms, at most ${limits.waitTimeoutMs}`;
  yield* lastWords(main);
  yield* searches(reading);
  yield* haste(reading);
}

/** Only what is told to GitHub may take time after all is said, and not for ever. */
function* lastWords({ runner, github, endedAt }: Played): Generator<string> {
  const { concludedAt } = runner;
  if (concludedAt === null) return;
  // One that was refused before may be pausing.
  const before = github.filter(({ to }) => to !== null && to <= concludedAt).slice(-1);
  const late = github.filter((one) => before.includes(one) || (one.to ?? Infinity) > concludedAt);
  const most = new Set(late.map(({ request }) => request.body)).size * TELLING_MS;
  if (endedAt - concludedAt > most) {
    yield `went on for ${endedAt - concludedAt} ms after its verdict, at most ${most}`;
  }
}

/** The same request again: within its budget, and not before the server wants it. */
function* patience(kind: string, exchanges: readonly Exchange[]): Generator<string> {
  for (const series of seriesOf(exchanges)) {
    const [first] = series;
    const last = series.at(-1);
    if (first === undefined || last === undefined) continue;
    if (kind === "main" && first.route === "scheduled-delete") continue;
    const budget = BUDGETS[first.route] ?? RETRY_MS;
    if (last.from - first.from > budget) {
      yield `${kind}: ${first.route} was tried for ${last.from - first.from} ms, at most ${budget}`;
    }
    for (const [index, one] of series.slice(0, -1).entries()) {
      const asked = one.answer === null ? null : retryAfterMs(one.answer);
      const next = series[index + 1];
      const paused = (next?.from ?? 0) - (one.to ?? 0);
      // Two questions are read from the source's row, its hash and its key: who gave the one up may ask the other.
      if (one.route === "cvm" && asked !== null && asked > RETRY_MS) continue;
      if (asked !== null && one.answer !== null && one.answer.status >= 400 && paused < asked) {
        yield `${kind}: ${one.route} again after ${paused} ms, the server asked for ${asked}`;
      }
      if (paused < 1) yield `${kind}: ${one.route} again without a pause`;
    }
  }
}

/** Tries of one request: neighbours on the same route and path that are no looks. */
function seriesOf(exchanges: readonly Exchange[]): Exchange[][] {
  const retried = ["create", "commit", "delete", "scheduled-delete", "nodes", "cvm", "kms-pubkey"];
  const series: Exchange[][] = [];
  // Where the list is refused, each look of the waiting is at the replicas' own rows.
  const waiting = exchanges.findIndex(({ route }) => route === "batch");
  const isLook = ({ route }: Exchange, index: number) =>
    route === "cvm" && waiting >= 0 && index > waiting;
  const tries = exchanges.filter((one, n) => retried.includes(one.route) && !isLook(one, n));
  for (const one of tries) {
    const last = series.at(-1);
    const before = last?.at(-1);
    const attempts = (at: Exchange) => attemptsIn(at.saved).length;
    const same =
      before !== undefined &&
      !isGood(before) &&
      before.request.url === one.request.url &&
      before.request.method === one.request.method &&
      before.request.headers["x-phala-version"] === one.request.headers["x-phala-version"] &&
      attempts(before) === attempts(one) &&
      // One that the API wants a revision for is another request with it.
      before.request.body === one.request.body &&
      // A commit that is sent anew after a search is another series; a create is sent anew after looks.
      (one.route === "create" ||
        !exchanges
          .slice(exchanges.indexOf(before), exchanges.indexOf(one))
          .some(({ route }) => route === "list"));
    if (same) last?.push(one);
    else series.push([one]);
  }
  return series;
}

/** What was read well is not tried again: the next one is for something else. */
function isGood({ answer, request }: Exchange): boolean {
  return request.method === "GET" && answer?.status === 200 && isObject(jsonOf(answer.body));
}

/** The search after a lost answer: 30 s, and the look that is under way then, and one more. */
function* searches(reading: Reading): Generator<string> {
  const { main, post } = reading;
  for (const lost of main.exchanges.filter((one) => isPaying(one) && toldBy(one) === "uncertain")) {
    const looks = looksAfter(reading, lost);
    yield* looksOf(looks, lost.to ?? lost.from);
  }
  const looks = post.exchanges.filter(({ route }) => route === "list");
  for (const { request } of looks.slice(0, 1)) {
    if (request.timeoutMs > LOOK_MS && post.exchanges[0]?.route === "list") {
      yield `a look of post may take ${request.timeoutMs} ms`;
    }
  }
}

function* looksOf(looks: readonly Exchange[], begin: number): Generator<string> {
  const end = begin + SETTLE_MS;
  const late = looks.filter(({ from }) => from > end).length;
  if (late > 2) yield `${late} looks after the settle window`;
  for (const { request, from } of looks) {
    if (request.timeoutMs > LOOK_MS) yield `a look may take ${request.timeoutMs} ms`;
    if (from > end + 2 * (LOOK_MS + 2_000))
      yield `a look ${from - begin} ms after the answer was lost`;
  }
}
