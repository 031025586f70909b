/** Replicas that are there: answered, found, or of somebody who was quicker. */
import { identOf, identOfVm } from "../ledger/replica.ts";
import type { Rerun } from "../ledger/terms.ts";
import { uuidOf, whoIs } from "../ledger/who.ts";
import type { Cvm } from "../phala/cvm.ts";
import { sameName } from "../phala/names.ts";
import type { Vm } from "../phala/vm.ts";
import type { Asking } from "./asking.ts";
import type { Lifetimes } from "./lifetimes.ts";
import type { Order } from "./orders.ts";
import type { RequestEnd } from "./plan/brake.ts";
import { standing } from "./plan/mismatch.ts";
import { slotStanding } from "./plan/names.ts";
import { placesOf } from "./plan/placement.ts";
import { type Context, note } from "./run.ts";
import type { Search } from "./search.ts";
import { takeIn } from "./take-in.ts";

/** It is known what came of the request, and it is no refusal. */
export const MADE: RequestEnd = { unknown: false, refusal: null };

interface Beside {
  readonly rerun: Rerun;
  readonly lifetimes: Lifetimes;
  readonly ended: (asking: Asking, end: RequestEnd) => void;
}

/** Takes in what a request made. */
export class Arrivals {
  readonly #context: Context;
  readonly #search: Search;
  readonly #beside: Beside;

  constructor(context: Context, search: Search, beside: Beside) {
    this.#context = context;
    this.#search = search;
    this.#beside = beside;
  }

  /** No answer told of it, and it was found. */
  adopted(asking: Asking, { name }: Order, cvm: Cvm): void {
    const named = name !== null && this.#search.nameFor(asking) !== null;
    const isSince = this.#search.ageOf(asking, cvm) === "since";
    const proof = named && asking.doubted && isSince ? "name" : "elimination";
    // One of several tries made it, and the others may be carried out once its name is free.
    if (named && asking.lostTries > 1) asking.leaveDoubt();
    asking.append({ fact: "adopted", ident: identOf(cvm), cvm, proof });
    if (name !== null && named) this.#search.sawName(cvm.name, name);
    this.#beside.lifetimes.plan(asking.key);
    this.#beside.ended(asking, MADE);
    const guessed = isSince ? "refused" : "older";
    const how = proof === "elimination" && named ? guessed : proof;
    note(this.#context, { note: "adopted", replica: whoIs(asking.replica), how });
  }

  /** Another run of the same names was quicker: nothing of it is ours. */
  standing(asking: Asking, cvm: Cvm): void {
    const { inputs } = this.#context;
    const { slot } = asking;
    const { name = "", nodeId: id, nodeName } = slot;
    const places = placesOf({ id, name: nodeName, ...(slot.or ? { or: slot.or } : {}) });
    const asked = slotStanding({ index: slot.index, name, places }, cvm, inputs.composeHash);
    takeIn(this.#context.ledger, standing(asked, cvm));
    this.#search.sawName(cvm.name, name);
    this.#beside.ended(asking, MADE);
    note(this.#context, { note: "stands", replica: whoIs(asking.replica) });
  }

  /** An answer says that it was made. */
  async created(asking: Asking, order: Order, vm: Vm): Promise<void> {
    // A commit's token makes one replica, so no try before it has made another.
    if (order.kind === "create") asking.leaveDoubt();
    await this.#made(asking, vm, order.kind);
    if (order.kind !== "prepare") return;
    asking.append({
      fact: "failed",
      during: "making",
      trouble: { kind: "made-by-prepare" },
    });
  }

  async #made(asking: Asking, vm: Vm, via: Order["kind"]): Promise<void> {
    const { slot, sentAt } = asking;
    asking.append({ fact: "created", ident: identOfVm(vm), vm });
    if (slot.name !== undefined) this.#search.sawName(vm.name, slot.name);
    this.#beside.lifetimes.plan(asking.key);
    this.#beside.ended(asking, MADE);
    const { nodeId, nodeName } = slot;
    const tookMs = this.#context.edges.clock.now() - sentAt;
    const who = whoIs(asking.replica);
    const place = { nodeId, name: nodeName };
    note(this.#context, { note: "created", replica: who, place, tookMs });
    if (vm.name !== null && slot.name !== undefined && !sameName(vm.name, slot.name)) {
      note(this.#context, { note: "named-otherwise", replica: who, asked: slot.name });
    }
    if (uuidOf(asking.replica) !== null) return;
    await this.#locate(asking, vm.name ?? "", via);
  }

  /** The create answer named no UUID, which is legal: the app's list knows it. */
  async #locate(asking: Asking, name: string, via: Order["kind"]): Promise<void> {
    const { edges } = this.#context;
    if (this.#search.possible && !edges.cancel.aborted) {
      const found = await this.#search.for(asking, name);
      if (found.kind === "adopted") {
        const { cvm } = found;
        asking.append({ fact: "located", ident: identOf(cvm), cvm });
      }
    }
    // That a prepare made one says more.
    if (via !== "prepare" && uuidOf(asking.replica) === null && !edges.cancel.aborted) {
      const trouble = { kind: "unseen", rerun: this.#beside.rerun } as const;
      asking.append({ fact: "failed", during: "making", trouble });
    }
  }
}
