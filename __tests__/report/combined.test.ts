/** The failures of several replicas as lines, and the title above them. */
import { describe, expect, it } from "@jest/globals";
import { combinedWords, oneLineOf, type Said } from "../../src/report/annotation/combined.ts";
import type { Failure } from "../../src/report/annotation/failure.ts";
import { titleOf } from "../../src/report/annotation/title.ts";
import { OWN_CODES } from "../../src/report/words/error-code.ts";
import { DOWN, FULL, made, unmade } from "./support.ts";

const lost: Failure = { code: "AMBIGUOUS", text: "It is unclear." };
const full: Failure = { code: "ERR-02-005", text: "The node is full." };
const down: Failure = { code: "BOOT", text: "It did not come up." };

/** Number `n`, called as one that was made, or as one that was not. */
const good = (n: number): Said => ({ name: `web-${n}`, failure: null });
const bad = (n: number, failure: Failure): Said => ({ name: `web-${n}`, failure });
const none = (n: number, failure: Failure): Said => ({ name: `replica ${n}`, failure });

describe("the failures of several replicas", () => {
  it("a single one is said as it is, with what it lists", () => {
    expect(combinedWords([none(1, { ...lost, list: ["a"] })])).toEqual({
      text: "It is unclear.",
      list: ["a"],
    });
  });

  it("one of two has a line of its own", () => {
    expect(combinedWords([good(1), bad(2, down)])).toEqual({
      text: "1 of 2 replicas failed.",
      list: ["web-2: It did not come up."],
    });
  });

  it("the same answer to each of sixty requests is one line", () => {
    const replicas = Array.from({ length: 60 }, (_, n) =>
      none(n + 1, { code: "ERR-02-005", text: `Could not create replica ${n + 1} of 60: full.` }),
    );
    expect(combinedWords(replicas)).toEqual({
      text: "60 of 60 replicas failed.",
      list: ["60 replicas (replica 1, replica 2 and 58 more): Could not create a replica: full."],
    });
  });

  it("a name that the text begins with is not said twice", () => {
    const failure = { ...down, text: "web-2 on node 26 did not come up." };
    expect(combinedWords([good(1), bad(2, failure)]).list).toEqual([failure.text]);
  });

  it("candidates come after all failures, each with whose it may be", () => {
    const two = { ...lost, list: ["x", "y"] };
    expect(combinedWords([none(1, two), none(2, full)]).list).toEqual([
      "replica 1: It is unclear.",
      "replica 2: The node is full.",
      "replica 1: x",
      "replica 1: y",
    ]);
  });

  it("what was not asked for is a number, with its reason once", () => {
    const unasked: Failure = { code: "", text: "Not asked for: the balance is too low." };
    expect(combinedWords([none(1, full), ...[2, 3, 4].map((n) => none(n, unasked))])).toEqual({
      text: "1 of 4 replicas failed, 3 more were not asked for.",
      list: ["replica 1: The node is full.", "Not asked for: the balance is too low."],
    });
  });

  it("those with the same text are named together", () => {
    expect(combinedWords([none(1, full), none(2, full)])).toEqual({
      text: "2 of 2 replicas failed.",
      list: ["replica 1, replica 2: The node is full."],
    });
  });

  it("in one line a list is cut, with its number", () => {
    const list = Array.from({ length: 25 }, (_, n) => `c${n}`);
    expect(oneLineOf({ ...lost, list })).toMatch(/^It is unclear\. c0; .*; c9; and 15 more\.$/);
    expect(oneLineOf(down)).toBe("It did not come up.");
  });
});

describe("the title", () => {
  it.each(OWN_CODES)("has words of its own for %s, and the code", (code) => {
    const title = titleOf("failed", code, []);
    expect(title).toMatch(new RegExp(`^[A-Z].{8,70} \\(${code}\\)$`));
    expect(title).not.toMatch(/^No replica was created/);
  });

  it.each([
    [
      "a refused create",
      titleOf("failed", "ERR-02-005", [unmade(1, FULL)]),
      "No replica was created (ERR-02-005)",
    ],
    [
      "a ttl that can't be set",
      titleOf("failed", "HTTP-403", [made(1)]),
      "A replica was created, but something failed (HTTP-403)",
    ],
    [
      "some of several",
      titleOf("partial", "BOOT", [made(1), made(2, { trouble: DOWN })]),
      "Only 1 of 2 replicas came up (BOOT)",
    ],
    [
      "one of those that were there before",
      titleOf("partial", "TIMEOUT", [made(1), made(2, { origin: "existing", trouble: DOWN })]),
      "Only 1 of 2 replicas came up (TIMEOUT)",
    ],
    ["a cancellation", titleOf("cancelled", "", [made(1)]), "The step was cancelled"],
    [
      "a code of a stranger's making",
      titleOf("failed", "ERR-constructor", []),
      "No replica was created (ERR-constructor)",
    ],
  ])("of %s", (_name, title, expected) => expect(title).toBe(expected));
});
