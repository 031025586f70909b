import { type BootStatus, isGoing } from "../phala/status.ts";
import { bootFailure, type Failure, timeoutFailure, unhealthyFailure } from "../report/failure.ts";
import {
  healthy as healthyLine,
  notHealthyYet,
  statusChange,
  urlsUnread,
} from "../report/wait-lines.ts";
import { saveAttempt } from "../state.ts";
import { type BootMemory, judgeBoot, NEW_BOOT } from "./boot.ts";
import type { Context } from "./context.ts";
import { becomesHealthy, healthUrl } from "./health.ts";
import type { Look } from "./look.ts";
import { nameOf, type Replica, uuidOf } from "./record.ts";

/** Where a health check never began. */
const UNASKED = "its own URL could not be read, so its health check was not asked";

/** Where a replica stands while it is waited for. */
type Phase = "booting" | "running" | "checking" | "settled";

export interface WatchLimits {
  /** When the waiting began, and when it ends: ms since the epoch. */
  readonly begun: number;
  readonly deadline: number;
  readonly workspaceSlug: string | null;
  /** Ends the pause between two looks. */
  readonly wake: () => void;
}

/** One replica on its way to serving. */
export class Watch {
  readonly replica: Replica;
  readonly #context: Context;
  readonly #limits: WatchLimits;
  readonly #health = new AbortController();
  #phase: Phase = "booting";
  #memory: BootMemory = NEW_BOOT;
  #shown = "";
  #problem: string | null = null;
  #trouble: string | null = null;

  constructor(context: Context, replica: Replica, limits: WatchLimits) {
    this.#context = context;
    this.replica = replica;
    this.#limits = limits;
  }

  get settled(): boolean {
    return this.#phase === "settled";
  }

  get uuid(): string {
    return uuidOf(this.replica) ?? "";
  }

  /** It runs, and what the next step needs (URLs, ids) has not been read yet. */
  get lacksDetails(): boolean {
    return this.#phase === "running";
  }

  /** Takes one look into account. */
  observe(look: Look): void {
    const status = look.statuses.get(this.uuid) ?? null;
    if (status === null && !look.tellsAbsence) return;
    const { memory, verdict, reason } = judgeBoot(
      this.#memory,
      status,
      this.#context.edges.clock.now(),
    );
    this.#memory = memory;
    this.replica.cvm = look.cvms?.get(this.uuid) ?? this.replica.cvm;
    if (status !== null && memory.last !== null) {
      this.replica.status = status.status;
      this.#show(memory.last);
    }
    if (verdict === "failed") {
      if (status === null || isGoing(status.status)) this.#lose();
      this.#fail(reason);
    }
    // What ran and does no longer, before its URLs could be read, is on its way again.
    if (verdict === "booting" && this.#phase === "running") this.#phase = "booting";
    if (verdict !== "running") return;
    this.replica.times.running ??= this.#context.edges.clock.now();
    if (this.#phase === "booting") this.#phase = "running";
    if (this.#phase === "running" && look.cvms?.has(this.uuid)) this.#serve();
  }

  /** The deadline is here. @param trouble why the looks of late failed; null: they did not */
  expire(trouble: string | null): void {
    const { replica } = this;
    this.#trouble = trouble;
    if (this.#phase === "checking" || (this.#phase === "running" && this.#wantsHealth)) {
      const problem = this.#problem ?? UNASKED;
      replica.failure = unhealthyFailure(replica, this.#told(), problem);
    } else if (this.#phase === "booting") {
      replica.failure = timeoutFailure(replica, this.#told());
    } else if (this.#phase === "running") {
      // It runs; only the last read of its URLs did not come through.
      this.#context.edges.runner.warning(urlsUnread(nameOf(replica)));
    }
    this.#settle();
  }

  /** Ends the watch for a reason that is not the replica's own. */
  abandon(failure: Failure): void {
    this.replica.failure = failure;
    this.#settle();
  }

  get #wantsHealth(): boolean {
    return this.#context.inputs.healthCheck !== null && this.replica.origin !== "existing";
  }

  #serve(): void {
    const { apiUrl, healthCheck } = this.#context.inputs;
    if (!this.#wantsHealth || healthCheck === null) {
      this.#settle();
      return;
    }
    const instanceUrl = this.replica.cvm?.instanceUrl ?? null;
    const url = instanceUrl === null ? null : healthUrl(instanceUrl, healthCheck, apiUrl);
    if (url === null) {
      this.#problem = "the API gave no usable instance URL";
      return;
    }
    this.#phase = "checking";
    void this.#check(url);
  }

  async #check(url: string): Promise<void> {
    const { edges, inputs } = this.#context;
    const signal = AbortSignal.any([edges.cancel, this.#health.signal]);
    const target = {
      url,
      intervalMs: inputs.pollIntervalMs,
      deadline: this.#limits.deadline,
      onProblem: (problem: string) => {
        if (problem !== this.#problem) {
          edges.runner.info(notHealthyYet(nameOf(this.replica), problem));
        }
        this.#problem = problem;
      },
    };
    const healthy = await becomesHealthy(edges, target, signal);
    if (!healthy || this.settled) return;
    this.replica.times.healthy = edges.clock.now();
    edges.runner.info(healthyLine(nameOf(this.replica)));
    this.#settle();
    this.#limits.wake();
  }

  /** Somebody deleted it; post is to know. */
  #lose(): void {
    const { replica } = this;
    replica.gone = true;
    replica.status = "deleted";
    if (replica.attempt === null) return;
    replica.attempt = { ...replica.attempt, gone: true };
    saveAttempt(this.#context.edges.runner, replica.attempt);
  }

  #fail(reason: string): void {
    this.replica.failure = bootFailure(this.replica, reason, this.#told());
    this.#settle();
  }

  #settle(): void {
    if (this.replica.failure !== null) this.replica.times.failed = this.#context.edges.clock.now();
    this.#phase = "settled";
    this.#health.abort();
  }

  #told() {
    const { begun, deadline, workspaceSlug } = this.#limits;
    // A timer may come a little late; what the user set is what ran out.
    const elapsedMs = Math.min(this.#context.edges.clock.now(), deadline) - begun;
    return {
      last: this.#memory.last,
      trouble: this.#trouble,
      elapsedMs,
      workspaceSlug,
      appId: this.#context.inputs.appId,
    };
  }

  #show(status: BootStatus): void {
    const { edges } = this.#context;
    const progress = status.status === "running" ? "" : status.bootProgress;
    const key = [status.status, progress, status.bootError].join("\n");
    if (key === this.#shown) return;
    this.#shown = key;
    const since = this.replica.times.made ?? this.#limits.begun;
    edges.runner.info(statusChange(nameOf(this.replica), status, edges.clock.now() - since));
  }
}
