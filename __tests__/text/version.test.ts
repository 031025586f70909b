/** The version told to servers. */
import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { USER_AGENT, VERSION } from "../../src/text/version.ts";

it("is package.json's", () => {
  const { name, version } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
    string,
    string
  >;
  expect(VERSION).toBe(version);
  expect(USER_AGENT).toBe(`${name}/${version}`);
});
