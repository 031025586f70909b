import { parseAppId, parseHash, parseUuid } from "../text/ids.ts";
import {
  arrayAt,
  booleanAt,
  fieldOf,
  idAt,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  stringAt,
} from "../text/json.ts";
import { type Endpoint, endpointsOf, soundAddress, soundId, withoutHoles } from "./gateway.ts";
import { hasFailed, isGoing, isStopping } from "./status.ts";
import { readTime } from "./vm.ts";

/** A CVM as `GET /apps/{app_id}/cvms` and `GET /cvms/{id}` tell it (OpenAPI, `CVMInfo`). */
export interface Cvm {
  /** The row as it came, but for addresses and ids that are none. */
  readonly raw: JsonObject;
  readonly id: number | string | null;
  /** Dashed and lower-case. */
  readonly vmUuid: string | null;
  /** 40 hex digits, bare: some sources print it with a prefix. */
  readonly appId: string | null;
  readonly name: string | null;
  /** Lower-case; the set is open. Empty where the API says nothing. */
  readonly status: string;
  readonly inProgress: boolean;
  /** Often null for good, although it runs (API facts, "Instance id"). */
  readonly instanceId: string | null;
  readonly nodeId: number | null;
  readonly nodeName: string | null;
  readonly region: string | null;
  /** 64 hex digits, bare. */
  readonly composeHash: string | null;
  /** Ms since the epoch. */
  readonly createdAt: number | null;
  readonly deleted: boolean;
  readonly appUrl: string | null;
  /** Reaches this instance alone. */
  readonly instanceUrl: string | null;
  /** All that it publishes, in the API's order. */
  readonly endpoints: readonly Endpoint[];
  readonly workspaceSlug: string | null;
}

/**
 * Reads one row; null where it names no CVM. Understands the nested shape of API version 2026-01-21 and
 * the flat one before it, since an API that ignores the version header would answer with that.
 */
export function readCvm(value: unknown): Cvm | null {
  if (!isObject(value)) return null;
  const hosted = objectAt(value, "hosted");
  const node = objectAt(value, "node_info") ?? objectAt(value, "teepod") ?? objectAt(value, "node");
  const url = firstObject(value, "endpoints") ?? firstObject(value, "public_urls");
  const vmUuid = parseUuid(stringAt(value, "vm_uuid") ?? stringAt(hosted, "id") ?? "");
  const id = idAt(value, "id");
  if (vmUuid === null && id === null) return null;
  return {
    raw: withoutHoles(value),
    id,
    vmUuid,
    appId: parseAppId(stringAt(value, "app_id") ?? stringAt(hosted, "app_id") ?? ""),
    name: stringAt(value, "name") ?? stringAt(hosted, "name"),
    status: (stringAt(value, "status") ?? stringAt(hosted, "status") ?? "").toLowerCase(),
    inProgress: booleanAt(value, "in_progress") ?? false,
    instanceId: soundId(stringAt(value, "instance_id") ?? stringAt(hosted, "instance_id")),
    nodeId: numberAt(node, "id") ?? numberAt(value, "teepod_id"),
    nodeName: stringAt(node, "name"),
    region: stringAt(node, "region") ?? stringAt(node, "region_identifier"),
    composeHash: parseHash(stringAt(value, "compose_hash") ?? ""),
    createdAt: readTime(stringAt(value, "created_at")),
    deleted: stringAt(value, "deleted_at") !== null,
    appUrl: addressAt(url, "app") ?? addressAt(value, "app_url") ?? addressAt(hosted, "app_url"),
    instanceUrl: addressAt(url, "instance"),
    endpoints: endpointsOf(listOf(value)),
    workspaceSlug: slugOf(stringAt(objectAt(value, "workspace"), "slug")),
  };
}

function addressAt(value: unknown, key: string): string | null {
  return soundAddress(stringAt(value, key));
}

function listOf(value: JsonObject): readonly unknown[] {
  const named = arrayAt(value, "endpoints");
  return named.length > 0 ? named : arrayAt(value, "public_urls");
}

function firstObject(value: JsonObject, key: string): JsonObject | null {
  const first = arrayAt(value, key)[0];
  return isObject(first) ? first : null;
}

/** It becomes part of a link's path, where dots alone would lead elsewhere. */
function slugOf(text: string | null): string | null {
  return text !== null && /^[A-Za-z0-9_-][\w.-]{0,99}$/.test(text) ? text : null;
}

/** Whether the CVM counts as a live instance: running, or on its way there. */
export function isLive({ deleted, status }: Cvm): boolean {
  return !deleted && !hasFailed(status) && !isGoing(status) && !isStopping(status);
}

/** Whether it came to nothing: it does not run, and is billed until somebody deletes it. */
export function isDead({ deleted, status }: Cvm): boolean {
  return !deleted && hasFailed(status);
}

/** Whether it serves, as far as the platform tells. */
export function runs({ status, inProgress }: Pick<Cvm, "status" | "inProgress">): boolean {
  return status === "running" && !inProgress;
}

/** A CVM's identity within one look. */
export function cvmKey(cvm: Pick<Cvm, "vmUuid" | "id">): string {
  return cvm.vmUuid ?? `id:${cvm.id}`;
}

/** All names by which it may be met again: a row may have its id first, and its UUID only later. */
export function cvmKeys({ vmUuid, id }: Pick<Cvm, "vmUuid" | "id">): readonly string[] {
  return [vmUuid, id === null ? null : `id:${id}`].filter((key) => key !== null);
}

/**
 * Whether the app's KMS is on-chain; null where the row does not tell, or says both. Money hangs on a wrong
 * yes (a prepare would create), secrets on a wrong no (a key would not be verified).
 */
export function isOnChain(cvm: Cvm): boolean | null {
  const chainId = fieldOf(objectAt(cvm.raw, "kms_info"), "chain_id");
  if (typeof chainId === "number" || (typeof chainId === "string" && chainId !== "")) return true;
  // An empty string stands for null (API facts, "is-allowed and attestation").
  const noChain = chainId === null || chainId === "";
  const type = stringAt(cvm.raw, "kms_type")?.toLowerCase();
  if (type === "phala" || type === "legacy") return false;
  if (type === "ethereum" || type === "base") return noChain ? null : true;
  return noChain && type === undefined ? false : null;
}
