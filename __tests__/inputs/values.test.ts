/** The forms of single values. */

import { describe, expect, it } from "@jest/globals";
import {
  parseApiKey,
  parseBoolean,
  parseDuration,
  parseHexBlob,
  parseList,
  parsePath,
  parseTransaction,
  parseWhole,
} from "../../src/inputs/values.ts";
import { parseToken } from "../../src/text/ids.ts";
import { isLoopback, parseApiUrl } from "../../src/text/url.ts";

type Case = readonly [text: string, value: unknown];

/** One test a row: the text, and what it means; null: not of the form. */
function table(name: string, parse: (text: string) => unknown, cases: readonly Case[]): void {
  describe(name, () => {
    it.each(cases)("%j is %j", (text, value) => expect(parse(text)).toEqual(value));
  });
}

table("durations, in ms", parseDuration, [
  ["90s", 90_000],
  ["15m", 900_000],
  ["1h", 3_600_000],
  ["2", 2_000],
  ["0.5", 500],
  ["1.5m", 90_000],
  ["7d", 604_800_000],
  ["0.5d", 43_200_000],
  ["1h30m", 5_400_000],
  ["1d2h3m4s", 93_784_000],
  ["2m90s", 210_000],
  ["2.0", 2_000],
  ["0s", 0],
  ["", null],
  ["s", null],
  ["-1s", null],
  ["+1s", null],
  ["1 s", null],
  ["1S", null],
  ["1D", null],
  ["30m1h", null],
  ["1h1h", null],
  ["1h30", null],
  ["1.5h30m", null],
  ["1h 30m", null],
  ["999999999d", null],
  ["1w", null],
  ["1e3", null],
  ["0x10", null],
  [".5", null],
  ["1.", null],
  ["Infinity", null],
  ["9".repeat(30), null],
  ["٣s", null],
]);

table("booleans", parseBoolean, [
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
  ["tRUE", null],
  ["yes", null],
  ["on", null],
  ["1", null],
  ["0", null],
  ["", null],
]);

table("whole numbers", parseWhole, [
  ["0", 0],
  ["26", 26],
  ["007", 7],
  ["2.0", 2],
  ["31.000", 31],
  [String(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER],
  ["9007199254740993", null],
  ["-1", null],
  ["+1", null],
  ["2.5", null],
  ["2.", null],
  [".0", null],
  ["2.01", null],
  ["9007199254740993.0", null],
  ["1e3", null],
  ["0x1f", null],
  ["", null],
  ["٣", null],
]);

table("lists", parseList, [
  ["26", ["26"]],
  ["a, b\n,\r\nc ,", ["a", "b", "c"]],
  [",,\n,", []],
  ['["prod5", "prod9"]', ["prod5", "prod9"]],
  ['[26, " x ", ""]', ["26", "x"]],
  ['["a,b"]', ["a,b"]],
  ["[]", []],
  ["[26", null],
  ["[null]", null],
  ['[{"a":1}]', null],
  ["[prod5]", null],
]);

table("hex blobs", parseHexBlob, [
  ["00ff", "00ff"],
  ["0x00ff", "00ff"],
  ["0X00", "00"],
  ["0", null],
  ["0x", null],
  ["0x0", null],
  ["", null],
  ["00fg", null],
  ["00 ff", null],
  ["0x0x00", null],
  ["00\n", null],
]);

describe("hex blobs", () => {
  it("in capitals are the same digits", () => {
    expect(parseHexBlob("0xDEADBEEF")?.toLowerCase()).toBe("deadbeef");
  });
});

table("base URLs of the API", parseApiUrl, [
  ["https://cloud-api.phala.com/api/v1", "https://cloud-api.phala.com/api/v1"],
  ["https://cloud-api.phala.com/api/v1///", "https://cloud-api.phala.com/api/v1"],
  ["https://cloud-api.phala.com", "https://cloud-api.phala.com"],
  ["HTTPS://API.Example:8443/x", "https://api.example:8443/x"],
  ["http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080/api/v1"],
  ["http://127.9.9.9", "http://127.9.9.9"],
  ["http://localhost:1/", "http://localhost:1"],
  ["http://[::1]:1/api", "http://[::1]:1/api"],
  ["http://cloud-api.phala.com/api/v1", null],
  ["http://127.0.0.1.example.com", null],
  ["http://localhost.example.com", null],
  ["http://127.0.0.1@example.com", null],
  ["http://[::2]/", null],
  ["http://0.0.0.0/", null],
  ["https://user@host/", null],
  ["https://user:word@host/", null],
  ["https://host/?a=1", null],
  ["https://host/?", null],
  ["https://host/#x", null],
  ["https://host/#", null],
  ["https://host\\evil", null],
  ["https://ho st/", null],
  ["https://host/a\nb", null],
  ["ftp://host/", null],
  ["file:///etc/passwd", null],
  ["javascript:alert(1)", null],
  ["cloud-api.phala.com/api/v1", null],
  ["//host/api", null],
  ["", null],
]);

table("loopback hosts", isLoopback, [
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.1.2.3", true],
  ["[::1]", true],
  ["127.0.0.1.nip.example", false],
  ["128.0.0.1", false],
  ["mylocalhost", false],
  ["", false],
]);

table("paths of health checks", parsePath, [
  ["/healthz", "/healthz"],
  ["/", "/"],
  ["/a/b?x=1&y=%20", "/a/b?x=1&y=%20"],
  ["healthz", null],
  ["//evil.example/x", null],
  ["/\\evil.example", null],
  ["/a\\b", null],
  ["/a#b", null],
  ["/a b", null],
  ["/../x", null],
  ["/a/../b", null],
  ["/ü", null],
  ["/a\r\nHost: x", null],
  ["https://evil.example/", null],
  ["", null],
]);

table("API keys", parseApiKey, [
  ["phak_abc-DEF_123", "phak_abc-DEF_123"],
  ["a", "a"],
  ["with space", null],
  ["with\nline", null],
  ["with\u0000nul", null],
  ["schlüssel", null],
  ["x".repeat(4097), null],
  ["", null],
]);

table("commit tokens", parseToken, [
  ["f2b1f9f6-0f0f-4c55-8a0e-0d5b1f6f7a10", "f2b1f9f6-0f0f-4c55-8a0e-0d5b1f6f7a10"],
  ["eyJhbGciOi.J9.x_-", "eyJhbGciOi.J9.x_-"],
  ["short", null],
  ["with a space in it", null],
  ["", null],
]);

table("transactions", parseTransaction, [
  [`0x${"a".repeat(64)}`, `0x${"a".repeat(64)}`],
  [`0x${"A".repeat(64)}`, `0x${"A".repeat(64)}`],
  ["already-registered", "already-registered"],
  ["a".repeat(64), null],
  [`0x${"a".repeat(63)}`, null],
  ["Already-Registered", null],
  ["", null],
]);
