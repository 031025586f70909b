/** Foreign text made harmless. */
import { describe, expect, it } from "@jest/globals";
import { harmless, markdown, oneLine, safeLink } from "../../src/text/clean.ts";
import { parseCommand } from "../support/runner/commands.ts";

describe("oneLine", () => {
  it.each([
    ["lines", "a\nb\r\nc\rd", "a b c d"],
    ["controls", "a\u0000b\u001b[31mc\u007fd\u0085e", "a b [31mc d e"],
    ["separators", "a\u2028b\u2029c", "a b c"],
    ["what reorders or hides", "a\u202eb\u2066c\u200bd\ufeffe\u00adf\u061cg", "a b c d e f g"],
    ["blanks", "  a   b  ", "a b"],
    ["half a character", "a\ud800b", "a\ufffdb"],
    ["other scripts", "größe 日本語 🚀", "größe 日本語 🚀"],
    ["nothing", " \n ", ""],
  ])("%s", (_name, text, expected) => expect(oneLine(text)).toBe(expected));

  it.each([9, 10, 11, 12])("cuts to at most %i characters, never through one", (max) => {
    const text = oneLine("12345678🚀🚀🚀🚀", max);
    expect(text.length).toBeLessThanOrEqual(max);
    expect(text.endsWith("…")).toBe(true);
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toContain("\ufffd\ufffd");
  });

  it("leaves a text that just fits", () => expect(oneLine("12345", 5)).toBe("12345"));
});

describe("harmless", () => {
  const texts = [
    "::error::x",
    "  ::error::x",
    "\t::set-output name=a::b",
    "a\n::error::x",
    "a\r::error::x",
    "a\r\n  ::add-mask::x",
    "##[error]x",
    "a ##[add-path]x",
    "##[##[error]x",
    "####[error]x",
    "\u00a0::error::x",
    "\ufeff::error::x",
    "\u3000::error::x",
    "\v::error::x",
    "\f::error::x",
    "\u2028::error::x",
    "\u0085::error::x",
  ];
  it.each(texts)("%j holds no command any more", (text) => {
    for (const line of harmless(text).split(/\r\n|\r|\n/))
      expect(parseCommand(line)).toBeUndefined();
  });

  it("leaves plain text as it is", () => {
    const text = "a::b\nno ## [thing]\n  https://x.example/::y";
    expect(harmless(text)).toBe(text);
  });
});

describe("markdown", () => {
  const marks = "<img src=x onerror=y> [a](javascript:x) `c` |d| *e* _f_ # ~g~ \\ ![i](u) &lt; $x$";
  it("leaves nothing that is markup", () => {
    const text = markdown(marks);
    // Each mark has become a reference; what is left are words, blanks and references.
    expect(text.replace(/&(?:\w+|#\d+);/g, "")).toMatch(/^[\w =;]*$/);
    expect(text).toContain("&amp;lt;");
  });

  it.each(["octocat", "octo-org/team"])("mentions nobody: @%s", (name) => {
    expect(markdown(`ask @${name} now`)).not.toContain(`@${name}`);
  });

  it("keeps words and figures", () => expect(markdown("größe 12,5 %")).toBe("größe 12,5 %"));
  it("is one line", () => expect(markdown("a\n\n# b")).not.toContain("\n"));
  it("has no address that a renderer would make a link", () => {
    expect(markdown("https://evil.example")).not.toContain("://");
  });
});

describe("safeLink", () => {
  it.each([
    ["https://app.example/a?b=1#c", "https://app.example/a?b=1#c"],
    ["http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"],
    ["javascript:alert(1)", null],
    ["data:text/html,x", null],
    ["ftp://a/", null],
    ["https://user:word@a/", null],
    ["not a link", null],
    ["", null],
    [null, null],
  ])("%j", (text, expected) => expect(safeLink(text)).toBe(expected));

  it.each([
    "https://a/)x",
    'https://a/"x',
    "https://a/<x>",
    "https://a/|x",
    "https://a/`x",
    "https://a/](x",
  ])("%j can't end the place that it stands in", (text) =>
    expect(safeLink(text)).not.toMatch(/[)"<>|`]/),
  );
});
