/** No verdict before its time: a deadline that is off by a factor must not pass as prompt. */
import type { Cvm } from "../../../simulator/core.ts";
import { jsonOf, rowsOf, toldBy } from "../facts.ts";
import { waitBegan, waitedMs } from "../moments.ts";
import { attemptsIn, type Reading } from "../reading.ts";
import { looksAfter } from "../searches.ts";
import type { Exchange } from "../wire.ts";
import { fitting } from "./adoption.ts";

const SETTLE_MS = 30_000;
/** The last look may begin this much before the window ends. */
const LAST_PAUSE_MS = 2_000;

export function* haste(reading: Reading): Generator<string> {
  for (const { uuid, waited } of givenUp(reading)) {
    if (waited < reading.limits.waitTimeoutMs) {
      yield `gave ${uuid} up after ${waited} ms of ${reading.limits.waitTimeoutMs}`;
    }
  }
  for (const searched of [...fruitless(reading), ...beforeAgain(reading)]) {
    if (searched < SETTLE_MS - LAST_PAUSE_MS) yield `searched for ${searched} ms`;
  }
  for (const one of [...reading.main.exchanges, ...reading.post.exchanges]) {
    if (one.network === "timeout" && (one.to ?? 0) - one.from < one.request.timeoutMs) {
      yield `${one.route} timed out early`;
    }
  }
}

/** Replicas that failed although nothing but the end of the wait could have failed them. */
export function givenUp(reading: Reading): { readonly uuid: string; readonly waited: number }[] {
  const { main, wish, entries, show } = reading;
  if (!wish.wait || main.exitCode !== 1 || main.cancelledAt !== null) return [];
  const waited = waitedMs(reading);
  return entries
    .filter(({ outcome }) => outcome === "failed")
    .map(({ vm_uuid }) => show.sim.world.find(String(vm_uuid)))
    .filter((cvm) => cvm !== undefined)
    .filter((cvm) => !isTroubled(reading, cvm) && !hasOtherReason(reading, cvm))
    .map(({ vmUuid }) => ({ uuid: vmUuid, waited }));
}

/** The world made it fail, or somebody deleted it, before the run was over. */
function isTroubled({ main, show }: Reading, cvm: Cvm): boolean {
  const { world } = show.sim;
  const end = (main.runner.concludedAt ?? main.endedAt) + world.settings.clockSkewMs;
  const { steps = [], removedAfterMs = Number.POSITIVE_INFINITY } = cvm.plan;
  const bad = [...steps, ...cvm.changes].some(
    ({ status, bootError }) => bootError || (status && status !== "rebalancing"),
  );
  const deletions = [
    cvm.createdAt + removedAfterMs,
    cvm.vanishedAt ?? Number.POSITIVE_INFINITY,
    cvm.deleteRequestedAt ?? Number.POSITIVE_INFINITY,
    cvm.scheduledDeleteAt ?? Number.POSITIVE_INFINITY,
  ];
  return bad || deletions.some((at) => at <= end);
}

/** It is not what was asked for, its ttl could not be set, the key was rejected, or no answer showed it. */
function hasOtherReason(reading: Reading, { vmUuid, plan }: Cvm): boolean {
  const { main, wish } = reading;
  if (plan.madeWithHash !== undefined || plan.madeOnNode !== undefined) return true;
  const attempt = attemptsIn(main.runner.saved).find((one) => one.vmUuid === vmUuid);
  if (wish.ttlMs !== null && attempt?.ttlSet === false) return true;
  const began = waitBegan(reading) ?? Number.POSITIVE_INFINITY;
  return main.exchanges
    .filter(({ route, from }) => ["batch", "list"].includes(route) && from >= began)
    .some(({ answer }) => answer?.status === 401 || deniesIt(answer, vmUuid));
}

function deniesIt(answer: Exchange["answer"], uuid: string): boolean {
  if (answer?.status !== 200 || jsonOf(answer.body) === undefined) return false;
  return !answer.body.includes(uuid) && !answer.body.includes(uuid.replaceAll("-", ""));
}

/** How long each search of main took that ended without anything to show, in ms. */
export function fruitless(reading: Reading): number[] {
  const { main, baseline, slots } = reading;
  if (baseline === null || main.cancelledAt !== null) return [];
  return slots
    .filter(({ saved, told }) => saved?.stage === "unknown" && told === "uncertain")
    .flatMap((slot) => {
      const lost = slot.posts.at(-1);
      if (lost === undefined) return [];
      const looks = looksAfter(reading, lost);
      const last = looks.at(-1);
      // What could not be read, or showed something, may end a search at once.
      const nothing = last === undefined || (rowsOf(last) !== null && last.network === null);
      if (!nothing || fitting(reading, slot, looks).at(-1)?.length) return [];
      return [(last?.to ?? lost.to ?? 0) - (lost.to ?? 0)];
    });
}

/** How long a create that was put off by what may be an edge waited before it was sent again, in ms. */
function beforeAgain({ slots, wish }: Reading): number[] {
  if (wish.kind === "prepare") return [];
  return slots.flatMap(({ posts }) => {
    const creates = posts.filter(({ route }) => route === "create");
    return creates.slice(1).flatMap((next, index) => {
      const before = creates[index];
      const away = before?.answer?.status === 503 && toldBy(before) === "put-off";
      return away ? [next.from - (before.to ?? 0)] : [];
    });
  });
}
