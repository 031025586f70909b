/** The job summary: whatever is cut says how much, and the whole stays under what GitHub takes. */
import { describe, expect, it } from "@jest/globals";
import type { Replica } from "../../src/ledger/replica.ts";
import type { Saying } from "../../src/report/annotation/annotation.ts";
import type { Report } from "../../src/report/outputs/create.ts";
import { MAX_SUMMARY_BYTES, summaryOf, withinLimit } from "../../src/report/summary/create.ts";
import { reasonOf } from "../../src/report/summary/reason.ts";
import { DOWN, made, reportOf, uuid } from "./support.ts";

const ENV = { GITHUB_ACTION_REPOSITORY: "acme/replicas", GITHUB_ACTION_REF: "v1" };

function summary(
  replicas: readonly Replica[],
  said: Saying | null = null,
  over: Partial<Report> = {},
) {
  const verdict = { outcome: "failed", trouble: null, exitCode: 1 } as const;
  const report = reportOf(replicas, { ...(said === null ? {} : { verdict }), ...over });
  return summaryOf(report, said === null ? "" : reasonOf(said, ENV));
}

const many = (count: number, over: Partial<Replica> = {}) =>
  Array.from({ length: count }, (_, n) =>
    made(n + 1, { times: { sent: 0, made: 1_000, running: 60_000 }, ...over }),
  );

const saying = (over: Partial<Saying> = {}): Saying => ({
  title: "A title",
  code: "NO_URL",
  failed: { text: "It has none.", list: [] },
  exists: { text: "", list: ["web"] },
  ...over,
});

describe("a job summary", () => {
  it("says how many replicas the chart has no room for", () => {
    const text = summary(many(60));
    expect(text.match(/^ {2}section /gm)).toHaveLength(20);
    expect(text).toContain("… and 40 more replicas, which the chart has no room for.");
    expect(summary(many(20))).not.toContain("more replicas");
  });

  it("says how many replicas the table has no room for", () => {
    const text = summary(many(130));
    expect(text.match(/^\| <a/gm)).toHaveLength(100);
    expect(text).toContain("… and 30 more replicas.");
  });

  it("says how many failures there are besides those that it lists", () => {
    const list = Array.from({ length: 130 }, (_, n) => `failure ${n}`);
    const text = summary([], saying({ failed: { text: "130 failed.", list } }));
    expect(text.match(/^- failure /gm)).toHaveLength(100);
    expect(text).toContain("- … and 30 more\n");
  });

  it("shows which replicas are adopted, and what that means", () => {
    const text = summary([made(1, { origin: "adopted" }), made(2)]);
    expect(text).toMatch(/\(adopted\)/);
    expect(text).toMatch(/\nAdopted: the answer to its request was lost/);
    expect(summary([made(1, { origin: "adopted", trouble: DOWN })])).toContain("(adopted, failed)");
    expect(summary([made(2)])).not.toMatch(/adopted/i);
  });

  it("has the code, and the link to its section", () => {
    expect(summary([made(1)], saying())).toContain(
      'Error code <code>NO&#95;URL</code>: <a href="https://github.com/acme/replicas/blob/v1/docs/operations.md#no_url">',
    );
  });

  it("says that nothing exists, and leaves what does to the table", () => {
    const nothing = saying({ exists: { text: "Nothing was created.", list: [] } });
    expect(summary([], nothing)).toContain("Nothing was created.");
    const some = saying({ exists: { text: "2 replicas.", list: ["web-1", "web-2"] } });
    expect(summary(many(2), some)).not.toContain("2 replicas.");
  });

  it("keeps the cost where a replica failed", () => {
    const priced = { resource: { compute_billing_price: "0.058" } };
    const text = summary([made(1, {}, priced), made(2, { trouble: DOWN }, priced)], saying());
    expect(text).toContain("**Cost:** 0.116 USD per hour for 2 of 2 replicas");
  });

  it("keeps the reason and stays under what GitHub takes, whatever it is filled with", () => {
    // Each character is seven bytes in Markdown.
    const name = "|".repeat(500);
    const rows = many(100).map((_, n) => made(n + 1, {}, { name, vm_uuid: uuid(n) }));
    const list = Array.from({ length: 500 }, () => "|".repeat(5_000));
    const planned = Array.from({ length: 100 }, () => "|".repeat(5_000));
    const verdict = { outcome: "dry_run", trouble: null, exitCode: 1 } as const;
    const text = summary(rows, saying({ failed: { text: name, list } }), { planned, verdict });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_SUMMARY_BYTES + 200);
    expect(text).toMatch(/- … and 400 more\n/);
    expect(text).toMatch(/<code>NO&#95;URL<\/code>/);
  });

  it("is as many of its parts as GitHub takes, with a word where that are not all", () => {
    const parts = ["# One", "", "x".repeat(MAX_SUMMARY_BYTES - 10), "three"];
    expect(withinLimit(["# One", "", "two"])).toBe("# One\n\ntwo\n");
    expect(withinLimit(parts)).toMatch(/^# One\n\nx+\n\nThe rest is too long for a job summary/);
    // Bytes count, not characters.
    const wide = ["# One", "\u{1F980}".repeat(MAX_SUMMARY_BYTES / 3)];
    expect(withinLimit(wide)).toMatch(/^# One\n\nThe rest/);
  });
});
