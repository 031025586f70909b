/** What became of one instance of a rollout, in words for the log, the annotation, outputs and summary. */
import type { HealthProblem } from "../../ledger/terms.ts";
import type { Trouble, UpdateEnd } from "../../ledger/trouble.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { requestFailure } from "../annotation/failure.ts";
import { whyUnverified } from "./attested.ts";
import { doingText, whoText } from "./doing.ts";
import { noPort } from "./no-url.ts";
import { reasonOf } from "./reason.ts";

type Update = Extract<Trouble, { kind: "update" }>;

/** The first digits of a revision, which are enough to tell one from another. */
export function shortHash(composeHash: string | null): string {
  return composeHash === null ? "an unknown revision" : `${composeHash.slice(0, 12)}…`;
}

const STAGES: Readonly<Record<Update["stage"], string>> = {
  source: "The source",
  there: "On the revision already,",
  forth: "Brought to the revision,",
  back: "Brought back,",
};

/** Whole sentences: what it came to, and what to do. */
export function updateText({ stage, replica, end, elapsedMs }: Update): string {
  const who = `${STAGES[stage]} ${whoText(replica)}`;
  const nothing = stage === "source" ? " Nothing was touched." : "";
  return `${endText(who, stage, { end, elapsedMs })}${nothing}`;
}

function endText(
  who: string,
  stage: Update["stage"],
  { end, elapsedMs }: Pick<Update, "end" | "elapsedMs">,
): string {
  const within = `within ${duration(elapsedMs)}`;
  switch (end.why) {
    case "refused":
      return requestFailure(doingText(end.doing), end.fault).text;
    case "unsettled":
      return `${requestFailure(doingText(end.doing), end.fault).text} No look at it showed that the update had been begun, but a request whose answer was lost may still be carried out: look at it, then run the step again.`;
    case "status":
      return `${who} did not come up again: its status is ${oneLine(end.status, 40)}. Look at its log in the dashboard.`;
    case "late":
      return lateText(who, within, end);
    case "unhealthy":
      if (end.problem.got === "holding") {
        return `${who} runs and is healthy, but had no time left to stay so for as long as health_for wants: ${addressText(end)} ${problemText(end.problem)} to the end (${within}; instance_timeout). Give a longer instance_timeout, or a shorter health_for.`;
      }
      return `${who} runs, ${healthOf(end, within)}: ${addressText(end)} ${problemText(end.problem)}. Call that path, or look at its log in the dashboard.`;
    case "no-url":
      return `${who} runs, but no URL of its own was to be had ${within}. Look for its endpoints in the dashboard, and at port where it was given.`;
    case "no-port":
      return `${who} runs, but ${noPort(end)}. Correct port, or publish it in the app's compose file.`;
    case "unverified": {
      const { what, advice } = whyUnverified(end.entry);
      return `${who} is not verified, by ${what}. ${advice}`;
    }
    case "overtaken":
      if (stage === "source" || stage === "there") {
        return `${who} was brought to the revision ${shortHash(end.composeHash)} by somebody else meanwhile. It was left as it is: run the step again to bring the others there too, and see that deployments and rollouts don't run at once (concurrency).`;
      }
      return `${who} was updated by somebody else after this step and has the revision ${shortHash(end.composeHash)} now. It was left as it is. See that two rollouts don't run at once (concurrency).`;
    case "vanished":
      return `${who} is not there any more: somebody deleted it.`;
    case "no-revision":
      return `${who} can't go back: the app has no revision ${shortHash(end.composeHash)} any more.`;
  }
}

function lateText(
  who: string,
  within: string,
  { status, inProgress }: Extract<UpdateEnd, { why: "late" }>,
): string {
  if (status === "running" && !inProgress) {
    return `${who} runs, but nothing showed ${within} (instance_timeout) that its update had begun: it may wait in the platform's queue, its guest still the old one. Look at it in the dashboard, or give a longer instance_timeout.`;
  }
  const busy = inProgress ? ", an operation in progress" : "";
  const told = oneLine(status, 40) || "not told";
  return `${who} did not run ${within} (instance_timeout; status ${told}${busy}). Look at its log in the dashboard, or give a longer instance_timeout.`;
}

function healthOf({ heldMs }: Extract<UpdateEnd, { why: "unhealthy" }>, within: string): string {
  return heldMs === undefined
    ? `but was not healthy ${within}`
    : `and was healthy, but not for ${duration(heldMs)} without a break (health_for)`;
}

function addressText({ address, path }: Extract<UpdateEnd, { why: "unhealthy" }>): string {
  return oneLine(address ?? path, 300);
}

/** Part of a sentence whose subject is the address. */
export function problemText(problem: HealthProblem): string {
  switch (problem.got) {
    case "status":
      return `answered HTTP ${problem.status}`;
    case "fault":
      return `brought no answer: ${reasonOf(problem.fault)}`;
    case "other-text": {
      const body = oneLine(problem.body, 120);
      const said = body === "" ? "it was empty" : `it begins ${JSON.stringify(body)}`;
      return `answered without the text ${JSON.stringify(oneLine(problem.expected, 80))} of health_expect in its body (${said})`;
    }
    case "no-usable-url":
      return "is no address that this step asks: not https to a public name";
    case "holding":
      return "answered as it should";
    case "unasked":
      return "was not asked";
  }
}
