/** What a rollout sees: the app's list, and what the instances themselves answer. Sends nothing but reads. */
import type { Fault } from "../../net/fault.ts";
import { AT_ONCE, inParallel } from "../../net/parallel.ts";
import type { Bench } from "../bench.ts";
import { LOOK_TIMEOUT_MS } from "../plan/newcomers.ts";
import { isOpen, judgeGuest } from "../plan/update-course.ts";
import { askOnce, checkUp } from "./check-up.ts";
import type { Instance } from "./instance.ts";
import type { Proving } from "./prove.ts";
import type { UpdateRules } from "./rules.ts";
import { type Sight, sightsOf } from "./sights.ts";
import { observe } from "./watch.ts";

/** A route that never answers is as good as one that does not say. */
const MOST_UNANSWERED = 3;

export class Looks {
  readonly #bench: Bench;
  readonly #rules: UpdateRules;
  /** Null: nothing is to be proven. */
  readonly #proving: Proving | null;
  /** Why the last look failed; null: it did not. */
  #why: Fault["kind"] | null = null;
  /** When uptimes were last asked for, ms since the epoch. */
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(bench: Bench, rules: UpdateRules, proving: Proving | null) {
    this.#bench = bench;
    this.#rules = rules;
    this.#proving = proving;
  }

  /** The last look failed: what is known is from before it. */
  get blind(): boolean {
    return this.#why !== null;
  }

  /** One look at all of them, mostly by one request; then URLs and health of those that run as they should. */
  async look(instances: readonly Instance[]): Promise<void> {
    const { api, appId, edges, ledger } = this.#bench;
    const list = await api.listCvms(appId, { signal: edges.cancel, timeoutMs: LOOK_TIMEOUT_MS });
    if (edges.cancel.aborted) return;
    if (!list.ok) {
      const { fault } = list;
      if (this.#why !== fault.kind) {
        ledger.append({ fact: "noted", note: { note: "look-failed", fault } });
      }
      this.#why = fault.kind;
      return;
    }
    this.#why = null;
    const there = instances.filter(({ gone }) => !gone);
    const uuids = there.map(({ uuid }) => uuid);
    const sights = await sightsOf(this.#bench, list.value.cvms, uuids);
    if (edges.cancel.aborted) return;
    const sightOf = ({ uuid }: Instance) => sights.get(uuid) ?? "unseen";
    await this.#askUptimes(there.filter((one) => isDoubtful(one, sightOf(one), edges.clock.now())));
    const running = there.filter((one) => observe(this.#bench, one, sightOf(one), this.#rules));
    await inParallel(running, AT_ONCE, (one) => checkUp(this.#bench, one, this.#rules));
    const due = running.filter(({ proofSince, end }) => proofSince !== null && end === null);
    if (!edges.cancel.aborted) await this.#proving?.look(due, this.#rules);
  }

  /** Whether the guest came up after its update: what a row says may be of the time before (API facts, 13). */
  async #askUptimes(doubtful: readonly Instance[]): Promise<void> {
    const { api, edges } = this.#bench;
    const now = edges.clock.now();
    const early = doubtful.every(({ guestAsked }) => guestAsked);
    if (doubtful.length === 0) return;
    if (early && now - this.#askedAt < this.#rules.pollMs * 5) return;
    this.#askedAt = now;
    const uuids = doubtful.map(({ uuid }) => uuid);
    const statuses = await api.bootStatuses(uuids, {
      signal: edges.cancel,
      timeoutMs: LOOK_TIMEOUT_MS,
    });
    if (!statuses.ok) {
      for (const one of doubtful) {
        one.guestUnanswered += 1;
        one.guestAsked ||= one.guestUnanswered >= MOST_UNANSWERED;
      }
      return this.#askSoon(doubtful);
    }
    for (const one of doubtful) {
      one.guestAsked = true;
      const up = statuses.value.get(one.uuid)?.uptimeMs;
      // Told to the second: a second more may have passed since it came up.
      if (up === undefined) continue;
      one.course = judgeGuest(one.course, now - up - 1_000);
      one.queued &&= judgeGuest(one.queued, now - up - 1_000);
    }
  }

  /** The source is believed on its row alone after a few looks: until then its uptime is asked for in each. */
  #askSoon(doubtful: readonly Instance[]): void {
    if (doubtful.some(({ isSource }) => isSource)) this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** Which of those on another revision serve now, for the order. */
  async askOldOnes(instances: readonly Instance[]): Promise<void> {
    const { wanted } = this.#rules;
    const old = instances.filter((one) => !one.has(wanted) || one.force);
    await inParallel(old, AT_ONCE, (one) => askOnce(this.#bench, one, this.#rules));
  }
}

/** It may not have begun its update yet, for all that its row says. */
function isDoubtful(one: Instance, row: Sight, now: number): boolean {
  const { course, under, fit, queued } = one;
  if (typeof row === "string") return false;
  if (queued !== null) return isOpen(queued, now) && !row.inProgress;
  if (fit || !isOpen(course, now)) return false;
  if (under !== null && under.phase !== "moving") return false;
  return row.composeHash === course.target && row.status === "running" && !row.inProgress;
}
