import type { Inputs } from "../../inputs/types.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { deadFailure, type Failure, misfitFailure } from "../../report/annotation/failure.ts";
import { differingHashes, instancesNote } from "../../report/log/making.ts";
import type { Survey } from "../look.ts";
import { newReplica, type Replica, type Slot } from "../record.ts";
import { balance, type Counted, countInstances, missingInstances } from "./count.ts";
import { planComposeHash, planSlots } from "./placement.ts";

export type RunPlan =
  | {
      readonly ok: true;
      readonly slots: readonly Slot[];
      readonly notes: readonly string[];
      /** What counts toward `instances`, as it was before; also where they are not asked for. */
      readonly counted: Counted;
    }
  | { readonly ok: false; readonly failure: Failure };

/** Which create requests the run sends, from the inputs and what the look showed. Pure. */
export function planRun(inputs: Inputs, survey: Survey): RunPlan {
  const { instances, composeHash } = inputs;
  const { placements } = survey;
  const counted = countInstances(survey.cvms ?? [], { composeHash, placements });
  const count = instances === null ? (inputs.count ?? 1) : missingInstances(instances, counted);
  const sizes = { live: counted.live.length, dead: counted.dead.length };
  const notes = instances === null ? [] : [instancesNote(sizes, instances, count)];
  if (count === 0) return { ok: true, slots: [], notes, counted };
  if (inputs.commitToken !== null) {
    const slot = { index: 0, nodeId: null, nodeName: null, composeHash, expectedHash: composeHash };
    return { ok: true, slots: [slot], notes, counted };
  }
  const hash = planComposeHash(composeHash, survey.source, survey.live, count);
  if (!hash.ok) return { ok: false, failure: misfitFailure(differingHashes(hash.live)) };
  const places = instances === null ? placements : balance(count, placements, counted);
  return { ok: true, slots: planSlots(count, places, hash), notes, counted };
}

/**
 * What counts already, as replicas: the source last of the live ones, since the others are what a user
 * scaled to. The dead ones are failures from the beginning.
 */
export function existingReplicas(
  { live, dead }: Counted,
  source: string,
  app: { readonly slug: string | null; readonly appId: string },
): Replica[] {
  const isSource = (cvm: Cvm) => cvm.vmUuid === source;
  const ordered = [...live.filter((cvm) => !isSource(cvm)), ...live.filter(isSource)];
  return [
    ...ordered.map((cvm) => existing(cvm, null)),
    ...dead.map((cvm) => existing(cvm, deadFailure(cvm, app.slug, app.appId))),
  ];
}

function existing(cvm: Cvm, failure: Failure | null): Replica {
  return { ...newReplica(null), origin: "existing", cvm, status: cvm.status, failure };
}
