/** The simulated cloud as the demo sees it, from outside: what is there, what is billed, what was asked. */
import type { CvmSummary, Fault, RecordedRequest } from "../../simulator/index.ts";
import type { SimulatorAddress } from "../simulator.ts";

/** What the demo needs of the simulator. Each call throws where the simulator does not answer as it should. */
export interface Cloud {
  readonly about: SimulatorAddress;
  /** The CVMs of the demo's app, oldest first, deleted ones included. */
  cvms(): Promise<readonly CvmSummary[]>;
  requests(): Promise<readonly RecordedRequest[]>;
  /** What the app has cost so far, in USD. */
  cost(): Promise<number>;
  fault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  /** Somebody deletes a CVM by hand. */
  remove(vmUuid: string): Promise<void>;
}

export function cloudAt(about: SimulatorAddress): Cloud {
  const ask = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const answer = await fetch(`${about.control_url}${path}`, init);
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to ${path}`);
    return answer.json();
  };
  return {
    about,
    cvms: async () =>
      ((await ask("/cvms")) as CvmSummary[]).filter(({ appId }) => appId === about.app_id),
    requests: async () => (await ask("/requests")) as RecordedRequest[],
    cost: async () => {
      const answer = await fetch(`${about.api_url}/apps/${about.app_id}/usage`, {
        headers: { "x-api-key": about.api_key, "x-phala-version": "2026-01-21" },
      });
      if (!answer.ok) throw new Error(`the usage was answered with ${answer.status}`);
      return ((await answer.json()) as { total_cost: number }).total_cost;
    },
    fault: async (fault) => {
      await ask("/faults", { method: "POST", body: JSON.stringify(fault) });
    },
    clearFaults: async () => {
      await ask("/faults", { method: "DELETE" });
    },
    remove: async (vmUuid) => {
      await ask(`/cvms/${vmUuid}`, { method: "DELETE" });
    },
  };
}

/** Those that cost money now: every CVM that exists, whatever its status. */
export function billed(cvms: readonly CvmSummary[]): readonly CvmSummary[] {
  return cvms.filter(({ deleted }) => !deleted);
}

/** Of these, the ones that somebody created through the API. */
export function replicas(cvms: readonly CvmSummary[]): readonly CvmSummary[] {
  return billed(cvms).filter(({ origin }) => origin === "replica");
}
