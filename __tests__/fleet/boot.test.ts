import { describe, expect, it } from "@jest/globals";
import {
  type BootMemory,
  ERROR_STANDS_MS,
  judgeBoot,
  LOOKS_WITH_ERROR,
  LOOKS_WITHOUT,
  NEW_BOOT,
} from "../../src/fleet/follow/boot.ts";
import type { BootStatus } from "../../src/phala/status.ts";
import { bootStatus } from "../support/desk.ts";

/** The verdicts of several looks, `everyMs` apart; null is a look that did not show the CVM. */
function judge(looks: readonly (BootStatus | null)[], everyMs = ERROR_STANDS_MS / 2) {
  let memory: BootMemory = NEW_BOOT;
  return looks.map((status, index) => {
    const judged = judgeBoot(memory, status, 1_000_000 + index * everyMs);
    memory = judged.memory;
    return judged;
  });
}

const verdicts = (looks: readonly (BootStatus | null)[]) => judge(looks).map((j) => j.verdict);
const say = (status: string, inProgress = false) => bootStatus({ status, inProgress });
const trouble = (bootError: string | null) => bootStatus({ bootError });
/** The same as the app's list tells it: without progress and errors. */
const listed = (status = "starting") =>
  bootStatus({ detailed: false, status, bootProgress: null, bootError: null });

describe("judgeBoot", () => {
  it.each([
    ["running", false, "running"],
    ["running", true, "booting"],
    ["error", false, "failed"],
    ["error", true, "failed"],
    ["failed", false, "failed"],
    ["exited", false, "failed"],
    ["stopped", false, "failed"],
    ["stopped", true, "booting"],
    ["removing", true, "failed"],
    ["deleting", false, "failed"],
    ["deleted", false, "failed"],
    ["provisioning", true, "booting"],
    ["starting", false, "booting"],
    ["stopping", true, "booting"],
    ["restarting", true, "booting"],
    ["updating", false, "booting"],
    ["hibernating", false, "booting"],
    ["", false, "booting"],
    // The reader folds case; the rule itself knows lower-case words only.
    ["Running", false, "booting"],
  ])("%j, in progress %j: %s", (status, inProgress, verdict) => {
    expect(verdicts([say(status, inProgress)])).toEqual([verdict]);
  });

  it.each([
    ["error", { why: "status", status: "error" }],
    ["exited", { why: "status", status: "exited" }],
    ["stopped", { why: "stopped" }],
    ["removing", { why: "going", status: "removing" }],
  ])("%s: the reason says so", (status, end) => {
    expect(judge([say(status)])[0]?.end).toEqual(end);
  });

  it("has no reason for what goes well", () => {
    for (const { end } of judge([say("starting"), null, say("running")])) expect(end).toBeNull();
  });

  const b = "booting";
  it.each<[string, (BootStatus | null)[], string[]]>([
    ["twice an error", [trouble("x"), trouble("x")], [b, b]],
    ["three times an error", [trouble("x"), trouble("x"), trouble("x")], [b, b, "failed"]],
    ["other words each time", [trouble("x"), trouble("y"), trouble("z")], [b, b, b]],
    [
      "the same, while the boot goes on",
      ["a", "b", "c", "c"].map((bootProgress) => bootStatus({ bootError: "x", bootProgress })),
      [b, b, b, b],
    ],
    [
      "cleared in between",
      [trouble("x"), trouble("x"), trouble(null), trouble("x"), trouble("x")],
      [b, b, b, b, b],
    ],
    [
      "a look at the list in between, which can't tell",
      [trouble("x"), trouble("x"), listed(), trouble("x")],
      [b, b, b, "failed"],
    ],
    ["looks at the list do not count", [trouble("x"), listed(), listed(), listed()], [b, b, b, b]],
    [
      "an error while it runs is not waited for",
      [trouble("x"), bootStatus({ status: "running", inProgress: false, bootError: "x" })],
      [b, "running"],
    ],
    [
      "a look without it in between",
      [trouble("x"), trouble("x"), null, trouble("x")],
      [b, b, b, "failed"],
    ],
  ])("boot errors: %s", (_name, looks, wanted) => {
    expect(verdicts(looks)).toEqual(wanted);
  });

  it("an error has to stand for a while, however often it is looked at", () => {
    const looks = Array.from({ length: 17 }, () => trouble("x"));
    const first = judge(looks, ERROR_STANDS_MS / 15).findIndex((j) => j.verdict === "failed");
    expect(first).toBe(15);
  });

  it.each<[string, (BootStatus | null)[], string[]]>([
    ["never seen", [null, null, null, null], [b, b, b, b]],
    ["seen, then gone once", [say("starting"), null], [b, b]],
    ["seen, then gone twice", [say("starting"), null, null], [b, b, "failed"]],
    ["gone, back, gone", [say("starting"), null, say("starting"), null], [b, b, b, b]],
    ["ran, then gone twice", [say("running"), null, null], ["running", b, "failed"]],
  ])("absence: %s", (_name, looks, wanted) => {
    expect(verdicts(looks)).toEqual(wanted);
    if (wanted.at(-1) === "failed") expect(judge(looks).at(-1)?.end).toEqual({ why: "vanished" });
  });

  it("remembers progress and error over a look that can't tell them", () => {
    const [, second] = judge([bootStatus({ bootProgress: "docker", bootError: "x" }), listed()]);
    expect(second?.memory.last).toMatchObject({
      status: "starting",
      bootProgress: "docker",
      bootError: "x",
    });
  });

  it("keeps the last status over looks without it", () => {
    const [, second] = judge([bootStatus({ bootProgress: "docker" }), null]);
    expect(second?.memory.last?.bootProgress).toBe("docker");
  });

  it("needs several looks, so that one answer is never the verdict on absence or an error", () => {
    expect([LOOKS_WITH_ERROR, LOOKS_WITHOUT].every((looks) => looks > 1)).toBe(true);
  });
});
