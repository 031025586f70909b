/** The part of create that looks: at the app, and at what is wrong before anything is paid. */
import { askFor } from "../fleet/ask.ts";
import { refusePrepare, survey } from "../fleet/look.ts";
import { planRun } from "../fleet/plan/create.ts";
import { type Context, note, type Settings } from "../fleet/run.ts";
import type { Inputs } from "../inputs/types.ts";
import { requestFailed } from "../ledger/request-failed.ts";
import type { Misfit, Trouble } from "../ledger/trouble.ts";
import { type Prepared, takeInWhatIsThere } from "./creating.ts";
import type { Ending } from "./ending.ts";
import { encryptEnvs } from "./seal-for-create.ts";

/** Everything that can be found wrong before a create request is sent. */
export async function lookAndPlan(
  run: Omit<Context, "inputs">,
  given: Inputs,
  ending: Ending,
): Promise<Prepared | { readonly ok: false; readonly trouble: Trouble }> {
  const appId = given.appId ?? (await appOf(run, given.vmUuid ?? ""));
  if (typeof appId !== "string") return { ok: false, trouble: appId };
  let inputs: Settings = { ...given, appId, vmUuid: given.vmUuid ?? "" };
  ending.inputs = inputs;
  const result = await survey({ ...run, inputs }, given.vmUuid);
  if (!result.ok) return result;
  const surveyed = result.survey;
  inputs = { ...inputs, vmUuid: given.vmUuid ?? surveyed.source?.vmUuid ?? "" };
  const context: Context = { ...run, inputs };
  ending.inputs = inputs;
  ending.survey = surveyed;
  const plan = planRun(inputs, surveyed);
  if (!plan.ok) return plan;
  if (inputs.prepareOnly && plan.slots.length > 0) {
    const trouble = await refusePrepare(context, surveyed);
    if (trouble !== null) return { ok: false, trouble };
  }
  if (surveyed.source !== null && surveyed.cvms !== null && inputs.names === null) {
    note(context, { note: "source", cvm: surveyed.source, live: surveyed.live.length });
  }
  for (const one of plan.notes) note(context, one);
  takeInWhatIsThere({ context, plan });
  if (inputs.envs.length > 0 && plan.slots.length > 0) {
    const encrypted = await encryptEnvs(context, surveyed);
    if (!encrypted.ok) return encrypted;
    inputs = { ...inputs, encryptedEnv: encrypted.blob };
  }
  return { ok: true, context: { ...context, inputs }, plan, surveyed };
}

/** The source CVM's app, for a commit that does not name it. */
async function appOf(run: Omit<Context, "inputs">, vmUuid: string): Promise<string | Trouble> {
  const doing = { do: "read-source" } as const;
  const cvm = await askFor(run, doing, (options) => run.api.getCvm(vmUuid, options));
  if (!cvm.ok) return requestFailed(doing, cvm);
  const misfit: Misfit = { input: "app_id", why: "not-told" };
  return cvm.value.appId ?? { kind: "misfit", misfit };
}
