/** What the annotation of a delete says besides its trouble. */

import { codeOf } from "../../ledger/code.ts";
import type { Judgement } from "../../ledger/judgement.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { isDeleted, type Replica } from "../../ledger/replica.ts";
import { dashboardUrl } from "../../text/links.ts";
import { whoText } from "../words/doing.ts";
import { NOTHING_SAID, type Words } from "./annotation.ts";
import { survivedText } from "./trouble.ts";

const TITLES: Readonly<Record<string, string>> = {
  INPUT: "An input is wrong or does not fit",
  LIMIT: "More would be deleted than max_deletions allows",
  NOT_FOUND: "An input names what the app does not have",
  KEPT: "Something asked for was not deleted",
  TIMEOUT: "Not gone in time",
  INTERNAL: "The action met a problem of its own",
};

/** What the run's page shows first, without the code. */
export function deleteTitle({ outcome, trouble }: Judgement): string {
  if (outcome === "cancelled") return "The step was cancelled";
  const code = trouble === null ? "" : codeOf(trouble);
  const known = Object.hasOwn(TITLES, code) ? TITLES[code] : undefined;
  return known ?? (outcome === "partial" ? "Not everything was deleted" : "Nothing was deleted");
}

/** What is gone, and what is there still and billed. */
export function deleteExists(ledger: Ledger): Words {
  const { began, surveyed } = ledger.run;
  // Nothing was sent that could delete.
  if (began === null) return { text: "Nothing was deleted.", list: [] };
  const replicas = ledger.replicas();
  const gone = replicas.filter(isDeleted).length;
  const left = replicas.filter((one) => !isDeleted(one) && one.fate !== "gone");
  const asked = left.filter(({ spared }) => spared === null);
  if (replicas.length === 0) return NOTHING_SAID;
  const count = `Deleted: ${gone} of ${replicas.length} selected.`;
  if (asked.length === 0) return { text: count, list: [] };
  const slug = surveyed?.workspaceSlug ?? null;
  return {
    text: `${count} There still, as far as is known, and billed: ${asked.length}.`,
    list: asked.map((one) => {
      const { uuid } = one.ident;
      const link = uuid === null ? "" : ` ${dashboardUrl(slug, began.appId, uuid)}`;
      return `${whoText(one.ident)}: ${fateText(one)}${link}`;
    }),
  };
}

/** What became of one that was to be deleted, in a few words or a sentence. */
export function fateText({ fate, goneBy, trouble, spared }: Replica): string {
  if (spared !== null) return "stays";
  if (trouble?.kind === "survived") return survivedText(trouble);
  if (fate === "gone") return goneBy === "us" ? "deleted" : "gone already";
  return fate === "going" ? "its deletion was asked for" : "not asked for";
}
