import type { Clock } from "./clock.ts";
import { gateOf } from "./parallel.ts";

/** A place in a line, for one request that may be tried several times. */
export interface Place {
  /** Waits for its turn, before each try anew. */
  turn<R>(work: () => Promise<R>): Promise<R>;
  /** Since when the time for its tries runs, in ms since the epoch. */
  since(): number;
}

export interface Line {
  join(): Place;
}

/**
 * A line of requests: so many at once, the others wait for their turn in the order in which they came. Nobody's time
 * runs while somebody still waits for the first turn: else the last ones would have none left for a second try.
 *
 * @param width how many at once
 */
export function lineOf(clock: Clock, width: number): Line {
  const gate = gateOf(width);
  let newcomers = 0;
  let lastCame = clock.now();
  const join = (): Place => {
    let isNew = true;
    newcomers++;
    return {
      turn: (work) =>
        gate(() => {
          if (isNew) {
            isNew = false;
            newcomers--;
            lastCame = clock.now();
          }
          return work();
        }),
      since: () => (newcomers > 0 ? clock.now() : lastCame),
    };
  };
  return { join };
}
