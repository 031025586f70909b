/** Forms of what a workflow may give. */
import { describe, expect, it } from "@jest/globals";
import {
  isTcbStatus,
  parseCollateralUrl,
  parseOsLine,
  TCB_STATUSES,
} from "../../src/text/attestation.ts";

const A = "a1".repeat(48);
const B = "b2".repeat(48);
const C = "c3".repeat(48);

describe("expected_os", () => {
  it("takes three registers, or four", () => {
    expect(parseOsLine(`${A} ${B} ${C}`)).toEqual({ mrtd: A, rtmr1: B, rtmr2: C, rtmr0: null });
    expect(parseOsLine(`  ${A.toUpperCase()}\t${B}  ${C} ${A} `)).toEqual({
      mrtd: A,
      rtmr1: B,
      rtmr2: C,
      rtmr0: A,
    });
  });

  it.each([
    "",
    A,
    `${A} ${B}`,
    `${A} ${B} ${C.slice(2)}`,
    `${A} ${B} ${C} ${A} ${B}`,
    "ab".repeat(32),
    `${A} ${B} ${"g".repeat(96)}`,
  ])("refuses %j", (line) => expect(parseOsLine(line)).toBeNull());
});

describe("allowed_tcb", () => {
  it("knows Intel's words, and never Revoked", () => {
    expect(TCB_STATUSES.every(isTcbStatus)).toBe(true);
    expect(["Revoked", "uptodate", "", "constructor"].some(isTcbStatus)).toBe(false);
  });
});

describe("collateral_url", () => {
  it.each([
    ["https://pccs.example", "https://pccs.example"],
    ["https://pccs.example/", "https://pccs.example"],
    ["https://pccs.example:8081/a/sgx/certification/v4/", "https://pccs.example:8081/a"],
    ["https://pccs.example/tdx/certification/v4", "https://pccs.example"],
    ["http://127.0.0.1:8081/api/v1", "http://127.0.0.1:8081/api/v1"],
    ["http://[::1]:8081", "http://[::1]:8081"],
  ])("takes %s", (text, base) => expect(parseCollateralUrl(text)).toBe(base));

  it.each([
    "",
    "pccs.example",
    "http://pccs.example",
    "ftp://pccs.example",
    "https://user:word@pccs.example",
    "https://pccs.example/?key=1",
    "https://pccs.example/#a",
    "file:///etc/passwd",
  ])("refuses %j", (text) => expect(parseCollateralUrl(text)).toBeNull());
});
