/** The searches of a post step for the replicas of lost requests, told apart by their pauses alone. */
import type { Cvm } from "../../simulator/core.ts";
import { rowsOf, toldBy } from "./facts.ts";
import { lastLook } from "./moments.ts";
import type { Played } from "./play.ts";
import { type Asked, following, type Reading } from "./reading.ts";
import type { Exchange } from "./wire.ts";

/** A search looks after 0.3 s, and then ever more slowly. */
const FIRST_PAUSE_MS = 300;

/** The looks of each search in the order of the requests that were lost. */
export function searchesOf({ exchanges, startedAt }: Played): Exchange[][] {
  // What comes after the first request of another kind looks for something else.
  const end = exchanges.findIndex(({ route }) => route !== "list");
  const looks = end < 0 ? exchanges : exchanges.slice(0, end);
  const searches: Exchange[][] = [];
  let before = startedAt;
  for (const look of looks) {
    if (look.from - before <= FIRST_PAUSE_MS) searches.push([]);
    searches.at(-1)?.push(look);
    before = look.to ?? look.from;
  }
  return searches;
}

/** The looks of main between one try of a request and whatever else it sends. */
export function looksAfter(reading: Pick<Reading, "main" | "wish">, one: Exchange): Exchange[] {
  const last = lastLook(reading);
  return following(reading.main, one, (next) => next.route !== "list" || next === last);
}

/**
 * Replicas behind an answer that said that nothing was done, which no look right after it showed: a client
 * that was told so, and looked, could not know better.
 */
export function hiddenIn(
  reading: Pick<Reading, "main" | "wish" | "made" | "slots">,
): readonly Cvm[] {
  return reading.made.filter((cvm) => {
    const maker = makerOf(reading, cvm);
    if (maker === undefined || !["put-off", "busy", "refused"].includes(toldBy(maker)))
      return false;
    const looks = looksAfter(reading, maker).map(rowsOf);
    return !looks.some((rows) => rows?.some(({ uuid }) => uuid === cvm.vmUuid));
  });
}

/** The try that made it. */
export function makerOf(
  { slots }: { readonly slots: readonly Asked[] },
  { requestIndex }: Pick<Cvm, "requestIndex">,
): Exchange | undefined {
  return slots.flatMap(({ posts }) => posts).find((one) => one.serverIndex === requestIndex);
}
