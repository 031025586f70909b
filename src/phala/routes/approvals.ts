import type { Attempt } from "../../net/fault.ts";
import { type Allowance, readAllowance } from "../allowance.ts";
import { type Approver, readApprover } from "../approver.ts";
import { appPath } from "../requests.ts";
import type { Options, Wire } from "../wire.ts";

/** What the app's contract allows, and who can change that. */
export function approvalRoutes(wire: Wire) {
  return {
    /** `POST /apps/{app_id}/is-allowed`: whether the contract allows a revision on a device. Both 64 digits. */
    async isAllowed(
      appId: string,
      { composeHash, deviceId }: { readonly composeHash: string; readonly deviceId: string | null },
      options: Options = {},
    ): Promise<Attempt<Allowance>> {
      const device = deviceId === null ? {} : { device_id: deviceId };
      const body = JSON.stringify({ compose_hash: composeHash, ...device });
      const path = `${appPath(appId)}/is-allowed`;
      return wire.reading(await wire.send("POST", path, options, body), readAllowance);
    },

    /** `GET /apps/{app_id}/kms-info`: who can approve. */
    async approver(appId: string, options: Options = {}): Promise<Attempt<Approver>> {
      return wire.reading(
        await wire.send("GET", `${appPath(appId)}/kms-info`, options),
        readApprover,
      );
    },
  };
}
