import type { Slot } from "../ledger/terms.ts";
import type { Doing } from "../ledger/trouble.ts";
import type { Fault } from "../net/fault.ts";
import { type Budget, COMMIT_BUDGET, CREATE_BUDGET, type Verdict } from "../net/retry.ts";
import type { PhalaClient } from "../phala/api.ts";
import type { Approval } from "../phala/approval.ts";
import { isTaken } from "../phala/names.ts";
import type { CreateRequest, InstanceRequest } from "../phala/requests.ts";
import { judgeCommit, judgeCreate, judgePrepare } from "../phala/tries.ts";
import type { CreateAnswer } from "../phala/wire.ts";
import { ALREADY_REGISTERED } from "../text/ids.ts";
import { leastWaitAfter } from "./plan/newcomers.ts";
import type { Settings } from "./run.ts";

/** One request that may make a replica: how it is sent, and by which rules it is tried again. */
export interface Order {
  readonly kind: "create" | "prepare" | "commit";
  /** For logs and failures: `create a replica on node prod9 (26)`. */
  readonly doing: Doing;
  readonly send: (signal: AbortSignal) => Promise<CreateAnswer>;
  /** @param earlier what the tries before it met, in order */
  readonly judge: (fault: Fault, earlier: readonly Fault[]) => Verdict;
  readonly budget: Budget;
  /** What the replica is to be called; null: the platform names it. */
  readonly name: string | null;
}

/** The create request of a slot; with `prepare_only` one that only asks for the approval. */
export function createOrder(api: PhalaClient, inputs: Settings, slot: Slot, total: number): Order {
  const { prepareOnly } = inputs;
  const name = slot.name ?? null;
  const judge = prepareOnly ? judgePrepare : judgeCreate;
  return {
    kind: prepareOnly ? "prepare" : "create",
    doing: prepareOnly ? { do: "prepare" } : creating(slot, total),
    send: (signal) =>
      name === null
        ? api.createReplica(createRequest(inputs, slot), { signal })
        : api.createInstance(instanceRequest(inputs, slot), { signal }),
    judge: name === null ? judge : finalWhereTaken(judge),
    // A prepare makes nothing, so nothing has to show before it is sent again.
    budget: prepareOnly ? CREATE_BUDGET : { ...CREATE_BUDGET, leastWaitMs: leastWaitAfter },
    name,
  };
}

function creating({ index, nodeId, nodeName }: Slot, total: number): Doing {
  return { do: "create", index, place: { nodeId, name: nodeName }, of: total };
}

/** Some forms of that answer look like "busy", but a name is not taken for a moment. */
function finalWhereTaken(judge: Order["judge"]): Order["judge"] {
  return (fault, earlier) => (isTaken(fault) ? "final" : judge(fault, earlier));
}

/** As `createRequest`, for a named one, which needs no source (API facts, 12). */
export function instanceRequest(inputs: Settings, slot: Slot): InstanceRequest {
  const { body, appId, prepareOnly } = createRequest(inputs, slot);
  const { composeFile } = inputs;
  return {
    appId,
    prepareOnly,
    body: {
      ...(slot.name === undefined ? {} : { name: slot.name }),
      ...body,
      ...(composeFile === null ? {} : { docker_compose_file: composeFile }),
    },
  };
}

/** Field by field what was given, and nothing else. */
export function createRequest(inputs: Settings, slot: Slot): CreateRequest {
  const { appId, vmUuid, prepareOnly, encryptedEnv, nodeField } = inputs;
  return {
    appId,
    vmUuid,
    prepareOnly,
    body: {
      ...(slot.nodeId === null ? {} : { [nodeField]: slot.nodeId }),
      ...(encryptedEnv === null ? {} : { encrypted_env: encryptedEnv }),
      ...(slot.composeHash === null ? {} : { compose_hash: slot.composeHash }),
    },
  };
}

/** What a commit needs besides the source CVM. */
export interface Approved {
  readonly token: string;
  /** Null: left out, and the API takes it from the token. */
  readonly composeHash: string | null;
  readonly transactionHash: string;
}

/** The commit of a prepared replica. Its token is good for one replica, whatever is sent how often. */
function commitOrder(api: PhalaClient, vmUuid: string, approved: Approved): Order {
  return {
    kind: "commit",
    doing: { do: "commit" },
    send: (signal) => api.commitReplica({ vmUuid, ...approved }, { signal }),
    judge: judgeCommit,
    budget: COMMIT_BUDGET,
    name: null,
  };
}

/**
 * The commit of a prepared named one, on the route that prepared it. Whether the prepare keeps the name is not
 * known, so it is sent again (API facts, 12 and "Unknown").
 */
export function instanceCommit(appId: string, name: string, approved: Approved): InstanceRequest {
  const { token, composeHash, transactionHash } = approved;
  return {
    appId,
    prepareOnly: false,
    body: {
      name,
      token,
      ...(composeHash === null ? {} : { compose_hash: composeHash }),
      transaction_hash: transactionHash,
    },
  };
}

/** The commit that belongs to a slot: of a named one on the route of names, else on the source's. */
export function commitOf(
  api: PhalaClient,
  { appId, vmUuid }: Pick<Settings, "appId" | "vmUuid">,
  { name }: Slot,
  approved: Approved,
): Order {
  const order = commitOrder(api, vmUuid, approved);
  if (name === undefined) return order;
  const request = instanceCommit(appId, name, approved);
  return {
    ...order,
    name,
    judge: finalWhereTaken(order.judge),
    send: (signal) => api.createInstance(request, { signal }),
  };
}

/** A 465 whose registrations are all there already can be committed at once. */
export function committable(approval: Approval): Approved | null {
  const { commitToken, composeHash, isAllowed } = approval;
  if (!isAllowed || commitToken === null) return null;
  return { token: commitToken, composeHash, transactionHash: ALREADY_REGISTERED };
}

/**
 * What is sent once all is registered: the commit of what was prepared, or where the API gave no token the
 * create once more, which made nothing.
 *
 * @param order the one that needed the approval
 */
export function orderAfter(
  api: PhalaClient,
  inputs: Settings,
  slot: Slot,
  order: Order,
  { commitToken: token, composeHash }: Approval,
  transactionHash: string,
): Order {
  if (token === null) return order;
  return commitOf(api, inputs, slot, { token, composeHash, transactionHash });
}
