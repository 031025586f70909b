/** The saved state: whole after its way through the environment, and small enough for it. */
import { describe, expect, it } from "@jest/globals";
import { type Journal, readSavedRun, saveJournal, stateByName } from "../../src/fleet/state.ts";
import { MemoryRunner } from "../support/simulated/runner.ts";

const JOURNAL: Journal = {
  apiUrl: "https://api.unit.invalid/api/v1",
  appId: "ab".repeat(20),
  vmUuid: "00000000-0000-4000-8000-000000000000",
  requestTimeoutMs: 60_000,
  cleanup: "always",
  exclusive: true,
  summary: false,
  baseline: [],
  clockOffsetMs: -5,
  workspaceSlug: "acme",
  ttlMs: 3_600_000,
};

function saved(journal: Journal): Record<string, string> {
  const runner = new MemoryRunner(() => 0);
  saveJournal(runner, journal);
  return runner.saved;
}

const read = (state: Readonly<Record<string, string>>) =>
  readSavedRun(new MemoryRunner(() => 0, state))?.journal ?? null;

const keys = (count: number) =>
  Array.from({ length: count }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);

describe("the journal", () => {
  it.each([null, 0, 1, 499, 500, 501, 5_000])("comes back whole: %s CVMs before", (count) => {
    const journal = { ...JOURNAL, baseline: count === null ? null : keys(count) };
    const state = saved(journal);
    expect(read(state)).toEqual(journal);
    // Windows takes no longer variable.
    for (const text of Object.values(state)) expect(text.length).toBeLessThan(32_000);
  });

  it("knows nothing of before where a part is lost or broken", () => {
    const state = saved({ ...JOURNAL, baseline: keys(1_200) });
    const { baseline_1: _lost, ...rest } = state;
    expect(read(rest)?.baseline).toBeNull();
    expect(read({ ...state, baseline_1: "[" })?.baseline).toBeNull();
  });

  it.each(["http://evil.example", "https://user@evil.example", "ftp://evil.example", ""])(
    "is none where its address is not one for a key: %j",
    (apiUrl) => expect(read(saved({ ...JOURNAL, apiUrl }))).toBeNull(),
  );
});

describe("the state by name, for runners that show no list of it", () => {
  const asked = (state: Readonly<Record<string, string>>) =>
    stateByName((name) => state[name] ?? "");

  it("has all of a create", () => {
    const state = saved({ ...JOURNAL, baseline: keys(1_200) });
    expect(asked(state)).toEqual(state);
  });

  it("has all of a rollout or a delete, also where some were never written", () => {
    const state = { run: "{}", known_0: "[]", known_1: "[]", replica_0: "{}", replica_7: "{}" };
    expect(asked({ ...state, other: "x" })).toEqual(state);
  });
});
