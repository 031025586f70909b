/** The outputs that tell how a command ended: every command has them. */
import { codeOf } from "../../ledger/code.ts";
import type { Judgement } from "../../ledger/judgement.ts";

/** @param message the annotation's text without title and link; empty where nothing failed */
export function endOutputs(
  { outcome, trouble }: Judgement,
  message: string,
): Readonly<Record<string, string>> {
  return {
    outcome,
    error_code: trouble === null ? "" : codeOf(trouble),
    error_message: message,
  };
}
