import { MORE_DEFAULTS, type MoreOptions } from "./options-more.ts";
import type { NodeSpec, ReplicaPlan } from "./plans.ts";
import type { Random } from "./random.ts";

/** The forms in which a 465 answer may come (API facts, section 1.3). */
export type Form465 = "envelope" | "detail" | "flat" | "flat-detail" | "string";

/** How the KMS misbehaves; `good` is the honest one. */
export type KmsConduct =
  | "good"
  /** Signed by another root key. */
  | "other-root"
  /** A signature made for another app. */
  | "other-app"
  /** One bit of the signature turned. */
  | "tampered"
  | "short-signature"
  /** The signature fits, but the served key is another one. */
  | "swapped-key"
  | "short-key"
  | "zero-key";

/** Scenario of one simulated workspace. Every field has a default; times are in ms. */
export interface WorldOptions extends MoreOptions {
  /** Boot time of a new replica. Default 200. */
  readonly bootMs?: number;
  /** The app's KMS is on chain (Base, 8453). Default false. */
  readonly onChain?: boolean;
  /** Live CVMs of the app at the start, the source included. Default 1. */
  readonly liveInstances?: number;
  /** Each of them has a compose hash of its own. Default false. */
  readonly differingHashes?: boolean;
  /** Stopped CVMs of the app besides. Default 0. */
  readonly stoppedInstances?: number;
  readonly nodes?: readonly NodeSpec[];
  /** A newcomer shows in lists only after this time. Default 0. */
  readonly listLagMs?: number;
  /** `VM.id` as number (2026-01-21 by OpenAPI) or as `cvm_…`. Default number. */
  readonly idStyle?: "number" | "string";
  readonly form465?: Form465;
  /** Leave `commit_token`, `commit_url` and `api_commit_url` out of a 465. */
  readonly omitToken?: boolean;
  /** Every create without a token is a 465, allowed or not. */
  readonly always465?: boolean;
  /** Status of a commit whose compose hash is not on chain: the docs disagree. Default 465. */
  readonly commitNotAllowed?: 465 | 468;
  /** Refuse a commit without `compose_hash` (docs) instead of reading it from the token (OpenAPI). */
  readonly commitNeedsHash?: boolean;
  /** A newer prepare leaves older tokens of the CVM valid. Default false: it voids them. */
  readonly keepOldTokens?: boolean;
  /** Which hashes are on the simulated chain at the start. Default `live`. */
  readonly chainHashes?: "live" | "none";
  /** Which devices are on the simulated chain at the start. Default `source`. */
  readonly chainDevices?: "source" | "all" | "none";
  readonly allowAnyDevice?: boolean;
  /** Where a replica goes that names no node: anywhere with a free slot (default) or the source's. */
  readonly placement?: "any" | "source";
  /** How long a deletion takes. Default 100. */
  readonly removeMs?: number;
  /** The status of a CVM that is being deleted: both words have been seen. Default `removing`. */
  readonly removingStatus?: "removing" | "deleting";
  /** Answer to a DELETE of a CVM that is already being removed. Default 409 (unknown in the facts). */
  readonly deleteAgain?: 204 | 404 | 409;
  /** Deleted rows stay in the app's list, with `deleted_at`. Default false. */
  readonly listDeleted?: boolean;
  /** CVMs of the app at the start that have failed, with their status, besides the live ones. Default none. */
  readonly deadInstances?: readonly ("error" | "exited")[];
  /** Fates of the app's CVMs at the start, the source first, then in order of creation. */
  readonly existingPlans?: readonly ReplicaPlan[];
  /** Rows tell the gateway's base domain. Default true. */
  readonly gatewayInRow?: boolean;
  /**
   * URLs of CVMs: below the simulator's own address, where anybody can ask them (`path`, default), or as
   * the real ones look, `https://{id}-8080.{base domain}` (`host`), where a test's own network has to lead
   * to the gateway.
   */
  readonly gatewayForm?: "path" | "host";
  /** Fates of new replicas in order of creation; those beyond get the defaults. */
  readonly replicaPlans?: readonly ReplicaPlan[];
  /** Status of a CVM whose boot failed; null leaves it `starting` for ever, with a boot error. */
  readonly bootFailureStatus?: string | null;
  /** Spell statuses `Running` instead of `running`. */
  readonly titleCase?: boolean;
  /** `created_at`: whole seconds (default), ms, or without a time zone. */
  readonly createdAtForm?: "seconds" | "millis" | "naive";
  /** `vm_uuid` of the answer to a create is null, which the schema allows. */
  readonly nullUuid?: boolean;
  /** Errors with an `ERR-` code at the top level (default) or inside `detail`. */
  readonly errorForm?: "envelope" | "detail";
  /**
   * A create that comes while another is open is refused with ERR-02-009, as users have seen (API facts,
   * section 9). Default false.
   */
  readonly refuseConcurrent?: boolean;
  /** Answer for CVMs and apps of another workspace: OpenAPI says 403, the docs say 404. */
  readonly foreignStatus?: 403 | 404;
  /** Accept prefixed, upper-case and undashed ids on `/apps/…` too. */
  readonly lenientIds?: boolean;
  /** `GET /kms/base/…` finds the KMS. Default false, as users report. */
  readonly kmsTypeResolves?: boolean;
  readonly kmsConduct?: KmsConduct;
  /** Add `k256_pubkey` to the CVM's `kms_info` (newer API). */
  readonly k256InCvm?: boolean;
  /** Names that the app's compose file lets through. */
  readonly allowedEnvs?: readonly string[];
  /** API version of a request without `X-Phala-Version`. */
  readonly tokenVersion?: string;
  readonly apiKey?: string;
  readonly seed?: number;
  readonly random?: Random;
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** Added to the clock: `created_at` and the `Date` header move together. */
  readonly clockSkewMs?: number;
  /** The database's clock is so much behind the one that tells `Date`: `created_at` alone. */
  readonly createdAtBehindMs?: number;
  /** Scheme, host and port of the gateway and of `api_commit_url`; the server sets its own. */
  readonly origin?: string;
}

type Optional = "random" | "nodes" | "now" | "origin";

/** The options with every default filled in. */
export type Settings = Required<Omit<WorldOptions, Optional>>;

/** Where the facts say "unknown", the default is the harder case for a client. */
const DEFAULTS: Settings = {
  ...MORE_DEFAULTS,
  bootMs: 200,
  onChain: false,
  liveInstances: 1,
  differingHashes: false,
  stoppedInstances: 0,
  listLagMs: 0,
  idStyle: "number",
  form465: "envelope",
  omitToken: false,
  always465: false,
  commitNotAllowed: 465,
  commitNeedsHash: false,
  keepOldTokens: false,
  chainHashes: "live",
  chainDevices: "source",
  allowAnyDevice: false,
  placement: "any",
  removeMs: 100,
  removingStatus: "removing",
  deleteAgain: 409,
  listDeleted: false,
  deadInstances: [],
  existingPlans: [],
  gatewayInRow: true,
  gatewayForm: "path",
  replicaPlans: [],
  bootFailureStatus: null,
  titleCase: false,
  createdAtForm: "seconds",
  nullUuid: false,
  errorForm: "envelope",
  refuseConcurrent: false,
  foreignStatus: 403,
  lenientIds: false,
  kmsTypeResolves: false,
  kmsConduct: "good",
  k256InCvm: false,
  allowedEnvs: ["APP_MODE", "DATABASE_URL", "TOKEN"],
  tokenVersion: "2026-06-23",
  apiKey: "phak_simulator_only_not_a_secret",
  seed: 1,
  clockSkewMs: 0,
  createdAtBehindMs: 0,
};

/** Fills in the defaults. */
export function settingsOf(options: WorldOptions): Settings {
  return { ...DEFAULTS, ...options };
}
