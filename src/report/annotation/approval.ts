/** A replica that needs an approval on chain, in words. Never the token or the addresses that carry it. */
import type { TroubleOf } from "../../ledger/trouble.ts";
import { duration } from "../../text/duration.ts";
import { whatToRegister } from "../words/approval.ts";
import { doingText } from "../words/doing.ts";
import { requestFailure } from "./failure.ts";
import { wordsOfRollout } from "./rollout.ts";

/** A 465 that nobody asked for, or a commit that came before its registration: what to register, and where. */
export function approvalText(trouble: TroubleOf<"approval">): string {
  const { at, need } = trouble;
  if (at === "update") return wordsOfRollout(trouble);
  if (at === "commit") {
    return `Could not commit the prepared replica: it is not registered on chain yet, so it was not created. ${whatToRegister(need)} Then run this step again with the same commit_token (good for 14 days).`;
  }
  const sequel = need.hasToken
    ? "Then commit: the approval outputs (compose_hash, device_id, commit_token and others) hold what is needed. A step with prepare_only: true asks for the approval without failing."
    : "The API gave no commit token, so the output commit_token is empty and no later step can commit this replica: once all is registered, run this step again. A step with prepare_only: true asks for a token without failing.";
  return `The replica needs on-chain approval first, so it was not created. ${whatToRegister(need)} ${sequel}`;
}

/** It was waited for. */
export function unapprovedText({ why, waitedMs, need }: TroubleOf<"unapproved">): string {
  switch (why) {
    case "late": {
      const again = need.hasToken
        ? "Once it is registered, run this step again, or commit with the approval outputs in a later job (the token is good for 14 days)."
        : "Once it is registered, run this step again.";
      return `The replica needs on-chain approval, and had none within ${duration(waitedMs)} (approval_timeout), so it was not created. ${whatToRegister(need)} ${again}`;
    }
    case "unseen":
      return `All is registered on chain, and the API did not see it within ${duration(waitedMs)}, so the replica was not created. Run this step again: it registers nothing twice.`;
    case "untold":
      return `The replica needs on-chain approval first, so it was not created. The API does not tell which compose hash, so this step could not wait for it, nor register it: give compose_hash. ${whatToRegister(need)}`;
  }
}

/** Whether it is allowed could not be asked. */
export function unreadText({ fault, need }: TroubleOf<"approval-unread">): string {
  const { text } = requestFailure(doingText({ do: "ask-allowance" }), fault);
  return `${text} The replica was not created. ${whatToRegister(need)}`;
}
