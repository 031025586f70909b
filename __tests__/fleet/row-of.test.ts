import { describe, expect, it } from "@jest/globals";
import { rowOf } from "../../src/fleet/plan/row-of.ts";
import { type Cvm, readCvm } from "../../src/phala/cvm.ts";
import { APP_ID, row, uuid } from "../support/desk.ts";

function cvm(n: number, over: Readonly<Record<string, unknown>> = {}): Cvm {
  const read = readCvm(row(n, { name: "web-a", ...over }));
  if (read === null) throw new Error("the row of this test is no row");
  return read;
}

const NONE = { appId: APP_ID, known: new Set<string>() };
const before = cvm(1, { vm_uuid: null });
const found = (rows: readonly Cvm[], of = before, where = NONE) => rowOf(of, rows, where)?.vmUuid;

describe("the row of one without a UUID", () => {
  it.each<[string, readonly Cvm[], string | null | undefined]>([
    ["is the one of its name", [cvm(2, { name: "web-b" }), cvm(1)], uuid(1)],
    ["whatever its id is by now", [cvm(1, { id: 99 })], uuid(1)],
    [
      "and not one with its id and another name",
      [cvm(2, { id: before.id, name: "web-b" })],
      undefined,
    ],
    ["to the letter", [cvm(1, { name: "WEB-a" })], undefined],
    ["still without one", [cvm(1, { vm_uuid: null })], null],
    ["the one with a UUID, of two", [cvm(1, { vm_uuid: null }), cvm(1)], uuid(1)],
    ["the same one twice", [cvm(1), cvm(1)], uuid(1)],
    ["the one that stays, of two", [cvm(1, { status: "deleting" }), cvm(2)], uuid(2)],
    ["none of two that could be it", [cvm(1), cvm(2)], undefined],
    ["none that was deleted", [cvm(1, { deleted_at: "2026-01-01T00:00:00Z" })], undefined],
    ["none of another app", [cvm(1, { app_id: "ee".repeat(20) })], undefined],
    ["one that tells no app", [cvm(1, { app_id: null })], uuid(1)],
  ])("%s", (_, rows, expected) => {
    expect(found(rows)).toBe(expected);
  });

  it("is none whose UUID is another's", () => {
    const known = new Set([uuid(1)]);
    expect(found([cvm(1)], before, { appId: APP_ID, known })).toBeUndefined();
  });

  it("without a name is the one of its id, where that is one", () => {
    const nameless = { ...before, name: null };
    expect(found([cvm(2, { id: 77 }), cvm(1)], nameless)).toBe(uuid(1));
    expect(found([cvm(2, { id: before.id }), cvm(1)], nameless)).toBeUndefined();
    expect(found([cvm(1)], { ...nameless, id: null })).toBeUndefined();
  });
});
