/** Fates, nodes and courses that came as JSON, and the options that are made of them. */
import type { MoreOptions } from "./options-more.ts";
import {
  byKind,
  flag,
  listOf,
  type Names,
  nullable,
  number,
  object,
  oneOf,
  optional,
  recordOf,
  text,
  whole,
} from "./parse.ts";
import type { BootStep, Health, NodeSpec, OperationPlan, ReplicaPlan } from "./plans.ts";

export const ms = number();
export const httpStatus = whole(200, 599);

export const health = byKind<Health>({
  ok: {},
  status: { status: httpStatus },
  flap: { statuses: listOf(httpStatus) },
  "app-only": {},
  hang: {},
  drop: {},
  answer: { status: httpStatus, headers: optional(recordOf(text)), body: text },
  "ok-after": { okAfterMs: ms },
});

export const CHANGE = {
  status: optional(nullable(text)),
  bootError: optional(nullable(text)),
  bootProgress: optional(nullable(text)),
  inProgress: optional(nullable(flag)),
};

export const replicaPlan = object<ReplicaPlan>({
  bootMs: optional(ms),
  steps: optional(listOf(object<BootStep>({ atMs: ms, ...CHANGE }))),
  health: optional(health),
  removedAfterMs: optional(ms),
  deleteStuck: optional(flag),
  deleteFails: optional(whole()),
  endpointsLagMs: optional(ms),
  endpointsNever: optional(flag),
  instanceIdNull: optional(flag),
  instanceUrlNone: optional(flag),
  backfill: optional(oneOf("updates", "skips")),
  attestationEvent: optional(flag),
  quoteLagMs: optional(ms),
  lie: optional(
    oneOf(
      "no-quote",
      "no-log",
      "sibling",
      "other-app",
      "other-revision",
      "other-os",
      "other-keys",
      "outdated",
      "debug",
    ),
  ),
  busyMs: optional(ms),
  busyStatus: optional(oneOf(400, 409, 423)),
  madeWithHash: optional(text),
  madeOnNode: optional(whole()),
});

export const nodeSpec = object<NodeSpec>({
  id: whole(),
  name: text,
  region: optional(text),
  slots: optional(whole()),
  deviceId: optional(text),
  images: optional(listOf(text)),
  forbidden: optional(flag),
  listed: optional(flag),
  fullCode: optional(oneOf("ERR-02-003", "ERR-02-004", "ERR-02-005")),
  listedDeviceId: optional(text),
});

const operationPlan = object<OperationPlan>({
  queueMs: optional(ms),
  ms: optional(ms),
  lockMs: optional(ms),
  status: optional(text),
  bootError: optional(text),
});

export const MORE: Names<MoreOptions> = {
  instanceNames: optional(oneOf("honour", "ignore")),
  takenName: optional(oneOf("code", "detail")),
  foldNames: optional(flag),
  nameFreeWhileGoing: optional(flag),
  nameHeldMs: optional(ms),
  prepareKeepsName: optional(flag),
  instanceAnswer: optional(oneOf("vm", "cvm", "partial")),
  instancesNeedHash: optional(flag),
  maxCvms: optional(nullable(whole())),
  updateMs: optional(ms),
  updateQueueMs: optional(ms),
  updatePlans: optional(listOf(operationPlan)),
  powerMs: optional(ms),
  attestationLagMs: optional(ms),
  logForm: optional(oneOf("tcb-info", "list", "text")),
  logVersion: optional(oneOf(1, 2)),
  bareDigests: optional(flag),
  quotePrefix: optional(flag),
  collateralAgeMs: optional(ms),
  redeployEnv: optional(oneOf("keep", "revision")),
  updateToken: optional(flag),
  redeployAmbiguous: optional(oneOf(400, 422)),
  ports: optional(listOf(whole(1, 65_535))),
  versions: optional(recordOf(text)),
  emptyApp: optional(oneOf("list", "404")),
  appRows: optional(oneOf("full", "current", "minimal")),
  rowIdStyle: optional(oneOf("string", "number")),
  batchForm: optional(oneOf("flat", "nested")),
  deployerType: optional(oneOf("eoa", "safe", "legacy_multisig", "erc4337", "contract")),
  allowedLagMs: optional(ms),
  usageLagMs: optional(ms),
};
