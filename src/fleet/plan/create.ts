import type { Inputs } from "../../inputs/types.ts";
import type { Note } from "../../ledger/fact.ts";
import { blankReplica, type Replica } from "../../ledger/replica.ts";
import type { Slot } from "../../ledger/terms.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import { type Cvm, cvmKey } from "../../phala/cvm.ts";
import type { Survey } from "../look.ts";
import { balance, type Counted, countInstances, missingInstances } from "./count.ts";
import { found } from "./mismatch.ts";
import { namedSlots, planNames } from "./names.ts";
import { planComposeHash, planSlots } from "./placement.ts";

export type RunPlan =
  | {
      readonly ok: true;
      readonly slots: readonly Slot[];
      readonly notes: readonly Note[];
      /** What counts toward `instances`, as it was before; also where they are not asked for. */
      readonly counted: Counted;
      /** What bears a name that was asked for already. */
      readonly standing: readonly Replica[];
      /** Slots whose name has to come free first, by their index. */
      readonly going: ReadonlySet<number>;
    }
  | { readonly ok: false; readonly trouble: Trouble };

/** What a plan has where there are no names. */
const UNNAMED = { standing: [], going: new Set<number>() };

/** Which create requests the run sends, from the inputs and what the look showed. Pure. */
export function planRun(inputs: Inputs, survey: Survey): RunPlan {
  const plan = inputs.names === null ? planUnnamed(inputs, survey) : planNamed(inputs, survey);
  if (!plan.ok || inputs.maxInstances === null) return plan;
  const limit = overLimit(survey.cvms ?? [], plan, inputs.maxInstances);
  return limit === null ? plan : { ok: false, trouble: limit };
}

function planUnnamed(inputs: Inputs, survey: Survey): RunPlan {
  const { instances, composeHash } = inputs;
  const { placements } = survey;
  const counted = countInstances(survey.cvms ?? [], { composeHash, placements });
  const count = instances === null ? (inputs.count ?? 1) : missingInstances(instances, counted);
  const sizes = { live: counted.live.length, dead: counted.dead.length };
  const notes: Note[] =
    instances === null ? [] : [{ note: "instances", ...sizes, wanted: instances, missing: count }];
  const known = { ...UNNAMED, notes, counted };
  if (count === 0) return { ok: true, slots: [], ...known };
  if (inputs.commitToken !== null) return { ok: true, slots: [committed(composeHash)], ...known };
  const hash = planComposeHash(composeHash, survey.source, survey.live, count);
  if (!hash.ok) return unfit(hash.live);
  const places = instances === null ? placements : balance(count, placements, counted);
  return { ok: true, slots: planSlots(count, places, hash), ...known };
}

function unfit(live: readonly Cvm[]): RunPlan {
  return { ok: false, trouble: { kind: "misfit", misfit: { input: "compose_hash", live } } };
}

function committed(composeHash: string | null): Slot {
  return { index: 0, nodeId: null, nodeName: null, composeHash, expectedHash: composeHash };
}

function planNamed(inputs: Inputs, survey: Survey): RunPlan {
  const { composeHash, composeFile } = inputs;
  const names = inputs.names ?? [];
  const { wanted, going, standing } = planNames(names, inputs, survey);
  const counted = countInstances(survey.cvms ?? [], { composeHash, placements: [] });
  const notes: Note[] = [{ note: "names", standing: standing.length, wanted: wanted.length }];
  const known = { notes, counted, standing, going };
  const [only] = wanted;
  if (only === undefined) return { ok: true, slots: [], ...known };
  if (inputs.commitToken !== null) {
    return { ok: true, slots: [{ ...committed(composeHash), name: only.name }], ...known };
  }
  if (composeFile !== null) return { ok: true, slots: namedSlots(wanted, null), ...known };
  // There is no source: what is left out is taken from an instance of the platform's choice.
  const hash = planComposeHash(composeHash, null, survey.live, wanted.length);
  if (!hash.ok) return unfit(hash.live);
  return { ok: true, slots: namedSlots(wanted, hash), ...known };
}

/** Why the run would leave the app with too many; null: it would not. What makes room for its name is none. */
function overLimit(
  cvms: readonly Cvm[],
  { slots, going }: RunPlan & { ok: true },
  most: number,
): Trouble | null {
  const wanted = slots.length;
  if (wanted === 0) return null;
  const there = cvms.filter(({ deleted }) => !deleted).length - going.size;
  if (there + wanted <= most) return null;
  return { kind: "limit", input: "max_instances", most, there, wanted };
}

/**
 * What counts already, as replicas: the source last of the live ones, since the others are what a user
 * scaled to. The dead ones are failures from the beginning.
 */
export function existingReplicas({ live, dead }: Counted, source: string): Replica[] {
  const isSource = (cvm: Cvm) => cvm.vmUuid === source;
  const ordered = [...live.filter((cvm) => !isSource(cvm)), ...live.filter(isSource)];
  const all: Replica[] = [];
  const take = (cvm: Cvm, trouble: Trouble | null) => {
    // A list may show one twice; what counts twice is told twice.
    const before = all.filter((one) => one.cvm !== null && cvmKey(one.cvm) === cvmKey(cvm)).length;
    const key = `cvm-${cvmKey(cvm)}${before === 0 ? "" : ` (${before + 1})`}` as const;
    all.push(found(blankReplica(key), cvm, trouble));
  };
  for (const cvm of ordered) take(cvm, null);
  for (const cvm of dead) take(cvm, { kind: "dead", named: false });
  return all;
}
