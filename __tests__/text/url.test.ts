import { describe, expect, it } from "@jest/globals";
import { isPrivateWay, webUrl } from "../../src/text/url.ts";

describe("an address of the web", () => {
  it.each([
    ["https://web.example/a?b#c", true],
    ["http://127.0.0.1:8080", true],
    ["https://user@web.example", false],
    ["https://:word@web.example", false],
    ["ftp://web.example", false],
    ["file:///etc/hostname", false],
    ["javascript:alert(1)", false],
    ["web.example", false],
    ["-K/etc/hostname", false],
    ["", false],
    [null, false],
    [undefined, false],
    [`https://web.example/${"a".repeat(2_048)}`, false],
  ])("%s: %s", (text, is) => expect(webUrl(text) !== null).toBe(is));
});

describe("a way that nobody in between can read", () => {
  it.each([
    ["https://web.example", true],
    ["http://web.example", false],
    ["http://localhost:1", true],
    ["http://[::1]/", true],
    ["http://127.9.9.9", true],
    ["http://128.0.0.1", false],
    ["http://localhost.evil.example", false],
  ])("%s: %s", (text, is) => expect(isPrivateWay(new URL(text))).toBe(is));
});
