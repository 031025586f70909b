/** What the ledger is told of one request: since when its replica may be there, and which try is in doubt. */
import { describe, expect, it } from "@jest/globals";
import { Asking } from "../../src/fleet/asking.ts";
import type { Context } from "../../src/fleet/run.ts";
import { Ledger, NO_PEN } from "../../src/ledger/ledger.ts";
import { networkFault } from "../../src/net/fault.ts";

const SLOT = { index: 3, nodeId: 26, nodeName: null, composeHash: null, expectedHash: null };
const LOST = networkFault("timeout");

function asking() {
  const clock = { time: 1_000, now: () => clock.time, sleep: async () => undefined };
  const edges = { clock } as unknown as Context["edges"];
  const one = new Asking({ edges, ledger: new Ledger(() => clock.time, NO_PEN) }, "new-3", SLOT);
  const sendAt = (at: number, via: "create" | "commit" = "create") => {
    clock.time = at;
    one.send(via);
  };
  return { one, sendAt };
}

describe("since when a replica may be there", () => {
  it("a try that certainly made nothing frees the time", () => {
    const { one, sendAt } = asking();
    sendAt(2_000);
    sendAt(9_000);
    expect(one.replica).toMatchObject({ fate: "open", since: 9_000, earlier: [] });
  });

  it("a try in doubt keeps it, whatever is sent later", () => {
    const { one, sendAt } = asking();
    sendAt(2_000);
    one.append({ fact: "lost", fault: LOST });
    sendAt(9_000);
    expect(one.replica.since).toBe(2_000);
    expect([one.since, one.sentAt]).toEqual([2_000, 9_000]);
  });

  it("a commit may have worked at any of its tries, so the first one counts", () => {
    const { one, sendAt } = asking();
    sendAt(2_000);
    sendAt(5_000, "commit");
    sendAt(9_000, "commit");
    expect([one.since, one.sentAt]).toEqual([5_000, 5_000]);
  });

  it("one that is asked for anew has a time of its own", () => {
    const { one, sendAt } = asking();
    sendAt(5_000, "commit");
    one.begin();
    sendAt(9_000, "commit");
    expect(one.since).toBe(9_000);
    expect(one.replica.times).toEqual({ sent: 9_000 });
  });
});

describe("a request that another try settled", () => {
  it("leaves a record of the one in doubt, and of when it was followed", () => {
    const { one, sendAt } = asking();
    sendAt(2_000);
    one.append({ fact: "lost", fault: LOST });
    sendAt(9_000);
    one.leaveDoubt();
    expect(one.replica.earlier).toEqual([{ since: 2_000, nextAt: 9_000 }]);
    expect(one.doubted).toBe(false);
  });

  it("leaves none where no try was in doubt", () => {
    const { one, sendAt } = asking();
    sendAt(2_000);
    sendAt(9_000);
    one.leaveDoubt();
    expect(one.replica.earlier).toEqual([]);
  });
});
