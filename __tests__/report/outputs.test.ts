/** Outputs of replicas that are adopted, existing or half known; created ones are tested on the bundle. */
import { describe, expect, it } from "@jest/globals";
import type { Replica } from "../../src/ledger/replica.ts";
import { readCvm } from "../../src/phala/cvm.ts";
import { readVm } from "../../src/phala/vm.ts";
import { outputsOf, type Report } from "../../src/report/outputs/create.ts";
import { newReplica } from "../support/replicas.ts";
import { DOWN } from "../support/troubles.ts";
import { APP, reportOf } from "./support.ts";

const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";

const row = {
  id: "cvm_x9",
  name: "web",
  app_id: APP,
  vm_uuid: UUID,
  instance_id: "a1".repeat(20),
  resource: { vcpu: 2, memory_in_gb: 4, disk_in_gb: 40 },
  node_info: { id: 26, name: "prod9" },
  os: { name: "dstack-0.5.9" },
  kms_info: { encrypted_env_pubkey: "ab".repeat(32) },
  status: "running",
  compose_hash: "4b".repeat(32),
  endpoints: [{ app: "https://app", instance: "https://instance" }],
  created_at: "2026-07-02T08:15:09Z",
};

function adopted(change: object = {}, over: Partial<Replica> = {}): Replica {
  return { ...newReplica(null), origin: "adopted", cvm: readCvm({ ...row, ...change }), ...over };
}

function outputs(
  replicas: readonly Replica[],
  over: Partial<Report> = {},
): Readonly<Record<string, string>> {
  return outputsOf(reportOf(replicas, over));
}

describe("outputs", () => {
  it("of an adopted replica are what the API's reads tell", () => {
    expect(outputs([adopted()])).toMatchObject({
      replica_id: "cvm_x9",
      name: "web",
      status: "running",
      teepod_id: "26",
      teepod_name: "prod9",
      app_id: APP,
      vm_uuid: UUID,
      instance_id: "a1".repeat(20),
      app_url: "https://app",
      instance_url: "https://instance",
      base_image: "dstack-0.5.9",
      vcpu: "2",
      memory: "4096",
      disk_size: "40",
      created_at: "2026-07-02T08:15:09Z",
      encrypted_env_pubkey: "ab".repeat(32),
      user_id: "",
      features: "",
      docker_compose_file: "",
      result: JSON.stringify(row),
    });
  });

  it("of no replica are empty", () => {
    const { outcome, replicas, vm_uuids, instance_urls, endpoints, ...rest } = outputs([]);
    expect([outcome, replicas]).toEqual(["created", "[]"]);
    expect([vm_uuids, instance_urls, endpoints]).toEqual(["[]", "[]", "[]"]);
    expect(new Set(Object.values(rest))).toEqual(new Set([""]));
  });

  it("speak of the first of several, and list all", () => {
    const second = adopted({ id: 8, name: "web-2", vm_uuid: UUID.replace("6", "7") });
    const all = outputs([adopted(), second]);
    expect(all.name).toBe("web");
    expect(JSON.parse(all.replicas ?? "")).toMatchObject([
      {
        name: "web",
        node_id: 26,
        node_name: "prod9",
        compose_hash: row.compose_hash,
        outcome: "adopted",
        error: null,
      },
      { name: "web-2", replica_id: 8, vm_uuid: UUID.replace("6", "7") },
    ]);
  });

  it("of a replica that failed later still name it", () => {
    const verdict = { outcome: "failed", trouble: DOWN, exitCode: 1 } as const;
    const all = outputs([adopted({ status: "error" }, { trouble: DOWN })], { verdict });
    expect(all).toMatchObject({
      outcome: "failed",
      error_code: "BOOT",
      vm_uuid: UUID,
      status: "error",
    });
    expect(JSON.parse(all.replicas ?? "")).toMatchObject([
      { outcome: "failed", error: expect.stringMatching(/^web on node prod9 did not come up/) },
    ]);
  });

  it("prefer what was seen last", () => {
    const vm = readVm({
      id: 1,
      name: "web",
      status: "starting",
      vm_uuid: UUID,
      instance_id: null,
      extra: true,
    });
    const all = outputs([adopted({}, { origin: "created", vm, status: "running" })]);
    expect(all).toMatchObject({ status: "running", instance_id: "a1".repeat(20), replica_id: "1" });
    expect(JSON.parse(all.result ?? "")).toMatchObject({
      id: 1,
      extra: true,
      status: "running",
      app_url: "https://app",
    });
  });

  it("have a dashboard page even without the workspace's name", () => {
    const id = UUID.replaceAll("-", "");
    expect(outputs([adopted()]).dashboard_url).toBe(
      `https://cloud.phala.com/acme/apps/${APP}/instances/${id}`,
    );
    expect(outputs([adopted()], { workspaceSlug: null }).dashboard_url).toBe(
      `https://cloud.phala.com/dashboard/cvms/${id}`,
    );
  });
});
