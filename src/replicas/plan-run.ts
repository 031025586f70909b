import type { Inputs } from "../inputs/types.ts";
import type { Cvm } from "../phala/cvm.ts";
import { type Failure, misfitFailure } from "../report/failure.ts";
import { differingHashes, instancesNote } from "../report/lines.ts";
import { missingInstances, planComposeHash, planSlots } from "./plan.ts";
import { newReplica, type Replica, type Slot } from "./record.ts";
import type { Survey } from "./survey.ts";

export type RunPlan =
  | { readonly ok: true; readonly slots: readonly Slot[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly failure: Failure };

/** Which create requests the run sends, from the inputs and what the look showed. Pure. */
export function planRun(inputs: Inputs, survey: Survey): RunPlan {
  const { instances } = inputs;
  const count = instances === null ? (inputs.count ?? 1) : missingInstances(instances, survey.live);
  const notes = instances === null ? [] : [instancesNote(survey.live.length, instances, count)];
  if (count === 0) return { ok: true, slots: [], notes };
  if (inputs.commitToken !== null) {
    const { composeHash } = inputs;
    const slot = { index: 0, nodeId: null, nodeName: null, composeHash, expectedHash: composeHash };
    return { ok: true, slots: [slot], notes };
  }
  const hash = planComposeHash(inputs.composeHash, survey.source, survey.live, count);
  if (!hash.ok) return { ok: false, failure: misfitFailure(differingHashes(hash.live)) };
  return { ok: true, slots: planSlots(count, survey.placements, hash), notes };
}

/** What is there already, as replicas: the source last, since the others are what a user scaled to. */
export function existingReplicas(live: readonly Cvm[], source: string): Replica[] {
  const isSource = (cvm: Cvm) => cvm.vmUuid === source;
  const ordered = [...live.filter((cvm) => !isSource(cvm)), ...live.filter(isSource)];
  return ordered.map((cvm) => ({
    ...newReplica(null),
    origin: "existing" as const,
    cvm,
    status: cvm.status,
  }));
}
