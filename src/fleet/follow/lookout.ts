import type { Attempt, Fault } from "../../net/fault.ts";
import { AT_ONCE, inParallel } from "../../net/parallel.ts";
import type { PhalaClient } from "../../phala/api.ts";
import type { Cvm } from "../../phala/cvm.ts";
import type { BootStatus } from "../../phala/status.ts";
import { judgeLook, type LookRoute, nextRoute, Routes } from "./routes.ts";

/** One look at all replicas: by dashed UUID. */
export interface Look {
  readonly statuses: ReadonlyMap<string, BootStatus>;
  /** The full rows, where the look was at rows. */
  readonly cvms: ReadonlyMap<string, Cvm> | null;
  /** All rows of the app, those without a UUID too, where the look was at its list. */
  readonly listed?: readonly Cvm[];
  /** Whether a CVM that is not in it is gone: the list may show newcomers late (API facts, unknown 13). */
  readonly tellsAbsence: boolean;
}

export type LookResult =
  | { readonly ok: true; readonly value: Look }
  /** @param rejected two routes said that the key is none: no further look will be any better */
  | { readonly ok: false; readonly fault: Fault; readonly rejected: boolean };

interface Options {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Looks at all replicas with a single request: `POST /status/batch`, which also tells boot errors, or the
 * app's list, which tells the URLs. Where the one does not answer as it should, another one is asked in
 * the same look: `routes.ts` says which.
 */
export class Lookout {
  readonly #api: PhalaClient;
  readonly #appId: string;
  readonly #routes = new Routes();

  constructor(api: PhalaClient, appId: string) {
    this.#api = api;
    this.#appId = appId;
  }

  /**
   * @param vmUuids may be none, where nobody knows them yet: the list alone tells something then
   * @param rows the full rows are needed
   * @param leftMs asked before each request, since what is refused costs a second one
   */
  async look(
    vmUuids: readonly string[],
    rows: boolean,
    leftMs: () => number,
    signal: AbortSignal,
  ): Promise<LookResult> {
    const asked: LookRoute[] = [];
    let denied = 0;
    let failed: Fault | null = null;
    for (;;) {
      const route = nextRoute(this.#routes, { rows, asked, denied: denied > 0 });
      // There always is a first one, so there is a fault where none is left.
      if (route === null || (route === "own" && vmUuids.length === 0))
        return { ok: false, fault: failed as Fault, rejected: false };
      asked.push(route);
      const options = { timeoutMs: Math.max(1, leftMs()), signal };
      const result = await this.#ask(route, vmUuids, options);
      if (result.ok) {
        this.#routes.answered(route);
        return result;
      }
      const verdict = judgeLook(result.fault);
      failed = result.fault;
      if (verdict === "failed") return { ok: false, fault: failed, rejected: false };
      if (verdict === "rejected" && ++denied > 1)
        return { ok: false, fault: failed, rejected: true };
      this.#routes.refused(route, verdict);
    }
  }

  async #ask(
    route: LookRoute,
    vmUuids: readonly string[],
    options: Options,
  ): Promise<Attempt<Look>> {
    if (route === "own") return this.#each(vmUuids, options);
    if (route === "list") {
      const list = await this.#api.listCvms(this.#appId, options);
      if (!list.ok) return list;
      const { cvms } = list.value;
      return { ok: true, value: { ...this.#lookAt(cvms), listed: cvms } };
    }
    const batch = await this.#api.bootStatuses(vmUuids, options);
    if (!batch.ok) return batch;
    return { ok: true, value: { statuses: batch.value, cvms: null, tellsAbsence: true } };
  }

  /** The rows one by one; those that can't be read are missing, and none of that means that they are gone. */
  async #each(vmUuids: readonly string[], options: Options): Promise<Attempt<Look>> {
    const reads = await inParallel(vmUuids, AT_ONCE, (uuid) => this.#api.getCvm(uuid, options));
    const cvms = reads.flatMap((read) => (read.ok ? [read.value] : []));
    const failed = reads.find((read) => !read.ok);
    if (cvms.length === 0 && failed !== undefined) return failed;
    return { ok: true, value: { ...this.#lookAt(cvms), tellsAbsence: false } };
  }

  #lookAt(rows: readonly Cvm[]): Look {
    const cvms = new Map<string, Cvm>();
    for (const cvm of rows) {
      if (cvm.vmUuid !== null && !cvm.deleted) cvms.set(cvm.vmUuid, cvm);
    }
    const statuses = new Map([...cvms].map(([uuid, cvm]) => [uuid, statusOf(cvm)]));
    // Where the list is the only source, its silence is all that there is.
    return { statuses, cvms, tellsAbsence: !this.#routes.works("batch") };
  }
}

/** What a row tells of a boot. */
export function statusOf({ status, inProgress }: Cvm): BootStatus {
  return { detailed: false, status, inProgress, bootProgress: null, bootError: null };
}
