import type { OperationPlan } from "./plans.ts";

/** The route of named instances (API facts, section 12). */
export interface InstanceOptions {
  /** The field `name`, which the official document lacks, is honoured (default) or passed over. */
  readonly instanceNames?: "honour" | "ignore";
  /** Answer to a taken name: ERR-01-004 with 409 (default), or a bare 400 as at renaming. */
  readonly takenName?: "code" | "detail";
  /** Names that differ in case alone are the same to the server. Default false. */
  readonly foldNames?: boolean;
  /** A name is free again as soon as its CVM is being deleted, not only once that is gone. Default false. */
  readonly nameFreeWhileGoing?: boolean;
  /** How long a name stays taken, in ms, when its CVM is gone and no list shows it any more. Not known; default 0. */
  readonly nameHeldMs?: number;
  /** What is committed bears the name of its prepare. Default true. */
  readonly prepareKeepsName?: boolean;
  /** The answer: `VM` (default), the nested shape of a CVM, or four fields of that. */
  readonly instanceAnswer?: "vm" | "cvm" | "partial";
  /** With several live instances it demands `compose_hash` too. Default true. */
  readonly instancesNeedHash?: boolean;
  /** Most CVMs of the workspace (ERR-04-002); null for no limit (default). */
  readonly maxCvms?: number | null;
}

/** Updates (API facts, section 13) and power (API facts, section 18). Times in ms. */
export interface OperationOptions {
  /** Time of an update, the boot included. Default 200. */
  readonly updateMs?: number;
  /** Time in which an update shows as the new compose hash alone, not even in progress. Default 0. */
  readonly updateQueueMs?: number;
  /** Courses of updates in order; those beyond get the defaults. */
  readonly updatePlans?: readonly OperationPlan[];
  /** Time of a start, a stop, a restart. Default 100. */
  readonly powerMs?: number;
  /** How long an attestation tells the state before an update. Default 0. */
  readonly attestationLagMs?: number;
  /** Environment after a redeploy: the CVM's own (default) or the revision's. Not known. */
  readonly redeployEnv?: "keep" | "revision";
  /** A 465 to a redeploy or to an update of the environment carries a commit token. Default false. */
  readonly updateToken?: boolean;
  /** Answer to a redeploy without `vm_uuids` where the app has several CVMs. Not known; default 400. */
  readonly redeployAmbiguous?: 400 | 422;
}

/** How attestation looks, where sources differ (API facts, section 7). */
export interface AttestationOptions {
  /** Where the log stands: in `tcb_info` (default), or at the top as a list or JSON text (older answers). */
  readonly logForm?: "tcb-info" | "list" | "text";
  /** How digests of the guest's own events are made. Default 1. */
  readonly logVersion?: 1 | 2;
  /** The guest leaves these digests to the reader. Default false. */
  readonly bareDigests?: boolean;
  /** Quotes begin with `0x`. Default false. */
  readonly quotePrefix?: boolean;
  /** How old the collateral is that is served, in ms; 0: signed on demand. Default a day. */
  readonly collateralAgeMs?: number;
}

/** Lists and what CVMs serve. */
export interface ReadOptions {
  /** Ports that the app publishes, each with its endpoint. Default 8080. */
  readonly ports?: readonly number[];
  /** Text in place of the version that the app's answers name, by compose hash; else its first digits. */
  readonly versions?: Readonly<Record<string, string>>;
  /** The list of an app without CVMs: empty (default) or 404. */
  readonly emptyApp?: "list" | "404";
  /** `GET /apps` fills `cvms[]`, has `current_cvm` alone (default), or the app id alone. */
  readonly appRows?: "full" | "current" | "minimal";
  /** `id` of a CVM at version 2026-01-21: `cvm_…` (default) or a number. */
  readonly rowIdStyle?: "string" | "number";
  /** The batch route tells an operation in three fields (default) or in one object, as it does later. */
  readonly batchForm?: "flat" | "nested";
  /** Who deployed an on-chain app. Default `safe`. */
  readonly deployerType?: "eoa" | "safe" | "legacy_multisig" | "erc4337" | "contract";
  /** How long the routes that tell what is allowed lag behind the chain, in ms. Default 0. */
  readonly allowedLagMs?: number;
  /** How late records of usage are, in ms. Default 0. */
  readonly usageLagMs?: number;
}

export type MoreOptions = InstanceOptions & OperationOptions & AttestationOptions & ReadOptions;

/** The defaults; where the facts say "unknown", the harder case for a client. */
export const MORE_DEFAULTS: Required<MoreOptions> = {
  instanceNames: "honour",
  takenName: "code",
  foldNames: false,
  nameFreeWhileGoing: false,
  nameHeldMs: 0,
  prepareKeepsName: true,
  instanceAnswer: "vm",
  instancesNeedHash: true,
  maxCvms: null,
  updateMs: 200,
  updateQueueMs: 0,
  updatePlans: [],
  powerMs: 100,
  attestationLagMs: 0,
  logForm: "tcb-info",
  logVersion: 1,
  bareDigests: false,
  collateralAgeMs: 86_400_000,
  quotePrefix: false,
  redeployEnv: "keep",
  updateToken: false,
  redeployAmbiguous: 400,
  ports: [8080],
  versions: {},
  emptyApp: "list",
  appRows: "current",
  rowIdStyle: "string",
  batchForm: "flat",
  deployerType: "safe",
  allowedLagMs: 0,
  usageLagMs: 0,
};
