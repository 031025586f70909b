/** What was wrong with the answers to a replica's health check, in the words of create. */
import type { HealthProblem } from "../../ledger/terms.ts";
import { oneLine } from "../../text/clean.ts";
import { reasonOf } from "./reason.ts";

/** More of a body, or of what is expected in one, nobody reads. Characters. */
const MOST_SHOWN = 200;

/** Part of a sentence. */
export function healthText(problem: HealthProblem): string {
  switch (problem.got) {
    case "status":
      return `it answered HTTP ${problem.status}${saidBy(problem.body)}`;
    case "other-text": {
      const expected = JSON.stringify(oneLine(problem.expected, MOST_SHOWN));
      return `it answered HTTP ${problem.status} without ${expected}${saidBy(problem.body)}`;
    }
    case "fault":
      return oneLine(reasonOf(problem.fault), MOST_SHOWN);
    case "no-usable-url":
      return "its instance URL is none that this step asks: not https to a public name";
    case "holding":
      return "it answered as it should, but not yet for as long as health_for wants";
    case "unasked":
      return "its health check got no answer";
  }
}

function saidBy(body: string): string {
  const text = oneLine(body, MOST_SHOWN).replace(/[.\s]+$/, "");
  return text === "" ? ", with an empty body" : `: ${text}`;
}
