/** What a rollout has ready before it changes anything: what is noted, the rules, the instances, the environment. */
import { askFor } from "../fleet/ask.ts";
import { addressed } from "../fleet/follow/address.ts";
import type { AppSeen } from "../fleet/look-to-roll-out.ts";
import { courseBefore, type RolloutPlan, updateBefore } from "../fleet/plan/rollout-plan.ts";
import { sealEnvsFor } from "../fleet/seal.ts";
import { Instance } from "../fleet/update/instance.ts";
import type { UpdateRules } from "../fleet/update/rules.ts";
import type { RolloutInputs } from "../inputs/rollout.ts";
import { identOf, keyOfCvm, wasFound } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Cvm } from "../phala/cvm.ts";
import { droppedNames } from "../report/log/ending.ts";
import { sharedWarnings } from "../report/log/updating.ts";
import type { Run } from "./command.ts";
import type { Chosen } from "./rollout-choice.ts";

export function givesEnvs({ envs, encryptedEnv }: RolloutInputs): boolean {
  return envs.length > 0 || encryptedEnv !== null;
}

/** What was seen and is planned, as facts and in the log. */
export function note(
  { ledger, edges, inputs, appId }: Run<RolloutInputs>,
  { clockOffsetMs, workspaceSlug }: AppSeen,
  { wanted, selected, skipped }: Chosen,
  plan: RolloutPlan,
): void {
  ledger.append({ fact: "surveyed", known: null, clockOffsetMs, workspaceSlug });
  for (const cvm of selected) {
    ledger.append(wasFound(addressed(cvm, null, appId, inputs.port)));
  }
  const envs = givesEnvs(inputs);
  ledger.append({ fact: "noted", note: { note: "rollout", wanted, envs, ...plan } });
  for (const { cvm, why } of skipped) {
    ledger.append({ fact: "noted", note: { note: "skipped", ident: identOf(cvm), why } });
  }
  for (const warning of sharedWarnings(plan, inputs, envs)) edges.runner.warning(warning);
}

/** The new environment, sealed once for all; null: none was given. */
export async function blobOf(
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

export function rulesOf(
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
  const { healthCheck, healthExpect, healthForMs, verify, source } = inputs;
  const { maxUnavailable, limitMs } = plan;
  const health = { port, healthCheck, healthExpect, healthForMs, verify };
  const how = { maxUnavailable, limitMs, onFailure, instanceTimeoutMs, pollMs, apiUrl };
  const follows = source !== null && inputs.composeHash === null;
  return { wanted, ...how, ...health, encryptedEnv, rows: revisions, source, follows };
}

/** Those selected, as they are before anything is touched. */
export function instancesOf(
  { edges, inputs }: Run<RolloutInputs>,
  seen: AppSeen,
  selected: readonly Cvm[],
  { wanted, encryptedEnv, port }: UpdateRules,
): readonly Instance[] {
  const now = edges.clock.now();
  return selected.map((cvm) => {
    const one = new Instance(keyOfCvm(cvm), cvm, { wanted, since: now, isSource: false, port });
    one.force = encryptedEnv !== null;
    const isSource = cvm.vmUuid === inputs.source;
    const since = { ...seen, now, isSource };
    one.course = courseBefore(cvm, wanted, since);
    if (!one.has(wanted)) one.queued = updateBefore(cvm, since);
    return one;
  });
}

/** From here on something may change. */
export function begin({ ledger, inputs, appId }: Run<RolloutInputs>): void {
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
  });
}
