import type { BootStep, Health, OperationPlan, ReplicaPlan } from "./plans.ts";

/** Where a CVM of the simulated workspace came from. */
export type Origin = "seed" | "replica" | "stranger";

/** One HTTP request as the core sees it. Header names are lower-case. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query, e.g. `/api/v1/apps/…/cvms`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Body text, empty when there was none. */
  readonly body: string;
  /** Position in the record of requests; kept on the CVM that the request creates. */
  readonly index?: number;
  /** A create that came while another one was open. */
  readonly overlaps?: boolean;
}

/** What the core answers. The server adds the transport (date, length, faults). */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** `latin1`: each character of the body is a byte. Default: UTF-8 text. */
  readonly encoding?: "latin1";
  /** Set for an event stream: the server then sends the events itself. */
  readonly stream?: StreamPlan;
}

/** An event stream that was asked for with `?target=`. Times in ms. */
export interface StreamPlan {
  readonly vmUuid: string;
  readonly target: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** The same at an absolute time (epoch ms): what a test changed by hand. */
export interface Change extends Omit<BootStep, "atMs"> {
  readonly at: number;
}

/** What is done to a CVM as a whole, so that it is away for a while. */
export type OperationKind = "update" | "restart" | "start" | "stop" | "shutdown";

/** One operation on a CVM. Times are epoch ms; how far it is, is worked out: see `phaseOf`. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  /** When it was accepted. */
  readonly at: number;
  readonly plan: Required<OperationPlan>;
  /** The status before, and since when it ran then. */
  readonly before: string;
  readonly runningBefore: number | null;
  /** So many changes by a test had been made before. */
  readonly changesBefore: number;
  /** Index of the request that asked for it; null for others. */
  readonly requestIndex: number | null;
  cancelledAt: number | null;
}

/** What an operation changes about a CVM. */
export interface Applied
  extends Partial<Pick<Cvm, "composeHash" | "composeFile" | "encryptedEnv" | "allowedEnvs">> {
  readonly requestIndex?: number | null;
}

/** One row of an app's revisions: what an operation applied to a CVM. */
export interface Revision {
  readonly id: string;
  readonly appId: string;
  readonly vmUuid: string;
  readonly composeHash: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly operation: string;
  readonly encryptedEnv: string | null;
  readonly composeFile: string;
}

/** A CVM as the world keeps it. Its status is never stored: see `viewOf`. */
export interface Cvm {
  readonly id: number;
  readonly hashId: string;
  /** Dashed, lower-case. */
  readonly vmUuid: string;
  appId: string;
  readonly foreign: boolean;
  name: string;
  readonly nodeId: number;
  /** As its row tells it: an update changes it before the guest boots. */
  composeHash: string;
  /** What the guest has booted, by epoch ms, oldest first. */
  booted: readonly { readonly at: number; readonly composeHash: string }[];
  composeFile: string;
  /** Names that its compose file lets through; null for those of the world's options. */
  allowedEnvs: readonly string[] | null;
  readonly operations: Operation[];
  readonly origin: Origin;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Index of the request that created it, in the record of requests. */
  readonly requestIndex: number | null;
  /** The instance id that the guest will be given at boot. */
  readonly futureInstanceId: string;
  /** Hex, as the client sent it; null when the env is inherited. */
  encryptedEnv: string | null;
  plan: ReplicaPlan & { readonly bootMs: number };
  readonly changes: Change[];
  health: Health;
  /** Gateway requests that this CVM answered; drives `flap`. */
  healthAsked: number;
  /** Epoch ms of the DELETE that was accepted. */
  deleteRequestedAt: number | null;
  deleteStuck: boolean;
  deleteFailsLeft: number;
  /** DELETE requests that reached the work, refused ones included. */
  deletes: number;
  /** Epoch ms from which it does not exist at all (removed by somebody else). */
  vanishedAt: number | null;
  /** Epoch ms; null when none is set. */
  scheduledDeleteAt: number | null;
  /** Epoch ms from which its row has the instance id that was missing; null while nobody filled it in. */
  backfilledAt: number | null;
}

/** What is needed to put a CVM into the world. */
export interface NewCvm {
  readonly origin: Origin;
  readonly appId: string;
  readonly nodeId: number;
  readonly composeHash: string;
  readonly foreign?: boolean;
  /** Left out: the one that it is copied from and `-rep-` with five letters or digits. */
  readonly name?: string;
  readonly copyOf?: string;
  readonly composeFile?: string;
  /** Epoch ms; default now. */
  readonly createdAt?: number;
  readonly requestIndex?: number | null;
  readonly encryptedEnv?: string | null;
  readonly plan?: ReplicaPlan;
  readonly status?: string;
}

/** What a test may change about a CVM; null takes an override back. */
export interface CvmUpdate extends Partial<Omit<Change, "at">> {
  readonly health?: Health;
  readonly deleteStuck?: boolean;
  readonly deleteFails?: number;
  /** Time of boot counted from its creation, in ms. */
  readonly bootMs?: number;
  readonly name?: string;
  /** It belongs to another app of the workspace. */
  readonly appId?: string;
  /** It has this revision, as if it had always been so. */
  readonly composeHash?: string;
  /** Somebody brings it to this revision: an operation like any other. */
  readonly redeploy?: string;
}

/** A commit token as it was handed out with a 465. */
export interface Token {
  readonly token: string;
  /** Which of the two ways to create it belongs to. */
  readonly via: "replica" | "instance";
  readonly appId: string;
  /** The source, or the instance that was the template. */
  readonly sourceUuid: string;
  readonly name: string | null;
  readonly composeFile: string;
  readonly composeHash: string;
  readonly nodeId: number;
  readonly encryptedEnv: string | null;
  /** Epoch ms. */
  readonly createdAt: number;
  used: boolean;
  superseded: boolean;
}
