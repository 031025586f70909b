/** The failures of several replicas as lines, and the title above them. */
import { describe, expect, it } from "@jest/globals";
import { combinedWords, oneLineOf } from "../../../src/report/annotation/combined.ts";
import { titleOf } from "../../../src/report/annotation/title.ts";
import { OWN_CODES } from "../../../src/report/words/error-code.ts";
import { DOWN, FULL, LOST, made, unmade } from "./support.ts";

describe("the failures of several replicas", () => {
  it("a single one is said as it is, with what it lists", () => {
    expect(combinedWords([unmade(1, { ...LOST, list: ["a"] })])).toEqual({
      text: "It is unclear.",
      list: ["a"],
    });
  });

  it("one of two has a line of its own", () => {
    expect(combinedWords([made(1), made(2, { failure: DOWN })])).toEqual({
      text: "1 of 2 replicas failed.",
      list: ["web-2: It did not come up."],
    });
  });

  it("the same answer to each of sixty requests is one line", () => {
    const replicas = Array.from({ length: 60 }, (_, n) =>
      unmade(n + 1, { code: "ERR-02-005", text: `Could not create replica ${n + 1} of 60: full.` }),
    );
    expect(combinedWords(replicas)).toEqual({
      text: "60 of 60 replicas failed.",
      list: ["60 replicas (replica 1, replica 2 and 58 more): Could not create a replica: full."],
    });
  });

  it("a name that the text begins with is not said twice", () => {
    const failure = { ...DOWN, text: "web-2 on node 26 did not come up." };
    expect(combinedWords([made(1), made(2, { failure })]).list).toEqual([failure.text]);
  });

  it("candidates come after all failures, each with whose it may be", () => {
    const lost = { ...LOST, list: ["x", "y"] };
    expect(combinedWords([unmade(1, lost), unmade(2, FULL)]).list).toEqual([
      "replica 1: It is unclear.",
      "replica 2: The node is full.",
      "replica 1: x",
      "replica 1: y",
    ]);
  });

  it("in one line a list is cut, with its number", () => {
    const list = Array.from({ length: 25 }, (_, n) => `c${n}`);
    expect(oneLineOf({ ...LOST, list })).toMatch(/^It is unclear\. c0; .*; c9; and 15 more\.$/);
    expect(oneLineOf(DOWN)).toBe("It did not come up.");
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
      titleOf("partial", "BOOT", [made(1), made(2, { failure: DOWN })]),
      "Only 1 of 2 replicas came up (BOOT)",
    ],
    ["a cancellation", titleOf("cancelled", "", [made(1)]), "The step was cancelled"],
    [
      "a code of a stranger's making",
      titleOf("failed", "ERR-constructor", []),
      "No replica was created (ERR-constructor)",
    ],
  ])("of %s", (_name, title, expected) => expect(title).toBe(expected));
});
