import { booleanAt, fieldOf, isObject, type JsonObject, stringAt } from "../text/json.ts";

/** What the platform says that the contract allows. */
export interface Allowance {
  readonly isAllowed: boolean;
  readonly composeHashAllowed: boolean | null;
  /** Listed, or any device is allowed; null: not told. */
  readonly deviceAllowed: boolean | null;
  /** The check itself failed, which comes with a 200; not yet fit for printing. */
  readonly error: string | null;
}

/**
 * The answer of is-allowed; null where it is none. Anything but a plain `true` for `is_allowed` is no:
 * a commit that comes too early costs an answer, one that is held back costs nothing.
 */
export function readAllowance(value: unknown): Allowance | null {
  if (!isObject(value) || booleanAt(value, "is_allowed") === null) return null;
  const listed = booleanAt(value, "device_id_allowed");
  const any = booleanAt(value, "allow_any_device");
  const error = stringAt(value, "error");
  return {
    isAllowed: fieldOf(value, "is_allowed") === true && error === null,
    composeHashAllowed: booleanAt(value, "compose_hash_allowed"),
    deviceAllowed: listed === true || any === true ? true : listed,
    error,
  };
}

/** What a 465 told is the state of before: once it is allowed, nothing of it is missing. */
export const ALL_ALLOWED = {
  isAllowed: true,
  onchainStatus: { compose_hash_allowed: true, device_id_allowed: true, is_allowed: true },
} as const;

/** In the form of a 465. */
export function onchainStatusOf(last: Allowance | null): JsonObject | null {
  if (last === null) return null;
  return {
    compose_hash_allowed: last.composeHashAllowed,
    device_id_allowed: last.deviceAllowed,
    is_allowed: last.isAllowed,
  };
}
