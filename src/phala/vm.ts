import { parseUuid } from "../text/ids.ts";
import { idAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from "../text/json.ts";
import { withoutHoles } from "./gateway.ts";

/**
 * The `VM` that a create answers (OpenAPI, schema `VM`). Only what tells which CVM it is has to be
 * there, its `vm_uuid` or else `id` and `name`: the sources disagree about the rest, and a created replica
 * must not be lost over a missing field.
 */
export interface Vm {
  /** The answer as it came, unknown fields included, but for addresses and ids that are none. */
  readonly raw: JsonObject;
  /** A number, or a string `cvm_…` in newer API versions. */
  readonly id: number | string | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly teepodId: number | null;
  readonly teepodName: string | null;
  readonly appId: string | null;
  /** Dashed and lower-case. Null is legal: the replica is then found through the app's list. */
  readonly vmUuid: string | null;
  readonly instanceId: string | null;
  readonly appUrl: string | null;
  /** By the platform's clock, ms since the epoch. */
  readonly createdAt: number | null;
  /** The platform's clock when it answered, ms since the epoch; null where it does not say. */
  readonly answeredAt: number | null;
}

/**
 * Reads a `VM`; null where the value is no such thing.
 *
 * @param answeredAt the `Date` of the answer, ms since the epoch
 */
export function readVm(value: unknown, answeredAt: number | null = null): Vm | null {
  if (!isObject(value)) return null;
  const id = idAt(value, "id");
  const name = stringAt(value, "name");
  const vmUuid = parseUuid(stringAt(value, "vm_uuid") ?? "");
  if (vmUuid === null && (id === null || name === null)) return null;
  const raw = withoutHoles(value);
  return {
    raw,
    id,
    name,
    status: stringAt(value, "status"),
    teepodId: numberAt(value, "teepod_id"),
    teepodName: stringAt(objectAt(value, "teepod"), "name") ?? stringAt(value, "teepod_name"),
    appId: stringAt(value, "app_id"),
    vmUuid,
    instanceId: stringAt(raw, "instance_id"),
    appUrl: stringAt(raw, "app_url"),
    createdAt: readTime(stringAt(value, "created_at")),
    answeredAt,
  };
}

/** A date-time of the API in ms since the epoch, or null. One without a zone is UTC, as the API's are. */
export function readTime(text: string | null): number | null {
  if (text === null) return null;
  const zoned = /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? null : time;
}
