/** Private keys as they are given, the forms that are masked, and the RPC's address. */
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import {
  formsOfKey,
  isSameKey,
  type KeyProblem,
  PrivateKey,
  parsePrivateKey,
} from "../../src/text/private-key.ts";
import { parseRpcUrl, secretsOfRpcUrl } from "../../src/text/rpc-url.ts";

const DIGITS = "ab12".repeat(16);
const ORDER = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

describe("a private key", () => {
  it.each([DIGITS, `0x${DIGITS}`, `0X${DIGITS.toUpperCase()}`, ` ${DIGITS}\n`])(
    "is read: %j",
    (text) => {
      const parsed = parsePrivateKey(text);
      expect(parsed.ok && Buffer.from(parsed.key.bytes()).toString("hex")).toBe(DIGITS);
    },
  );

  it.each<[KeyProblem, string]>([
    ["address", `0x${"ab".repeat(20)}`],
    ["phrase", Array.from({ length: 12 }, () => "word").join(" ")],
    ["public-key", `04${"ab".repeat(64)}`],
    ["not-hex", `${DIGITS.slice(1)}g`],
    ["not-hex", "0x"],
    ["not-hex", "word ".repeat(11)],
    ["length", DIGITS.slice(1)],
    ["length", `${DIGITS}00`],
    ["out-of-range", "0".repeat(64)],
    ["out-of-range", ORDER],
    ["out-of-range", "f".repeat(64)],
  ])("has a problem, %s", (problem, text) => {
    expect(parsePrivateKey(text)).toEqual({ ok: false, problem });
  });

  it("just below the order is one", () => {
    expect(parsePrivateKey(ORDER.replace(/1$/, "0")).ok).toBe(true);
  });

  it("shows itself nowhere", () => {
    const key = new PrivateKey(Buffer.from(DIGITS, "hex"));
    const shown = [
      `${key}`,
      JSON.stringify({ key }),
      inspect({ key }, { depth: null, showHidden: true }),
    ];
    for (const text of shown) {
      expect(text).toContain("***");
      expect(text.toLowerCase()).not.toContain(DIGITS.slice(0, 8));
      expect(text).not.toMatch(/171, ?18/);
    }
  });

  it("is masked in each form, malformed as well, the longest first", () => {
    const upper = DIGITS.toUpperCase();
    for (const text of [DIGITS, `0x${upper}`, ` 0x${DIGITS}`]) {
      expect(formsOfKey(text)).toEqual(
        expect.arrayContaining([DIGITS, upper, `0x${DIGITS}`, `0x${upper}`]),
      );
    }
    const forms = formsOfKey(`0x${DIGITS.slice(1)}`);
    expect(forms).toContain(DIGITS.slice(1));
    expect(forms.map(({ length }) => length)).toEqual(
      forms.map(({ length }) => length).sort((a, b) => b - a),
    );
    for (const nothing of ["", "0x", "  "]) expect(formsOfKey(nothing)).toEqual([]);
  });

  it("is the same in whatever form", () => {
    expect(isSameKey(DIGITS, `0x${DIGITS.toUpperCase()} `)).toBe(true);
    expect(isSameKey(`0x${DIGITS}`, DIGITS)).toBe(true);
    expect(isSameKey(DIGITS, `${DIGITS}0`)).toBe(false);
    expect(isSameKey("", "")).toBe(false);
  });
});

describe("an RPC's address", () => {
  it.each([
    "https://rpc.example/v2/key",
    "http://127.0.0.1:8545",
    "https://rpc.example/?apikey=abc",
  ])("is %s", (text) => expect(parseRpcUrl(text)).toContain(new URL(text).host));
  it.each([
    "http://rpc.example",
    "https://user:pw@rpc.example",
    "ws://rpc.example",
    "rpc.example",
    "https://rpc.example/#a",
  ])("is not %s", (text) => expect(parseRpcUrl(text)).toBeNull());

  it("hides what may be a provider's key", () => {
    const key = "k3y".repeat(8);
    expect(secretsOfRpcUrl(`https://base.rpc.example/v2/${key}`)).toContain(key);
    expect(secretsOfRpcUrl(`https://rpc.example/?apikey=${key}`)).toContain(key);
    expect(secretsOfRpcUrl(`https://${key}.rpc.example/`)).toContain(key);
    expect(secretsOfRpcUrl("https://mainnet.base.org")).toEqual([]);
    expect(secretsOfRpcUrl("nonsense")).toEqual([]);
  });
});
