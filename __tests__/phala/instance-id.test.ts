/** The answers that tell a missing instance id: the platform's, and the guest's own event log. */
import { describe, expect, it } from "@jest/globals";
import { readAttestedId, readBackfill } from "../../src/phala/instance-id.ts";

const ID = "a1".repeat(20);

describe("the answer to a backfill", () => {
  it.each<[object, string, string | null]>([
    [{ status: "updated", new_instance_id: ID }, "updated", ID],
    [{ status: "Unchanged", new_instance_id: `0x${ID.toUpperCase()}` }, "unchanged", ID],
    [{ status: "updated", new_instance_id: "None" }, "updated", null],
    [{ status: "updated" }, "updated", null],
    [{ status: "skipped", new_instance_id: null, reason: "not found" }, "skipped", null],
    // Two sources that disagree: it is not this action's to say which is right.
    [{ status: "conflict", new_instance_id: ID }, "conflict", null],
    [{ status: "error", new_instance_id: ID }, "error", null],
    [{ status: "pondering", new_instance_id: ID }, "pondering", null],
  ])("%j", (value, status, instanceId) => {
    expect(readBackfill(value)).toEqual({ status, instanceId });
  });

  it.each([[null], [[]], ["updated"], [{}], [{ status: 1 }]])("%j is none", (value) =>
    expect(readBackfill(value)).toBeNull(),
  );
});

describe("an attestation", () => {
  const event = (over: object = {}) => ({
    imr: 3,
    event_type: 134217729,
    digest: "…",
    event: "instance-id",
    event_payload: ID,
    ...over,
  });
  const other = event({ event: "compose-hash", event_payload: "4b".repeat(32) });
  const log = (...event_log: readonly unknown[]) => ({ is_online: true, tcb_info: { event_log } });

  it.each<[string, unknown, string | null]>([
    ["one event", log(other, event()), ID],
    ["in capitals", log(event({ event_payload: ID.toUpperCase() })), ID],
    ["none", log(other), null],
    ["two, though they agree", log(event(), event()), null],
    ["two, one of another register", log(event(), event({ imr: 2 })), null],
    ["one of another register", log(event({ imr: 0 })), null],
    ["one without its register", log(event({ imr: undefined })), null],
    ["too short", log(event({ event_payload: ID.slice(2) })), null],
    ["too long", log(event({ event_payload: `${ID}00` })), null],
    ["no hex", log(event({ event_payload: "zz".repeat(20) })), null],
    ["no text", log(event({ event_payload: 7 })), null],
    ["events that are none", log(null, 7, "instance-id", []), null],
    ["offline", { is_online: false, error: "offline", tcb_info: null }, null],
    ["no log", { tcb_info: {} }, null],
    ["nothing", {}, null],
  ])("%s", (_name, value, instanceId) => {
    expect(readAttestedId(value)).toEqual({ instanceId });
  });

  it.each([[null], [[]], ["x"], [7]])("%j is none", (value) =>
    expect(readAttestedId(value)).toBeNull(),
  );
});
