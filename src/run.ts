import type { Edges } from "./edges.ts";
import { readInputs, secretInputs } from "./inputs/read.ts";
import type { Inputs } from "./inputs/types.ts";
import { type CreateRequest, createParts, PhalaClient } from "./phala/client.ts";
import type { Context } from "./replicas/context.ts";
import { Creation } from "./replicas/create.ts";
import { existingReplicas, planRun } from "./replicas/plan-run.ts";
import { newReplica, type Slot } from "./replicas/record.ts";
import { baselineOf, refusePrepare, type Survey, survey } from "./replicas/survey.ts";
import { setTtl } from "./replicas/ttl.ts";
import { waitForAll } from "./replicas/wait.ts";
import { conclude, type Ending } from "./report/conclude.ts";
import { type Failure, inputFailure, internalFailure } from "./report/failure.ts";
import { dryRunEnd, planned } from "./report/lines.ts";
import { saveJournal } from "./state.ts";

/**
 * The main step: read, look, plan, create, wait, report. Nothing is thrown; whatever happens ends in
 * outputs, the state for post, and on failure one error annotation.
 *
 * @returns the process's exit code
 */
export async function run(edges: Edges): Promise<0 | 1> {
  for (const secret of secretInputs(edges.env)) edges.runner.mask(secret);
  const ending: Ending = { inputs: null, survey: null, replicas: [], existing: [], approval: null };
  try {
    const read = readInputs(edges.env);
    if ("faults" in read) return conclude(edges, ending, inputFailure(read.faults));
    ending.inputs = read.inputs;
    return conclude(edges, ending, await replicate(edges, read.inputs, ending));
  } catch (error) {
    if (error instanceof Error) edges.runner.debug(error.stack ?? error.message);
    return conclude(edges, ending, internalFailure(error));
  }
}

/** Fills `ending` in as the run goes, so that whatever is known can be reported. */
async function replicate(edges: Edges, inputs: Inputs, ending: Ending): Promise<Failure | null> {
  const { runner, cancel } = edges;
  const api = new PhalaClient(edges.transport, {
    apiUrl: inputs.apiUrl,
    apiKey: inputs.apiKey,
    timeoutMs: inputs.requestTimeoutMs,
  });
  const context: Context = { edges, inputs, api };

  runner.startGroup("Look at the app");
  const looked = await lookAndPlan(context, ending);
  runner.endGroup();
  if (!looked.ok) return looked.failure;
  const { slots, surveyed } = looked;

  if (inputs.dryRun) {
    for (const slot of slots) {
      runner.info(planned(inputs.apiUrl, createParts(requestOf(inputs, slot))));
    }
    runner.info(dryRunEnd(slots.length));
    return null;
  }
  if (slots.length > 0) {
    runner.startGroup(inputs.prepareOnly ? "Prepare" : "Create");
    await createAll(context, surveyed, slots, ending);
    runner.endGroup();
  }
  if (inputs.wait && !cancel.aborted && !inputs.prepareOnly) {
    runner.startGroup("Wait");
    const starting = ending.existing.filter(
      ({ cvm }) => cvm?.status !== "running" && cvm?.vmUuid !== inputs.vmUuid,
    );
    await waitForAll(context, [...ending.replicas, ...starting], surveyed.workspaceSlug);
    runner.endGroup();
  }
  return null;
}

/** Everything that can be found wrong before a create request is sent. */
async function lookAndPlan(
  context: Context,
  ending: Ending,
): Promise<
  | { readonly ok: true; readonly slots: readonly Slot[]; readonly surveyed: Survey }
  | { readonly ok: false; readonly failure: Failure }
> {
  const { inputs, edges } = context;
  const result = await survey(context);
  if (!result.ok) return result;
  const surveyed = result.survey;
  ending.survey = surveyed;
  const plan = planRun(inputs, surveyed);
  if (!plan.ok) return plan;
  if (inputs.prepareOnly) {
    const failure = await refusePrepare(context, surveyed);
    if (failure !== null) return { ok: false, failure };
  }
  for (const note of plan.notes) edges.runner.info(note);
  if (inputs.instances !== null) ending.existing = existingReplicas(surveyed.live, inputs.vmUuid);
  return { ok: true, slots: plan.slots, surveyed };
}

async function createAll(
  context: Context,
  surveyed: Survey,
  slots: readonly Slot[],
  ending: Ending,
): Promise<void> {
  const { api, edges, inputs } = context;
  saveJournal(edges.runner, {
    apiUrl: inputs.apiUrl,
    appId: inputs.appId,
    vmUuid: inputs.vmUuid,
    requestTimeoutMs: inputs.requestTimeoutMs,
    cleanup: inputs.cleanup,
    baseline: baselineOf(surveyed),
    clockOffsetMs: surveyed.clockOffsetMs,
    workspaceSlug: surveyed.workspaceSlug,
  });
  const creation = new Creation(context, surveyed, (slot, signal) =>
    api.createReplica(requestOf(inputs, slot), { signal }),
  );
  for (const slot of slots) {
    const replica = newReplica(slot);
    ending.replicas.push(replica);
    if (edges.cancel.aborted || creation.keyRejected) {
      const why = edges.cancel.aborted
        ? "the step was cancelled"
        : "the API key was rejected before";
      replica.failure = { code: "", text: `Not asked for: ${why}.` };
      continue;
    }
    const approval = await creation.createOne(replica, slot, slots.length);
    if (approval !== null) {
      if (approval.commitToken !== null) edges.runner.neverPrint(approval.commitToken);
      ending.approval ??= approval;
    }
    await setTtl(context, replica, surveyed.clockOffsetMs);
  }
}

function requestOf(inputs: Inputs, slot: Slot): CreateRequest {
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
