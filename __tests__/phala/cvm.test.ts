/** Rows of the app's list, in both shapes. */
import { describe, expect, it } from "@jest/globals";
import { type Cvm, cvmKey, cvmKeys, isLive, isOnChain, readCvm } from "../../src/phala/cvm.ts";

const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";
const APP = "3c".repeat(20);
const HASH = "4b".repeat(32);

const nested = {
  id: "cvm_x9",
  name: "web",
  app_id: `0x${APP}`,
  vm_uuid: UUID,
  instance_id: "a1".repeat(20),
  node_info: { object_type: "node", id: 26, node_id: 1026, name: "prod9", region: "US-WEST-1" },
  status: "Running",
  in_progress: true,
  compose_hash: `0x${HASH.toUpperCase()}`,
  endpoints: [{ app: "https://app", instance: "https://instance" }, { app: "https://other" }],
  workspace: { slug: "acme" },
  created_at: "2026-07-02T08:15:09Z",
  deleted_at: null,
};

const flat = {
  hosted: {
    id: UUID,
    name: "web",
    status: "Running",
    app_id: APP,
    app_url: "https://app",
    instance_id: "a1".repeat(20),
  },
  name: "web",
  node: { id: 26, name: "prod9", region_identifier: "US-WEST-1" },
  status: "Running",
  in_progress: true,
  public_urls: [{ app: "https://app", instance: "https://instance" }],
};

const whole: Partial<Cvm> = {
  vmUuid: UUID,
  appId: APP,
  name: "web",
  status: "running",
  inProgress: true,
  instanceId: "a1".repeat(20),
  nodeId: 26,
  nodeName: "prod9",
  region: "US-WEST-1",
  appUrl: "https://app",
  instanceUrl: "https://instance",
  deleted: false,
};

function cvm(row: object): Cvm {
  const read = readCvm(row);
  if (read === null) throw new Error("not a CVM");
  return read;
}

describe("readCvm", () => {
  it("reads the nested shape", () => {
    expect(cvm(nested)).toMatchObject({
      ...whole,
      raw: nested,
      id: "cvm_x9",
      composeHash: HASH,
      workspaceSlug: "acme",
      createdAt: Date.UTC(2026, 6, 2, 8, 15, 9),
    });
  });

  it("reads the flat shape", () => {
    expect(cvm(flat)).toMatchObject({ ...whole, id: null, composeHash: null, workspaceSlug: null });
  });

  it("reads the flat CVM with its teepod", () => {
    const row = { id: 7, vm_uuid: UUID, teepod: { id: 26, name: "prod9" }, status: "stopped" };
    expect(cvm(row)).toMatchObject({ id: 7, nodeId: 26, nodeName: "prod9", status: "stopped" });
    expect(cvm({ id: 7, teepod_id: 31 })).toMatchObject({ nodeId: 31, vmUuid: null });
  });

  it("answers null for each thing that is missing or of another type", () => {
    expect(
      cvm({
        id: 1,
        status: 7,
        node_info: "x",
        endpoints: [null],
        workspace: [],
        compose_hash: "zz",
      }),
    ).toMatchObject({
      status: "",
      inProgress: false,
      nodeId: null,
      nodeName: null,
      instanceUrl: null,
      appUrl: null,
      workspaceSlug: null,
      composeHash: null,
      createdAt: null,
      name: null,
    });
  });

  it.each([[null], ["x"], [[nested]], [{}], [{ name: "web" }], [{ vm_uuid: "x" }]])(
    "does not take %j for one",
    (value) => expect(readCvm(value)).toBeNull(),
  );

  it("has one key whatever the API told", () => {
    expect(cvmKey(cvm(nested))).toBe(UUID);
    expect(cvmKey(cvm({ id: 7 }))).toBe("id:7");
  });
});

describe("isLive", () => {
  it.each([
    ["running", true],
    ["starting", true],
    ["provisioning", true],
    ["restarting", true],
    ["updating", true],
    ["something new", true],
    ["Stopped", false],
    ["exited", false],
    ["error", false],
    ["failed", false],
    ["removing", false],
    ["deleting", false],
    ["deleted", false],
  ])("%s: %s", (status, live) => expect(isLive(cvm({ ...nested, status }))).toBe(live));

  it("a deleted row is not live whatever its status", () => {
    expect(isLive(cvm({ ...nested, deleted_at: "2026-07-02T08:15:09Z" }))).toBe(false);
  });
});

describe("isOnChain", () => {
  it.each([
    ["a chain", { kms_info: { chain_id: 8453 } }, true],
    ["a chain as text", { kms_info: { chain_id: "8453" } }, true],
    ["a chain, whatever the type says", { kms_info: { chain_id: 1 }, kms_type: "phala" }, true],
    ["type base", { kms_type: "base", kms_info: {} }, true],
    ["type ethereum", { kms_type: "Ethereum" }, true],
    ["type phala", { kms_type: "phala", kms_info: { chain_id: null } }, false],
    ["type legacy", { kms_type: "LEGACY" }, false],
    ["no chain and no type", { kms_info: { chain_id: null } }, false],
    ["no chain, in an empty text", { kms_info: { chain_id: "" } }, false],
    ["type base, but no chain", { kms_type: "base", kms_info: { chain_id: null } }, null],
    ["an unknown type, and no chain", { kms_type: "dstack", kms_info: { chain_id: null } }, null],
    ["an unknown type alone", { kms_type: "dstack" }, null],
    ["nothing told", {}, null],
    ["KMS null", { kms_info: null, kms_type: null }, null],
  ])("%s: %s", (_name, row, expected) => expect(isOnChain(cvm({ id: 1, ...row }))).toBe(expected));
});

describe("cvmKeys", () => {
  it("are all by which a CVM may be met again", () => {
    expect(cvmKeys({ vmUuid: UUID, id: "cvm_x9" })).toEqual([UUID, "id:cvm_x9"]);
    expect(cvmKeys({ vmUuid: null, id: 7 })).toEqual(["id:7"]);
    expect(cvmKeys({ vmUuid: UUID, id: null })).toEqual([UUID]);
  });
});

describe("the addresses of a row", () => {
  it.each([
    ["https://i.example", "https://i.example"],
    ["http://i.example:8080/a", "http://i.example:8080/a"],
    ["file:///etc/hostname", null],
    ["-K/etc/hostname", null],
    ["https://user:word@i.example", null],
  ])("%s: %s", (text, expected) => {
    const { appUrl, instanceUrl } = cvm({ id: 1, endpoints: [{ app: text, instance: text }] });
    expect([appUrl, instanceUrl]).toEqual([expected, expected]);
  });
});
