import type { Edges } from "../action/edges.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Searched } from "../ledger/trouble.ts";
import type { PhalaClient } from "../phala/api.ts";
import { type Cvm, cvmKey, cvmKeys } from "../phala/cvm.ts";
import { oneLine } from "../text/clean.ts";
import type { Bench } from "./bench.ts";
import { deservesWindow, type Made, unsettled } from "./plan/cleanup.ts";
import { haveRequestsOfTheirOwn } from "./plan/matching.ts";
import {
  createdNotAfter,
  createdNotBefore,
  LOOK_TIMEOUT_MS,
  newcomers,
  SETTLE_WINDOW_MS,
  type Wanted,
} from "./plan/newcomers.ts";
import { note } from "./run.ts";
import { type Settlement, searchedOf, settle } from "./settle.ts";
import type { AttemptRecord, SavedRun } from "./state.ts";

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
interface Lost {
  readonly attempt: AttemptRecord;
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
  readonly #saved: SavedRun;
  /** What is known to be some request's, by `cvmKeys`. */
  readonly #claimed: Set<string>;
  #lost: Lost[];

  constructor({ edges, api, ledger }: Omit<Bench, "appId">, saved: SavedRun) {
    this.#edges = edges;
    this.#ledger = ledger;
    this.#api = api;
    this.#saved = saved;
    this.#lost = unsettled(saved).map((attempt) => ({ attempt, shown: null }));
    const known = saved.attempts.map(({ vmUuid }) => vmUuid);
    this.#claimed = new Set(known.filter((uuid) => uuid !== null));
  }

  /** Whether anything is still looked for in vain, so that another look may show it. */
  get isOpen(): boolean {
    return this.#saved.journal.baseline !== null && this.#lost.length > 0;
  }

  /** @returns what was found */
  async first(): Promise<readonly Made[]> {
    return this.#pass((attempt) => {
      note({ ledger: this.#ledger }, { note: "looking-for", request: attempt.index + 1 });
      return windowOf(attempt, this.#edges.clock.now());
    });
  }

  /** One more look each, after time has passed with something else. @returns what was found */
  async again(): Promise<readonly Made[]> {
    return this.#pass(() => 0);
  }

  /** What is left over at the end: nothing that was found or deleted is among it. */
  leftovers(): Leftovers {
    const candidates = new Map<string, Cvm>();
    const missing: string[] = [];
    let blind: Searched | null = null;
    let nothing = 0;
    for (const { attempt, shown } of this.#lost) {
      const seen = shown === null ? [] : seenBy(shown).filter((cvm) => !this.#isClaimed(cvm));
      // What was certainly created is no question of whether, only of where.
      if (attempt.stage === "made") missing.push(oneLine(attempt.name ?? "unnamed", 80));
      else {
        for (const cvm of seen) candidates.set(cvmKey(cvm), cvm);
        const why = whyBlind(shown);
        if (why !== null) blind = why;
        else if (seen.length === 0) nothing++;
      }
    }
    return { candidates: [...candidates.values()], blind, nothing, missing };
  }

  async #pass(windowFor: (attempt: AttemptRecord) => number): Promise<readonly Made[]> {
    if (!this.isOpen) return [];
    const found: Made[] = [];
    for (const lost of [...this.#lost]) {
      const { api, clock, cancel } = { api: this.#api, ...this.#edges };
      const { appId } = this.#saved.journal;
      const wanted = () => this.#wantedBy(lost.attempt);
      const windowMs = windowFor(lost.attempt);
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
  async #othersToo({ attempt }: Lost, result: Settlement): Promise<Settlement> {
    const { clock, cancel } = this.#edges;
    if (!isNamed(attempt)) return result;
    if (result.kind === "adopted") {
      const { createdAt } = result.cvm;
      const ours = createdAt === null || createdAt >= this.#wantedBy(attempt).notBefore;
      return ours ? result : { kind: "none", lastSeen: null };
    }
    if (result.kind !== "none" || result.lastSeen !== null) return result;
    const wanted = () => this.#wantedBy({ ...attempt, asked: null });
    const { appId } = this.#saved.journal;
    const others = await settle(this.#api, clock, appId, wanted, cancel, 0);
    return others.kind === "adopted" ? { kind: "several", cvms: [others.cvm] } : others;
  }

  /**
   * Requests whose newcomers can't be told apart: where nobody else creates any, and there are no more of them
   * than requests, all of them are ours.
   */
  async #together(): Promise<readonly Made[]> {
    const { journal } = this.#saved;
    const open = this.#lost.filter(({ attempt }) => attempt.stage !== "made");
    const seen = open.flatMap(({ shown }) => (shown === null ? [] : seenBy(shown)));
    if (!journal.exclusive || seen.every((cvm) => this.#isClaimed(cvm))) return [];
    const { clock, cancel } = this.#edges;
    let before: string | null = null;
    for (;;) {
      await clock.sleep(LOOK_AGAIN_MS, cancel);
      if (cancel.aborted) return [];
      const look = { timeoutMs: LOOK_TIMEOUT_MS, signal: cancel };
      const list = await this.#api.listCvms(journal.appId, look);
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

  #shows(cvms: readonly Cvm[], { attempt }: Lost): Lost["shown"] {
    const found = newcomers(cvms, this.#wantedBy({ ...attempt, asked: null }));
    return found.length === 0 ? { kind: "none", lastSeen: null } : { kind: "several", cvms: found };
  }

  /** All newcomers that fit any of these requests, if each can have a request of its own; else none. */
  #matched(cvms: readonly Cvm[], open: readonly Lost[]): readonly Cvm[] {
    const fits = new Map(
      open.map((lost) => {
        const wanted = this.#wantedBy({ ...lost.attempt, asked: null });
        return [lost, new Set(newcomers(cvms, wanted))];
      }),
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
    const { vmUuid, createdAt } = cvm;
    if (vmUuid === null) return [];
    const { sentAt, stage, adopted: unproven } = lost.attempt;
    const proven = stage === "made" || (alone && isNamed(lost.attempt) && !unproven);
    const name = oneLine(cvm.name ?? vmUuid, 80);
    return [{ vmUuid, name, sentAt, createdAt, adopted: !proven }];
  }

  #isClaimed(cvm: Cvm): boolean {
    return cvmKeys(cvm).some((key) => this.#claimed.has(key));
  }

  #wantedBy(attempt: AttemptRecord): Wanted {
    const { nodeId, composeHash, stage, name, asked = null, sentAt, nextAt } = attempt;
    const { baseline, vmUuid, clockOffsetMs } = this.#saved.journal;
    return {
      baseline: new Set([...(baseline ?? []), vmUuid]),
      claimed: this.#claimed,
      nodeId,
      composeHash,
      name: stage === "made" ? name : asked,
      notBefore: createdNotBefore(sentAt, clockOffsetMs),
      notAfter: createdNotAfter(nextAt, clockOffsetMs),
    };
  }
}

/** It was asked for by a name, and no answer told what was made. */
function isNamed({ stage, asked = null }: AttemptRecord): boolean {
  return stage !== "made" && asked !== null;
}

/** The newcomers that the last look which could be read has shown. */
function seenBy(shown: Exclude<Settlement, { kind: "adopted" }>): readonly Cvm[] {
  if (shown.kind === "several") return shown.cvms;
  if (shown.kind === "cancelled" || shown.lastSeen === null) return [];
  return [shown.lastSeen];
}

function whyBlind(shown: Lost["shown"]): Searched | null {
  if (shown === null) return { found: "no-baseline" };
  return shown.kind === "blind" || shown.kind === "cancelled" ? searchedOf(shown) : null;
}

/**
 * How long to look, in ms. What deserves it gets the whole window, counted from when the request was sent;
 * what main has searched for in vain gets one more look.
 */
function windowOf(attempt: AttemptRecord, now: number): number {
  if (!deservesWindow(attempt)) return 0;
  const sinceMs = now - attempt.sentAt;
  return Math.max(SETTLE_WINDOW_MS - Math.max(0, sinceMs), SETTLE_WINDOW_MS / 3);
}
