import { describe, expect, it } from "@jest/globals";
import { hasOwnFailure } from "../../../src/fleet/plan/own-failure.ts";
import { newReplica, type Replica } from "../../../src/fleet/record.ts";
import type { ErrorCode } from "../../../src/report/words/error-code.ts";

function replica(origin: Replica["origin"], code: ErrorCode | null): Replica {
  return {
    ...newReplica(null),
    origin,
    failure: code === null ? null : { code, text: "It failed." },
  };
}

describe("an own failure", () => {
  it.each<[string, Replica[], boolean]>([
    ["nothing failed", [replica("created", null)], false],
    ["a new one did not come up", [replica("created", null), replica("created", "BOOT")], true],
    ["a new one is not what was asked for", [replica("created", "MISMATCH")], true],
    ["one was refused", [replica("none", "ERR-02-005")], true],
    ["one was not asked for", [replica("none", "")], true],
    ["an adopted one is sick", [replica("adopted", "UNHEALTHY")], true],
    ["its ttl could not be set", [replica("created", "HTTP-409")], true],
    ["one of before is sick", [replica("created", null), replica("existing", "TIMEOUT")], false],
    ["one of before is dead", [replica("existing", "DEAD")], false],
    ["a URL is missing", [replica("created", "NO_URL")], false],
    [
      "a URL is missing, and another failed",
      [replica("created", "NO_URL"), replica("created", "BOOT")],
      true,
    ],
  ])("%s: %s", (_name, replicas, own) => {
    expect(hasOwnFailure(false, null, replicas)).toBe(own);
    // Whoever ends a run does not want what it made.
    expect(hasOwnFailure(true, null, replicas)).toBe(true);
  });

  it.each<[ErrorCode, boolean]>([
    ["HTTP-401", true],
    ["INTERNAL", true],
    ["DEAD", false],
  ])("what ended the run is %s: %s", (code, own) => {
    expect(hasOwnFailure(false, { code, text: "No." }, [replica("created", null)])).toBe(own);
  });
});
