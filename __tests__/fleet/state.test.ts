/** The saved state: whole after its way through the environment, and small enough for it. */
import { describe, expect, it } from "@jest/globals";
import { readLeft } from "../../src/fleet/left.ts";
import { stateByName } from "../../src/fleet/state-by-name.ts";
import type { NewFact, ReplicaFact } from "../../src/ledger/fact.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { readBack } from "../../src/ledger/read-back.ts";
import { NOBODY, type Replica } from "../../src/ledger/replica.ts";
import { penOf } from "../../src/ledger/saved.ts";
import type { Slot } from "../../src/ledger/terms.ts";
import { networkFault } from "../../src/net/fault.ts";

const BEGAN = {
  fact: "began",
  command: "create",
  apiUrl: "https://api.unit.invalid/api/v1",
  appId: "ab".repeat(20),
  source: "00000000-0000-4000-8000-000000000000",
  requestTimeoutMs: 60_000,
  cleanup: "always",
  exclusive: true,
  ttlMs: 3_600_000,
  summary: false,
} as const;

const surveyed = (known: readonly string[] | null): NewFact => ({
  fact: "surveyed",
  known,
  clockOffsetMs: -5,
  workspaceSlug: "acme",
});

/** What is saved after these facts, one a second. */
function saved(...facts: readonly NewFact[]) {
  const state: Record<string, string> = {};
  let now = 0;
  const pen = penOf((name, value) => {
    state[name] = value;
  });
  const ledger = new Ledger(() => now, pen);
  for (const fact of facts) {
    now += 1_000;
    ledger.append(fact);
  }
  return { state, ledger };
}

const keys = (count: number) =>
  Array.from({ length: count }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);

describe("the run", () => {
  it.each([null, 0, 1, 499, 500, 501, 5_000])("comes back whole: %s CVMs before", (count) => {
    const known = count === null ? null : keys(count);
    const ended = { fact: "ended", outcome: "partial", ownFailure: false } as const;
    const { state } = saved(surveyed(known), BEGAN, ended);
    const { fact: _fact, ...began } = BEGAN;
    expect(readLeft(state)).toMatchObject({
      began,
      known,
      clockOffsetMs: -5,
      workspaceSlug: "acme",
      outcome: "partial",
      ownFailure: false,
    });
    // Windows takes no longer variable.
    for (const text of Object.values(state)) expect(text.length).toBeLessThan(32_000);
  });

  it("knows nothing of before where a part is lost or broken", () => {
    const { state } = saved(surveyed(keys(1_200)), BEGAN);
    const { known_1: _lost, ...rest } = state;
    expect(readLeft(rest)?.known).toBeNull();
    expect(readLeft({ ...state, known_1: "[" })?.known).toBeNull();
  });

  it.each(["http://evil.example", "https://user@evil.example", "ftp://evil.example", ""])(
    "is none where its address is not one for a key: %j",
    (apiUrl) => expect(readLeft(saved(surveyed([]), { ...BEGAN, apiUrl }).state)).toBeNull(),
  );

  it("is none before it may create", () => {
    expect(readLeft(saved(surveyed([])).state)).toBeNull();
  });
});

const SLOT: Slot = {
  index: 3,
  nodeId: 26,
  nodeName: "prod9",
  composeHash: null,
  expectedHash: "cd".repeat(32),
  name: "web-blue",
};
type Unkeyed<F> = F extends ReplicaFact ? Omit<F, "replica"> : never;
const of = (...facts: readonly Unkeyed<ReplicaFact>[]): NewFact[] =>
  facts.map((fact) => ({ replica: "new-3", ...fact }));
const PLANNED = { fact: "planned", slot: SLOT } as const;
const LOST = { fact: "lost", fault: networkFault("timeout") } as const;
const asking = (attempt: number, via: "create" | "prepare" = "create") =>
  ({ fact: "asking", via, attempt, place: { nodeId: 26, name: "prod9" } }) as const;
const IDENT = { ...NOBODY, uuid: keys(2)[1] ?? null, name: "web-blue" };
const CREATED = { fact: "created", ident: IDENT, vm: null } as const;
const TROUBLE = { kind: "made-by-prepare" } as const;

/** All that post decides by. */
function decisive(replica: Replica | undefined) {
  if (replica === undefined) return null;
  const { key, slot, ident, origin, proof, fate, goneBy, since } = replica;
  const { doubted, earlier, endsAt, until } = replica;
  return { key, slot, ident, origin, proof, fate, goneBy, since, doubted, earlier, endsAt, until };
}

describe("a replica", () => {
  it.each<[string, NewFact[]]>([
    ["that is asked for", of(PLANNED, asking(1))],
    ["that is prepared", of(PLANNED, asking(1, "prepare"))],
    ["of a try that left nothing", of(PLANNED, asking(1), { fact: "unmade" })],
    ["of a lost answer, asked for again", of(PLANNED, asking(1), LOST, asking(2))],
    ["that was refused", of(PLANNED, asking(1), { fact: "refused", trouble: TROUBLE })],
    ["searched in vain", of(PLANNED, asking(1), LOST, { fact: "searched", trouble: TROUBLE })],
    [
      "searched in vain, and refused later",
      of(
        PLANNED,
        asking(1),
        LOST,
        { fact: "searched", trouble: TROUBLE },
        { fact: "refused", trouble: TROUBLE },
      ),
    ],
    ["that is made", of(PLANNED, asking(1), CREATED)],
    ["whose end is planned", of(PLANNED, asking(1), CREATED, { fact: "ending", until: 7 })],
    ["whose end is set", of(PLANNED, asking(1), CREATED, { fact: "limited", until: 7 })],
    ["that went", of(PLANNED, asking(1), CREATED, { fact: "vanished" })],
    [
      "settled by a later try",
      of(PLANNED, asking(1), LOST, asking(2), { fact: "overtaken", nextAt: 3_000 }, CREATED),
    ],
    [
      "found by elimination",
      of(PLANNED, asking(1), { fact: "adopted", ident: IDENT, cvm: null, proof: "elimination" }),
    ],
  ])("%s comes back as post needs it", (_name, facts) => {
    const { state, ledger } = saved(surveyed([]), BEGAN, ...facts);
    const read = readBack(state)?.replicas.map(decisive);
    expect(read).toEqual(ledger.replicas().map(decisive));
  });

  it("is not settled by what is told of it after nobody could tell", () => {
    const after = of(PLANNED, asking(1), LOST, { fact: "searched", trouble: TROUBLE });
    const refused = of({ fact: "refused", trouble: TROUBLE });
    expect(saved(...after, ...refused).ledger.replica("new-3").fate).toBe("unknown");
  });

  it("stays small, whatever a server calls it and however often it was in doubt", () => {
    const doubts = Array.from({ length: 500 }, () =>
      of(LOST, { fact: "overtaken", nextAt: 1_700_000_000_000 }),
    ).flat();
    const long = "x".repeat(100_000);
    const ident = { ...NOBODY, id: long, uuid: keys(1)[0] ?? null, name: long, nodeName: long };
    const named = { ...SLOT, or: Array.from({ length: 500 }, (_, id) => ({ id, name: "node" })) };
    const facts = of({ fact: "planned", slot: named }, asking(1), { ...CREATED, ident });
    const { state } = saved(...facts, ...doubts, ...of({ fact: "ending", until: 7 }));
    expect(state.replica_0?.length).toBeLessThan(16_384);
  });
});

describe("the state by name, for runners that show no list of it", () => {
  const asked = (state: Readonly<Record<string, string>>) =>
    stateByName((name) => state[name] ?? "");

  it("has all of a create", () => {
    const { state } = saved(surveyed(keys(1_200)), BEGAN, ...of(PLANNED, asking(1), CREATED));
    expect(asked(state)).toEqual(state);
  });

  it("has all of a rollout or a delete, also where some were never written", () => {
    const state = { run: "{}", known_0: "[]", known_1: "[]", replica_0: "{}", replica_7: "{}" };
    expect(asked({ ...state, other: "x" })).toEqual(state);
  });
});
