/** The action `rollout`: brings instances of an app to a revision, one after another. */
import { lookToRollOut } from "../fleet/look-to-roll-out.ts";
import { planRollout } from "../fleet/plan/rollout-plan.ts";
import { Proving } from "../fleet/update/prove.ts";
import { RollOut } from "../fleet/update/roll-out.ts";
import { checkSource } from "../fleet/update/source.ts";
import { type RolloutInputs, readRolloutInputs } from "../inputs/rollout.ts";
import { codeOf } from "../ledger/code.ts";
import type { Judgement } from "../ledger/judgement.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { rolloutExists, rolloutTitle } from "../report/annotation/rollout.ts";
import { oneLineOfWords } from "../report/annotation/trouble.ts";
import { unverifiedWords } from "../report/annotation/unverified.ts";
import { ROLLOUT_ARRAYS, type RolloutHandover, rolloutOutputs } from "../report/outputs/rollout.ts";
import { attestedInRollout, rolloutSummary } from "../report/summary/rollout.ts";
import type { Command, Run } from "./command.ts";
import { judgeRollout } from "./judge-rollout.ts";
import { RolloutApprovals } from "./rollout-approving.ts";
import { choose } from "./rollout-choice.ts";
import { begin, blobOf, givesEnvs, instancesOf, note, rulesOf } from "./rollout-prepare.ts";
import { recordRollout } from "./rollout-record.ts";

/** One run's command: what is for the outputs alone has no place in the ledger, and stays here. */
export function rolloutCommand(): Command<RolloutInputs> {
  const handover: RolloutHandover = {
    wanted: null,
    settled: null,
    previous: null,
    approval: null,
    isAllowed: null,
    source: null,
  };
  return {
    arrays: ROLLOUT_ARRAYS,
    read: readRolloutInputs,
    masked: ({ maskedEnvs }) => maskedEnvs,
    carryOut: (run) => carryOut(run, handover),
    outputs: (told) => rolloutOutputs(told, handover),
    summary: (told) => rolloutSummary(told, handover),
    title: rolloutTitle,
    exists: (ledger) => rolloutExists(ledger, handover.settled),
  };
}

/** Looks, plans, checks the source, and brings one after another along. */
async function carryOut(run: Run<RolloutInputs>, handover: RolloutHandover): Promise<Judgement> {
  const { inputs } = run;
  const looked = await lookToRollOut(run);
  if (!looked.ok) return failed(looked.trouble);
  const chosen = await choose(run, looked.seen);
  if ("kind" in chosen) return failed(chosen);
  const { wanted, selected, source } = chosen;
  handover.wanted = wanted;
  handover.settled = givesEnvs(inputs) ? null : wanted;
  const plan = planRollout(
    { ...looked.seen, selected },
    { ...inputs, wanted, envs: givesEnvs(inputs) },
  );
  handover.previous = plan.previous;
  note(run, looked.seen, chosen, plan);
  const sealed = await blobOf(run, selected, source);
  if (typeof sealed === "object" && sealed !== null) return failed(sealed);
  const proving = await Proving.open(run, inputs);
  const rules = rulesOf(inputs, looked.seen, { wanted, plan, encryptedEnv: sealed });
  const instances = instancesOf(run, looked.seen, selected, rules);
  const rollOut = new RollOut(run, instances, rules, proving);
  if (source !== null) {
    const unfit = await checkSource(run, looked.seen, source, { rollOut, port: inputs.port });
    handover.source = proving?.source ?? null;
    if (unfit !== null) return failed(unfit);
    for (const one of instances) one.fit ||= one.uuid === source.vmUuid && one.has(wanted);
  }
  if (!inputs.dryRun) return update(run, { rollOut, handover, limitMs: plan.limitMs });
  warnOfUnverified(run, handover);
  return { outcome: "dry_run", trouble: null, exitCode: 0 };
}

interface Updating {
  readonly rollOut: RollOut;
  readonly handover: RolloutHandover;
  /** For all of them, ms. */
  readonly limitMs: number;
}

/** From here on something may change. */
async function update(
  run: Run<RolloutInputs>,
  { rollOut, handover, limitMs }: Updating,
): Promise<Judgement> {
  const { ledger, inputs } = run;
  begin(run);
  const recording = recordRollout(run);
  const approvals = new RolloutApprovals(run, handover);
  let trouble: Trouble | null = null;
  let rolled = await rollOut.run();
  while (rolled.end === "approval" && rolled.approval !== null) {
    const met = await approvals.meet(rolled.approval, handover.wanted ?? "");
    if (met.end === "not") {
      trouble = met.trouble;
      break;
    }
    rollOut.approved(met.transaction, met.waitedMs);
    rolled = await rollOut.run();
  }
  warnOfUnverified(run, handover);
  await recording?.end(ledger);
  if (rolled.end === "source") return failed(rolled.trouble);
  const limitGiven = inputs.waitTimeoutMs !== null;
  const circumstances = { limitMs, limitGiven, unapproved: trouble };
  return judgeRollout(rolled.end, ledger.replicas(), circumstances);
}

function failed(trouble: Trouble): Judgement {
  const late = trouble.kind === "update" && codeOf(trouble) === "TIMEOUT";
  return { outcome: late ? "timeout" : "failed", trouble, exitCode: 1 };
}

/** Under `warn`: one warning for all that is not verified. */
function warnOfUnverified(
  { edges, ledger, inputs, appId }: Run<RolloutInputs>,
  handover: RolloutHandover,
): void {
  const all = attestedInRollout(ledger, handover);
  const entries = all.filter(({ verified }) => !verified);
  if (inputs.verify !== "warn" || entries.length === 0 || edges.cancel.aborted) return;
  const place = { workspaceSlug: ledger.run.surveyed?.workspaceSlug ?? null, appId };
  const words = unverifiedWords({ entries, of: all.length, source: false }, place);
  edges.runner.warning(oneLineOfWords(words));
}
