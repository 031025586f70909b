/** The run as its own facts tell it: a fold, as a replica is one. */
import type { SavedTransaction } from "../chain/trouble.ts";
import type { Fact, RunFact } from "./fact.ts";

export type Began = Extract<RunFact, { fact: "began" }>;
/** With our clock at that time, ms since the epoch; left out in post. */
export type Surveyed = Extract<RunFact, { fact: "surveyed" }> & { readonly at?: number };

export interface RunSoFar {
  /** Null: nothing was sent that could create, change or delete. */
  readonly began: Began | null;
  /** Null: the app was not looked at. */
  readonly surveyed: Surveyed | null;
  /** It waits for an approval on chain. */
  readonly approving: boolean;
  /** What it signed, in order. */
  readonly signed: readonly SavedTransaction[];
  /** Null: it was killed before it could say. */
  readonly outcome: string | null;
  /** Whether something of the run's own failed; null: not told. */
  readonly ownFailure: boolean | null;
}

export const blankRun: RunSoFar = {
  began: null,
  surveyed: null,
  approving: false,
  signed: [],
  outcome: null,
  ownFailure: null,
};

/** The run with one more fact taken into account. Pure. */
export function foldRun(run: RunSoFar, fact: Fact & RunFact): RunSoFar {
  switch (fact.fact) {
    case "began":
      return { ...run, began: fact };
    case "surveyed":
      return { ...run, surveyed: fact };
    case "approving":
      return { ...run, approving: fact.waits };
    case "signed":
      return { ...run, signed: [...run.signed, fact.signed] };
    case "ended":
      return { ...run, outcome: fact.outcome, ownFailure: fact.ownFailure };
    default:
      return run;
  }
}
