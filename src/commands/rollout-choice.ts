/** Which revision a rollout brings which instances to. */
import { type AppSeen, whereElse } from "../fleet/look-to-roll-out.ts";
import { selectForRollout, selectionTrouble } from "../fleet/plan/select-rollout.ts";
import { rowOf } from "../fleet/update/rules.ts";
import type { RolloutInputs } from "../inputs/rollout.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Cvm } from "../phala/cvm.ts";
import { shortHash } from "../report/words/update.ts";
import type { Run } from "./command.ts";

export interface Chosen {
  readonly wanted: string;
  readonly source: Cvm | null;
  readonly selected: readonly Cvm[];
  readonly skipped: ReturnType<typeof selectForRollout>["skipped"];
}

/** Which revision, and which instances; or why nothing may be done. */
export async function choose(run: Run<RolloutInputs>, seen: AppSeen): Promise<Chosen | Trouble> {
  const { inputs } = run;
  const source = seen.rows.find(({ vmUuid, deleted }) => vmUuid === inputs.source && !deleted);
  if (inputs.source !== null && source === undefined) {
    return notFound(run, "source", [inputs.source]);
  }
  const wanted = inputs.composeHash ?? source?.composeHash ?? null;
  if (wanted === null || rowOf(seen.revisions, wanted, null) === null) {
    const { composeHash } = inputs;
    if (composeHash !== null) return { ...notHere("compose_hash"), missing: [composeHash] };
    const revision = wanted === null ? "the revision" : `revision ${shortHash(wanted)}`;
    return { ...notHere("source"), missing: [`${revision} of the source`] };
  }
  const selection = selectForRollout(seen.rows, inputs);
  const trouble = selectionTrouble(selection);
  if (trouble !== null) {
    return trouble.input === "vm_uuids" ? notFound(run, "vm_uuids", trouble.missing) : trouble;
  }
  const { selected, skipped } = selection;
  return { wanted, source: source ?? null, selected, skipped };
}

type NotFound = Extract<Trouble, { kind: "not-found" }>;

function notHere(input: NotFound["input"]): NotFound {
  return { kind: "not-found", input, missing: [], elsewhere: [] };
}

async function notFound(
  run: Run<RolloutInputs>,
  input: NotFound["input"],
  missing: readonly string[],
): Promise<Trouble> {
  const elsewhere = await whereElse(run, missing);
  const known = new Set(elsewhere.map(({ uuid }) => uuid));
  return { ...notHere(input), missing: missing.filter((uuid) => !known.has(uuid)), elsewhere };
}
