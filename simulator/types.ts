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

/** A node of the simulated cloud. Everything but id and name has a default. */
export interface NodeSpec {
  /** The number that the API calls `teepod_id` or `node_id`. */
  readonly id: number;
  readonly name: string;
  readonly region?: string;
  /** Free CVM slots at the start; 0 is a full node. */
  readonly slots?: number;
  /** 64 hex digits; drawn from the seed when left out. */
  readonly deviceId?: string;
  /** Names of the OS images on the node; the source's image when left out. */
  readonly images?: readonly string[];
  /** A node that the workspace may not use (ERR-02-012). */
  readonly forbidden?: boolean;
  /** Left out of `GET /teepods/available`, as an unlisted node is. */
  readonly listed?: boolean;
}

/** One step of a CVM's life: from `atMs` after its creation on, these values hold. */
export interface BootStep {
  readonly atMs: number;
  /** A status, or null to go back to the plain boot. */
  readonly status?: string | null;
  readonly bootError?: string | null;
  readonly bootProgress?: string | null;
  readonly inProgress?: boolean | null;
}

/** The same at an absolute time (epoch ms): what a test changed by hand. */
export interface Change extends Omit<BootStep, "atMs"> {
  readonly at: number;
}

/** How the app inside a CVM answers at the gateway. */
export type Health =
  | { readonly kind: "ok" }
  /** Always this status. */
  | { readonly kind: "status"; readonly status: number }
  /** These statuses in turn, over and over. */
  | { readonly kind: "flap"; readonly statuses: readonly number[] }
  /** The app URL answers 200, the instance URL 502. */
  | { readonly kind: "app-only" }
  | { readonly kind: "hang" }
  | { readonly kind: "drop" }
  /** A given answer, for instance one with a wrong body. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** 503 until this many ms after the CVM began to run, then 200. */
  | { readonly kind: "ok-after"; readonly okAfterMs: number };

/** The fate of one replica; whatever is left out comes from the options of the server. */
export interface ReplicaPlan {
  /** Time from creation until it runs and nothing is in progress any more, in ms. */
  readonly bootMs?: number;
  readonly steps?: readonly BootStep[];
  readonly health?: Health;
  /** Someone else deletes it this many ms after its creation. */
  readonly removedAfterMs?: number;
  /** A DELETE is accepted but never finishes. */
  readonly deleteStuck?: boolean;
  /** This many DELETEs answer 500 and do nothing. */
  readonly deleteFails?: number;
  /** `endpoints` and `app_url` come this many ms after it runs. */
  readonly endpointsLagMs?: number;
  /** They never come. */
  readonly endpointsNever?: boolean;
  /** `instance_id`, and the instance's own URL, stay null although it runs, until they are backfilled. */
  readonly instanceIdNull?: boolean;
  /** Until then that URL is there, with `None` where the id belongs; only with `instanceIdNull`. */
  readonly instanceUrlNone?: boolean;
  /** What the backfill does where the id is missing: whether it helps is not known. Default `skips`. */
  readonly backfill?: "updates" | "skips";
  /** The event log of its attestation tells the instance id. Default true. */
  readonly attestationEvent?: boolean;
  /** So long after its creation, deletions, at once or to come, are refused since it is busy, in ms. */
  readonly busyMs?: number;
  /** How they are refused: by a status without a code. Default 409. */
  readonly busyStatus?: 400 | 409 | 423;
  /** The revision and the node that it has in truth, whatever was asked for. */
  readonly madeWithHash?: string;
  readonly madeOnNode?: number;
}

/** A CVM as the world keeps it. Its status is never stored: see `viewOf`. */
export interface Cvm {
  readonly id: number;
  readonly hashId: string;
  /** Dashed, lower-case. */
  readonly vmUuid: string;
  readonly appId: string;
  readonly foreign: boolean;
  name: string;
  readonly nodeId: number;
  readonly composeHash: string;
  readonly origin: Origin;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Index of the request that created it, in the record of requests. */
  readonly requestIndex: number | null;
  /** The instance id that the guest will be given at boot. */
  readonly futureInstanceId: string;
  /** Hex, as the client sent it; null when the env is inherited. */
  readonly encryptedEnv: string | null;
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
  readonly name?: string;
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
}

/** A commit token as it was handed out with a 465. */
export interface Token {
  readonly token: string;
  readonly sourceUuid: string;
  readonly composeHash: string;
  readonly nodeId: number;
  readonly encryptedEnv: string | null;
  /** Epoch ms. */
  readonly createdAt: number;
  used: boolean;
  superseded: boolean;
}
