import type { Edges } from "../action/edges.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { identOf, type Replica } from "../ledger/replica.ts";
import type { ReplicaKey } from "../ledger/terms.ts";
import type { Searched } from "../ledger/trouble.ts";
import type { PhalaClient } from "../phala/api.ts";
import { type Cvm, cvmKey, cvmKeys } from "../phala/cvm.ts";
import { oneLine } from "../text/clean.ts";
import type { Bench } from "./bench.ts";
import { type Left, named, type Sought } from "./left.ts";
import { freed, isCreated, isMade, type Made, unsettled } from "./plan/cleanup.ts";
import { isNamed, isRefused, windowOf } from "./plan/lost.ts";
import { haveRequestsOfTheirOwn } from "./plan/matching.ts";
import {
  ageOf,
  createdNotAfter,
  createdNotBefore,
  LOOK_TIMEOUT_MS,
  newcomers,
  olderOnes,
  olderWithin,
  type Wanted,
} from "./plan/newcomers.ts";
import { note } from "./run.ts";
import { type Settlement, searchedOf, settle } from "./settle.ts";

/** What can't be said, or not be done, of the replicas of lost answers. */
export interface Leftovers {
  /** Newcomers that can't be told apart; nobody touches them. */
  readonly candidates: readonly Cvm[];
  /** Why nothing can be said; null: the list could be read. */
  readonly blind: Searched | null;
  /** How many lost requests have no newcomer at all. */
  readonly nothing: number;
  /** Names of replicas that were certainly created, and are not to be found. */
  readonly missing: readonly string[];
}

/** Two looks that show the same, so far apart, make sure of it. Ms. */
const LOOK_AGAIN_MS = 2_000;

/** One request that main left open, and what looking for its replica showed so far; null: not looked for. */
interface Lost extends Sought {
  shown: Exclude<Settlement, { kind: "adopted" }> | null;
}

/**
 * Looks for the replica of each request that main left open, the newest first. What is found for one is no
 * candidate of another.
 */
export class LateSearch {
  readonly #edges: Edges;
  readonly #api: PhalaClient;
  readonly #ledger: Ledger;
  readonly #left: Left;
  /** What is known to be some request's, by `cvmKeys`. */
  readonly #claimed: Set<string>;
  #lost: Lost[];

  constructor({ edges, api, ledger }: Omit<Bench, "appId">, left: Left) {
    this.#edges = edges;
    this.#ledger = ledger;
    this.#api = api;
    this.#left = left;
    this.#lost = unsettled(left).map((sought) => ({ ...sought, shown: null }));
    const known = left.replicas.map(({ ident }) => ident.uuid);
    this.#claimed = new Set(known.filter((uuid) => uuid !== null));
  }

  /** Whether anything is still looked for in vain, so that another look may show it. */
  get isOpen(): boolean {
    return this.#left.known !== null && this.#lost.length > 0;
  }

  /** @returns what was found */
  async first(): Promise<readonly Made[]> {
    return this.#pass((replica) => {
      const request = (replica.slot?.index ?? 0) + 1;
      note({ ledger: this.#ledger }, { note: "looking-for", request });
      return windowOf(replica, this.#edges.clock.now());
    });
  }

  /** One more look each, after what was made is deleted, which takes its time. @returns what was found */
  async again(): Promise<readonly Made[]> {
    const isGone = (key: ReplicaKey) => this.#ledger.replica(key).fate === "gone";
    this.#lost.push(...freed(this.#left, isGone).map((sought) => ({ ...sought, shown: null })));
    return this.#pass(() => 0);
  }

  /** What is left over at the end: nothing that was found or deleted is among it. */
  leftovers(): Leftovers {
    const candidates = new Map<string, Cvm>();
    const missing: string[] = [];
    let blind: Searched | null = null;
    let nothing = 0;
    for (const { replica, shown, heldBy } of this.#lost) {
      const seen = shown === null ? [] : seenBy(shown).filter((cvm) => !this.#isClaimed(cvm));
      for (const cvm of seen) candidates.set(cvmKey(cvm), cvm);
      const why = whyBlind(shown);
      // That nothing came of what its name has kept back is what was to be expected.
      if (heldBy !== null) continue;
      // What was certainly created is no question of whether, only of where.
      if (isCreated(replica)) {
        if (seen.length === 0) missing.push(oneLine(replica.ident.name ?? "unnamed", 80));
      } else if (why !== null) blind = why;
      else if (seen.length === 0) nothing++;
    }
    return { candidates: [...candidates.values()], blind, nothing, missing };
  }

  async #pass(windowFor: (replica: Replica) => number): Promise<readonly Made[]> {
    if (!this.isOpen) return [];
    const found: Made[] = [];
    for (const lost of [...this.#lost]) {
      const { api, clock, cancel } = { api: this.#api, ...this.#edges };
      const { appId } = this.#left.began;
      const wanted = () => this.#wantedBy(lost);
      const windowMs = windowFor(lost.replica);
      const result = await this.#othersToo(
        lost,
        await settle(api, clock, appId, wanted, cancel, windowMs),
      );
      if (result.kind === "adopted") found.push(...this.#take(result.cvm, lost, true));
      else if (lost.shown === null || whyBlind(result) === null) lost.shown = result;
    }
    return [...found, ...(await this.#together())];
  }

  /**
   * What bears the name that was asked for is ours, unless it is older than its request: then another run was
   * quicker, and ours was refused. Where nothing bears it, what else is new is told, since it is not known whether
   * the API honours names; nobody touches it.
   */
  async #othersToo(lost: Lost, result: Settlement): Promise<Settlement> {
    const { clock, cancel } = this.#edges;
    if (!isNamed(lost.replica)) return result;
    if (result.kind === "adopted") {
      const age = ageOf(result.cvm.createdAt, this.#wantedBy(lost));
      if (age === "before") return { kind: "none", lastSeen: null };
      return age === "since" ? result : { kind: "older", cvms: [result.cvm] };
    }
    if (result.kind !== "none" || result.lastSeen !== null || lost.heldBy !== null) return result;
    const wanted = () => this.#wantedBy(lost, true);
    const { appId } = this.#left.began;
    const others = await settle(this.#api, clock, appId, wanted, cancel, 0);
    return others.kind === "adopted" ? { kind: "several", cvms: [others.cvm] } : others;
  }

  /**
   * Requests whose newcomers can't be told apart: where nobody else creates any, and there are no more of them
   * than requests, all of them are ours.
   */
  async #together(): Promise<readonly Made[]> {
    const { began } = this.#left;
    const open = this.#lost.filter(({ replica, heldBy }) => !isCreated(replica) && heldBy === null);
    const seen = open.flatMap(({ shown }) => (shown === null ? [] : seenBy(shown)));
    if (!began.exclusive || seen.every((cvm) => this.#isClaimed(cvm))) return [];
    const { clock, cancel } = this.#edges;
    let before: string | null = null;
    for (;;) {
      await clock.sleep(LOOK_AGAIN_MS, cancel);
      if (cancel.aborted) return [];
      const look = { timeoutMs: LOOK_TIMEOUT_MS, signal: cancel };
      const list = await this.#api.listCvms(began.appId, look);
      if (!list.ok) return [];
      for (const lost of open) lost.shown = this.#shows(list.value.cvms, lost);
      const fitting = this.#matched(list.value.cvms, open);
      if (fitting.length === 0) return [];
      const now = fitting.map(cvmKey).sort().join();
      if (now === before) {
        return fitting.flatMap((cvm, index) => this.#take(cvm, open[index] as Lost));
      }
      if (before !== null) return [];
      before = now;
    }
  }

  #shows(cvms: readonly Cvm[], lost: Lost): Lost["shown"] {
    const wanted = this.#wantedBy(lost, true);
    const found = newcomers(cvms, wanted);
    if (found.length > 0) return { kind: "several", cvms: found };
    const older = olderOnes(cvms, wanted);
    return older.length > 0 ? { kind: "older", cvms: older } : { kind: "none", lastSeen: null };
  }

  /** All newcomers that fit any of these requests, if each can have a request of its own; else none. */
  #matched(cvms: readonly Cvm[], open: readonly Lost[]): readonly Cvm[] {
    const fits = new Map(
      open.map((lost) => [lost, new Set(newcomers(cvms, this.#wantedBy(lost, true)))]),
    );
    const all = [...new Set([...fits.values()].flatMap((some) => [...some]))];
    const told = all.every(({ vmUuid }) => vmUuid !== null);
    const isFit = (cvm: Cvm, lost: Lost) => fits.get(lost)?.has(cvm) ?? false;
    return told && haveRequestsOfTheirOwn(all, open, isFit) ? all : [];
  }

  /** @param alone it was found for this request alone, by its name where it has one */
  #take(cvm: Cvm, lost: Lost, alone = false): readonly Made[] {
    for (const key of cvmKeys(cvm)) this.#claimed.add(key);
    this.#lost = this.#lost.filter((one) => one !== lost);
    if (cvm.vmUuid === null) return [];
    const { replica } = lost;
    const ident = named(identOf(cvm));
    if (isCreated(replica)) {
      this.#ledger.append({ replica: replica.key, fact: "located", ident, cvm });
    } else {
      // A name that was free again may be another run's by now.
      const byName = alone && isNamed(replica) && !isRefused(replica) && lost.heldBy === null;
      const proof = byName ? "name" : "elimination";
      this.#ledger.append({ replica: replica.key, fact: "adopted", ident, cvm, proof });
    }
    return [this.#ledger.replica(replica.key)].filter(isMade);
  }

  #isClaimed(cvm: Cvm): boolean {
    return cvmKeys(cvm).some((key) => this.#claimed.has(key));
  }

  /** @param nameless whatever it is called */
  #wantedBy({ replica, nextAt }: Lost, nameless = false): Wanted {
    const { slot, ident, since } = replica;
    const { began, known, clockOffsetMs } = this.#left;
    return {
      baseline: new Set([...(known ?? []), ...(began.source === null ? [] : [began.source])]),
      claimed: this.#claimed,
      nodeId: slot?.nodeId ?? null,
      composeHash: slot?.expectedHash ?? null,
      name: isCreated(replica) ? ident.name : nameless ? null : (slot?.name ?? null),
      notBefore: createdNotBefore(since ?? 0, clockOffsetMs),
      olderMs: olderWithin(clockOffsetMs, true),
      notAfter: createdNotAfter(nextAt, clockOffsetMs),
    };
  }
}

/** The newcomers that the last look which could be read has shown. */
function seenBy(shown: Exclude<Settlement, { kind: "adopted" }>): readonly Cvm[] {
  if (shown.kind === "several" || shown.kind === "older") return shown.cvms;
  if (shown.kind === "cancelled" || shown.lastSeen === null) return [];
  return [shown.lastSeen];
}

function whyBlind(shown: Lost["shown"]): Searched | null {
  if (shown === null) return { found: "no-baseline" };
  return shown.kind === "blind" || shown.kind === "cancelled" ? searchedOf(shown) : null;
}
