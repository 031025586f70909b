import type { Attempt } from "../../net/fault.ts";
import { type AttestedId, type Backfill, readAttestedId, readBackfill } from "../instance-id.ts";
import { cvmPath } from "../requests.ts";
import { type BootStatus, readBootStatuses } from "../status.ts";
import type { Options, Wire } from "../wire.ts";

/** How far the guests are, and which instance each is. */
export function guestRoutes(wire: Wire) {
  return {
    /** `POST /status/batch`: how far each CVM is, by dashed UUID, boot errors included. */
    async bootStatuses(
      vmUuids: readonly string[],
      options: Options = {},
    ): Promise<Attempt<ReadonlyMap<string, BootStatus>>> {
      const body = JSON.stringify({ vm_uuids: vmUuids });
      return wire.reading(
        await wire.send("POST", "/status/batch", options, body),
        readBootStatuses,
      );
    },

    /** `PATCH /cvms/{cvm_id}/instance-id`: has the platform find out an id that is missing, and store it. */
    async backfillInstanceId(vmUuid: string, options: Options = {}): Promise<Attempt<Backfill>> {
      // Its defaults, in so many words: what is there stays.
      const body = JSON.stringify({ overwrite: false, dry_run: false });
      const path = `${cvmPath(vmUuid)}/instance-id`;
      return wire.reading(await wire.send("PATCH", path, options, body), readBackfill);
    },

    /** `GET /cvms/{cvm_id}/attestation`: the instance id by the guest's own event log. */
    async attestedInstanceId(vmUuid: string, options: Options = {}): Promise<Attempt<AttestedId>> {
      const path = `${cvmPath(vmUuid)}/attestation`;
      return wire.reading(await wire.send("GET", path, options), readAttestedId);
    },
  };
}
