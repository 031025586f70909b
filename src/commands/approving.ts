/** Getting approvals in a run of create: what `fleet/approve.ts` does, told, put out and kept as it goes. */

import { Approvals, type Approved, unlike } from "../fleet/approve.ts";
import type { Approving } from "../fleet/approving.ts";
import { askFor } from "../fleet/ask.ts";
import type { Context } from "../fleet/run.ts";
import { needOf } from "../ledger/need.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { GLANCE_BUDGET } from "../net/retry.ts";
import { ALL_ALLOWED, onchainStatusOf } from "../phala/allowance.ts";
import type { Approval } from "../phala/approval.ts";
import type { Approver } from "../phala/approver.ts";
import { approvalLine, notSeenYet } from "../report/log/approving.ts";
import { approvalOutputs } from "../report/outputs/approval.ts";
import { waitingSummary } from "../report/summary/approval.ts";
import { chainOf, waitingNotice } from "../report/words/approval.ts";
import { parseHash } from "../text/ids.ts";
import { writeSummary } from "./conclude.ts";
import type { Ending } from "./ending.ts";
import { writeOutputs } from "./handover.ts";

const WAITING = "Waiting for an approval on chain";

const NOTHING_KNOWN: Approval = {
  message: null,
  composeHash: null,
  appId: null,
  deviceId: null,
  kmsInfo: null,
  commitToken: null,
  commitUrl: null,
  apiCommitUrl: null,
  onchainStatus: null,
  isAllowed: false,
};

export class GetApproved implements Approving {
  readonly #context: Context;
  readonly #ending: Ending;
  readonly #approvals: Approvals;
  /** What is being approved. */
  #approval = NOTHING_KNOWN;

  constructor(context: Context, ending: Ending) {
    const { edges, ledger, api, inputs } = context;
    this.#context = context;
    this.#ending = ending;
    const { requestTimeoutMs } = inputs;
    this.#approvals = new Approvals(
      { ...inputs.chain, requestTimeoutMs },
      {
        ...edges,
        isAllowed: ({ appId, ...sought }, signal) => api.isAllowed(appId, sought, { signal }),
        save: (signed) => ledger.append({ fact: "signed", signed }),
        announce: (until, ours) => this.#announce(until, ours),
        tell: (event) => edges.runner.info(approvalLine(event)),
      },
    );
  }

  get wanted(): boolean {
    return this.#approvals.wanted;
  }

  meet(approval: Approval): Trouble | null {
    const { composeHash, chain } = this.#context.inputs;
    this.#ending.isAllowed = approval.isAllowed;
    const told = {
      composeHash: parseHash(approval.composeHash ?? ""),
      deviceId: parseHash(approval.deviceId ?? ""),
    };
    const rejected = unlike({ composeHash, deviceId: chain.deviceId }, told);
    if (rejected === null) return null;
    return { kind: "rejected", ...rejected };
  }

  async get(told: Approval | null): ReturnType<Approving["get"]> {
    const { edges, ledger, inputs } = this.#context;
    const approval = this.#completed(told ?? NOTHING_KNOWN);
    const composeHash = parseHash(approval.composeHash ?? "");
    if (composeHash === null) {
      const trouble = unapproved("untold", 0, approval);
      return { approval, transactionHash: null, trouble };
    }
    const { runner, clock } = edges;
    this.#approval = approval;
    this.#ending.isAllowed = false;
    // What follows may take hours, in which the step may be killed.
    writeOutputs(runner, approvalOutputs(approval, false));
    ledger.append({ fact: "approving", waits: true });
    const begun = clock.now();
    const end = await this.#approvals.get({
      appId: inputs.appId,
      composeHash,
      deviceId: parseHash(approval.deviceId ?? ""),
      chainId: chainOf(approval),
    });
    ledger.append({ fact: "approving", waits: false });
    return this.#ended(end, clock.now() - begun);
  }

  /** What an answer left out, as the inputs have it. */
  #completed(told: Approval): Approval {
    const { appId, composeHash, chain, commitToken } = this.#context.inputs;
    return {
      ...told,
      appId: told.appId ?? `0x${appId}`,
      composeHash: told.composeHash ?? composeHash,
      deviceId: told.deviceId ?? chain.deviceId,
      commitToken: told.commitToken ?? commitToken,
    };
  }

  async #announce(until: number, ours: boolean): Promise<void> {
    const { edges, inputs } = this.#context;
    if (ours) return edges.runner.info(notSeenYet(until));
    const approval = this.#approval;
    const approver = await this.#whoApproves();
    const text = waitingNotice(approval, approver, until);
    edges.runner.notice(text, WAITING);
    if (inputs.summary) writeSummary(edges, () => waitingSummary(approval, approver, until));
  }

  async #whoApproves(): Promise<Approver | null> {
    const { api, inputs } = this.#context;
    const doing = { do: "ask-approver" } as const;
    const send = (options: Parameters<typeof api.approver>[1]) =>
      api.approver(inputs.appId, options);
    const answer = await askFor(this.#context, doing, send, { budget: GLANCE_BUDGET });
    return answer.ok ? answer.value : null;
  }

  #ended(end: Approved, waitedMs: number): Awaited<ReturnType<Approving["get"]>> {
    const approval = this.#approval;
    const not = (trouble: Trouble | null) => ({ approval, transactionHash: null, trouble });
    switch (end.end) {
      case "allowed": {
        this.#ending.isAllowed = true;
        const transactionHash = end.transaction ?? this.#context.inputs.transactionHash;
        return { approval: { ...approval, ...ALL_ALLOWED }, transactionHash, trouble: null };
      }
      case "late": {
        const seen = {
          ...approval,
          onchainStatus: onchainStatusOf(end.last) ?? approval.onchainStatus,
        };
        const { signing, approvalTimeoutMs } = this.#context.inputs.chain;
        const trouble =
          signing === null
            ? unapproved("late", approvalTimeoutMs, seen)
            : unapproved("unseen", waitedMs, seen);
        return { ...not(trouble), approval: seen };
      }
      case "cancelled":
        return not(null);
      case "failed":
        return not(end.trouble);
      case "unread":
        return not({ kind: "approval-unread", fault: end.fault, need: needOf(approval) });
    }
  }
}

function unapproved(
  why: "late" | "unseen" | "untold",
  waitedMs: number,
  approval: Approval,
): Trouble {
  return { kind: "unapproved", why, waitedMs, need: needOf(approval) };
}
