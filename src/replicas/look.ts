import type { PhalaClient } from "../phala/client.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Attempt, Fault } from "../phala/fault.ts";
import type { BootStatus } from "../phala/status.ts";

/** One look at all replicas: by dashed UUID. */
export interface Look {
  readonly statuses: ReadonlyMap<string, BootStatus>;
  /** The full rows, where the look was at the app's list. */
  readonly cvms: ReadonlyMap<string, Cvm> | null;
  /** Whether a CVM that is not in it is gone: the list may show newcomers late (API facts, unknown 13). */
  readonly tellsAbsence: boolean;
}

/**
 * Looks at all replicas with a single request: `POST /status/batch`, which also tells boot errors, or the
 * app's list, which tells the URLs. An API without the batch route is asked for the list from then on.
 */
export class Lookout {
  readonly #api: PhalaClient;
  readonly #appId: string;
  #batchKnown = true;

  constructor(api: PhalaClient, appId: string) {
    this.#api = api;
    this.#appId = appId;
  }

  /**
   * @param rows the full rows are needed
   * @param leftMs asked before each request, since an API without the batch route is asked twice, once
   */
  async look(
    vmUuids: readonly string[],
    rows: boolean,
    leftMs: () => number,
    signal: AbortSignal,
  ): Promise<Attempt<Look>> {
    if (rows || !this.#batchKnown) return this.#list(leftMs(), signal);
    const batch = await this.#api.bootStatuses(vmUuids, { timeoutMs: leftMs(), signal });
    if (batch.ok)
      return { ok: true, value: { statuses: batch.value, cvms: null, tellsAbsence: true } };
    if (!saysUnknownRoute(batch.fault)) return batch;
    // The route is not in the official document (API facts, 3.4): an API without it still has the list.
    this.#batchKnown = false;
    return this.#list(Math.max(1, leftMs()), signal);
  }

  async #list(timeoutMs: number, signal: AbortSignal): Promise<Attempt<Look>> {
    const list = await this.#api.listCvms(this.#appId, { timeoutMs, signal });
    if (!list.ok) return list;
    const cvms = new Map<string, Cvm>();
    for (const cvm of list.value.cvms) {
      if (cvm.vmUuid !== null && !cvm.deleted) cvms.set(cvm.vmUuid, cvm);
    }
    const statuses = new Map([...cvms].map(([uuid, cvm]) => [uuid, statusOf(cvm)]));
    // Where the list is the only source, its silence is all that there is.
    return { ok: true, value: { statuses, cvms, tellsAbsence: !this.#batchKnown } };
  }
}

function saysUnknownRoute(fault: Fault): boolean {
  return fault.kind === "answer" && [404, 405, 410, 422, 501].includes(fault.status);
}

function statusOf({ status, inProgress }: Cvm): BootStatus {
  return { detailed: false, status, inProgress, bootProgress: null, bootError: null };
}
