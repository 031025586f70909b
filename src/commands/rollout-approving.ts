/** Getting the approval of a revision on chain in a run of rollout: one serves all of its instances. */
import { Approvals, type Approved, unlike } from "../fleet/approve.ts";
import { askFor } from "../fleet/ask.ts";
import type { RolloutInputs } from "../inputs/rollout.ts";
import { needOf } from "../ledger/need.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { GLANCE_BUDGET } from "../net/retry.ts";
import { ALL_ALLOWED, onchainStatusOf } from "../phala/allowance.ts";
import type { Approval } from "../phala/approval.ts";
import type { Approver } from "../phala/approver.ts";
import { approvalLine, notSeenYet } from "../report/log/approving.ts";
import { approvalOf, type RolloutHandover } from "../report/outputs/rollout.ts";
import { waitingSummary } from "../report/summary/approval.ts";
import { chainOf, waitingNotice } from "../report/words/approval.ts";
import { ALREADY_REGISTERED, parseHash } from "../text/ids.ts";
import type { Run } from "./command.ts";
import { writeSummary } from "./conclude.ts";

const WAITING = "Waiting for an approval on chain";
const THEN = "The step then goes on by itself.";

/** `trouble` null: it was cancelled. */
export type Met =
  | { readonly end: "approved"; readonly transaction: string; readonly waitedMs: number }
  | { readonly end: "not"; readonly trouble: Trouble | null };

export class RolloutApprovals {
  readonly #run: Run<RolloutInputs>;
  readonly #handover: RolloutHandover;
  readonly #approvals: Approvals;
  #approval: Approval | null = null;

  constructor(run: Run<RolloutInputs>, handover: RolloutHandover) {
    const { edges, ledger, api, inputs } = run;
    this.#run = run;
    this.#handover = handover;
    this.#approvals = new Approvals(
      { ...inputs.chain, requestTimeoutMs: inputs.requestTimeoutMs },
      {
        ...edges,
        isAllowed: ({ appId, ...sought }, signal) => api.isAllowed(appId, sought, { signal }),
        save: (signed) => ledger.append({ fact: "signed", signed }),
        announce: (until, ours) => this.#announce(until, ours),
        tell: (event) => edges.runner.info(approvalLine(event)),
      },
    );
  }

  /** An answer asks for an approval: is it the reviewed one, and is it to be got in this step? */
  async meet(told: Approval, wanted: string): Promise<Met> {
    const { edges, ledger, inputs, appId } = this.#run;
    const approval = {
      ...told,
      appId: told.appId ?? `0x${appId}`,
      composeHash: told.composeHash ?? wanted,
      deviceId: told.deviceId ?? inputs.chain.deviceId,
    };
    this.#approval = approval;
    this.#tell(approval, approval.isAllowed);
    const composeHash = parseHash(approval.composeHash) ?? wanted;
    const deviceId = parseHash(approval.deviceId ?? "");
    const reviewed = { composeHash: wanted, deviceId: inputs.chain.deviceId };
    const rejected = unlike(reviewed, { composeHash, deviceId });
    if (rejected !== null) return { end: "not", trouble: { kind: "rejected", ...rejected } };
    if (!this.#approvals.wanted) return { end: "not", trouble: needed(approval) };
    // What follows may take hours, in which the step may be killed.
    for (const [name, value] of Object.entries(approvalOf(this.#handover))) {
      edges.runner.output(name, value);
    }
    ledger.append({ fact: "approving", waits: true });
    const begun = edges.clock.now();
    const end = await this.#approvals.get({
      appId,
      composeHash,
      deviceId,
      chainId: chainOf(approval),
    });
    ledger.append({ fact: "approving", waits: false });
    return this.#ended(end, approval, edges.clock.now() - begun);
  }

  #tell(approval: Approval, isAllowed: boolean): void {
    const { commitToken } = approval;
    if (commitToken !== null) this.#run.edges.runner.neverPrint(commitToken);
    this.#handover.approval = approval;
    this.#handover.isAllowed = isAllowed;
  }

  async #announce(until: number, ours: boolean): Promise<void> {
    const { edges, inputs } = this.#run;
    const approval = this.#approval;
    if (approval === null) return;
    if (ours) return edges.runner.info(notSeenYet(until));
    const approver = await this.#whoApproves();
    edges.runner.notice(waitingNotice(approval, approver, until, THEN), WAITING);
    if (inputs.summary) writeSummary(edges, () => waitingSummary(approval, approver, until));
  }

  async #whoApproves(): Promise<Approver | null> {
    const { api, appId } = this.#run;
    const send = (options: Parameters<typeof api.approver>[1]) => api.approver(appId, options);
    const rules = { budget: GLANCE_BUDGET };
    const answer = await askFor(this.#run, { do: "ask-approver" }, send, rules);
    return answer.ok ? answer.value : null;
  }

  #ended(end: Approved, approval: Approval, waitedMs: number): Met {
    const { signing } = this.#run.inputs.chain;
    switch (end.end) {
      case "allowed": {
        this.#handover.isAllowed = true;
        this.#handover.approval = { ...approval, ...ALL_ALLOWED };
        return { end: "approved", transaction: end.transaction ?? ALREADY_REGISTERED, waitedMs };
      }
      case "cancelled":
        return { end: "not", trouble: null };
      case "failed":
        return { end: "not", trouble: end.trouble };
      case "late": {
        // One of both may be allowed by now.
        const onchainStatus = onchainStatusOf(end.last) ?? approval.onchainStatus;
        const seen = { ...approval, onchainStatus };
        this.#handover.approval = seen;
        const waited = { ms: waitedMs, ours: signing !== null };
        return { end: "not", trouble: { ...needed(seen), waited } };
      }
      case "unread": {
        const { fault } = end;
        const doing = { do: "ask-approval" } as const;
        return { end: "not", trouble: { kind: "request", doing, fault, gaveUp: null } };
      }
    }
  }
}

function needed(approval: Approval): Extract<Trouble, { kind: "approval" }> {
  return { kind: "approval", at: "update", need: needOf(approval) };
}
