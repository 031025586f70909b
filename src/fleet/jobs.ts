/** What a wish is worked on with, and what follows from it. */
import { codeOfFault, isUnsure } from "../ledger/code.ts";
import type { Tried } from "../ledger/note.ts";
import type { Replica } from "../ledger/replica.ts";
import type { NodeWish, Slot } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Fault } from "../net/fault.ts";
import type { PhalaClient } from "../phala/api.ts";
import { SEVERAL_LIVE } from "../phala/codes.ts";
import { isOnChain } from "../phala/cvm.ts";
import type { Survey } from "./look.ts";
import { commitOf, createOrder, type Order } from "./orders.ts";
import type { Stop } from "./plan/brake.ts";
import { placesOf } from "./plan/placement.ts";
import { newWish, type Wish, type Wishes } from "./plan/wishes.ts";
import type { Settings } from "./run.ts";

/** One wish with all that its requests need. */
export interface Job {
  readonly slot: Slot;
  readonly places: readonly NodeWish[];
  readonly key: Wish["key"];
  /** Where it was refused in this round, with the code. */
  tried: Tried[];
  /** One of these refusals was about room. */
  lacksRoom: boolean;
  /** The API wants to be told the revision: somebody else's instance came meanwhile. */
  wantsHash: boolean;
}

/** The request that a slot stands for. */
export function orderFor(api: PhalaClient, inputs: Settings, slot: Slot, total: number): Order {
  const { commitToken: token, composeHash, transactionHash } = inputs;
  if (token === null) return createOrder(api, inputs, slot, total);
  return commitOf(api, inputs, slot, { token, composeHash, transactionHash });
}

export function jobOf(slot: Slot): Job {
  const { nodeId: id, nodeName: name, or } = slot;
  return {
    slot,
    places: placesOf({ id, name, ...(or === undefined ? {} : { or }) }),
    key: `new-${slot.index}`,
    tried: [],
    lacksRoom: false,
    wantsHash: false,
  };
}

/** What is wanted before anything was sent. */
export function wishesOf(jobs: readonly Job[]): Wishes {
  return {
    wishes: jobs.map(({ key, slot, places }) =>
      newWish(key, { named: slot.name !== undefined, places: places.length }),
    ),
    // Until a name is seen to hold, what its request makes could be found by elimination alone.
    width: 1,
    refused: false,
    unknownInARow: 0,
  };
}

/** What it is called before it is there. */
export function calledIn({ slot }: Job): string {
  return slot.name ?? `Replica ${slot.index + 1}`;
}

/** The slot for one of its places. @param tellHash the API wants to be told the revision */
export function slotAt({ slot, places }: Job, place: number, tellHash: boolean): Slot {
  const composeHash = slot.composeHash ?? (tellHash ? slot.expectedHash : null);
  const { id: nodeId = null, name: nodeName = null } = places[place] ?? {};
  return { ...slot, nodeId, nodeName, composeHash };
}

/** Where it was refused last, and where it is asked for next; null: it was not refused yet. */
export function nextPlaceOf({ tried, places }: Job) {
  const next = places[tried.length];
  const from = tried.at(-1);
  if (from === undefined) return null;
  return { from, to: { nodeId: next?.id ?? null, name: next?.name ?? null } };
}

/** It was sent without the revision, which is known, and the API can't do without it any more. */
export function wantsHash(refusal: Fault, slot: Slot | null): boolean {
  const known = slot?.composeHash === null && slot.expectedHash !== null;
  return known && codeOfFault(refusal) === SEVERAL_LIVE;
}

/**
 * What has no name is told apart by elimination, and of two prepares the newer may void the other (API facts,
 * 1.3): one after another.
 */
export function isAlone({ names, prepareOnly }: Settings, { source }: Survey): boolean {
  return names === null || prepareOnly || source === null || isOnChain(source) !== false;
}

/** @param stop why no further request is sent; null: the step was cancelled */
export function notAsked(stop: Stop | null): Trouble {
  if (stop === null) return { kind: "not-asked", why: "cancelled", fault: null };
  if (stop.kind === "unknown") return { kind: "not-asked", why: "brake", inARow: stop.inARow };
  const { refusal: fault } = stop;
  const rejected = fault.kind === "answer" && fault.status === 401;
  return { kind: "not-asked", why: rejected ? "key-rejected" : "run-refused", fault };
}

export function isUnsureOf({ trouble }: Replica): boolean {
  return trouble !== null && isUnsure(trouble);
}
