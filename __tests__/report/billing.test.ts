/** What exists and is billed, at the end of an annotation; and what it costs, in the summary. */
import { describe, expect, it } from "@jest/globals";
import type { Replica } from "../../src/ledger/replica.ts";
import { costOf } from "../../src/report/summary/cost.ts";
import { billing } from "../../src/report/words/billed.ts";
import { UNASKED } from "../support/troubles.ts";
import { DOWN, FULL, LOST, made, page, unmade, uuid } from "./support.ts";

const bill = (replicas: readonly Replica[], cleanup: "never" | "on_failure" = "never", said = "") =>
  billing({ replicas, cleanup, workspaceSlug: "acme", appId: null }, said);

describe("what exists", () => {
  it("a single one, with its page", () => {
    expect(bill([made(1)])).toEqual({
      text: `Created, and billed until somebody deletes it: web-1 (${uuid(1)}, https://cloud.phala.com${page(1)}).`,
      list: [],
    });
  });

  it("several, a line each, whatever came of them", () => {
    const { text, list } = bill(
      [made(1), made(2, { trouble: DOWN }), unmade(3, FULL)],
      "on_failure",
    );
    expect(text).toBe("Created, and billed until the post step deletes them: 2 replicas.");
    expect(list).toEqual([1, 2].map((n) => expect.stringContaining(uuid(n))));
  });

  it("repeats no address that was said already", () => {
    const { text } = bill([made(1)], "never", `See https://cloud.phala.com${page(1)}`);
    expect(text).toContain(`web-1 (${uuid(1)}).`);
  });

  it("one without a UUID", () => {
    expect(bill([made(1, {}, { vm_uuid: null })]).text).toContain("web-1 (no UUID)");
  });

  it.each([
    ["nothing was asked for", []],
    ["all was refused", [unmade(1, FULL), unmade(2, UNASKED)]],
  ])("nothing, where %s", (_name, replicas) => {
    expect(bill(replicas).text).toMatch(/^Nothing was created/);
  });

  it.each([
    [
      "one answer was lost",
      [unmade(1, LOST), unmade(2, FULL)],
      /^Perhaps created and billed: the replica of the request/,
    ],
    ["two were lost", [unmade(1, LOST), unmade(2, LOST)], /the 2 replicas of the requests/],
    ["one has no answer yet", [unmade(1)], /^Perhaps created/],
    [
      "a refusal could not be made sure of",
      [unmade(1, { ...FULL, searched: { found: "cancelled" } })],
      /^Perhaps created/,
    ],
  ])("is not denied where %s", (_name, replicas, expected) => {
    expect(bill(replicas).text).toMatch(expected);
  });

  it("is not said of what somebody deleted, nor denied", () => {
    expect(bill([made(1, { fate: "gone", trouble: DOWN })])).toEqual({ text: "", list: [] });
  });
});

describe("what it costs", () => {
  const priced = (n: number, price: string | null, over: Partial<Replica> = {}) =>
    made(n, over, { resource: { compute_billing_price: price, billing_period: "hourly" } });

  it.each([
    ["one", [priced(1, "0.058")], "**Cost:** 0.058 USD per hour (compute"],
    [
      "two",
      [priced(1, "0.058"), priced(2, "0.1")],
      "**Cost:** 0.158 USD per hour for 2 of 2 replicas",
    ],
    [
      "one that failed as well",
      [priced(1, "0.058"), priced(2, "0.058", { trouble: DOWN })],
      "**Cost:** 0.116 USD per hour for 2 of 2 replicas",
    ],
    [
      "one whose price is not told",
      [priced(1, "0.058"), priced(2, null)],
      "**Cost:** 0.058 USD per hour for 1 of 2 replicas",
    ],
    ["none whose price is told", [priced(1, "0x10")], "does not tell its price"],
    ["none that was made", [unmade(1, FULL)], ""],
    ["none that is there", [priced(1, "0.058", { fate: "gone" })], ""],
    ["none of ours", [priced(1, "0.058", { origin: "existing" })], ""],
  ])("%s", (_name, replicas, expected) => {
    const text = costOf(replicas);
    expect(text === "" ? "" : text).toContain(expected);
    if (expected === "") expect(text).toBe("");
  });

  it("says so where it is not the whole cost", () => {
    expect(costOf([priced(1, "0.058"), priced(2, null)])).toContain("the price of the others");
  });
});
