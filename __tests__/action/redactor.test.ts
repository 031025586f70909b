/** Secrets taken out of whatever leaves the process. */
import { describe, expect, it } from "@jest/globals";
import { Redactor } from "../../src/action/redactor.ts";
import { markdown, oneLine } from "../../src/text/clean.ts";

const SECRET = 'phak_a"b\\c/d+e=f g';

function redactor(): Redactor {
  const made = new Redactor();
  made.addSecret(SECRET);
  made.addHandedOn("token-1234");
  return made;
}

describe("Redactor", () => {
  it.each([
    ["as it is", SECRET],
    ["as JSON carries it", JSON.stringify(SECRET).slice(1, -1)],
    ["as a URL carries it", encodeURIComponent(SECRET)],
    ["in base64", Buffer.from(SECRET).toString("base64")],
  ])("takes a secret out of everything: %s", (_name, form) => {
    for (const text of [
      redactor().redact(`a ${form} b ${form}`),
      redactor().redactPrinted(`a ${form} b ${form}`),
    ]) {
      expect(text).toBe("a *** b ***");
    }
  });

  it("knows a secret as our own text for people has it", () => {
    const made = new Redactor();
    made.addSecret("phak_key@host  (1)");
    expect(made.redact(`<code>${markdown("a phak_key@host  (1) b")}</code>`)).toBe(
      "<code>a *** b</code>",
    );
  });

  it("knows each line of a secret of several", () => {
    const made = new Redactor();
    made.addWord("-----BEGIN-----\nabcdefgh\n}");
    expect(made.redactPrinted("x abcdefgh y -----BEGIN----- }")).toBe("x *** y *** }");
    expect(made.redactPrinted(oneLine("x -----BEGIN-----\nabcdefgh\n} y"))).toBe("x *** y");
  });

  it.each([
    ["cut within it", "x phak_012…", "x ***…"],
    ["cut just after its fourth character", "x phak…", "x ***…"],
    ["cut so early that it could be anything", "x pha…", "x pha…"],
    ["cut elsewhere", "phak_0 x…", "phak_0 x…"],
    ["whole, then cut", "phak_0123456789…", "***…"],
    ["two cuts", "a phak_…, b phak_0123…", "a ***…, b ***…"],
    ["not cut at all", "x phak_012", "x phak_012"],
    ["begun twice", "phak_phak_01…", "phak_***…"],
    ["quoted by a server, with three dots", "key phak_012345... is over", "key ***... is over"],
    ["quoted with more dots than three", "phak_0123.....", "***....."],
    ["quoted up to its last character", "phak_012345678...", "***..."],
    ["eight characters in front of dots", "x phak_012...", "x ***..."],
    ["seven characters in front of dots", "x phak_01...", "x phak_01..."],
    ["two dots", "x phak_012345..", "x phak_012345.."],
    ["dots of both kinds", "phak_0123... phak_0123…", "***... ***…"],
    ["dots first", "...phak_0123... and …", "...***... and …"],
  ])("leaves no beginning of a secret in front of a cut: %s", (_name, text, expected) => {
    const made = new Redactor();
    made.addSecret("phak_0123456789");
    expect(made.redact(text)).toBe(expected);
  });

  it("takes what may not be printed out of print alone", () => {
    expect(redactor().redactPrinted("x token-1234 y")).toBe("x *** y");
    expect(redactor().redact("x token-1234 y")).toBe("x token-1234 y");
  });

  it("knows hex digits in either case, but not words", () => {
    const both = new Redactor();
    both.addSecret("DEADbeef00112233");
    both.addSecret("Password");
    expect(both.redact("deadbeef00112233 DEADBEEF00112233")).toBe("*** ***");
    expect(both.redact("password")).toBe("password");
  });

  it("takes the longer of two secrets first", () => {
    const both = new Redactor();
    both.addSecret("abcd");
    both.addSecret("abcdefgh");
    expect(both.redact("abcdefgh abcd")).toBe("*** ***");
  });

  it("is not misled by what looks like a pattern", () => {
    const odd = new Redactor();
    odd.addSecret("$&.*(x)");
    expect(odd.redact("a $&.*(x) b")).toBe("a *** b");
  });

  it("leaves alone what is too short to be told from plain text", () => {
    const short = new Redactor();
    short.addSecret("a");
    short.addSecret("");
    expect(short.redact("a banana")).toBe("a banana");
  });

  it("survives a secret that is no proper text", () => {
    const broken = new Redactor();
    broken.addSecret("half\ud800half");
    expect(broken.redact("x half\ud800half y")).toBe("x *** y");
  });
});
