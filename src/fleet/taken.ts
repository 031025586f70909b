import type { Fault } from "../net/fault.ts";
import { judgeRepeatable } from "../net/retry.ts";
import type { Cvm } from "../phala/cvm.ts";
import { rowNamed, sameName } from "../phala/names.ts";
import { isGoing } from "../phala/status.ts";
import type { Asking } from "./asking.ts";
import { LOOK_TIMEOUT_MS, pauseBeforeLook, SETTLE_WINDOW_MS } from "./plan/newcomers.ts";
import type { Context } from "./run.ts";
import type { Search } from "./search.ts";

/** Pages of the workspace's CVMs that are read for a holder; each has 100. */
const MOST_PAGES = 20;

/** What became of a name that is taken. */
export type Met =
  /** This CVM of the app bears it: `found` where an earlier try of ours made it. */
  | { readonly kind: "found" | "standing"; readonly cvm: Cvm }
  /** Nothing bears it any more. */
  | { readonly kind: "free" }
  /** Something else has it. `holder` is null where it can't be seen what. */
  | { readonly kind: "taken"; readonly holder: Cvm | null }
  /** What bears it is on its way out, and was not gone in time; `fault` is why the last look failed. */
  | { readonly kind: "late"; readonly fault: Fault | null }
  | { readonly kind: "cancelled" };

/** Names that are taken: who has them, and when they come free. */
export class TakenName {
  readonly #context: Context;
  readonly #search: Search;
  readonly #deadline: number;

  constructor(context: Context, search: Search) {
    this.#context = context;
    this.#search = search;
    this.#deadline = context.edges.clock.now() + context.inputs.waitTimeoutMs;
  }

  /**
   * Waits until the CVM that bears the name, and is on its way out, is gone.
   *
   * @param onWait told its status where it has to be waited for
   * @returns what bears it instead by now, if anything does
   */
  async outwait(name: string, onWait: (status: string) => void): Promise<Met> {
    const { clock, cancel } = this.#context.edges;
    let said = false;
    for (let n = 0; ; n++) {
      const list = await this.#list();
      if (cancel.aborted) return { kind: "cancelled" };
      const row = list.ok ? rowNamed(list.value.cvms, name) : null;
      if (list.ok && row === null) return { kind: "free" };
      if (row !== null && !isGoing(row.status)) return { kind: "standing", cvm: row };
      if (row !== null && !said) onWait(row.status);
      said ||= row !== null;
      const leftMs = this.#deadline - clock.now();
      const rejected = !list.ok && judgeRepeatable(list.fault) === "final";
      if (rejected || leftMs <= 0) return { kind: "late", fault: list.ok ? null : list.fault };
      await clock.sleep(Math.min(pauseBeforeLook(n), leftMs), cancel);
    }
  }

  /** A request was refused because its name is taken. A list may show late by whom. */
  async meet(asking: Asking, name: string, onWait: (status: string) => void): Promise<Met> {
    const { clock, cancel } = this.#context.edges;
    const begun = clock.now();
    for (let n = 0; ; n++) {
      const list = await this.#list();
      if (cancel.aborted) return { kind: "cancelled" };
      const row = list.ok ? rowNamed(list.value.cvms, name) : null;
      if (row !== null && isGoing(row.status)) return this.outwait(name, onWait);
      const over = clock.now() - begun >= SETTLE_WINDOW_MS;
      const ours = row !== null && this.#isOurs(asking, row);
      // One without a UUID is waited for as what stands is; what is ours has to be nameable.
      if (row !== null && (row.vmUuid !== null || (over && !ours))) {
        return { kind: ours ? "found" : "standing", cvm: row };
      }
      const holder = row === null ? await this.#holder(name) : null;
      if (holder !== null || over) return { kind: "taken", holder };
      await clock.sleep(pauseBeforeLook(n), cancel);
    }
  }

  /** An earlier try of ours may have made what bears the name: then that is ours, unless it is older. */
  #isOurs(asking: Asking, cvm: Cvm): boolean {
    return asking.doubted && this.#search.ageOf(asking, cvm) !== "before";
  }

  #list() {
    const { api, edges, inputs } = this.#context;
    return api.listCvms(inputs.appId, { timeoutMs: LOOK_TIMEOUT_MS, signal: edges.cancel });
  }

  /** Who has the name in another app of the workspace; null also where the key may not see that. */
  async #holder(name: string): Promise<Cvm | null> {
    const { api, edges, inputs } = this.#context;
    for (let page = 1; page <= MOST_PAGES; page++) {
      const options = { timeoutMs: LOOK_TIMEOUT_MS, signal: edges.cancel };
      const read = await api.listWorkspace(page, options);
      if (!read.ok) return null;
      const { cvms, pages } = read.value;
      const found = cvms.find(
        (cvm) => !cvm.deleted && sameName(cvm.name, name) && cvm.appId !== inputs.appId,
      );
      if (found !== undefined) return found;
      if (page >= pages) return null;
    }
    return null;
  }
}
