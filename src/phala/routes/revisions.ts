import type { Attempt } from "../../net/fault.ts";
import { appPath } from "../requests.ts";
import {
  envsParts,
  REVISIONS_A_PAGE,
  type RevisionPage,
  readRevisions,
  redeployParts,
  type UpdateAnswer,
} from "../revisions.ts";
import type { Options, Wire } from "../wire.ts";

/** Revisions of an app, and what brings one CVM to another. */
export function revisionRoutes(wire: Wire) {
  return {
    /** `GET /apps/{app_id}/revisions`, newest first. @param page from 1 */
    async listRevisions(
      appId: string,
      page: number,
      options: Options = {},
    ): Promise<Attempt<RevisionPage>> {
      const path = `${appPath(appId)}/revisions?page=${page}&page_size=${REVISIONS_A_PAGE}`;
      return wire.reading(await wire.send("GET", path, options), readRevisions);
    },

    /** Brings one CVM to a revision: see `redeployParts`. */
    async redeploy(
      revision: {
        readonly appId: string;
        readonly revisionId: string;
        readonly vmUuid: string;
        readonly transactionHash: string | null;
      },
      options: Options = {},
    ): Promise<UpdateAnswer> {
      const { appId, revisionId, vmUuid, transactionHash } = revision;
      const { path, body } = redeployParts(appId, revisionId, vmUuid, transactionHash);
      return wire.updating(await wire.send("POST", path, options, body));
    },

    /** Replaces one CVM's environment: see `envsParts`. */
    async replaceEnvs(
      vmUuid: string,
      encryptedEnv: string,
      options: Options = {},
    ): Promise<UpdateAnswer> {
      const { path, body } = envsParts(vmUuid, encryptedEnv);
      return wire.updating(await wire.send("PATCH", path, options, body));
    },
  };
}
