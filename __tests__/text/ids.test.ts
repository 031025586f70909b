/** The forms of identifiers. */
import { describe, expect, it } from "@jest/globals";
import { parseAppId, parseHash, parseUuid, undashed } from "../../src/text/ids.ts";

const APP = "0123456789abcdef0123456789abcdef01234567";
const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";
const HASH = "9a".repeat(32);

describe("app ids", () => {
  it.each([
    ["bare", APP, APP],
    ["0x", `0x${APP}`, APP],
    ["app_", `app_${APP}`, APP],
    ["app_0x", `app_0x${APP}`, APP],
    ["capitals", `0X${APP.toUpperCase()}`, APP],
    ["too short", APP.slice(1), null],
    ["too long", `${APP}0`, null],
    ["no hex", `g${APP.slice(1)}`, null],
    ["a path", `${APP}/../x`, null],
    ["a line end", `${APP}\n`, null],
    ["two prefixes", `0xapp_${APP}`, null],
    ["other digits", "٠".repeat(40), null],
    ["empty", "", null],
  ])("%s", (_name, text, expected) => expect(parseAppId(text)).toBe(expected));
});

describe("UUIDs", () => {
  it.each([
    ["dashed", UUID, UUID],
    ["undashed", undashed(UUID), UUID],
    ["capitals", UUID.toUpperCase(), UUID],
    ["one dash missing", UUID.replace("-", ""), null],
    ["dashes elsewhere", "6b0f3f0e5-1a7-4a0c-9d3c-0a6f5c2e7d11", null],
    ["an extra dash", `${UUID}-`, null],
    ["braces", `{${UUID}}`, null],
    ["a path", `${UUID}/x`, null],
    ["a line end", `${UUID}\n`, null],
    ["no hex", UUID.replace("6", "g"), null],
    ["empty", "", null],
  ])("%s", (_name, text, expected) => expect(parseUuid(text)).toBe(expected));

  it("lose their dashes", () => expect(undashed(UUID)).toBe("6b0f3f0e51a74a0c9d3c0a6f5c2e7d11"));
});

describe("compose hashes", () => {
  it.each([
    ["bare", HASH, HASH],
    ["0x, capitals", `0x${HASH.toUpperCase()}`, HASH],
    ["too short", HASH.slice(2), null],
    ["too long", `${HASH}00`, null],
    ["no hex", `zz${HASH.slice(2)}`, null],
    ["empty", "", null],
  ])("%s", (_name, text, expected) => expect(parseHash(text)).toBe(expected));
});
