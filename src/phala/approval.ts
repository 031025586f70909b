import { envelopeOf } from "../net/fault.ts";
import { parseToken } from "../text/ids.ts";
import {
  arrayAt,
  booleanAt,
  fieldOf,
  isObject,
  type JsonObject,
  parseJson,
  stringAt,
} from "../text/json.ts";

/** What a 465 answer says must be registered on chain before the replica may exist. */
export interface Approval {
  readonly message: string | null;
  readonly composeHash: string | null;
  readonly appId: string | null;
  readonly deviceId: string | null;
  readonly kmsInfo: JsonObject | null;
  /** The credential of the later commit. Outputs only: never printed, never in the state. */
  readonly commitToken: string | null;
  /** Carry the token in their query: outputs only. */
  readonly commitUrl: string | null;
  readonly apiCommitUrl: string | null;
  readonly onchainStatus: JsonObject | null;
  /** Everything is registered already, so a commit would pass. */
  readonly isAllowed: boolean;
}

/**
 * Reads a 465 body in each form that is known (API facts, "X-Prepare-Only and HTTP 465"): the structured
 * envelope at the top or inside `detail`, with the values in `details[]` as field and value; the older
 * flat form; and a bare string in `detail`. What is missing is null.
 */
export function readApproval(text: string): Approval {
  const body = parseJson(text);
  const envelope = envelopeOf(body);
  const values = new Map<string, unknown>();
  for (const entry of arrayAt(envelope, "details")) {
    const field = stringAt(entry, "field");
    if (field !== null) values.set(field, fieldOf(entry, "value"));
  }
  const value = (field: string) => values.get(field) ?? fieldOf(envelope, field);
  const textOf = (field: string) => {
    const found = value(field);
    return typeof found === "string" && found !== "" ? found : null;
  };
  const objectOf = (field: string) => {
    const found = value(field);
    return isObject(found) ? found : null;
  };
  const onchainStatus = objectOf("onchain_status");
  return {
    message: stringAt(envelope, "message") ?? stringAt(body, "detail"),
    composeHash: textOf("compose_hash"),
    appId: textOf("app_id"),
    deviceId: textOf("device_id"),
    kmsInfo: objectOf("kms_info"),
    commitToken: parseToken(textOf("commit_token") ?? ""),
    commitUrl: textOf("commit_url"),
    apiCommitUrl: textOf("api_commit_url"),
    onchainStatus,
    isAllowed: booleanAt(onchainStatus, "is_allowed") === true,
  };
}
