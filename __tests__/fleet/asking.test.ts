/** What post is told of one request: since when its replica may be there, and which try is in doubt. */
import { describe, expect, it } from "@jest/globals";
import { isUnwritable } from "../../src/action/unwritable.ts";
import { Asking } from "../../src/fleet/asking.ts";
import { Attempts } from "../../src/fleet/attempts.ts";
import type { Context } from "../../src/fleet/run.ts";
import { Ledger, NO_PEN } from "../../src/ledger/ledger.ts";
import { MemoryRunner } from "../support/simulated/runner.ts";

const SLOT = { index: 3, nodeId: 26, nodeName: null, composeHash: null, expectedHash: null };

function asking() {
  const clock = { time: 1_000, now: () => clock.time, sleep: async () => undefined };
  const runner = new MemoryRunner(() => clock.time, {});
  const edges = { clock, runner } as unknown as Context["edges"];
  const ledger = new Ledger(() => clock.time, NO_PEN);
  const one = new Asking(
    { edges, ledger, attempts: new Attempts(runner, isUnwritable) },
    "new-3",
    SLOT,
  );
  const sendAt = (at: number) => {
    clock.time = at;
    one.send();
  };
  const saved = (name: string) => JSON.parse(runner.saved[name] ?? "null");
  return { one, sendAt, saved };
}

describe("since when a replica may be there", () => {
  it("a try that certainly made nothing frees the time", () => {
    const { one, sendAt, saved } = asking();
    sendAt(2_000);
    sendAt(9_000);
    one.save("open");
    expect(saved("attempt_3")).toMatchObject({ stage: "open", sentAt: 9_000, nextAt: null });
  });

  it("a try in doubt keeps it, whatever is sent later", () => {
    const { one, sendAt, saved } = asking();
    sendAt(2_000);
    one.doubt();
    sendAt(9_000);
    one.save("open");
    expect(saved("attempt_3").sentAt).toBe(2_000);
    expect([one.since, one.sentAt]).toEqual([2_000, 9_000]);
  });
});

describe("a request that another try settled", () => {
  it("leaves a record of the one in doubt, and of when it was followed", () => {
    const { one, sendAt, saved } = asking();
    sendAt(2_000);
    one.doubt();
    sendAt(9_000);
    one.leaveDoubt();
    expect(saved("attempt_3_earlier")).toMatchObject({
      index: 3,
      stage: "unknown",
      sentAt: 2_000,
      nextAt: 9_000,
      vmUuid: null,
    });
    expect(one.doubted).toBe(false);
  });

  it("leaves none where no try was in doubt", () => {
    const { one, sendAt, saved } = asking();
    sendAt(2_000);
    sendAt(9_000);
    one.leaveDoubt();
    expect(saved("attempt_3_earlier")).toBeNull();
  });
});
