import { describe, expect, it } from "@jest/globals";
import { haveRequestsOfTheirOwn } from "../../src/fleet/plan/matching.ts";

/** Which requests each CVM fits, as digits: `["01", "1"]`. */
function match(cvms: readonly string[], requests: number): boolean {
  const all = Array.from({ length: requests }, (_, n) => String(n));
  return haveRequestsOfTheirOwn(
    cvms.map((fits) => ({ fits })),
    all,
    (cvm, request) => cvm.fits.includes(request),
  );
}

describe("CVMs and the requests that they fit", () => {
  it.each<[string, string[], number, boolean]>([
    ["none at all", [], 0, true],
    ["none for a request", [], 1, true],
    ["one that fits", ["0"], 1, true],
    ["one that fits none", [""], 1, false],
    ["two that fit both", ["01", "01"], 2, true],
    ["two for one request", ["0", "0"], 1, false],
    ["two for the same of two", ["0", "0"], 2, false],
    ["the first has to make room", ["01", "0"], 2, true],
    ["a chain of three that move", ["01", "12", "0"], 3, true],
    ["three in two requests", ["01", "01", "01"], 3, false],
    ["fewer than requests", ["2"], 3, true],
  ])("%s", (_name, cvms, requests, matched) => {
    expect(match(cvms, requests)).toBe(matched);
    expect(match([...cvms].reverse(), requests)).toBe(matched);
  });
});
