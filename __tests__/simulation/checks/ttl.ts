/** A `ttl` is set for what is proven to be ours, to the right moment, and is not given up before its time. */
import { isObject, jsonOf, retryAfterMs } from "../facts.ts";
import { waitBegan } from "../moments.ts";
import type { Played } from "../play.ts";
import { attemptsIn, isPaying, type Reading } from "../reading.ts";
import type { Exchange } from "../wire.ts";
import { proven } from "./adoption.ts";
import { targetOf } from "./cleanup.ts";

/** `created_at` may have whole seconds. */
const ROUNDING_MS = 1_000;
/** How long it is tried for where nothing is waited for. */
const WITHOUT_WAIT_MS = 30_000;
/** An end that may have passed by the time that the platform hears of it. */
const NEAR_MS = 15_000;
/** What the platform may answer while the CVM is busy. */
const BUSY = [408, 409, 423, 425, 429, 500, 502, 503, 504];

export function* ttl(reading: Reading): Generator<string> {
  const { main, run } = reading;
  const mayEnd = proven(reading);
  for (const one of [main, ...run.posts]) {
    for (const exchange of one.exchanges.filter(isTtl)) {
      const uuid = targetOf(exchange);
      if (!mayEnd.has(uuid)) yield `${one.kind}: a ttl for ${uuid}, which is not proven to be ours`;
      yield* moment(reading, one, exchange);
    }
  }
  yield* putOut(reading);
  yield* insistence(reading);
}

export function isTtl({ route }: Exchange): boolean {
  return route === "scheduled-delete";
}

/** Counted from the creation as the platform tells it, and not in the past. */
function* moment({ wish, show }: Reading, { kind }: Played, exchange: Exchange): Generator<string> {
  const { world } = show.sim;
  const cvm = world.find(targetOf(exchange));
  const body = jsonOf(exchange.request.body ?? "");
  const at = Date.parse(isObject(body) ? String(body.scheduled_delete_at) : "");
  if (cvm === undefined || wish.ttlMs === null) return;
  const off = at - (cvm.createdAt + wish.ttlMs);
  if (Number.isNaN(at) || off > 0 || off <= -ROUNDING_MS) {
    yield `${kind}: the ttl of ${cvm.vmUuid} ends ${off} ms off`;
  }
  // By the clock of the platform, which may be seconds behind what its `Date` rounds.
  const now = exchange.from + world.settings.clockSkewMs;
  if (at + ROUNDING_MS <= now) yield `${kind}: the ttl of ${cvm.vmUuid} lies in the past`;
}

/** What is put out is what the platform was told. */
function* putOut({ main, entries, show }: Reading): Generator<string> {
  if (main.exitCode === null) return;
  for (const { vm_uuid, deleted_at_latest: told } of entries) {
    const cvm = show.sim.world.find(String(vm_uuid));
    const patches = main.exchanges.filter((one) => isTtl(one) && targetOf(one) === vm_uuid);
    const answers = patches.filter(({ answer, network }) => !network && answer?.status === 200);
    // A success in other words may be a lie.
    if (answers.some(({ answer }) => !isObject(jsonOf(answer?.body ?? "")))) continue;
    const isSet = answers.length > 0;
    const shown = typeof told === "string" ? Date.parse(told) : null;
    if (isSet && cvm !== undefined && shown !== cvm.scheduledDeleteAt) {
      yield `${vm_uuid} is said to end at ${told}`;
    }
    if (!isSet && shown !== null) yield `${vm_uuid} is said to end, and nobody told the platform`;
  }
}

/** One that is refused while the CVM is busy is tried up to the end of the wait. */
function* insistence(reading: Reading): Generator<string> {
  const { main, wish, limits, show } = reading;
  if (main.exitCode === null || main.cancelledAt !== null || wish.ttlMs === null) return;
  const last = main.exchanges.filter(isPaying).at(-1);
  const began = waitBegan(reading) ?? last?.to ?? 0;
  const end = began + (wish.wait ? limits.waitTimeoutMs : WITHOUT_WAIT_MS);
  for (const { vmUuid, ttlSet } of attemptsIn(main.runner.saved)) {
    const patches = main.exchanges.filter((one) => isTtl(one) && targetOf(one) === vmUuid);
    const tried = patches.findLast(({ network }) => network !== "cancelled");
    if (ttlSet || tried === undefined || tried.answer === null) continue;
    if (!BUSY.includes(tried.answer.status)) continue;
    // An end that is near is not told any more.
    const ends = (show.sim.world.find(String(vmUuid))?.createdAt ?? 0) + wish.ttlMs;
    if (ends <= end + show.sim.world.settings.clockSkewMs + NEAR_MS) continue;
    if (retryAfterMs(tried.answer) !== null) continue;
    if (main.endedAt < end) yield `gave the ttl of ${vmUuid} up ${end - main.endedAt} ms early`;
  }
}
