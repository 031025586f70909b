import type { Attested } from "../../ledger/attested.ts";
import type { CleanupMode } from "../../ledger/fact.ts";
import type { Verdict } from "../../ledger/judgement.ts";
import { exists, type Replica } from "../../ledger/replica.ts";
import { currentStatus, nodeOf, uuidOf } from "../../ledger/who.ts";
import type { Approval } from "../../phala/approval.ts";
import { moment } from "../../text/duration.ts";
import { fieldOf, type JsonObject, numberAt, objectAt } from "../../text/json.ts";
import { replicaUrl } from "../words/where.ts";
import { approvalOutputs, json } from "./approval.ts";
import { endOutputs } from "./end.ts";

/** What the outputs are made of. */
export interface Report {
  readonly verdict: Verdict;
  /** Those of this run first, then the ones that were there; the scalars speak of the first. */
  readonly replicas: readonly Replica[];
  readonly approval: Approval | null;
  /** Whether what needed an approval is allowed; null: nothing needed one. */
  readonly isAllowed: boolean | null;
  readonly workspaceSlug: string | null;
  readonly cleanup: CleanupMode;
  /** The source that was used; null: none. */
  readonly sourceVmUuid: string | null;
  /** What the source's attestation showed; null: nobody looked. */
  readonly source: Attested | null;
  /** The requests of a dry run, as its log shows them. */
  readonly planned: readonly string[];
  /** The annotation's text; empty where there is no error code. */
  readonly message: string;
  /** The app of the inputs, for links where a replica does not tell its own. */
  readonly appId: string | null;
  /** What went wrong with a replica that has a trouble: the words of an annotation, which are loaded for that. */
  readonly errorOf: (replica: Replica) => string;
}

/** Every output by name. Null is the empty string; objects are JSON. */
export function outputsOf(report: Report): Readonly<Record<string, string>> {
  const { verdict, replicas, approval } = report;
  const [first] = replicas;
  return {
    ...(first ? vmOutputs(first) : emptyVm()),
    result: first ? json(resultOf(first)) : "",
    replicas: JSON.stringify(replicas.map((replica) => replicaEntry(replica, report))),
    vm_uuids: JSON.stringify(replicas.map(uuidOf).filter((uuid) => uuid !== null)),
    instance_urls: JSON.stringify(
      replicas.map(({ cvm }) => cvm?.instanceUrl ?? null).filter((url) => url !== null),
    ),
    source_vm_uuid: report.sourceVmUuid ?? "",
    ...endOutputs(verdict, report.message),
    instance_url: first?.cvm?.instanceUrl ?? "",
    endpoints: JSON.stringify(first?.cvm?.endpoints ?? []),
    dashboard_url: first ? (replicaUrl(first, report.workspaceSlug, report.appId) ?? "") : "",
    ...approvalOutputs(approval, report.isAllowed),
    compose_hash: approval?.composeHash ?? (first && exists(first) ? hashOf(first) : null) ?? "",
  };
}

const EARLY = [
  "replica_id",
  "name",
  "app_id",
  "vm_uuid",
  "teepod_id",
  "teepod_name",
  "dashboard_url",
  "replicas",
  "vm_uuids",
  "source_vm_uuid",
];

/** What a later step needs to find what was created: put out as soon as a create is answered. */
export function earlyOutputs(report: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(outputsOf(report)).filter(([name]) => EARLY.includes(name)),
  );
}

/** The fields of the API's `VM`, in the order of the interface. */
const VM_FIELDS = [
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

function emptyVm(): Record<string, string> {
  return Object.fromEntries(["replica_id", "teepod_name", ...VM_FIELDS].map((name) => [name, ""]));
}

function vmOutputs(replica: Replica): Record<string, string> {
  // A `VM` may lack fields altogether (API facts, 1.2); a null one is the API's answer.
  const source = { ...vmLike(replica), ...replica.vm?.raw };
  const outputs: Record<string, string> = {
    ...emptyVm(),
    replica_id: text(fieldOf(source, "id")),
    teepod_name: replica.vm?.teepodName ?? replica.cvm?.nodeName ?? "",
  };
  for (const field of VM_FIELDS) {
    const value = fieldOf(source, field);
    outputs[field] = field === "features" ? json(value) : text(value);
  }
  // What is known by now goes over what the create answer said then.
  return {
    ...outputs,
    status: currentStatus(replica),
    vm_uuid: uuidOf(replica) ?? outputs.vm_uuid ?? "",
    instance_id: replica.cvm?.instanceId ?? outputs.instance_id ?? "",
    app_url: replica.cvm?.appUrl ?? outputs.app_url ?? "",
  };
}

/** An adopted or existing CVM in the fields of a `VM`: what the API's reads do tell. */
function vmLike({ cvm }: Replica): JsonObject {
  if (cvm === null) return {};
  const resource = objectAt(cvm.raw, "resource");
  const gigabytes = numberAt(resource, "memory_in_gb");
  return {
    ...Object.fromEntries(VM_FIELDS.map((field) => [field, fieldOf(cvm.raw, field)])),
    id: cvm.id,
    name: cvm.name,
    teepod_id: cvm.nodeId,
    app_id: cvm.appId,
    base_image: fieldOf(cvm.raw, "base_image") ?? fieldOf(objectAt(cvm.raw, "os"), "name"),
    vcpu: fieldOf(cvm.raw, "vcpu") ?? fieldOf(resource, "vcpu"),
    // A VM has its memory in MB.
    memory: fieldOf(cvm.raw, "memory") ?? (gigabytes === null ? null : gigabytes * 1024),
    disk_size: fieldOf(cvm.raw, "disk_size") ?? fieldOf(resource, "disk_in_gb"),
    encrypted_env_pubkey:
      fieldOf(cvm.raw, "encrypted_env_pubkey") ??
      fieldOf(objectAt(cvm.raw, "kms_info"), "encrypted_env_pubkey"),
  };
}

function replicaEntry(replica: Replica, report: Report): Record<string, unknown> {
  const { vm, cvm, slot } = replica;
  const node = nodeOf(replica);
  return {
    replica_id: vm?.id ?? cvm?.id ?? null,
    name: vm?.name ?? cvm?.name ?? slot?.name ?? null,
    status: currentStatus(replica) || null,
    node_id: node.id,
    node_name: node.name,
    vm_uuid: uuidOf(replica),
    instance_id: cvm?.instanceId ?? vm?.instanceId ?? null,
    app_url: cvm?.appUrl ?? vm?.appUrl ?? null,
    instance_url: cvm?.instanceUrl ?? null,
    endpoints: cvm?.endpoints ?? [],
    dashboard_url: replicaUrl(replica, report.workspaceSlug, report.appId),
    compose_hash: hashOf(replica),
    verified: replica.attested?.verified ?? null,
    deleted_at_latest: replica.until !== null ? moment(replica.until) : null,
    outcome: outcomeOf(replica, report),
    error: replica.trouble === null ? null : report.errorOf(replica),
  };
}

function outcomeOf({ trouble, origin }: Replica, { verdict }: Report): string {
  if (trouble === null && origin === "none" && verdict.outcome === "dry_run") return "planned";
  return trouble !== null || origin === "none" ? "failed" : origin;
}

/** The revision that it has, or would have: null where nobody tells. */
function hashOf({ cvm, slot }: Replica): string | null {
  return cvm?.composeHash ?? slot?.expectedHash ?? null;
}

/**
 * The whole `VM` with what is known by now, or the CVM as read. `docker_compose_file` is part of it, so it
 * goes to the outputs alone.
 */
function resultOf(replica: Replica): JsonObject | null {
  if (replica.vm === null) return replica.cvm?.raw ?? null;
  if (replica.cvm === null) return replica.vm.raw;
  const { vm, cvm } = replica;
  return {
    ...vm.raw,
    status: currentStatus(replica),
    vm_uuid: vm.raw.vm_uuid ?? cvm.vmUuid,
    instance_id: cvm.instanceId ?? vm.raw.instance_id ?? null,
    app_url: cvm.appUrl ?? vm.raw.app_url ?? null,
  };
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
