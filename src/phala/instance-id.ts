import { parseInstanceId } from "../text/ids.ts";
import { arrayAt, fieldOf, isObject, objectAt, stringAt } from "../text/json.ts";

/** What became of asking the platform for a missing instance id (API facts, "Instance id"). */
export interface Backfill {
  /** `updated`, `unchanged`, `skipped`, `conflict`, `error`; the set may grow. */
  readonly status: string;
  /** 40 hex digits; null where the platform did not find it, or is not sure of it. */
  readonly instanceId: string | null;
}

/** Reads the answer of `PATCH /cvms/{cvm_id}/instance-id`; null where it is no such thing. */
export function readBackfill(value: unknown): Backfill | null {
  const status = stringAt(value, "status")?.toLowerCase();
  if (status === undefined) return null;
  const sure = status === "updated" || status === "unchanged";
  return {
    status,
    instanceId: sure ? parseInstanceId(stringAt(value, "new_instance_id") ?? "") : null,
  };
}

/** What a CVM's attestation tells of its instance id. */
export interface AttestedId {
  /** 40 hex digits; null where it tells none, or none for certain. */
  readonly instanceId: string | null;
}

/** The register that the guest's own events extend. */
const GUEST_REGISTER = 3;

/**
 * Reads the answer of `GET /cvms/{cvm_id}/attestation`; null where it is no such thing. The app in the CVM
 * can add events of its own, so that the id counts only where exactly one event tells it.
 */
export function readAttestedId(value: unknown): AttestedId | null {
  if (!isObject(value)) return null;
  const events = arrayAt(objectAt(value, "tcb_info"), "event_log").filter(
    (event) => stringAt(event, "event") === "instance-id",
  );
  const [only] = events;
  const sure = events.length === 1 && fieldOf(only, "imr") === GUEST_REGISTER;
  return { instanceId: sure ? parseInstanceId(stringAt(only, "event_payload") ?? "") : null };
}
