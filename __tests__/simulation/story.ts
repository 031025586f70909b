/** A story is plain data: everything that a seed decides. It can be printed, replayed and made shorter. */
import type { Fault, Health, ReplicaPlan, WorldOptions } from "../../simulator/core.ts";
import type { NetworkKind } from "../../src/net/transport.ts";

export interface Story {
  readonly seed: number;
  readonly world: WorldOptions;
  /** Fates of the replicas in order of their creation. */
  readonly fates: readonly ReplicaPlan[];
  /** One way between client and server, in ms. */
  readonly latencyMs: number;
  readonly faults: readonly Fault[];
  readonly outages: readonly Outage[];
  readonly strangers: readonly StrangerAct[];
  readonly github: GithubPlan;
  /** What is registered on chain after a run that only prepared. */
  readonly approval: "none" | "hash" | "all";
  readonly runs: readonly Run[];
}

/** The GitHub that deployments are recorded at. */
export interface GithubPlan {
  /** On the routes `deployment` and `deployment-status`. */
  readonly faults: readonly Fault[];
  /** The repository has another name by now: every request is redirected, within GitHub. */
  readonly renamed: boolean;
  /** One way, in ms. */
  readonly latencyMs: number;
}

export const PLAIN_GITHUB: GithubPlan = { faults: [], renamed: false, latencyMs: 40 };

/** A request that never reaches the server: the host is away, the name unknown, the certificate bad. */
export interface Outage {
  readonly route: string;
  /** Which request on this route, from 1. */
  readonly nth: number;
  readonly times: number;
  readonly network: Extract<
    NetworkKind,
    | "refused"
    | "unresolved"
    | "unreachable"
    | "proxy"
    | "handshake"
    | "connect-timeout"
    | "certificate"
  >;
}

/** What somebody else does in the same app, and when. */
export interface StrangerAct {
  /** Ms after the story's start, or around the work of a request. */
  readonly when:
    | { readonly ms: number }
    | {
        readonly moment: "before-work" | "after-work";
        readonly route: string;
        readonly nth: number;
      };
  readonly act:
    | { readonly kind: "create"; readonly nodeId: number; readonly otherHash: boolean }
    /** The newest of each kind that is still there. */
    | { readonly kind: "delete"; readonly whose: "stranger" | "replica" | "seed" };
}

/** One job: the main step, and post after it. */
export interface Run {
  readonly wish: Wish;
  /** Ms that pass before it. */
  readonly gapMs: number;
  readonly end: End | null;
  /** Ms between the end of main and post. */
  readonly postGapMs: number;
  /** Post steps that are killed before one comes through. */
  readonly killedPosts: readonly Moment[];
  /** Another job of ours in the same app, which begins its `gapMs` after this one. */
  readonly beside?: Run;
}

/** The first time one of these comes. */
export type Moment =
  /** Before the process's appointment of this number: between two of them nothing can happen. */
  | { readonly step: number }
  /** Just before this request would leave. */
  | { readonly route: string; readonly nth: number };

export interface End {
  readonly how: "cancel" | "kill";
  readonly at: Moment;
}

/** The inputs as numbers; null: left out. All times in ms. */
export interface Wish {
  readonly kind: "create" | "prepare" | "commit" | "dry-run" | "bad-input";
  readonly count: number | null;
  readonly instances: number | null;
  readonly nodes: readonly string[];
  /** One replica each, on the route that takes a name; none: they are created without. */
  readonly names: readonly string[];
  /** Give the app's hash instead of leaving the choice to the action. */
  readonly giveHash: boolean;
  readonly env: "none" | "blob" | "pairs";
  readonly cleanup: "never" | "on_failure" | "always" | null;
  /** Says that nobody else creates instances, whether that is true or not. */
  readonly exclusive: boolean;
  readonly ttlMs: number | null;
  readonly wait: boolean;
  readonly waitTimeoutMs: number | null;
  readonly pollMs: number | null;
  readonly requestTimeoutMs: number | null;
  readonly health: boolean;
  /** `deployment_environment`: record deployments under this name. */
  readonly environment: string | null;
}

export const PLAIN_WISH: Wish = {
  kind: "create",
  count: null,
  instances: null,
  nodes: [],
  names: [],
  giveHash: false,
  env: "none",
  cleanup: null,
  exclusive: false,
  ttlMs: null,
  wait: true,
  waitTimeoutMs: null,
  pollMs: null,
  requestTimeoutMs: null,
  health: false,
  environment: null,
};

/** The simulated cloud's nodes: two with room, one full, one that the workspace may not use. */
export const NODES = [
  { id: 26, name: "sim-prod9" },
  { id: 31, name: "sim-prod5" },
  { id: 12, name: "sim-prod7", slots: 0 },
  { id: 44, name: "sim-closed", forbidden: true },
] as const;

/** What the interface promises where an input is left out. */
export const DEFAULTS = {
  waitTimeoutMs: 900_000,
  pollMs: 2_000,
  requestTimeoutMs: 60_000,
} as const;

export function nodeIdOf(text: string): number {
  const named = NODES.find(({ name }) => name.toLowerCase() === text.toLowerCase());
  return named?.id ?? Number(text);
}

export type { Fault, Health, ReplicaPlan };
