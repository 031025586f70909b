import { describe, expect, it } from "@jest/globals";
import { type RequestEnd, whyStop } from "../../src/fleet/plan/brake.ts";
import { answer } from "../support/rows.ts";

const made: RequestEnd = { unknown: false, refusal: null };
const unknown: RequestEnd = { unknown: true, refusal: null };
const full: RequestEnd = { unknown: false, refusal: answer(400, { errorCode: "ERR-02-005" }) };
const poor: RequestEnd = { unknown: false, refusal: answer(400, { errorCode: "ERR-04-001" }) };
const limited: RequestEnd = { unknown: true, refusal: answer(429) };

describe("whether a run sends further requests", () => {
  it.each<[string, RequestEnd[], string | null]>([
    ["nothing was sent yet", [], null],
    ["all went well", [made, made, made], null],
    ["one is unknown", [made, unknown], null],
    ["two in a row are unknown", [made, unknown, unknown], "unknown"],
    ["two are unknown, with a good one between", [unknown, made, unknown], null],
    ["two are unknown, with a refusal between", [unknown, full, unknown], null],
    ["a node is full", [full], null],
    ["all nodes are full", [full, full, full], null],
    ["the balance is too low", [made, poor], "refused"],
    ["the balance was too low before", [poor, made], "refused"],
    ["a rate limit that nobody could look behind", [limited], "refused"],
    ["both", [unknown, unknown, poor], "refused"],
  ])("%s", (_name, ends, kind) => {
    expect(whyStop(ends)?.kind ?? null).toBe(kind);
  });

  it("tells what was answered, and how many are unknown", () => {
    expect(whyStop([poor])).toEqual({ kind: "refused", refusal: poor.refusal });
    expect(whyStop([unknown, unknown])).toEqual({ kind: "unknown", inARow: 2 });
  });
});
