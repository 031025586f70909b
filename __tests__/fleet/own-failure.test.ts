import { describe, expect, it } from "@jest/globals";
import { hasOwnFailure } from "../../src/fleet/plan/own-failure.ts";
import type { Replica } from "../../src/ledger/replica.ts";
import type { Trouble } from "../../src/ledger/trouble.ts";
import { newReplica } from "../support/replicas.ts";
import {
  DOWN,
  FULL,
  failedRequest,
  LATE,
  NO_URL,
  UNASKED,
  UNHEALTHY,
} from "../support/troubles.ts";

const DEAD: Trouble = { kind: "dead", named: false };

function replica(origin: Replica["origin"], trouble: Trouble | null): Replica {
  return { ...newReplica(null), origin, trouble };
}

describe("an own failure", () => {
  it.each<[string, Replica[], boolean]>([
    ["nothing failed", [replica("created", null)], false],
    ["a new one did not come up", [replica("created", null), replica("created", DOWN)], true],
    [
      "a new one is not what was asked for",
      [replica("created", { kind: "mismatch", differences: [] })],
      true,
    ],
    ["one was refused", [replica("none", FULL)], true],
    ["one was not asked for", [replica("none", UNASKED)], true],
    ["an adopted one is sick", [replica("adopted", UNHEALTHY)], true],
    ["its ttl could not be set", [replica("created", failedRequest({ status: 409 }))], true],
    ["one of before is sick", [replica("created", null), replica("existing", LATE)], false],
    ["one of before is dead", [replica("existing", DEAD)], false],
    ["a URL is missing", [replica("created", NO_URL)], false],
    [
      "a URL is missing, and another failed",
      [replica("created", NO_URL), replica("created", DOWN)],
      true,
    ],
  ])("%s: %s", (_name, replicas, own) => {
    expect(hasOwnFailure(false, null, replicas)).toBe(own);
    // Whoever ends a run does not want what it made.
    expect(hasOwnFailure(true, null, replicas)).toBe(true);
  });

  it("is what came beside a missing URL", () => {
    const both: Trouble = { kind: "both", first: NO_URL, ttl: failedRequest({ status: 409 }) };
    expect(hasOwnFailure(false, null, [replica("created", both)])).toBe(true);
  });

  it.each<[Trouble, boolean]>([
    [failedRequest({ status: 401 }), true],
    [{ kind: "internal", what: "bug", detail: "x" }, true],
    [DEAD, false],
  ])("what ended the run is %j: %s", (trouble, own) => {
    expect(hasOwnFailure(false, trouble, [replica("created", null)])).toBe(own);
  });
});
