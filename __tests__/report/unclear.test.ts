/** What to do after an unclear end: no advice that is untrue. */
import { describe, expect, it } from "@jest/globals";
import { identOf } from "../../src/ledger/replica.ts";
import type { Rerun } from "../../src/ledger/terms.ts";
import { type Afterwards, howToLook, sequelOf } from "../../src/report/words/unclear.ts";
import { APP, made, uuid } from "./support.ts";

const after = (rerun: Rerun): Afterwards => ({ workspaceSlug: "acme", appId: APP, rerun });
const FOUR = after({ kind: "instances", instances: 4 });
const cvm = (n: number) => {
  const row = made(n).cvm;
  if (row === null) throw new Error("no row");
  return identOf(row);
};

describe("where to look", () => {
  it.each<[string, Rerun, RegExp]>([
    ["the number to write", { kind: "instances", instances: 4 }, /write instances: 4, /],
    ["the same token", { kind: "token" }, /same commit_token, which makes one replica at the most/],
    ["a prepare again", { kind: "prepare" }, /a prepare is not meant to create/],
    [
      "the number in the end, where nothing can be counted",
      { kind: "blind" },
      /use instances with the number that the app shall have in the end/,
    ],
  ])("names the minutes to wait, the app's page, and %s", (_name, rerun, expected) => {
    const text = howToLook(after(rerun));
    expect(text).toMatch(
      /^Wait 10 minutes, since .* look at https:\/\/cloud\.phala\.com\/acme\/apps\//,
    );
    expect(text).toMatch(expected);
    // Whatever speaks of running it again comes after the wait.
    expect(text.indexOf("again")).toBeGreaterThan(text.indexOf("Wait 10 minutes"));
  });
});

describe("what the search showed", () => {
  const fault = { kind: "network", network: "reset", detail: "x" } as const;

  it.each([
    [
      "several",
      { found: "several", cvms: [cvm(1), cvm(2)] },
      /^2 new CVMs fit, so none was adopted/,
      2,
    ],
    ["one, once", { found: "one-once", cvms: [cvm(1)] }, /^One new CVM was seen, but only once/, 1],
    ["one, then nothing could be read", { found: "blind", fault, cvms: [cvm(1)] }, /only once/, 1],
    ["one that is not adopted", { found: "one-not-ours", cvms: [cvm(1)] }, /is not touched/, 1],
    [
      "nothing that could be read",
      { found: "blind", fault, cvms: [] },
      /could not be listed since/,
      0,
    ],
    ["nothing", { found: "nothing", forMs: 30_000 }, /Nothing new was seen in the app for 30 s/, 0],
    [
      "nothing, since nobody knows what was there before",
      { found: "no-baseline" },
      /^The app's CVMs could not be listed before/,
      0,
    ],
  ] as const)("%s, each with its link", (_name, searched, expected, count) => {
    const { text, list } = sequelOf(searched, FOUR);
    expect(text).toMatch(expected);
    expect(text).toContain("write instances: 4");
    expect(list).toEqual(
      Array.from({ length: count }, (_, n) => expect.stringContaining(uuid(n + 1))),
    );
    for (const line of list) expect(line).toContain("https://cloud.phala.com/acme/apps/");
  });
});
