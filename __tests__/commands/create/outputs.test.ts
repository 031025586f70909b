/** Every output of a create, string for string against what the API answered. */
import { describe, expect, it } from "@jest/globals";
import type { Simulator, SimulatorOptions } from "../../../simulator/index.ts";
import {
  create,
  hideList,
  inItsWorld,
  posts,
  rewrite,
  SLOW,
  succeeded,
  worldOf,
} from "../../support/steps.ts";

type Vm = Record<string, unknown>;

/** The `VM` of the create answer as it is sent, after a change. Filled in when the request comes. */
function vmOf(sim: Simulator, change: (vm: Vm) => Vm = (vm) => vm): { sent: Vm } {
  const seen: { sent: Vm } = { sent: {} };
  rewrite(sim, "create", (vm: Vm) => {
    seen.sent = change(vm);
    return seen.sent;
  });
  return seen;
}

/** How an output shows a field: null is empty, a string stands as it is, everything else is JSON. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The fields of the `VM` whose outputs bear the same name. */
const FIELDS = [
  "name",
  "status",
  "teepod_id",
  "user_id",
  "app_id",
  "vm_uuid",
  "instance_id",
  "app_url",
  "base_image",
  "vcpu",
  "memory",
  "disk_size",
  "manifest_version",
  "version",
  "runner",
  "docker_compose_file",
  "features",
  "created_at",
  "encrypted_env_pubkey",
] as const;

/** All outputs of a replica that was created and not waited for. */
function expected(sim: Simulator, vm: Vm, uuid = shown(vm.vm_uuid)): Record<string, string> {
  const teepod = vm.teepod as { name?: string } | null | undefined;
  const dashboard = `https://cloud.phala.com/simulated/apps/${sim.appId}/instances/${uuid.replaceAll("-", "")}`;
  return {
    ...Object.fromEntries(FIELDS.map((field) => [field, shown(vm[field])])),
    replica_id: shown(vm.id),
    teepod_name: shown(teepod?.name),
    vm_uuid: uuid,
    outcome: "created",
    error_code: "",
    error_message: "",
    instance_url: "",
    endpoints: "[]",
    instance_urls: "[]",
    vm_uuids: JSON.stringify([uuid]),
    source_vm_uuid: sim.vmUuid,
    is_allowed: "",
    dashboard_url: dashboard,
    compose_hash: sim.composeHash,
    device_id: "",
    commit_token: "",
    commit_url: "",
    api_commit_url: "",
    onchain_status: "",
    kms_info: "",
    result: JSON.stringify(vm),
    replicas: JSON.stringify([
      {
        replica_id: vm.id ?? null,
        name: vm.name ?? null,
        status: vm.status ?? null,
        node_id: vm.teepod_id ?? null,
        node_name: teepod?.name ?? null,
        vm_uuid: uuid,
        instance_id: vm.instance_id ?? null,
        app_url: vm.app_url ?? null,
        instance_url: null,
        endpoints: [],
        dashboard_url: dashboard,
        compose_hash: sim.composeHash,
        verified: null,
        deleted_at_latest: null,
        outcome: "created",
        error: null,
      },
    ]),
  };
}

const full = {
  instance_id: "ab".repeat(20),
  app_url: "https://app.example.invalid/",
  docker_compose_file: 'services:\n  web:\n    environment:\n      A: "b"\n',
  features: ["kms", "a,b", 'c"d'],
};

interface Row {
  readonly name: string;
  readonly options?: SimulatorOptions;
  readonly change?: (vm: Vm) => Vm;
}

const nullable = [
  "teepod",
  "user_id",
  "instance_id",
  "app_url",
  "base_image",
  "manifest_version",
  "version",
  "runner",
  "docker_compose_file",
  "features",
  "encrypted_env_pubkey",
];

const rows: readonly Row[] = [
  { name: "as the API answers" },
  { name: "every field filled", change: (vm) => ({ ...vm, ...full }) },
  { name: "an id that is a string", options: { idStyle: "string" } },
  {
    name: "every nullable field null",
    change: (vm) => ({ ...vm, ...Object.fromEntries(nullable.map((field) => [field, null])) }),
  },
  {
    name: "every optional field absent",
    change: (vm) =>
      Object.fromEntries(Object.entries(vm).filter(([key]) => !nullable.includes(key))),
  },
  {
    name: "fields that nobody knows",
    change: (vm) => ({ ...vm, later: { a: [1, null, "ü"] }, source_cvm_id: "cvm_x" }),
  },
  {
    name: "zeros and empty strings",
    change: (vm) => ({ ...vm, id: 0, vcpu: 0, version: "", features: [], user_id: 0 }),
  },
  {
    name: "many lines and quotes",
    change: (vm) => ({
      ...vm,
      docker_compose_file: "a: 'b'\r\n\n# ::error::x\nEOF\nx<<EOF\n",
      runner: " x ",
    }),
  },
];

describe("the outputs of a created replica", () => {
  it.concurrent.each(rows)(
    "$name",
    ({ name, options = {}, change }) =>
      worldOf(name)(options, async (sim) => {
        const vm = vmOf(sim, change);
        const result = await create(sim);
        succeeded(result);

        expect({ ...result.outputs }).toEqual(expected(sim, vm.sent));
        expect(JSON.parse(result.outputs.result ?? "")).toEqual(vm.sent);
        expect(sim.replicas().map(({ vmUuid }) => vmUuid)).toEqual([vm.sent.vm_uuid]);
      }),
    SLOW,
  );

  it.concurrent.each([
    { name: "null", vm_uuid: null },
    { name: "absent", vm_uuid: undefined },
  ])(
    "finds the replica's UUID in the app's list where the answer's is $name",
    ({ name, vm_uuid }) =>
      worldOf(name)({}, async (sim) => {
        vmOf(sim, (vm) => ({ ...vm, vm_uuid }));
        const result = await create(sim);
        succeeded(result);
        const [replica] = sim.replicas();
        expect(posts(sim)).toHaveLength(1);
        expect(result.outputs.vm_uuid).toBe(replica?.vmUuid);
        expect(result.outputs.replica_id).toBe(String(replica?.id));
        expect(JSON.parse(result.outputs.result ?? "")).toMatchObject({ vm_uuid: replica?.vmUuid });
        expect(JSON.parse(result.outputs.replicas ?? "")).toMatchObject([
          { vm_uuid: replica?.vmUuid, outcome: "created" },
        ]);
        expect(result.outputs.dashboard_url).toContain(replica?.vmUuid.replaceAll("-", ""));
      }),
    SLOW,
  );

  // The replica is there and is billed: whatever else the answer lacks, it must be handed on.
  it.concurrent.each([
    "id",
    "name",
    "status",
    "teepod_id",
    "app_id",
    "vcpu",
    "memory",
    "disk_size",
    "created_at",
  ])(
    "a required field is missing: %s",
    (field) =>
      worldOf(`missing ${field}`)({}, async (sim) => {
        hideList(sim);
        const vm = vmOf(sim, ({ [field]: _gone, ...rest }) => rest);
        const result = await create(sim);
        succeeded(result);
        expect(result.outputs.vm_uuid).toBe(vm.sent.vm_uuid);
        expect(result.outputs[field === "id" ? "replica_id" : field]).toBe("");
        expect(JSON.parse(result.outputs.result ?? "")).toEqual(vm.sent);
      }),
    SLOW,
  );

  inItsWorld("are those of the running replica after waiting", { bootMs: 300 }, async (sim) => {
    const vm = vmOf(sim);
    const result = await create(sim, { wait: "true", poll_interval: "0.1" });
    succeeded(result);
    const [replica] = sim.replicas();
    const { outputs } = result;
    expect(vm.sent).toMatchObject({ instance_id: null, app_url: null });
    const { origin } = sim.world;
    const now = {
      status: "running",
      instance_id: replica?.instanceId,
      app_url: `${origin}/_gateway/${sim.appId}-8080`,
    };
    expect(outputs).toMatchObject({
      ...expected(sim, vm.sent),
      ...now,
      instance_url: `${origin}/_gateway/${replica?.instanceId}-8080`,
      instance_urls: JSON.stringify([`${origin}/_gateway/${replica?.instanceId}-8080`]),
      endpoints: expect.anything(),
      result: expect.anything(),
      replicas: expect.anything(),
    });
    expect(JSON.parse(outputs.result ?? "")).toEqual({ ...vm.sent, ...now });
    expect(JSON.parse(outputs.replicas ?? "")).toMatchObject([
      { ...now, instance_url: outputs.instance_url, outcome: "created", error: null },
    ]);
  });
});
