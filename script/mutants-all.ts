/** All planted defects, by the list that they stand in. */
import type { Mutant } from "./mutant.ts";
import { ATTEST_MUTANTS } from "./mutants-attest.ts";
import { CHAIN_MUTANTS } from "./mutants-chain.ts";
import { CREATING_MUTANTS } from "./mutants-creating.ts";
import { DELETE_MUTANTS } from "./mutants-delete.ts";
import { DELETING_MUTANTS } from "./mutants-deleting.ts";
import { DEPLOYMENT_MUTANTS } from "./mutants-deployments.ts";
import { MUTANTS } from "./mutants-list.ts";
import { NAMES_MUTANTS } from "./mutants-names.ts";
import { ROLLOUT_MUTANTS } from "./mutants-rollout.ts";
import { ROLLOUT_LOOKS_MUTANTS } from "./mutants-rollout-looks.ts";
import { SECRET_MUTANTS } from "./mutants-secrets.ts";
import { WORD_MUTANTS } from "./mutants-words.ts";

/** One list: what its defects are about, and where it stands. */
export interface MutantList {
  readonly about: string;
  /** Below `script/`. */
  readonly file: string;
  readonly mutants: readonly Mutant[];
}

export const MUTANT_LISTS: readonly MutantList[] = [
  { about: "create, post and what they wait for", file: "mutants-list.ts", mutants: MUTANTS },
  { about: "create requests and tries", file: "mutants-creating.ts", mutants: CREATING_MUTANTS },
  { about: "secrets", file: "mutants-secrets.ts", mutants: SECRET_MUTANTS },
  { about: "deployments", file: "mutants-deployments.ts", mutants: DEPLOYMENT_MUTANTS },
  { about: "what is told", file: "mutants-words.ts", mutants: WORD_MUTANTS },
  { about: "names", file: "mutants-names.ts", mutants: NAMES_MUTANTS },
  { about: "delete", file: "mutants-delete.ts", mutants: DELETE_MUTANTS },
  { about: "how it is deleted", file: "mutants-deleting.ts", mutants: DELETING_MUTANTS },
  { about: "rollout", file: "mutants-rollout.ts", mutants: ROLLOUT_MUTANTS },
  {
    about: "what a rollout sees",
    file: "mutants-rollout-looks.ts",
    mutants: ROLLOUT_LOOKS_MUTANTS,
  },
  { about: "attestation", file: "mutants-attest.ts", mutants: ATTEST_MUTANTS },
  { about: "approval on chain", file: "mutants-chain.ts", mutants: CHAIN_MUTANTS },
];

export const ALL_MUTANTS: readonly Mutant[] = MUTANT_LISTS.flatMap(({ mutants }) => mutants);
