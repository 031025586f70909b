import type { Attempt } from "../../net/fault.ts";
import { type RootKey, readKmsId, readRootKey, readSignedKey, type SignedKey } from "../kms.ts";
import { cvmPath, kmsPath } from "../requests.ts";
import type { Options, Wire } from "../wire.ts";

/** The version before the usual one, whose `GET /cvms/{id}` is the only one to name the KMS (API facts, 5.2). */
const KMS_NAMING_VERSION = "2025-10-28";

/** The keys that environments are encrypted to. */
export function kmsRoutes(wire: Wire) {
  return {
    /** The KMS of the CVM's app, as the KMS routes want it: its slug, or else its id. */
    async kmsOf(vmUuid: string, options: Options = {}): Promise<Attempt<string>> {
      const version = { "x-phala-version": KMS_NAMING_VERSION };
      const answer = await wire.send("GET", cvmPath(vmUuid), options, undefined, version);
      return wire.reading(answer, readKmsId);
    },

    /** `GET /kms/{kms_id}/pubkey/{app_id}`: the app's encryption key, signed by the KMS. */
    async appKey(kmsId: string, appId: string, options: Options = {}): Promise<Attempt<SignedKey>> {
      const path = `${kmsPath(kmsId)}/pubkey/${encodeURIComponent(appId)}`;
      return wire.reading(await wire.send("GET", path, options), readSignedKey);
    },

    /** `GET /kms/{kms_id}/info`: the KMS's root key. */
    async kmsRootKey(kmsId: string, options: Options = {}): Promise<Attempt<RootKey>> {
      return wire.reading(await wire.send("GET", `${kmsPath(kmsId)}/info`, options), readRootKey);
    },
  };
}
