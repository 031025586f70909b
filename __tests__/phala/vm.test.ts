/** The answer of a create. */
import { describe, expect, it } from "@jest/globals";
import { readTime, readVm } from "../../src/phala/vm.ts";

const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";
const vm = {
  id: 90412,
  name: "web-r",
  status: "starting",
  teepod_id: 26,
  teepod: { id: 26, name: "prod9" },
  app_id: "3c".repeat(20),
  vm_uuid: UUID,
  instance_id: null,
  app_url: null,
  created_at: "2026-07-02T08:15:09Z",
  surprise: [1],
};

describe("readVm", () => {
  it("reads what later steps need, and keeps the rest", () => {
    expect(readVm(vm)).toEqual({
      raw: vm,
      id: 90412,
      name: "web-r",
      status: "starting",
      teepodId: 26,
      teepodName: "prod9",
      appId: "3c".repeat(20),
      vmUuid: UUID,
      instanceId: null,
      appUrl: null,
      createdAt: Date.UTC(2026, 6, 2, 8, 15, 9),
      answeredAt: null,
    });
  });

  it.each([
    ["an id that is a string", { id: "cvm_x9" }, { id: "cvm_x9" }],
    ["an id of zero", { id: 0 }, { id: 0 }],
    ["no teepod, but its name", { teepod: null, teepod_name: "prod7" }, { teepodName: "prod7" }],
    ["no teepod at all", { teepod: undefined }, { teepodName: null }],
    ["an undashed UUID", { vm_uuid: UUID.replaceAll("-", "").toUpperCase() }, { vmUuid: UUID }],
    ["no UUID", { vm_uuid: null }, { vmUuid: null }],
    ["a UUID of another type", { vm_uuid: 7 }, { vmUuid: null }],
    ["a date that is none", { created_at: "soon" }, { createdAt: null }],
    ["strings where numbers belong", { teepod_id: "26" }, { teepodId: null }],
    ["no status", { status: undefined }, { status: null }],
  ])("understands %s", (_name, change, expected) => {
    expect(readVm({ ...vm, ...change })).toMatchObject(expected);
  });

  it.each([[null], [undefined], ["text"], [7], [[vm]], [{}], [{ ok: true }], [{ detail: "x" }]])(
    "does not take %j for one",
    (value) => expect(readVm(value)).toBeNull(),
  );
});

describe("readTime", () => {
  const at = Date.UTC(2026, 6, 2, 8, 15, 9);
  it.each([
    ["2026-07-02T08:15:09Z", at],
    ["2026-07-02T08:15:09.250Z", at + 250],
    ["2026-07-02T08:15:09.250123", at + 250],
    ["2026-07-02T08:15:09", at],
    ["2026-07-02T10:15:09+02:00", at],
    ["2026-07-02T03:15:09-0500", at],
    ["tomorrow", null],
    ["", null],
    [null, null],
  ])("%j", (text, expected) => expect(readTime(text)).toBe(expected));
});
