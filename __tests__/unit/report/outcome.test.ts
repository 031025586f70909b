/** The failures of all replicas in one text. */
import { describe, expect, it } from "@jest/globals";
import { judgeRun } from "../../../src/commands/judge.ts";
import { newReplica, type Replica } from "../../../src/fleet/record.ts";
import { combinedWords } from "../../../src/report/annotation/combined.ts";
import type { Failure } from "../../../src/report/annotation/failure.ts";

const slot = (index: number) => ({
  index,
  nodeId: null,
  nodeName: null,
  composeHash: null,
  expectedHash: null,
});
const failed = (index: number, failure: Failure): Replica => ({
  ...newReplica(slot(index)),
  failure,
});
const full: Failure = { code: "ERR-02-005", text: "The node is full." };
const unasked: Failure = { code: "", text: "Not asked for: the balance is too low." };

describe("the failures of all replicas", () => {
  it("what was not asked for is a number, with its reason once", () => {
    const replicas = [failed(0, full), ...[1, 2, 3].map((index) => failed(index, unasked))];
    expect(combinedWords(replicas)).toEqual({
      text: "1 of 4 replicas failed, 3 more were not asked for.",
      list: ["replica 1: The node is full.", "Not asked for: the balance is too low."],
    });
  });

  it("the run's code is that of the first that was asked for", () => {
    const replicas = [failed(0, full), failed(1, unasked)];
    expect(judgeRun(replicas)).toMatchObject({ outcome: "failed", failure: full, exitCode: 1 });
  });

  it("each is named, those with the same text together", () => {
    const replicas = [failed(0, full), failed(1, full)];
    expect(combinedWords(replicas)).toEqual({
      text: "2 of 2 replicas failed.",
      list: ["replica 1, replica 2: The node is full."],
    });
  });
});
