/** The action `rollout`: brings instances of an app to a revision, one after another. */

import { askFor } from "../fleet/ask.ts";
import { type AppSeen, lookToRollOut } from "../fleet/look-to-roll-out.ts";
import {
  begunLately,
  planRollout,
  type RolloutPlan,
  rolloutKey,
} from "../fleet/plan/rollout-plan.ts";
import { newCourse } from "../fleet/plan/update-course.ts";
import { sealEnvsFor } from "../fleet/seal.ts";
import { Instance } from "../fleet/update/instance.ts";
import { RollOut } from "../fleet/update/roll-out.ts";
import type { UpdateRules } from "../fleet/update/rules.ts";
import { checkSource } from "../fleet/update/source.ts";
import { type RolloutInputs, readRolloutInputs } from "../inputs/rollout.ts";
import { codeOf } from "../ledger/code.ts";
import type { Judgement } from "../ledger/judgement.ts";
import { needOf } from "../ledger/need.ts";
import { identOf } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Cvm } from "../phala/cvm.ts";
import { rolloutExists, rolloutTitle } from "../report/annotation/rollout.ts";
import { droppedNames } from "../report/log/ending.ts";
import { sharedWarnings } from "../report/log/updating.ts";
import { ROLLOUT_ARRAYS, type RolloutHandover, rolloutOutputs } from "../report/outputs/rollout.ts";
import { rolloutSummary } from "../report/summary/rollout.ts";
import type { Command, Run } from "./command.ts";
import { judgeRollout } from "./judge-rollout.ts";
import { type Chosen, choose } from "./rollout-choice.ts";

/** One run's command: what is for the outputs alone has no place in the ledger, and stays here. */
export function rolloutCommand(): Command<RolloutInputs> {
  const handover: RolloutHandover = { wanted: null, previous: null, approval: null };
  return {
    name: "rollout",
    arrays: ROLLOUT_ARRAYS,
    read: readRolloutInputs,
    carryOut: (run) => carryOut(run, handover),
    outputs: (told) => rolloutOutputs(told, handover),
    summary: (told) => rolloutSummary(told, handover),
    title: rolloutTitle,
    exists: rolloutExists,
  };
}

/** Looks, plans, checks the source, and brings one after another along. */
async function carryOut(run: Run<RolloutInputs>, handover: RolloutHandover): Promise<Judgement> {
  const { inputs, ledger, edges } = run;
  const looked = await lookToRollOut(run);
  if (!looked.ok) return failed(looked.trouble);
  const chosen = await choose(run, looked.seen);
  if ("kind" in chosen) return failed(chosen);
  const { wanted, selected, source } = chosen;
  handover.wanted = wanted;
  const plan = planRollout(
    { ...looked.seen, selected },
    { ...inputs, wanted, envs: givesEnvs(inputs) },
  );
  handover.previous = plan.previous;
  note(run, looked.seen, chosen, plan);
  const sealed = await blobOf(run, selected, source);
  if (typeof sealed === "object" && sealed !== null) return failed(sealed);
  const rules = rulesOf(inputs, looked.seen, { wanted, plan, encryptedEnv: sealed });
  const instances = instancesOf(run, looked.seen, selected, rules);
  const rollOut = new RollOut(run, instances, rules);
  if (source !== null) {
    const unfit = await checkSource(run, looked.seen, source, rollOut);
    if (unfit !== null) return failed(unfit);
    for (const one of instances) one.fit ||= one.uuid === source.vmUuid && one.has(wanted);
  }
  if (inputs.dryRun) return { outcome: "dry_run", trouble: null, exitCode: 0 };
  begin(run);
  const { end, approval } = await rollOut.run();
  if (approval?.commitToken != null) edges.runner.neverPrint(approval.commitToken);
  handover.approval = approval;
  const need = approval === null ? null : needOf(approval);
  return judgeRollout(end, ledger.replicas(), { limitMs: plan.limitMs, need });
}

function failed(trouble: Trouble): Judgement {
  const late = trouble.kind === "update" && codeOf(trouble) === "TIMEOUT";
  return { outcome: late ? "timeout" : "failed", trouble, exitCode: 1 };
}

function givesEnvs({ envs, encryptedEnv }: RolloutInputs): boolean {
  return envs.length > 0 || encryptedEnv !== null;
}

/** What was seen and is planned, as facts and in the log. */
function note(
  { ledger, edges, inputs }: Run<RolloutInputs>,
  { rows, clockOffsetMs }: AppSeen,
  { wanted, selected, skipped }: Chosen,
  plan: RolloutPlan,
): void {
  const workspaceSlug = rows.find((cvm) => cvm.workspaceSlug !== null)?.workspaceSlug ?? null;
  ledger.append({ fact: "surveyed", known: null, clockOffsetMs, workspaceSlug });
  for (const cvm of selected) {
    ledger.append({ replica: rolloutKey(cvm), fact: "found", ident: identOf(cvm), cvm });
  }
  const envs = givesEnvs(inputs);
  ledger.append({ fact: "noted", note: { note: "rollout", wanted, envs, ...plan } });
  for (const { cvm, why } of skipped) {
    ledger.append({ fact: "noted", note: { note: "skipped", ident: identOf(cvm), why } });
  }
  for (const warning of sharedWarnings(plan, inputs, envs)) edges.runner.warning(warning);
}

/** The new environment, sealed once for all; null: none was given. */
async function blobOf(
  run: Run<RolloutInputs>,
  selected: readonly Cvm[],
  source: Cvm | null,
): Promise<string | null | Trouble> {
  const { inputs, api, appId, edges } = run;
  const row = source ?? selected[0];
  if (inputs.envs.length === 0 || row?.vmUuid == null) return inputs.encryptedEnv;
  const sealed = await sealEnvsFor(
    {
      api,
      read: (doing, send) => askFor(run, doing, send),
      onDropped: (names) => edges.runner.warning(droppedNames(names)),
      mask: (blob) => edges.runner.mask(blob),
    },
    { envs: inputs.envs, appId, vmUuid: row.vmUuid, source: row },
  );
  return sealed.ok ? sealed.blob : sealed.trouble;
}

function rulesOf(
  inputs: RolloutInputs,
  { revisions }: AppSeen,
  decided: {
    readonly wanted: string;
    readonly plan: RolloutPlan;
    readonly encryptedEnv: string | null;
  },
): UpdateRules {
  const { wanted, plan, encryptedEnv } = decided;
  const { onFailure, instanceTimeoutMs, pollIntervalMs: pollMs, apiUrl, port } = inputs;
  const { healthCheck, healthExpect, healthForMs, source } = inputs;
  const { maxUnavailable, limitMs } = plan;
  const health = { port, healthCheck, healthExpect, healthForMs };
  const how = { maxUnavailable, limitMs, onFailure, instanceTimeoutMs, pollMs, apiUrl };
  return { wanted, ...how, ...health, encryptedEnv, rows: revisions, source };
}

/** Those selected, as they are before anything is touched. */
function instancesOf(
  { edges }: Run<RolloutInputs>,
  seen: AppSeen,
  selected: readonly Cvm[],
  { wanted, encryptedEnv }: UpdateRules,
): readonly Instance[] {
  const now = edges.clock.now();
  return selected.map((cvm) => {
    const one = new Instance(rolloutKey(cvm), cvm, { wanted, since: now, isSource: false });
    one.force = encryptedEnv !== null;
    one.course = newCourse(
      wanted,
      begunLately(cvm, wanted, seen.revisions, { ...seen, now }),
      null,
    );
    return one;
  });
}

/** From here on something may change. */
function begin({ ledger, inputs, appId }: Run<RolloutInputs>): void {
  const { apiUrl, source, requestTimeoutMs, summary } = inputs;
  ledger.append({
    fact: "began",
    command: "rollout",
    apiUrl,
    appId,
    source,
    requestTimeoutMs,
    summary,
    cleanup: "never",
    exclusive: false,
    ttlMs: null,
    waits: [],
  });
}
