/** Sends one request of an update. Nothing is sent again but after a look: see `judgeUpdate`. */
import { identOf } from "../../ledger/replica.ts";
import type { Doing } from "../../ledger/trouble.ts";
import type { Fault } from "../../net/fault.ts";
import { retryAfterMs } from "../../net/retry-after.ts";
import type { Approval } from "../../phala/approval.ts";
import { judgeUpdate, type UpdateAnswer } from "../../phala/revisions.ts";
import { ALREADY_REGISTERED } from "../../text/ids.ts";
import type { Bench } from "../bench.ts";
import { newCourse } from "../plan/update-course.ts";
import { fail, withdraw } from "./ends.ts";
import type { Instance, Under } from "./instance.ts";
import { rowOf, type UpdateRules } from "./rules.ts";

/** An update whose answer was lost shows in the row at once (API facts, 13); then for so long nothing is sent. Ms. */
export const SETTLE_MS = 15_000;
/** Between two tries at one that is busy: locks have been seen to last for minutes. Ms. */
const BUSY_PAUSE_MS = 5_000;
/** So many lost answers mean that the way to the API is broken. */
const MOST_LOST = 3;

/** Begins an update or the way back; its first request is sent by `send`. */
export function begin(bench: Bench, one: Instance, rules: UpdateRules, back: boolean): void {
  const now = bench.edges.clock.now();
  const target = back ? (one.from ?? "") : rules.wanted;
  if (!back) one.from = one.row.composeHash;
  const envs = !back && rules.encryptedEnv !== null;
  one.ours = back ? "back-sent" : "sent";
  one.end = null;
  one.under = {
    ops: [...(one.has(target) ? [] : ["redeploy" as const]), ...(envs ? ["envs" as const] : [])],
    back,
    target,
    phase: "asking",
    notBefore: now,
    sent: false,
    mayBeBegun: false,
    lost: 0,
    tries: 0,
    fault: null,
    registered: false,
    startedAt: now,
    deadline: now + rules.instanceTimeoutMs,
  };
  one.course = newCourse(target, null, one.row.status);
  one.unproven();
  // Somebody else brought it back: there is nothing to send.
  if (one.under.ops.length === 0) {
    tell(bench, one, one.under, rules);
    one.under.phase = "moving";
  }
}

/** Saved before the first request of an update. */
function tell({ ledger }: Bench, one: Instance, under: Under, { wanted }: UpdateRules): void {
  if (under.sent) return;
  under.sent = true;
  const to = under.target;
  const from = under.back ? wanted : one.from;
  ledger.append({ replica: one.key, fact: "updating", from, to, back: under.back });
}

/** The request was accepted, says its answer or the row. */
export function accept({ edges }: Bench, one: Instance, under: Under): void {
  under.phase = "moving";
  under.fault = null;
  one.changed = true;
  one.course = newCourse(under.target, edges.clock.now(), one.row.status);
  one.unproven();
}

/** What the next request of an update is. */
export function doingOf(one: Instance, under: Under): Doing {
  const doing = under.ops[0] === "envs" ? "replace-envs" : "redeploy";
  return { do: doing, replica: identOf(one.row) };
}

/**
 * @param registration the transaction that registered the revision in this run; null: none was needed
 * @returns what has to be registered before anything can go on; null: nothing
 */
export async function send(
  bench: Bench,
  one: Instance,
  rules: UpdateRules,
  registration: string | null,
): Promise<Approval | null> {
  const { under } = one;
  const { edges } = bench;
  if (under === null) return null;
  const row = rowOf(rules.rows, under.target, under.back ? one.uuid : rules.source);
  if (under.ops[0] === "redeploy" && row === null) {
    fail(bench, one, { why: "no-revision", composeHash: under.target });
    return null;
  }
  tell(bench, one, under, rules);
  under.tries += 1;
  const answer = await ask(bench, one, under, {
    revisionId: row?.id ?? "",
    encryptedEnv: rules.encryptedEnv ?? "",
    transaction: under.back ? null : registration,
  });
  if (edges.cancel.aborted) return null;
  if (answer.kind === "accepted") accept(bench, one, under);
  else if (answer.kind === "approval") return needsApproval(bench, one, under, answer);
  else takeFault(bench, one, under, answer.fault, rules);
  return null;
}

interface Parts {
  readonly revisionId: string;
  readonly encryptedEnv: string;
  /** That registered the revision; null: none of this run. */
  readonly transaction: string | null;
}

function ask(
  { api, appId, edges }: Bench,
  { uuid }: Instance,
  under: Under,
  { revisionId, encryptedEnv, transaction }: Parts,
): Promise<UpdateAnswer> {
  const options = { signal: edges.cancel };
  if (under.ops[0] === "envs") return api.replaceEnvs(uuid, encryptedEnv, options);
  const transactionHash = transaction ?? (under.registered ? ALREADY_REGISTERED : null);
  return api.redeploy({ appId, revisionId, vmUuid: uuid, transactionHash }, options);
}

function needsApproval(
  bench: Bench,
  one: Instance,
  under: Under,
  { approval, fault }: Extract<UpdateAnswer, { kind: "approval" }>,
): Approval | null {
  // All is registered, and the API wants to be told so.
  if (approval.isAllowed && !under.registered) {
    under.registered = true;
    return null;
  }
  if (under.back || one.changed) {
    fail(bench, one, { why: "refused", fault, doing: doingOf(one, under) });
    return null;
  }
  withdraw(bench, one, under.target);
  return approval;
}

function takeFault(
  bench: Bench,
  one: Instance,
  under: Under,
  fault: Fault,
  rules: UpdateRules,
): void {
  const { edges, ledger } = bench;
  const now = edges.clock.now();
  const verdict = judgeUpdate(fault);
  const doing = doingOf(one, under);
  under.fault = fault;
  if (verdict === "final") {
    fail(bench, one, { why: "refused", fault, doing });
    return;
  }
  under.mayBeBegun ||= verdict !== "busy";
  const asked = fault.kind === "answer" ? (retryAfterMs(fault, now) ?? 0) : 0;
  if (verdict === "lost") {
    under.lost += 1;
    under.phase = "settling";
    under.notBefore = now + Math.max(asked, SETTLE_MS);
    if (under.lost > MOST_LOST) {
      fail(bench, one, { why: "unsettled", fault, doing });
      return;
    }
  } else {
    under.notBefore = now + Math.max(asked, Math.min(BUSY_PAUSE_MS, rules.pollMs * 5));
  }
  const waitMs = under.notBefore - now;
  ledger.append({ fact: "retrying", doing, fault, waitMs, next: under.tries + 1 });
}
