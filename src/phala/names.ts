/** What the API says of names (API facts, "Named instances"). Pure. */
import type { Fault } from "../net/fault.ts";
import type { Cvm } from "./cvm.ts";
import { isGoing } from "./status.ts";

const NAME_TAKEN = "ERR-01-004";

/** Whether the platform takes two names for one: whether it looks at their case is not known, so not here. */
export function sameName(one: string | null, other: string): boolean {
  return one !== null && one.toLowerCase() === other.toLowerCase();
}

/**
 * Whether a request was refused because a CVM of the workspace has the name. Which form this route gives has
 * not been seen: the code at any status, or the words that renaming answers.
 */
export function isTaken(fault: Fault): boolean {
  if (fault.kind !== "answer") return false;
  if (fault.errorCode === NAME_TAKEN) return true;
  const said = fault.reason ?? "";
  const words = /\bname\b/i.test(said) && /\b(?:exists?|in use|taken)\b/i.test(said);
  return [400, 409].includes(fault.status) && words;
}

/** The row that has the name; of several, one that is not on its way out comes first. */
export function rowNamed(cvms: readonly Cvm[], name: string): Cvm | null {
  const rows = cvms.filter((cvm) => !cvm.deleted && sameName(cvm.name, name));
  return rows.find(({ status }) => !isGoing(status)) ?? rows[0] ?? null;
}
