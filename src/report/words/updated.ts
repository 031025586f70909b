/** What an instance of a rollout is now. */
import type { Replica } from "../../ledger/replica.ts";
import { currentStatus } from "../../ledger/who.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { shortHash, updateText } from "./update.ts";

export type UpdateOutcome =
  | "updated"
  | "unchanged"
  | "updating"
  | "rolled_back"
  | "failed"
  | "untouched";

/** @param settled the revision on which an untouched one has all that it is to have; null: none, or not known */
export function updateOutcome(replica: Replica, settled: string | null): UpdateOutcome {
  const { revision, trouble, cvm } = replica;
  if (revision?.back === "done") return "rolled_back";
  if (revision?.back === "failed") return "failed";
  if (revision?.back === "asked") return "updating";
  if (trouble !== null) return "failed";
  if (revision !== null) return revision.done ? "updated" : "updating";
  return settled !== null && cvm?.composeHash === settled ? "unchanged" : "untouched";
}

/** A few words for a person: what it is now, with the revision. */
export function updatedText(replica: Replica, settled: string | null): string {
  const { revision, cvm, fate } = replica;
  if (fate === "gone") return "is not there any more";
  const now = shortHash(revisionNow(replica));
  switch (updateOutcome(replica, settled)) {
    case "updated": {
      // Somebody may have stopped it since, or it crashed.
      const status = oneLine(currentStatus(replica), 40);
      return ["running", ""].includes(status)
        ? `updated: serves ${now}`
        : `updated to ${now}; its status is ${status} now`;
    }
    case "unchanged":
      return `unchanged: has ${now}`;
    case "rolled_back":
      return `rolled back: serves ${now}`;
    case "untouched":
      return `untouched: has ${now}`;
    case "updating":
      return revision?.back === "asked"
        ? `on its way back to ${shortHash(revision.from)} when the step ended`
        : `on its way to ${shortHash(revision?.to ?? settled)} when the step ended`;
    case "failed":
      if (revision?.back === "failed") {
        const { backTrouble: why } = revision;
        const reason = why?.kind === "update" ? `. ${updateText(why)}` : "";
        return `failed, and could not be brought back to ${shortHash(revision.from)}: needs a person${reason}`;
      }
      return `failed: its row tells ${shortHash(cvm?.composeHash ?? null)}`;
  }
}

/** The revision that it has, as far as this run knows. */
export function revisionNow({ revision, cvm }: Replica): string | null {
  if (revision?.back === "done") return revision.from;
  if (revision?.done && revision.back === null) return revision.to;
  return cvm?.composeHash ?? null;
}

/** How long it took from the request on, and how long it was seen not to serve; ms, null: not known. */
export function timesOf({ times }: Replica): {
  readonly took: number | null;
  readonly away: number | null;
} {
  const { sent, away, updated } = times;
  if (updated === undefined) return { took: null, away: null };
  return {
    took: sent === undefined ? null : updated - sent,
    away: away === undefined ? null : updated - away,
  };
}

export function timeText(ms: number | null): string {
  return ms === null ? "–" : duration(ms);
}
