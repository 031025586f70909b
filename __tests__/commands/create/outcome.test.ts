/** How a run ends, by what became of each of its replicas. */
import { describe, expect, it } from "@jest/globals";
import { judgeRun } from "../../../src/commands/judge.ts";
import { made, unmade } from "../../report/support.ts";
import { DOWN, FULL, LATE, NO_URL, refused, UNASKED } from "../../support/troubles.ts";

const APPROVAL = refused({ errorCode: "ERR-01-005" });

describe("a run", () => {
  it.each([
    ["created", [made(1)], null],
    ["unchanged", [made(1, { origin: "existing" })], null],
    ["unchanged", [], null],
    ["partial", [made(1), unmade(2, FULL)], FULL],
    ["failed", [made(1, { origin: "existing" }), unmade(2, FULL)], FULL],
    ["failed", [unmade(1, FULL), unmade(2, UNASKED)], FULL],
    // Named ones are under way at a time, so what was not asked for may stand first.
    ["failed", [unmade(1, UNASKED), unmade(2, FULL)], FULL],
    ["failed", [made(1, { trouble: NO_URL })], NO_URL],
    ["pending_approval", [unmade(1, APPROVAL), unmade(2, APPROVAL)], APPROVAL],
    ["failed", [unmade(1, APPROVAL), unmade(2, FULL)], APPROVAL],
    ["timeout", [made(1, { trouble: LATE })], LATE],
    ["failed", [made(1, { trouble: LATE }), made(2, { trouble: DOWN })], LATE],
    [
      "timeout",
      [made(1, { trouble: { kind: "both", first: LATE, ttl: FULL } })],
      { kind: "both", first: LATE, ttl: FULL },
    ],
  ] as const)("is %s, with the first trouble", (outcome, replicas, trouble) => {
    expect(judgeRun(replicas)).toEqual({ outcome, trouble, exitCode: trouble === null ? 0 : 1 });
  });
});
