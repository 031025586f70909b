/** What the facts of a create add up to, and what follows from a trouble by its kind. */
import { describe, expect, it } from "@jest/globals";
import { codeOf, isLate, isOwn, isUnsure, needsApproval } from "../../src/ledger/code.ts";
import type { ReplicaFact } from "../../src/ledger/fact.ts";
import { Ledger, NO_PEN } from "../../src/ledger/ledger.ts";
import { NOBODY } from "../../src/ledger/replica.ts";
import type { ReplicaKey, Slot } from "../../src/ledger/terms.ts";
import type { Trouble } from "../../src/ledger/trouble.ts";
import { failureOf } from "../../src/report/annotation/of-trouble.ts";
import {
  DOWN,
  FULL,
  failedRequest,
  LATE,
  LOST,
  NO_URL,
  refused,
  UNASKED,
} from "../support/troubles.ts";

const KEY: ReplicaKey = "new-0";
const SLOT: Slot = {
  index: 0,
  nodeId: null,
  nodeName: null,
  composeHash: null,
  expectedHash: null,
};
const TTL = failedRequest({ status: 409 });
const both = (first: Trouble): Trouble => ({ kind: "both", first, ttl: TTL });

type Unkeyed<F> = F extends ReplicaFact ? Omit<F, "replica"> : never;

/** The replica after these, one a second. */
function after(...facts: readonly Unkeyed<ReplicaFact>[]) {
  let now = 0;
  const ledger = new Ledger(() => now, NO_PEN);
  for (const fact of facts) {
    now += 1_000;
    ledger.append({ replica: KEY, ...fact });
  }
  return ledger.replica(KEY);
}

const ASKING = {
  fact: "asking",
  via: "create",
  attempt: 1,
  place: { nodeId: null, name: null },
} as const;
const CREATED = { fact: "created", ident: NOBODY, vm: null } as const;
const failed = (during: "following" | "limiting", trouble: Trouble) =>
  ({ fact: "failed", during, trouble }) as const;

describe("a replica that is made", () => {
  it("has the time of the request that made it, not of one before", () => {
    const { times } = after({ fact: "planned", slot: SLOT }, ASKING, ASKING, CREATED);
    expect(times).toEqual({ sent: 3_000, made: 4_000 });
  });

  it("is asked for elsewhere without the trouble that it met before", () => {
    const { trouble } = after(
      ASKING,
      { fact: "refused", trouble: FULL },
      { fact: "planned", slot: SLOT },
    );
    expect(trouble).toBeNull();
  });

  it("keeps the first trouble, and when it was given up", () => {
    const replica = after(CREATED, failed("following", DOWN), failed("following", LATE));
    expect(replica.trouble).toBe(DOWN);
    expect(replica.times.failed).toBe(3_000);
  });

  it("keeps beside it that its ttl could not be set, which is no reason of the waiting's", () => {
    const replica = after(CREATED, failed("following", DOWN), failed("limiting", TTL));
    expect(replica.trouble).toEqual(both(DOWN));
    expect(replica.times.failed).toBe(2_000);
    expect(after(CREATED, failed("limiting", TTL)).trouble).toBe(TTL);
  });

  it("has an end that is worked out before the platform knows it", () => {
    const planned = after(CREATED, { fact: "ending", until: 9 });
    expect([planned.endsAt, planned.until]).toEqual([9, null]);
    const set = after(CREATED, { fact: "ending", until: 9 }, { fact: "limited", until: 9 });
    expect([set.endsAt, set.until]).toEqual([9, 9]);
  });
});

describe("two troubles of one replica", () => {
  it("have the code of the first that is a reason to act, and the words of both", () => {
    expect([codeOf(both(DOWN)), codeOf(both(NO_URL))]).toEqual(["BOOT", "HTTP-409"]);
    const about = { replica: null, workspaceSlug: null, appId: null };
    const { text } = failureOf(both(DOWN), about);
    expect(text).toBe(`${failureOf(DOWN, about).text} ${failureOf(TTL, about).text}`);
  });

  it("are judged by that one", () => {
    expect([isLate(both(LATE)), isLate(both(DOWN)), isOwn(both(NO_URL))]).toEqual([
      true,
      false,
      true,
    ]);
    expect([isUnsure(both(LOST)), isUnsure(both(FULL))]).toEqual([true, false]);
  });
});

describe("by its kind alone", () => {
  it.each<[string, Trouble, boolean]>([
    ["a lost answer", LOST, true],
    ["a refusal", FULL, false],
    [
      "a refusal that nobody could look behind",
      { ...FULL, searched: { found: "cancelled" } },
      true,
    ],
    ["one that was not asked for", UNASKED, false],
  ])("%s may have made one: %j", (_name, trouble, unsure) => {
    expect(isUnsure(trouble)).toBe(unsure);
  });

  it("the API's own code for an approval counts, wherever it came", () => {
    expect(needsApproval(refused({ errorCode: "ERR-01-005" }))).toBe(true);
    expect(needsApproval(FULL)).toBe(false);
  });

  it.each(["timeout", "connect-timeout"] as const)(
    "a %s is one code for all commands",
    (network) => {
      const trouble = { ...TTL, fault: { kind: "network", network, detail: "x" } } as const;
      expect(codeOf(trouble)).toBe("TIMEOUT");
    },
  );
});
