import type { EnvPair } from "../envs/limits.ts";
import type { CleanupMode } from "../ledger/fact.ts";
import type { AttestationInputs, VerifyMode } from "./attestation.ts";
import type { ChainInputs } from "./chain.ts";
import type { NamesInputs } from "./names.ts";

/** A node as the user named it, or the platform's choice; in `or` what else will do, in order. */
export type NodeChoice = (
  | { readonly kind: "id"; readonly id: number }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "any" }
) & { readonly or?: readonly NodeChoice[] };

/** All inputs, read once and checked; ids in the form that the API wants, durations in ms. */
export interface Inputs extends NamesInputs, AttestationInputs {
  readonly apiKey: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** Null: left out, which only a commit may do; the source CVM tells. */
  readonly appId: string | null;
  /** The source CVM; null: not given, so the oldest running one, or none where there are names. */
  readonly vmUuid: string | null;
  /** In the order given; empty: the platform places the replicas. */
  readonly nodes: readonly NodeChoice[];
  /** Which field of the request names the node: the current one or its deprecated alias. */
  readonly nodeField: "node_id" | "teepod_id";
  readonly composeHash: string | null;
  readonly encryptedEnv: string | null;
  /** Variables to be encrypted for the app; empty: none given. */
  readonly envs: readonly EnvPair[];
  /** Those of `envs` whose values are masked: all but the ones of `envs_plain`. */
  readonly maskedEnvs: readonly EnvPair[];
  /** Set: this run commits what an earlier one prepared. */
  readonly commitToken: string | null;
  /** A transaction's hash, or `already-registered`. */
  readonly transactionHash: string;
  readonly prepareOnly: boolean;
  /** How an approval on chain is got. */
  readonly chain: ChainInputs;
  readonly requestTimeoutMs: number;
  /** How many replicas to create; null: `instances` says how many there shall be. */
  readonly count: number | null;
  /** How many live instances the app shall have, the source included. */
  readonly instances: number | null;
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly waitTimeoutMs: number;
  readonly pollIntervalMs: number;
  readonly healthCheck: string | null;
  /** Whether each replica is verified by its attestation, and what comes of one that fails. */
  readonly verify: VerifyMode;
  readonly cleanup: CleanupMode;
  /** Nothing else creates instances of the app while this job runs, says the workflow. */
  readonly exclusive: boolean;
  readonly ttlMs: number | null;
  /** Whether to write the job summary. */
  readonly summary: boolean;
  /** Record a GitHub deployment under this name for each replica; null: none. */
  readonly deploymentEnvironment: string | null;
  /** For deployments alone. */
  readonly githubToken: string | null;
  /** What is not wrong but worth a warning. */
  readonly notes: readonly string[];
}
