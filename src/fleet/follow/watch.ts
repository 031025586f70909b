import type { ReplicaFact } from "../../ledger/fact.ts";
import { identOf, type Replica } from "../../ledger/replica.ts";
import type { ReplicaKey } from "../../ledger/terms.ts";
import type { Told, Trouble } from "../../ledger/trouble.ts";
import { nameOf, uuidOf, whoIs } from "../../ledger/who.ts";
import { runs } from "../../phala/cvm.ts";
import { misfitOf } from "../plan/mismatch.ts";
import { type Context, note } from "../run.ts";
import { OLD_URL_WINDOW_MS, URL_WINDOW_MS } from "./address.ts";
import { AddressSearch } from "./address-search.ts";
import { type BootMemory, judgeBoot, NEW_BOOT } from "./boot.ts";
import { Checking } from "./checking.ts";
import { healthUrl } from "./health.ts";
import { toldOf, type WatchLimits } from "./limits.ts";
import type { Look } from "./lookout.ts";
import { Progress } from "./progress.ts";
import { withoutUrl } from "./without-url.ts";
import { shownIn, withoutUuid } from "./without-uuid.ts";

type Unkeyed<F> = F extends ReplicaFact ? Omit<F, "replica"> : never;

/** Where a replica stands while it is waited for. */
type Phase = "booting" | "running" | "checking" | "settled";

/** One replica on its way to serving. */
export class Watch {
  readonly key: ReplicaKey;
  readonly #context: Context;
  readonly #limits: WatchLimits;
  readonly #search: AddressSearch;
  readonly #progress: Progress;
  readonly #checking: Checking;
  /** It ran before this run looked at it. */
  readonly #ranBefore: boolean;
  readonly #end = new AbortController();
  #running = new AbortController();
  #phase: Phase = "booting";
  #memory: BootMemory = NEW_BOOT;

  constructor(context: Context, key: ReplicaKey, limits: WatchLimits) {
    this.#context = context;
    this.key = key;
    const replica = context.ledger.replica(key);
    this.#limits = limits;
    this.#search = new AddressSearch(context, key);
    this.#progress = new Progress(key, limits.begun);
    this.#checking = new Checking(context, key);
    this.#ranBefore = replica.origin === "existing" && replica.cvm !== null && runs(replica.cvm);
  }

  /** As it is known by now. */
  get replica(): Replica {
    return this.#context.ledger.replica(this.key);
  }

  get settled(): boolean {
    return this.#phase === "settled";
  }

  /** Null: its row told none yet. */
  get uuid(): string | null {
    return uuidOf(this.replica);
  }

  /** What the next step needs is not known yet: the URLs and ids of what runs, or its UUID. */
  get lacksDetails(): boolean {
    return this.#phase === "running" || (this.uuid === null && !this.settled);
  }

  /** Takes one look into account. */
  observe(look: Look): void {
    // Its own URL may have been found while the look was under way.
    if (this.settled) return;
    const { row, status } = shownIn(look, this.#context, this.key);
    if (status === null && (this.uuid === null || !look.tellsAbsence)) return;
    if (this.uuid === null && row?.vmUuid) {
      this.#append({ fact: "located", ident: identOf(row), cvm: this.#search.take(row) });
    }
    const { memory, verdict, end } = judgeBoot(
      this.#memory,
      status,
      this.#context.edges.clock.now(),
    );
    this.#memory = memory;
    if (status?.detailed) this.#search.lives();
    if (status === null) this.#search.missed();
    const seen = row === null ? null : this.#search.take(row);
    if (status !== null) this.#append({ fact: "seen", cvm: seen, status });
    if (seen !== null) this.#compare();
    if (status !== null && memory.last !== null) {
      this.#progress.show(memory.last, this.#context);
    }
    if (end !== null) {
      if (end.why === "vanished" || end.why === "going") this.#lose();
      this.#fail({ kind: "boot", end, told: this.#told() });
    }
    // What ran and does no longer, before its URLs could be read, is on its way again. One look without it says
    // nothing: it may be gone, and the search sees that too.
    if (verdict === "booting" && status !== null) this.#boot();
    if (verdict === "running" && !this.settled && this.uuid !== null) this.#run(row !== null);
  }

  /** There is no more time for what it waits for. */
  expire(): void {
    const unseen = this.#phase === "running" && this.#memory.missing > 0;
    if (this.#phase === "checking") this.#beUnhealthy();
    else if (this.uuid === null) this.#fail(withoutUuid(this.#told()));
    else if (this.#phase === "booting" || unseen) this.#fail({ kind: "late", told: this.#told() });
    else if (this.#phase === "running") this.#beWithoutUrl();
    this.#settle();
  }

  /** Ends the watch for a reason that is not the replica's own. */
  abandon(trouble: Trouble): void {
    this.#fail(trouble);
  }

  #boot(): void {
    if (this.#phase !== "running") return;
    this.#phase = "booting";
    this.#running.abort();
  }

  /** Its row may show that it is not what was asked for. */
  #compare(): void {
    const misfit = misfitOf(this.replica);
    if (misfit !== null) this.#fail(misfit);
  }

  /** @param rowRead the look that says so was at its row */
  #run(rowRead: boolean): void {
    this.#append({ fact: "reached", stage: "running", url: null });
    const begins = this.#phase === "booting";
    if (begins) this.#phase = "running";
    // What is missing in a row of before may be there by now.
    if (begins && !rowRead) this.#search.forget();
    if (this.#phase === "running") this.#serve();
    if (begins && this.#phase === "running") void this.#seek();
  }

  /** Looks for its own URL, beside the looks at all, for as long as it may take. */
  async #seek(): Promise<void> {
    const { clock, cancel } = this.#context.edges;
    this.#running = new AbortController();
    const signal = AbortSignal.any([cancel, this.#end.signal, this.#running.signal]);
    const { deadline, wake } = this.#limits;
    const ranFrom = clock.now();
    const windowMs = this.#ranBefore ? OLD_URL_WINDOW_MS : URL_WINDOW_MS;
    const due = this.#path === null ? Math.min(ranFrom + windowMs, deadline) : deadline;
    const end = await this.#search.run({ ranFrom, due, deadline, signal }, (row) => {
      this.#append({ fact: "located", ident: identOf(row), cvm: row });
      this.#compare();
      if (!this.settled) this.#serve();
    });
    if (cancel.aborted) return;
    if (!signal.aborted && end === "gone") this.#beGone();
    else if (!signal.aborted && this.#memory.missing > 0 && clock.now() < deadline) this.#boot();
    else if (!signal.aborted) this.expire();
    wake();
  }

  /** The health check's path; null: none was asked for. */
  get #path(): string | null {
    return this.#context.inputs.healthCheck;
  }

  #serve(): void {
    const instanceUrl = this.replica.cvm?.instanceUrl ?? null;
    if (instanceUrl === null) return;
    if (this.#path === null) {
      this.#settle();
      return;
    }
    const url = healthUrl(instanceUrl, this.#path, this.#context.inputs.apiUrl);
    if (url === null) return;
    this.#phase = "checking";
    this.#running.abort();
    void this.#check(url);
  }

  async #check(url: string): Promise<void> {
    const signal = AbortSignal.any([this.#context.edges.cancel, this.#end.signal]);
    const end = await this.#checking.run(url, this.#limits.deadline, signal);
    if (end === "late" || this.settled) return;
    if (end === "fell-ill") {
      this.#beUnhealthy();
      this.#limits.wake();
      return;
    }
    this.#append({ fact: "reached", stage: "healthy", url: null });
    this.#note({ note: "healthy", name: nameOf(this.replica) });
    this.#settle();
    this.#limits.wake();
  }

  #beUnhealthy(): void {
    this.#fail(this.#checking.trouble(this.#told()));
  }

  /** It runs, and there was no URL in time: a word, and red only where that URL was to be asked. */
  #beWithoutUrl(): void {
    const { replica } = this;
    const told = this.#told();
    const why = this.#search.why(told.blind);
    const { port } = this.#context.inputs;
    const trouble = withoutUrl(replica, { path: this.#path, port, why, told });
    if (trouble !== null) this.#fail(trouble);
    else this.#note({ note: "no-url", replica: whoIs(replica), why });
  }

  /** Its own route does not know it any more, whatever a list still shows. */
  #beGone(): void {
    this.#lose();
    this.#fail({ kind: "boot", end: { why: "vanished" }, told: this.#told() });
  }

  /** Somebody deleted it; post is to know. */
  #lose(): void {
    this.#append({ fact: "vanished" });
  }

  #fail(trouble: Trouble): void {
    if (this.settled) return;
    this.#append({ fact: "failed", during: "following", trouble });
    this.#settle();
  }

  #settle(): void {
    if (this.settled) return;
    this.#phase = "settled";
    this.#end.abort();
  }

  #append(what: Unkeyed<ReplicaFact>): void {
    this.#context.ledger.append({ replica: this.key, ...what });
  }

  #note(what: Parameters<typeof note>[1]): void {
    note(this.#context, what);
  }

  #told(): Told {
    return toldOf(this.#limits, this.#context.edges.clock.now(), this.#memory.last);
  }
}
