/** Whether what was to be deleted is gone, and when its deletion is asked for again. Pure. */
import type { Cvm } from "../../phala/cvm.ts";
import { isGoing } from "../../phala/status.ts";
import { SETTLE_WINDOW_MS } from "./newcomers.ts";

/** What is listed so long after it was asked for, and is not on its way out, is asked for again. Ms. */
export const ASK_AGAIN_MS = 20_000;

/** One CVM on its way out. Times in ms since the epoch. */
export interface Deletion {
  readonly uuid: string;
  /** When its deletion was last asked for. */
  readonly askedAt: number;
  /** The API said that it knew no such CVM, which it may say of one that is very new. */
  readonly unknown: boolean;
  /** A list has shown it. */
  readonly listed: boolean;
  /** When it was made; null: not known. */
  readonly madeAt: number | null;
}

/** One look at the app's list; null: it could not be read. */
export type ListLook = readonly Cvm[] | null;

export type Absence = "gone" | "there" | "ask-again" | "read-it";

/**
 * What a look at the list says of one deletion; its own route has to say that it is gone too. What a list has shown
 * is off the list when it is `gone` from it; of the others that proves nothing (`read-it`), since a list may show
 * newcomers late (API facts, "Unknown").
 *
 * @param trusted the list holds a CVM that is known to be there, so its silence means something
 */
export function absent(deletion: Deletion, list: ListLook, trusted: boolean, now: number): Absence {
  const row = list?.find(({ vmUuid, deleted }) => vmUuid === deletion.uuid && !deleted);
  if (row !== undefined && row.status !== "deleted") {
    const early = now - deletion.askedAt < ASK_AGAIN_MS;
    return early || isGoing(row.status) ? "there" : "ask-again";
  }
  return list !== null && trusted && deletion.listed ? "gone" : "read-it";
}

/** Unknown to the API, and created just now: it may come to light yet. */
export function isTooNew({ unknown, madeAt }: Deletion, now: number): boolean {
  return unknown && madeAt !== null && now - madeAt < SETTLE_WINDOW_MS;
}
