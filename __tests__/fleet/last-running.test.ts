/** A deletion that comes late: whether enough run on without it, by the newest list. */
import { expect, it } from "@jest/globals";
import { isLastRunning } from "../../src/fleet/plan/still-meant.ts";
import { type Cvm, cvmKey, readCvm } from "../../src/phala/cvm.ts";
import { APP_ID, row } from "../support/desk.ts";

function cvm(n: number, status: string): Cvm {
  const read = readCvm(row(n, { status }));
  if (read === null) throw new Error("the row of this test is no row");
  return read;
}

const target = cvm(1, "running");
const going = new Set([target, cvm(2, "running")].map(cvmKey));

it.each<[string, readonly Cvm[], number, boolean]>([
  ["another stays", [target, cvm(3, "running")], 1, false],
  ["the other one is gone by now", [target], 1, true],
  ["the other one has stopped", [target, cvm(3, "stopped")], 1, true],
  ["the other one is to go as well", [target, cvm(2, "running")], 1, true],
  ["nothing has to stay", [target], 0, false],
  ["two have to stay", [target, cvm(3, "running")], 2, true],
])("%s", (_name, list, keepAtLeast, expected) => {
  expect(isLastRunning(target, list, going, { appId: APP_ID, keepAtLeast })).toBe(expected);
});

it("what does not run is nobody's last", () => {
  const dead = cvm(1, "error");
  expect(isLastRunning(dead, [dead], going, { appId: APP_ID, keepAtLeast: 1 })).toBe(false);
});
