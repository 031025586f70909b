import type { ReplicaKey } from "../ledger/terms.ts";
import { uuidOf } from "../ledger/who.ts";
import type { UnreadableFault } from "../net/fault.ts";
import { type Cvm, cvmKeys } from "../phala/cvm.ts";
import { sameName } from "../phala/names.ts";
import type { Vm } from "../phala/vm.ts";
import type { Asking } from "./asking.ts";
import { baselineOf, type Survey } from "./look.ts";
import {
  type Age,
  ageOf,
  createdNotBefore,
  namesAnother,
  olderWithin,
  type Wanted,
} from "./plan/newcomers.ts";
import type { Context } from "./run.ts";
import { glance, type Settlement, settle, type Window } from "./settle.ts";

/** What a success that names another CVM comes to: something was done, and nobody knows what. */
export const NAMES_ANOTHER: UnreadableFault = {
  kind: "unreadable",
  status: 200,
  problem: "a CVM that was there before",
  requestId: null,
  page: false,
};

/** Tells the replicas of one run from each other, and from what was there before. */
export class Search {
  readonly #context: Context;
  /** The server's clock minus ours, in ms; null where it is not known. */
  readonly clockOffsetMs: number | null;
  readonly #baseline: ReadonlySet<string>;
  readonly #keys: ReplicaKey[] = [];
  /** What was there before is known; without that a newcomer can't be told from the old. */
  readonly possible: boolean;
  #names: "unknown" | "hold" | "ignored" = "unknown";

  constructor(context: Context, survey: Survey) {
    const baseline = baselineOf(survey);
    this.#context = context;
    this.clockOffsetMs = survey.clockOffsetMs;
    this.possible = baseline !== null;
    // The source was there before, whether the list could be read or not.
    this.#baseline = new Set([...(baseline ?? []), context.inputs.vmUuid]);
  }

  /** A CVM bears the name that this run asked for, or the API refused a name as taken. */
  get namesHold(): boolean {
    return this.#names === "hold";
  }

  /** The API made something under another name than it was asked for. */
  get namesIgnored(): boolean {
    return this.#names === "ignored";
  }

  /** @param bears the name that was asked for; null: it is not told */
  sawName(bears: string | null, asked: string): void {
    if (bears !== null) this.#names = sameName(bears, asked) ? "hold" : "ignored";
  }

  /** The name by which a request's replica is looked for; null: none. */
  nameFor({ slot }: Pick<Asking, "slot">): string | null {
    return this.namesIgnored ? null : (slot.name ?? null);
  }

  /** From now on its CVM is nobody else's. */
  claim(key: ReplicaKey): void {
    this.#keys.push(key);
  }

  /** Whether a create answer for a request names a CVM that is something else. */
  isAnother(vm: Vm, key: ReplicaKey): boolean {
    return namesAnother(vm.vmUuid, { baseline: this.#baseline, claimed: this.#claimed(key) });
  }

  /**
   * Looks for the replica of a request that may have made one: by its name where it has one, else by elimination.
   *
   * @param name where the answer told that much
   * @param window how long to look; null: as after a lost answer
   * @param olderMs how much older it may be and yet be in doubt
   */
  for(
    asking: Asking,
    name: string | null,
    window: Window | null = null,
    olderMs = 0,
  ): Promise<Settlement> {
    return this.#look(asking, name ?? this.nameFor(asking), window, olderMs);
  }

  /** How much older one may be and yet be in doubt, in ms. @param thorough as in the rule of that name */
  olderWithin(thorough: boolean): number {
    // Where nobody else creates any, nothing new is another job's.
    return olderWithin(this.clockOffsetMs, thorough || this.#context.inputs.exclusive);
  }

  /** Whether what bears the name came after the request's first try, so that it may be what that made. */
  ageOf({ since }: Asking, { createdAt }: Cvm): Age {
    const notBefore = createdNotBefore(since, this.clockOffsetMs);
    return ageOf(createdAt, { notBefore, olderMs: this.olderWithin(true) });
  }

  /** What else is new and might be the replica of a named request, if the API did not honour its name. */
  others(asking: Asking, olderMs = 0): Promise<Settlement> {
    return this.#look(asking, null, glance(), olderMs);
  }

  #look(
    { key, slot, since }: Asking,
    name: string | null,
    window: Window | null,
    olderMs: number,
  ): Promise<Settlement> {
    const { api, edges, inputs } = this.#context;
    const wanted = (): Wanted => ({
      baseline: this.#baseline,
      claimed: this.#claimed(key),
      nodeId: slot.nodeId,
      composeHash: slot.expectedHash,
      name,
      otherNames: inputs.names ?? [],
      notBefore: createdNotBefore(since, this.clockOffsetMs),
      olderMs,
      notAfter: null,
    });
    return settle(api, edges.clock, inputs.appId, wanted, edges.cancel, window ?? undefined);
  }

  #claimed(except: ReplicaKey): ReadonlySet<string> {
    const { ledger } = this.#context;
    const others = this.#keys.filter((key) => key !== except).map((key) => ledger.replica(key));
    return new Set(
      others.flatMap((replica) =>
        cvmKeys({ vmUuid: uuidOf(replica), id: replica.cvm?.id ?? replica.vm?.id ?? null }),
      ),
    );
  }
}
