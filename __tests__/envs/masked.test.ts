/** Which values of variables are masked, and in which pieces. */
import { describe, expect, it } from "@jest/globals";
import { maskedPieces } from "../../src/envs/masked.ts";

describe("maskedPieces", () => {
  it.each([
    "",
    "a",
    "dev",
    "on",
    " x ",
    "true",
    "True",
    "FALSE",
    "0",
    "8080",
    "65535",
    "-1",
    "1.25",
  ])("of the everyday value %j are none", (value) => expect(maskedPieces(value)).toEqual([]));

  it.each([
    "prod",
    "123456",
    "1.23456",
    "true!",
    "0x1f90",
    "1234-",
    "12 34",
    "  spaced out  ",
    "postgres://user:word@host/db",
  ])("of %j are the value itself", (value) => expect(maskedPieces(value)).toEqual([value]));

  it("of several lines are its lines and its base64, but no everyday lines", () => {
    const value = '{\n  "type": "service_account",\r\n  "port": 1\n  ,\n}';
    expect(maskedPieces(value)).toEqual([
      '"type": "service_account",',
      '"port": 1',
      Buffer.from(value).toString("base64"),
    ]);
  });

  it("of lines that are everyday each are the whole", () => {
    expect(maskedPieces("a1\nb2\nc3")).toEqual(["a1\nb2\nc3"]);
    expect(maskedPieces("12345\n67890")).toEqual(["12345\n67890"]);
  });
});
