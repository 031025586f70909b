/** The app's list as it was last read, for deletions that go by it and come one after another. */
import { type Attempt, isUnknownToApi } from "../net/fault.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Bench } from "./bench.ts";

/** After this others may have gone that were to stay, so the list is read again before a deletion. Ms. */
const STALE_MS = 5_000;

export type ListSeen = Attempt<readonly Cvm[] | null>;

export class LastLook {
  readonly #bench: Bench;
  #at: number | null;
  #cvms: readonly Cvm[] | null = null;

  /** @param at when it was read before, ms since the epoch; null: nothing goes by it */
  constructor(bench: Bench, at: number | null) {
    this.#bench = bench;
    this.#at = at;
  }

  /** The list, read again where the last look is too old; null: it was not read since. */
  async take(options: {
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
  }): Promise<ListSeen> {
    const { api, appId, edges } = this.#bench;
    const now = edges.clock.now();
    if (this.#at === null || now - this.#at <= STALE_MS) return { ok: true, value: this.#cvms };
    const list = await api.listCvms(appId, options);
    // An app whose last CVM is gone may be unknown to the API as a whole.
    if (!list.ok && !isUnknownToApi(list.fault)) return list;
    this.#at = now;
    this.#cvms = list.ok ? list.value.cvms : [];
    return { ok: true, value: this.#cvms };
  }
}
