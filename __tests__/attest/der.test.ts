/** DER has one form for each value; every other is refused. */
import { describe, expect, it } from "@jest/globals";
import {
  bitsOf,
  type Der,
  flagOf,
  integerOf,
  numberOf,
  oidOf,
  partsOf,
  readDer,
  timeOf,
} from "../../src/attest/der.ts";

const der = (hex: string): Der => readDer(Buffer.from(hex, "hex"));
const text = (tag: string, value: string): string => {
  const content = Buffer.from(value, "latin1");
  return tag + content.length.toString(16).padStart(2, "0") + content.toString("hex");
};

describe("a value", () => {
  it("is read whole", () => {
    expect(der("0400").content).toHaveLength(0);
    expect(der(`0481${"80"}${"00".repeat(128)}`).content).toHaveLength(128);
    expect(der(`04820100${"00".repeat(256)}`).content).toHaveLength(256);
    expect(partsOf(der("3006020101020102"))).toHaveLength(2);
  });

  it.each([
    ["nothing", ""],
    ["a tag alone", "04"],
    ["an end in the middle", "0402ff"],
    ["bytes after it", "040000"],
    ["an indefinite length", "30800000"],
    ["a length in a longer form", `04817f${"00".repeat(127)}`],
    ["a length with a zero in front", `048200ff${"00".repeat(255)}`],
    ["a length of five bytes", "04850000000001ff"],
    ["a length that breaks off", "0482"],
    ["a tag of two bytes", "1f0100"],
  ])("is not %s", (_what, hex) => expect(() => der(hex)).toThrow("expected"));

  it("of another tag is refused", () => {
    expect(() => partsOf(der("3100"))).toThrow("expected DER tag 48");
    expect(() => partsOf(undefined)).toThrow("expected DER tag 48");
  });
});

describe("an integer", () => {
  it.each([
    ["020100", 0],
    ["02017f", 127],
    ["02020080", 128],
    ["0203010000", 65_536],
  ])("%s is %d", (hex, value) => expect(numberOf(der(hex), 70_000)).toBe(value));

  it.each([
    "0200",
    "020180",
    "0202007f",
    "0203000001",
    "0203011171",
    "0209010000000000000000",
    "0a0101",
  ])("%s is none of 0 to 70,000", (hex) =>
    expect(() => numberOf(der(hex), 70_000)).toThrow("expected"),
  );

  it("of a serial number keeps its bytes", () => {
    expect(integerOf(der("020200ff")).toString("hex")).toBe("00ff");
  });
});

describe("other types", () => {
  it.each([
    ["06032a8648", "1.2.840"],
    ["0603550406", "2.5.4.6"],
    ["060100", "0.0"],
    ["06028837", "2.999"],
  ])("OID %s is %s", (hex, oid) => expect(oidOf(der(hex))).toBe(oid));

  it.each(["0600", "060180", "06032a8086", "06042a808001", "06092affffffffffffff7f"])(
    "OID %s is none",
    (hex) => expect(() => oidOf(der(hex))).toThrow("expected"),
  );

  it("booleans are 00 or ff", () => {
    expect([flagOf(der("010100")), flagOf(der("0101ff"))]).toEqual([false, true]);
    for (const hex of ["010101", "0100", "0102ffff"])
      expect(() => flagOf(der(hex))).toThrow("expected");
  });

  it("bit strings use up their last byte", () => {
    expect(bitsOf(der("030200ff")).toString("hex")).toBe("ff");
    for (const hex of ["030201fe", "0300"]) expect(() => bitsOf(der(hex))).toThrow("expected");
  });

  it.each([
    [text("17", "260702080000Z"), "2026-07-02T08:00:00.000Z"],
    [text("17", "491231235959Z"), "2049-12-31T23:59:59.000Z"],
    [text("17", "500101000000Z"), "1950-01-01T00:00:00.000Z"],
    [text("18", "20500101000000Z"), "2050-01-01T00:00:00.000Z"],
  ])("time %s is %s", (hex, time) => expect(new Date(timeOf(der(hex))).toISOString()).toBe(time));

  it.each([
    text("17", "260231000000Z"),
    text("17", "261301000000Z"),
    text("17", "260702080060Z"),
    text("17", "2607020800Z"),
    text("17", "260702080000+0000"),
    text("18", "20260702080000.5Z"),
    text("18", "20260702080000"),
    text("04", "260702080000Z"),
  ])("time %s is none", (hex) => expect(() => timeOf(der(hex))).toThrow());
});
