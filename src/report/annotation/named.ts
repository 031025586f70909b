/** Failures of named replicas, and of the guard against too many; re-exported by `failure.ts`. */
import type { Cvm } from "../../phala/cvm.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";

/** More instances than `max_instances` would be there. */
export function limitFailure(there: number, wanted: number, most: number) {
  return {
    code: "LIMIT" as const,
    text: `The app has ${there} instance${there === 1 ? "" : "s"}, of whatever state, and with ${wanted} more would have ${there + wanted}; max_instances allows ${most}. Nothing was created. Delete what is not wanted, or write max_instances: ${there + wanted}.`,
  };
}

/**
 * @param reason what the API said
 * @param holder who has the name; null: it can't be seen
 */
export function takenFailure(name: string, reason: string, holder: Cvm | null) {
  const who =
    holder === null
      ? "Which CVM has it can't be seen with this key"
      : `${oneLine(holder.name ?? name, 80)} (${holder.vmUuid ?? "no UUID"}) of the app ${holder.appId ?? "unknown"} has it`;
  return {
    code: "TAKEN" as const,
    text: `The name ${name} is taken in this workspace: ${reason}. ${who}. This replica was not created. Choose another name, or delete that CVM.`,
  };
}

/**
 * What bears the name is being deleted, and still not gone.
 *
 * @param trouble why the last look failed; null: it did not
 */
export function nameNotFree(name: string, waitedMs: number, trouble: string | null) {
  const why = trouble === null ? "" : ` The last look failed: ${trouble}.`;
  return {
    code: "TIMEOUT" as const,
    late: true as const,
    text: `The CVM that bears the name ${name} is being deleted, and was not gone within ${duration(waitedMs)} (wait_timeout), so none was created.${why} Run this step again once it is gone.`,
  };
}
