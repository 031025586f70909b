import { ROUTE_NAMES } from "./api.ts";
import type { Transaction } from "./chain.ts";
import type { Fault, FaultTarget } from "./faults.ts";
import { CHANGE, health, httpStatus, MORE, ms, nodeSpec, replicaPlan } from "./given-plans.ts";
import {
  byKind,
  flag,
  listOf,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Parse,
  recordOf,
  text,
  whole,
} from "./parse.ts";
import type { SimulatorOptions } from "./settings.ts";
import type { Stranger } from "./stranger.ts";
import type { CvmUpdate } from "./types.ts";
import { VERSIONS } from "./version.ts";

/** Options that JSON can hold. */
type JsonOptions = Omit<SimulatorOptions, "now" | "random">;

const options = object<JsonOptions>({
  bootMs: optional(ms),
  onChain: optional(flag),
  liveInstances: optional(whole(1)),
  differingHashes: optional(flag),
  stoppedInstances: optional(whole()),
  nodes: optional(listOf(nodeSpec)),
  listLagMs: optional(ms),
  idStyle: optional(oneOf("number", "string")),
  form465: optional(oneOf("envelope", "detail", "flat", "flat-detail", "string")),
  omitToken: optional(flag),
  always465: optional(flag),
  commitNotAllowed: optional(oneOf(465, 468)),
  commitNeedsHash: optional(flag),
  keepOldTokens: optional(flag),
  chainHashes: optional(oneOf("live", "none")),
  chainDevices: optional(oneOf("source", "all", "none")),
  allowAnyDevice: optional(flag),
  placement: optional(oneOf("any", "source")),
  removeMs: optional(ms),
  removingStatus: optional(oneOf("removing", "deleting")),
  deleteAgain: optional(oneOf(204, 404, 409)),
  listDeleted: optional(flag),
  deadInstances: optional(listOf(oneOf("error", "exited"))),
  existingPlans: optional(listOf(replicaPlan)),
  gatewayInRow: optional(flag),
  gatewayForm: optional(oneOf("path", "host")),
  replicaPlans: optional(listOf(replicaPlan)),
  bootFailureStatus: optional(nullable(text)),
  titleCase: optional(flag),
  createdAtForm: optional(oneOf("seconds", "millis", "naive")),
  nullUuid: optional(flag),
  errorForm: optional(oneOf("envelope", "detail")),
  refuseConcurrent: optional(flag),
  foreignStatus: optional(oneOf(403, 404)),
  lenientIds: optional(flag),
  kmsTypeResolves: optional(flag),
  kmsConduct: optional(
    oneOf(
      "good",
      "other-root",
      "other-app",
      "tampered",
      "short-signature",
      "swapped-key",
      "short-key",
      "zero-key",
    ),
  ),
  k256InCvm: optional(flag),
  allowedEnvs: optional(listOf(text)),
  tokenVersion: optional(oneOf("latest", ...VERSIONS)),
  apiKey: optional(text),
  seed: optional(whole()),
  clockSkewMs: optional(number(Number.NEGATIVE_INFINITY)),
  createdAtBehindMs: optional(ms),
  latencyMs: optional(ms),
  port: optional(whole(0, 65_535)),
  tls: optional(object<NonNullable<SimulatorOptions["tls"]>>({ key: text, cert: text })),
  streamSecondMs: optional(ms),
  ...MORE,
});

const when = oneOf("before", "after");

const TARGET: { readonly [K in keyof FaultTarget]-?: Parse<FaultTarget[K]> } = {
  route: oneOf("*", "unknown", ...ROUTE_NAMES),
  nth: optional(whole(1)),
  times: optional((value, at) => (value === "always" ? value : whole(1)(value, at))),
  path: optional(text),
};

const fault = byKind<Fault>({
  drop: { ...TARGET, when },
  status: {
    ...TARGET,
    when,
    status: httpStatus,
    headers: optional(recordOf(text)),
    body: optional(text),
  },
  hang: { ...TARGET, when },
  late: { ...TARGET, afterMs: ms },
  delay: { ...TARGET, ms, when: optional(when) },
  drip: { ...TARGET, ms },
  endless: TARGET,
  huge: { ...TARGET, bytes: whole() },
  cut: { ...TARGET, bytes: optional(whole()) },
  garbage: {
    ...TARGET,
    form: oneOf("text", "html", "number", "string", "array", "null", "object", "utf8", "deep"),
  },
  redirect: { ...TARGET, location: text, status: optional(httpStatus) },
  empty: { ...TARGET, status: optional(httpStatus) },
});

const stranger = object<Stranger>({
  appId: optional(text),
  nodeId: optional(whole()),
  composeHash: optional(text),
  name: optional(text),
  status: optional(text),
  plan: optional(replicaPlan),
  createdAt: optional(ms),
});

/** What a driver in another process may do to a CVM: change it, and take it away. */
type CvmOrder = CvmUpdate & { readonly remove?: boolean };

const cvmOrder = object<CvmOrder>({
  ...CHANGE,
  health: optional(health),
  deleteStuck: optional(flag),
  deleteFails: optional(whole()),
  bootMs: optional(ms),
  name: optional(text),
  appId: optional(text),
  composeHash: optional(text),
  redeploy: optional(text),
  remove: optional(flag),
});

/** What a driver in another process may change about a node. */
interface NodeOrder {
  readonly slots?: number;
  readonly forbidden?: boolean;
}

const nodeOrder = object<NodeOrder>({ slots: optional(whole()), forbidden: optional(flag) });

/** What a driver in another process may register on the chain. */
interface ChainOrder {
  readonly composeHash?: string;
  readonly deviceId?: string;
  /** Stands for the node's device. */
  readonly nodeId?: number;
  readonly allowAnyDevice?: boolean;
  readonly outcome?: Transaction["outcome"];
  readonly missing?: number;
}

const chainOrder = object<ChainOrder>({
  composeHash: optional(text),
  deviceId: optional(text),
  nodeId: optional(whole()),
  allowAnyDevice: optional(flag),
  outcome: optional(oneOf("ok", "reverted", "wrong-contract")),
  missing: optional(whole()),
});

/** Options of `startSimulator` that came as JSON. @throws for an unknown name or a wrong value */
export const optionsFrom = (value: unknown): JsonOptions => options(value, "options");

/** A fault that came as JSON. @throws for an unknown name, kind or route, or a wrong value */
export const faultFrom = (value: unknown): Fault => fault(value, "fault");

/** Somebody else's CVM, as JSON. @throws for an unknown name or a wrong value */
export const strangerFrom = (value: unknown): Stranger => stranger(value, "stranger");

/** A change of one CVM, as JSON. @throws for an unknown name or a wrong value */
export const cvmOrderFrom = (value: unknown): CvmOrder => cvmOrder(value, "cvm");

/** A change of one node, as JSON. @throws for an unknown name or a wrong value */
export const nodeOrderFrom = (value: unknown): NodeOrder => nodeOrder(value, "node");

/** A change of the contract, as JSON. @throws for an unknown name or a wrong value */
export const chainOrderFrom = (value: unknown): ChainOrder => chainOrder(value, "chain");
