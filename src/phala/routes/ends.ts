import type { Attempt } from "../../net/fault.ts";
import { cvmPath } from "../requests.ts";
import type { Options, Wire } from "../wire.ts";

/** What ends a CVM. */
export function endRoutes(wire: Wire) {
  return {
    /** `PATCH /cvms/{cvm_id}/scheduled-delete`. @param at ms since the epoch, by the server's clock */
    async scheduleDelete(
      vmUuid: string,
      at: number,
      options: Options = {},
    ): Promise<Attempt<true>> {
      const body = JSON.stringify({ scheduled_delete_at: new Date(at).toISOString() });
      const path = `${cvmPath(vmUuid)}/scheduled-delete`;
      return wire.done(await wire.send("PATCH", path, options, body));
    },

    /** `DELETE /cvms/{cvm_id}`: starts the deletion. */
    async deleteCvm(vmUuid: string, options: Options = {}): Promise<Attempt<true>> {
      return wire.done(await wire.send("DELETE", cvmPath(vmUuid), options));
    },
  };
}
