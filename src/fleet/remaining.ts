/** Whether a CVM is still there, by its own route. */
import type { Edges } from "../action/edges.ts";
import { isUnknownToApi } from "../net/fault.ts";
import { AT_ONCE, inParallel } from "../net/parallel.ts";
import type { PhalaClient } from "../phala/api.ts";
import type { Made } from "./plan/cleanup.ts";
import { LOOK_TIMEOUT_MS } from "./plan/newcomers.ts";

/** Which of these still exist, as far as the API does not deny it. What must not be deleted may be gone all the same. */
export async function whichRemain(
  { cancel: signal }: Pick<Edges, "cancel">,
  api: PhalaClient,
  made: readonly Made[],
): Promise<readonly Made[]> {
  const look = { signal, timeoutMs: LOOK_TIMEOUT_MS };
  const seen = await inParallel(made, AT_ONCE, ({ ident }) => lookAt(api, ident.uuid, look));
  return made.filter((_, index) => seen[index] !== "gone");
}

/**
 * What its own route says; `gone`: the API knows no such CVM.
 *
 * @param unlisted the app's list was read, and does not show it
 */
export async function lookAt(
  api: PhalaClient,
  uuid: string,
  look: { readonly signal: AbortSignal; readonly timeoutMs: number },
  unlisted = false,
): Promise<"gone" | "there" | "unread"> {
  const cvm = await api.getCvm(uuid, look);
  if (!cvm.ok) return isUnknownToApi(cvm.fault, unlisted) ? "gone" : "unread";
  // Whether a deleted one is ever told of is not known (API facts, "Deleting").
  return cvm.value.deleted || cvm.value.status === "deleted" ? "gone" : "there";
}
