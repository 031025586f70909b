import type { PhalaClient } from "../phala/client.ts";
import type { Cvm } from "../phala/cvm.ts";
import type { Attempt, Fault } from "../phala/fault.ts";
import type { BootStatus } from "../phala/status.ts";
import { inParallel } from "./parallel.ts";

/** One look at all replicas: by dashed UUID. */
export interface Look {
  readonly statuses: ReadonlyMap<string, BootStatus>;
  /** The full rows, where the look was at the app's list. */
  readonly cvms: ReadonlyMap<string, Cvm> | null;
  /** Whether a CVM that is not in it is gone: the list may show newcomers late (API facts, unknown 13). */
  readonly tellsAbsence: boolean;
}

interface Options {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Requests at once, where each replica needs its own. */
const AT_ONCE = 8;

/**
 * Looks at all replicas with a single request: `POST /status/batch`, which also tells boot errors, or the
 * app's list, which tells the URLs. An API that refuses the one is asked the other from then on, and where
 * it refuses the list, each replica's own row.
 */
export class Lookout {
  readonly #api: PhalaClient;
  readonly #appId: string;
  #batchWorks = true;
  #listWorks = true;

  constructor(api: PhalaClient, appId: string) {
    this.#api = api;
    this.#appId = appId;
  }

  /**
   * @param rows the full rows are needed
   * @param leftMs asked before each request, since what is refused costs a second one, once
   */
  async look(
    vmUuids: readonly string[],
    rows: boolean,
    leftMs: () => number,
    signal: AbortSignal,
  ): Promise<Attempt<Look>> {
    const options = () => ({ timeoutMs: Math.max(1, leftMs()), signal });
    if (!rows && this.#batchWorks) {
      const batch = await this.#api.bootStatuses(vmUuids, options());
      if (batch.ok)
        return { ok: true, value: { statuses: batch.value, cvms: null, tellsAbsence: true } };
      // An API that refuses this route still has the list.
      if (!isRefused(batch.fault)) return batch;
      this.#batchWorks = false;
    }
    if (this.#listWorks) {
      const list = await this.#api.listCvms(this.#appId, options());
      if (list.ok) return { ok: true, value: this.#lookAt(list.value.cvms) };
      if (!isRefused(list.fault)) return list;
      this.#listWorks = false;
    }
    return this.#each(vmUuids, options());
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
    return { statuses, cvms, tellsAbsence: !this.#batchWorks };
  }
}

/** The API won't answer this, now or later. A rejected key is another matter: it ends the waiting. */
function isRefused(fault: Fault): boolean {
  if (fault.kind !== "answer") return false;
  const { status } = fault;
  const comesAgain = [401, 408, 409, 425, 429].includes(status);
  return status === 501 || (status >= 400 && status < 500 && !comesAgain);
}

function statusOf({ status, inProgress }: Cvm): BootStatus {
  return { detailed: false, status, inProgress, bootProgress: null, bootError: null };
}
