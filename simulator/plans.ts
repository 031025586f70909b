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
  /** What a full node lacks: vCPUs, memory or slots. Default slots. */
  readonly fullCode?: "ERR-02-003" | "ERR-02-004" | "ERR-02-005";
  /** The one device id that lists tell, where it is another than the one that the contract must know. */
  readonly listedDeviceId?: string;
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

/** How a CVM misleads whoever verifies its attestation. */
export type Lie =
  /** There is no quote, and never will be. */
  | "no-quote"
  /** A quote, but its TCB info is private: no event log. */
  | "no-log"
  /** The quote and log of the app's first CVM. */
  | "sibling"
  /** A genuine guest of another app, of another revision, or under another OS or key provider. */
  | "other-app"
  | "other-revision"
  | "other-os"
  | "other-keys"
  /** A machine that Intel calls out of date. */
  | "outdated"
  /** Its memory can be read by its host. */
  | "debug";

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
  /** Its quote comes this many ms after it runs. Default 0. */
  readonly quoteLagMs?: number;
  readonly lie?: Lie;
  /** So long after its creation, deletions, at once or to come, are refused since it is busy, in ms. */
  readonly busyMs?: number;
  /** How they are refused: by a status without a code. Default 409. */
  readonly busyStatus?: 400 | 409 | 423;
  /** The revision and the node that it has in truth, whatever was asked for. */
  readonly madeWithHash?: string;
  readonly madeOnNode?: number;
}

/** The course of one update or power operation; whatever is left out comes from the options of the server. */
export interface OperationPlan {
  /** Time in which nothing shows of it but the new compose hash, in ms. */
  readonly queueMs?: number;
  /** Time from then on until it has ended, in ms. */
  readonly ms?: number;
  /** How long after its end the CVM still counts as busy, in ms: such locks have been seen to last. */
  readonly lockMs?: number;
  /** Status in which it ends, where it is not the one that it aims at. */
  readonly status?: string;
  readonly bootError?: string;
}
