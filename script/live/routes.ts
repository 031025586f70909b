/** Each read route once, on the replica that runs. */
import type { Ask, Question, Read } from "./api.ts";
import type { Settings } from "./settings.ts";
import { listOf, objectOf } from "./shape.ts";

/** Which CVM is asked about, and what was learned of it. */
export interface Subject {
  readonly uuid: string;
  /** Of its row; null where it was not told. */
  readonly composeHash: string | null;
  readonly nodeId: number | null;
  /** `kms_id` that the older version tells; null where it does not. */
  readonly kms: string | null;
}

/** A UUID that nothing has. */
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** The questions, by the name that the report uses. What `revisions/{id}` answers holds an environment: left out. */
export function questions(
  { appId, source }: Pick<Settings, "appId" | "source">,
  { uuid, composeHash, nodeId, kms }: Subject,
): ReadonlyMap<string, Question> {
  const app = `/apps/${appId}`;
  const cvm = `/cvms/${uuid}`;
  const allowed =
    composeHash === null || nodeId === null
      ? []
      : [
          [
            "is-allowed",
            { path: `${app}/is-allowed`, body: { compose_hash: composeHash, node_id: nodeId } },
          ] as const,
        ];
  const ofKms =
    kms === null
      ? []
      : [
          ["kms-pubkey", { path: `/kms/${encodeURIComponent(kms)}/pubkey/${appId}` }] as const,
          [
            "kms-info",
            { path: `/kms/${encodeURIComponent(kms)}/info`, version: "2026-05-22" },
          ] as const,
        ];
  return new Map<string, Question>([
    ["me", { path: "/auth/me" }],
    ["app", { path: app }],
    ["apps", { path: `/apps?search=${appId}` }],
    ["cvms-paginated", { path: "/cvms/paginated?page_size=5" }],
    ["cvm", { path: cvm }],
    ["cvm-2025-10-28", { path: cvm, version: "2025-10-28" }],
    ["cvm-2026-05-22", { path: cvm, version: "2026-05-22" }],
    ["source", { path: `/cvms/${source}` }],
    ["state", { path: `${cvm}/state` }],
    ["stream", { path: `${cvm}/state?target=running&interval=5&timeout=10` }],
    ["stream-unknown", { path: `/cvms/${NOBODY}/state?target=running&interval=5&timeout=10` }],
    ["batch", { path: "/status/batch", body: { vm_uuids: [uuid, NOBODY] } }],
    ["operations", { path: `${cvm}/operations?limit=5` }],
    ["operation-status", { path: `${cvm}/operation-status` }],
    ["attestation", { path: `${cvm}/attestation` }],
    ["attestations", { path: `${app}/attestations` }],
    ["nodes", { path: "/teepods/available" }],
    ["app-kms-info", { path: `${app}/kms-info` }],
    ["kms-base", { path: `/kms/base/pubkey/${appId}` }],
    ...ofKms,
    ["revisions", { path: `${app}/revisions?page_size=5` }],
    ["device-allowlist", { path: `${app}/device-allowlist` }],
    ...allowed,
    ["pending-updates", { path: `${app}/pending-updates` }],
    ["usage", { path: `${app}/usage` }],
    // The forms of ids and versions that nobody tells about.
    ["list-0x", { path: `/apps/0x${appId}/cvms` }],
    ["list-app_", { path: `/apps/app_${appId}/cvms` }],
    ["list-upper-case", { path: `/apps/${appId.toUpperCase()}/cvms` }],
    ["cvm-undashed", { path: `/cvms/${uuid.replaceAll("-", "")}` }],
    ["cvm-unknown", { path: `/cvms/${NOBODY}` }],
    ["version-unknown", { path: cvm, version: "2099-01-01" }],
  ]);
}

/** What is known of a CVM from its row, and from the row of the older version. */
export function subjectOf(uuid: string, row: unknown, older: unknown): Subject {
  const { compose_hash: hash, node_info: node } = objectOf(row);
  const { id } = objectOf(node);
  const kms = objectOf(objectOf(older).kms_info);
  return {
    uuid,
    composeHash: typeof hash === "string" ? hash : null,
    nodeId: typeof id === "number" ? id : null,
    kms:
      ([kms.slug, kms.id].find((name) => typeof name === "string" && name !== "") as string) ??
      null,
  };
}

/** Asks them one after another; nothing here is in a hurry. */
export async function askAll(
  ask: Ask,
  all: ReadonlyMap<string, Question>,
  cancel: AbortSignal,
): Promise<ReadonlyMap<string, Read>> {
  const reads = new Map<string, Read>();
  for (const [name, question] of all) {
    if (cancel.aborted) break;
    reads.set(name, await ask(question));
  }
  return reads;
}

/** The rows of a list of CVMs; null where it could not be read. A 404 is an app without CVMs. */
export function rowsOf({
  status,
  body,
}: Read): readonly Readonly<Record<string, unknown>>[] | null {
  if (status === 404) return [];
  return status === 200 && Array.isArray(body) ? listOf(body).map(objectOf) : null;
}
