import { Unwritable } from "../action/unwritable.ts";
import type { TroubleOf } from "../ledger/trouble.ts";
import { oneLine } from "../text/clean.ts";

/** What was thrown: the runner could not write, or a bug of ours. */
export function internal(error: unknown): TroubleOf<"internal"> {
  if (error instanceof Unwritable) {
    return { kind: "internal", what: error.what, detail: oneLine(error.why, 300) };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // An error that wraps another one says "Error" of both.
  return {
    kind: "internal",
    what: "bug",
    detail: oneLine(message.replace(/^(?:Error: )+/, ""), 300),
  };
}
