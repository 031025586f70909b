/** What create knows of its own run. */
import type { Survey } from "../fleet/look.ts";
import type { Inputs } from "../inputs/types.ts";
import type { Attested } from "../ledger/attested.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Replica } from "../ledger/replica.ts";
import type { Approval } from "../phala/approval.ts";

/** All that a run found out, filled in as it went. */
export interface Ending {
  /** Whether to write the job summary; known also where the inputs are wrong. */
  readonly summary: boolean;
  /** What became of each replica. */
  readonly ledger: Ledger;
  inputs: Inputs | null;
  survey: Survey | null;
  /** What the source's attestation showed; null: nobody looked. */
  source: Attested | null;
  /** The requests of a dry run, in the words of its log. */
  planned: readonly string[];
  /** What still has to be registered and committed: from the last 465 answer. */
  approval: Approval | null;
  /** Whether what needed an approval is allowed, as last heard; null: nothing needed one. */
  isAllowed: boolean | null;
}

/** The replicas of this run, in the order of their requests. */
export function madeBy({ ledger }: Pick<Ending, "ledger">): readonly Replica[] {
  const index = ({ slot }: Replica) => slot?.index ?? 0;
  return ledger
    .replicas()
    .filter(({ slot }) => slot !== null)
    .toSorted((a, b) => index(a) - index(b));
}

/** What was there before, where `instances` counts it. */
export function countedBy({ ledger }: Pick<Ending, "ledger">): readonly Replica[] {
  return ledger.replicas().filter(({ slot }) => slot === null);
}

/** Those of this run first. */
export function allOf(ending: Pick<Ending, "ledger">): readonly Replica[] {
  return [...madeBy(ending), ...countedBy(ending)];
}

/** Where the app is to be seen, as far as the run knows. */
export function placeOf({ survey, inputs }: Ending) {
  return { workspaceSlug: survey?.workspaceSlug ?? null, appId: inputs?.appId ?? null };
}
