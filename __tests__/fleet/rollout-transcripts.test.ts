/**
 * Transcripts of whole rollouts, kept under their sentences in `golden/rollout/`: a wrong rule is a difference
 * that tells a story. `UPDATE_GOLDEN=1` writes them anew.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Member, RolloutWorld } from "../../src/fleet/plan/rollout-world.ts";
import { type Scenario, transcriptOf } from "./rollout-transcript.ts";
import { member, worldOf } from "./rollout-worlds.ts";

const FOLDER = join(import.meta.dirname, "golden/rollout");

/** `a` is the source, on the revision; the others are old. */
function app(
  keys: string,
  over: Readonly<Record<string, Partial<Member>>> = {},
  world: Partial<RolloutWorld> = {},
): RolloutWorld {
  const members = [...keys].map((key, index) =>
    member(key, { ...(index === 0 && { revision: "new" }), ...over[key] }),
  );
  return worldOf(members, world);
}

const DIES: Partial<Member> = { ours: "failed", serves: false };
const back = { onFailure: "rollback" } as const;

const SCENARIOS: readonly Scenario[] = [
  { name: "in place, 6 replicas, 1 at a time", world: app("abcdef") },
  { name: "in place, 6 replicas, 2 at a time", world: app("abcdef", {}, { maxUnavailable: 2 }) },
  {
    name: "in place, 6 replicas, 2 at a time, in another order",
    world: app("abcdef", {}, { maxUnavailable: 2 }),
    seed: 7,
  },
  {
    name: "sick ones first, then the oldest",
    world: app("abcde", { d: { serves: false }, e: { serves: false } }),
  },
  {
    name: "the source is sick too",
    world: app("abc", { a: { revision: "old", serves: false }, b: { serves: false } }),
  },
  {
    name: "an environment for each, also on the revision",
    world: app("abc", { a: { force: true }, b: { force: true }, c: { force: true } }),
  },
  { name: "the third does not come up, stop", world: app("abcdef"), fates: { d: DIES } },
  {
    name: "the third does not come up, rollback",
    world: app("abcdef", {}, back),
    fates: { d: DIES },
  },
  {
    name: "two at a time, one does not come up, rollback waits for the other",
    world: app("abcdef", {}, { ...back, maxUnavailable: 2 }),
    fates: { d: DIES },
    seed: 3,
  },
  {
    name: "the way back fails as well",
    world: app("abcde", {}, back),
    fates: { c: DIES },
    backFates: { c: { ours: "back-failed", serves: false } },
  },
  { name: "killed in the middle and run again", world: app("abcde"), killedIn: 2 },
  {
    name: "a stranger updates one to the revision meanwhile",
    world: app("abcd"),
    others: { 1: { key: "d", busy: true, serves: false, revision: "new" } },
  },
  {
    name: "a stranger updates one to a third revision meanwhile",
    world: app("abcd"),
    others: { 1: { key: "c", busy: true, serves: false } },
  },
  {
    name: "a stranger updates one after us",
    world: app("abcd"),
    others: { 2: { key: "b", ours: "overtaken", revision: "old" } },
  },
  {
    name: "one on the revision never comes to serve",
    world: app("abc", { a: { serves: false } }),
    fates: { a: { ours: "unfit" } },
  },
  { name: "somebody deletes one", world: app("abcd"), others: { 1: { key: "d", gone: true } } },
  { name: "out of time, stop", world: app("abcd"), outOfTimeIn: 3 },
  { name: "out of time, rollback", world: app("abcd", {}, back), outOfTimeIn: 3 },
  { name: "cancelled", world: app("abcd", {}, back), cancelledIn: 3 },
];

const fileOf = (name: string) => join(FOLDER, `${name}.md`);

describe("transcripts", () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    (name, scenario) => {
      const text = transcriptOf(scenario);
      if (process.env.UPDATE_GOLDEN) {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(fileOf(name), text);
      }
      expect(text).toBe(existsSync(fileOf(name)) ? readFileSync(fileOf(name), "utf8") : "");
    },
  );

  it("has no file that nobody writes", () => {
    const names = SCENARIOS.map(({ name }) => `${name}.md`);
    expect(readdirSync(FOLDER).sort()).toEqual(names.sort());
  });
});
