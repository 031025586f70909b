/** The searches of a post step for the replicas of lost requests, told apart by their pauses alone. */
import type { Played } from "./play.ts";
import type { Exchange } from "./wire.ts";

/** A search looks after 0.3 s, and then ever more slowly. */
const FIRST_PAUSE_MS = 300;

/** The looks of each search in the order of the requests that were lost. */
export function searchesOf({ exchanges, startedAt }: Played): Exchange[][] {
  // What comes after the first deletion or ttl looks for something else.
  const end = exchanges.findIndex(({ request }) => request.method !== "GET");
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
