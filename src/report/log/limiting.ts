/** What is said about a `ttl`. */
import type { Note } from "../../ledger/fact.ts";
import { moment } from "../../text/duration.ts";
import { doingText, whoText } from "../words/doing.ts";
import { reasonOf } from "../words/reason.ts";
import { info, type LogLine, warning } from "./line.ts";

/** Null: it is told elsewhere. */
export function limitingLine(note: Note): LogLine | null {
  switch (note.note) {
    case "ttl-set":
      return info(`The platform deletes ${note.replica.name} at ${moment(note.until)} (ttl).`);
    case "ttl-guessed":
      return warning(
        `The API told neither created_at nor a Date, so the ttl of ${note.replica.name} is counted by this runner's clock: it ends at ${moment(note.until)}. If that is not what you meant, the runner's clock is off.`,
      );
    case "ttl-not-yet": {
      const { replica, ttlMs, fault } = note;
      const what = doingText({ do: "limit", replica, ttlMs });
      return info(
        `Could not ${what} yet: ${reasonOf(fault)}. It is tried again while the step goes on.`,
      );
    }
    case "ttl-unproven":
      return warning(
        `The ttl of ${whoText(note.replica)} is not set: it was found by elimination after a lost answer, so it may be another's, and exclusive is not true. It is billed until somebody deletes it.`,
      );
    default:
      return null;
  }
}
