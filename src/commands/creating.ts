/** The part of create that makes: what is there by name or number, the requests, what a dry run shows. */
import type { Approving } from "../fleet/approving.ts";
import { onPort } from "../fleet/follow/address.ts";
import type { Lifetimes } from "../fleet/lifetimes.ts";
import { baselineOf, type Survey } from "../fleet/look.ts";
import { MakeAll } from "../fleet/make-all.ts";
import { createRequest, instanceCommit, instanceRequest } from "../fleet/orders.ts";
import { existingReplicas, type RunPlan } from "../fleet/plan/create.ts";
import { type Context, note, type Settings } from "../fleet/run.ts";
import { takeIn } from "../fleet/take-in.ts";
import type { NewFact } from "../ledger/fact.ts";
import type { Replica } from "../ledger/replica.ts";
import type { Slot } from "../ledger/terms.ts";
import { nameOf, whoIs } from "../ledger/who.ts";
import { commitParts, createParts, instanceParts } from "../phala/requests.ts";
import { planned } from "../report/log/dry-run.ts";
import type { Ending } from "./ending.ts";

/** Everything that is known before the first request that may create. */
export interface Prepared {
  readonly ok: true;
  readonly context: Context;
  readonly plan: RunPlan & { ok: true };
  readonly surveyed: Survey;
}

/** What counts or bears a wanted name already, with the addresses that were asked for. */
export function takeInWhatIsThere({ context, plan }: Pick<Prepared, "context" | "plan">): void {
  const { inputs, ledger } = context;
  for (const replica of plan.standing) {
    takeIn(ledger, onItsPort(replica, inputs.port));
    note(context, { note: "stands", replica: whoIs(replica) });
    const changes = inputs.envs.length > 0 || inputs.encryptedEnv !== null;
    if (changes) note(context, { note: "environment-kept", name: nameOf(replica) });
  }
  if (inputs.instances === null) return;
  for (const replica of existingReplicas(plan.counted, inputs.vmUuid)) {
    takeIn(ledger, onItsPort(replica, inputs.port));
  }
}

function onItsPort(replica: Replica, port: number | null): Replica {
  return replica.cvm === null ? replica : { ...replica, cvm: onPort(replica.cvm, port) };
}

/** What goes on beside the creation, or is written as it goes. */
interface Making {
  readonly ending: Ending;
  readonly lifetimes: Lifetimes;
}

export async function createAll(
  { context, plan, surveyed }: Prepared,
  { ending, lifetimes }: Making,
): Promise<void> {
  const { inputs } = context;
  const { clockOffsetMs, workspaceSlug } = surveyed;
  const known = baselineOf(surveyed);
  context.ledger.append({ fact: "surveyed", known, clockOffsetMs, workspaceSlug });
  context.ledger.append(begun(inputs));
  const make = new MakeAll(context, surveyed, plan, {
    lifetimes,
    approving: approvingOf(context, ending),
    // A newer token may void the older ones of the same source (API facts, 1.3): the last one works.
    onApproval: (approval) => {
      ending.approval = approval;
    },
  });
  await make.run();
}

/** One for all requests of a run, loaded when the first of them needs an approval. */
function approvingOf(context: Context, ending: Ending): () => Promise<Approving> {
  let approving: Promise<Approving> | null = null;
  return () => {
    approving ??= import("./approving.ts").then(
      ({ GetApproved }) => new GetApproved(context, ending),
    );
    return approving;
  };
}

/** What post goes by; from now on requests may create. */
function begun(inputs: Settings): NewFact {
  const { apiUrl, appId, requestTimeoutMs, cleanup, exclusive, ttlMs, summary } = inputs;
  return {
    fact: "began",
    command: "create",
    apiUrl,
    appId,
    source: inputs.vmUuid,
    requestTimeoutMs,
    cleanup,
    exclusive,
    ttlMs,
    summary,
  };
}

/** What a dry run with these slots would send, a line each; what has a name is told as planned. */
export function planDryRun({ context, plan }: Prepared, ending: Ending): void {
  const { inputs, ledger } = context;
  ending.planned = plan.slots.map((slot) => planned(inputs.apiUrl, partsOf(inputs, slot)));
  if (inputs.names === null) return;
  for (const slot of plan.slots) {
    ledger.append({ replica: `new-${slot.index}`, fact: "planned", slot });
  }
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
