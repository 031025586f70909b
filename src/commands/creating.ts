import type { Recording } from "../deployments/subscriber.ts";
import { onPort } from "../fleet/follow/address.ts";
import type { Lifetimes } from "../fleet/lifetimes.ts";
import { baselineOf, type Survey } from "../fleet/look.ts";
import { MakeAll } from "../fleet/make-all.ts";
import { createRequest, instanceCommit, instanceRequest } from "../fleet/orders.ts";
import { existingReplicas, type RunPlan } from "../fleet/plan/create.ts";
import { nameOf, newReplica, type Replica, type Slot, whoIs } from "../fleet/record.ts";
import { type Context, note, type Settings } from "../fleet/run.ts";
import { saveJournal } from "../fleet/state.ts";
import { commitParts, createParts, instanceParts } from "../phala/requests.ts";
import { planned } from "../report/log/dry-run.ts";
import { GetApproved } from "./approving.ts";
import { type Ending, tellMade } from "./conclude.ts";

/** The part of create that makes: what is there by name or number, the requests, what a dry run shows. */
/** Everything that is known before the first request that may create. */
export interface Prepared {
  readonly ok: true;
  readonly context: Context;
  readonly plan: RunPlan & { ok: true };
  readonly surveyed: Survey;
}

/** What counts or bears a wanted name already, with the addresses that were asked for. */
export function takeInWhatIsThere(
  { context, plan }: Pick<Prepared, "context" | "plan">,
  ending: Ending,
): void {
  const { inputs } = context;
  for (const replica of plan.standing) {
    insert(ending.replicas, replica);
    note(context, { note: "stands", replica: whoIs(replica) });
    const changes = inputs.envs.length > 0 || inputs.encryptedEnv !== null;
    if (changes) note(context, { note: "environment-kept", name: nameOf(replica) });
  }
  if (inputs.instances !== null) {
    ending.existing = existingReplicas(plan.counted, inputs.vmUuid);
  }
  for (const replica of [...ending.replicas, ...ending.existing]) {
    if (replica.cvm !== null) replica.cvm = onPort(replica.cvm, inputs.port);
  }
}

/** What goes on beside the creation, or is written as it goes. */
interface Making {
  readonly ending: Ending;
  readonly recording: Recording | null;
  readonly lifetimes: Lifetimes;
}

export async function createAll(
  { context, plan, surveyed }: Prepared,
  { ending, recording, lifetimes }: Making,
): Promise<void> {
  const { edges, inputs } = context;
  saveJournal(edges.runner, {
    apiUrl: inputs.apiUrl,
    appId: inputs.appId,
    vmUuid: inputs.vmUuid,
    requestTimeoutMs: inputs.requestTimeoutMs,
    cleanup: inputs.cleanup,
    exclusive: inputs.exclusive,
    summary: inputs.summary,
    baseline: baselineOf(surveyed),
    clockOffsetMs: surveyed.clockOffsetMs,
    workspaceSlug: surveyed.workspaceSlug,
    ttlMs: inputs.ttlMs,
  });
  const make = new MakeAll(context, surveyed, plan, {
    lifetimes,
    approving: new GetApproved(context, ending),
    onMade: () => tellMade(edges, ending),
    onReplica: (replica) => insert(ending.replicas, replica),
    onExists: (replica) => recording?.begin(replica),
    // A newer token may void the older ones of the same source (API facts, 1.3): the last one works.
    onApproval: (approval) => {
      ending.approval = approval;
    },
  });
  await make.run();
}

/** Keeps them in the order in which they were asked for. */
function insert(replicas: Replica[], replica: Replica): void {
  if (replicas.includes(replica)) return;
  const index = ({ slot }: Replica) => slot?.index ?? 0;
  const at = replicas.findIndex((other) => index(other) > index(replica));
  replicas.splice(at < 0 ? replicas.length : at, 0, replica);
}

/** What a dry run with these slots would send, a line each; what has a name is told as planned. */
export function planDryRun({ context, plan }: Prepared, ending: Ending): void {
  const { inputs } = context;
  ending.planned = plan.slots.map((slot) => planned(inputs.apiUrl, partsOf(inputs, slot)));
  if (inputs.names === null) return;
  for (const slot of plan.slots) insert(ending.replicas, newReplica(slot));
}

/** The request that a slot stands for, as a dry run shows it. */
function partsOf(inputs: Settings, slot: Slot) {
  const { commitToken: token, appId, vmUuid, composeHash, transactionHash } = inputs;
  if (token === null) {
    return slot.name === undefined
      ? createParts(createRequest(inputs, slot))
      : instanceParts(instanceRequest(inputs, slot));
  }
  return slot.name === undefined
    ? commitParts({ vmUuid, token, composeHash, transactionHash })
    : instanceParts(instanceCommit(appId, slot.name, { token, composeHash, transactionHash }));
}
