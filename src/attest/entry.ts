import type { CheckResult } from "./check.ts";
import type { Measurements, Reference } from "./compare.ts";
import type { Verdict } from "./verify.ts";

/** What OS and key provider were held against. */
export type ReferenceKind = "source" | "pinned" | "none";

/** One instance as the `report` output tells it; `report/` has the words. */
export interface Entry {
  readonly vm_uuid: string;
  readonly name: string | null;
  readonly instance_id: string | null;
  readonly verified: boolean;
  /** Intel's word, also where it was not allowed. */
  readonly status: string | null;
  readonly advisories: readonly string[];
  readonly fmspc: string | null;
  readonly measurements: Measurements | null;
  readonly compose_hash: string | null;
  readonly key_provider: { readonly name: string; readonly id: string } | null;
  readonly reference: ReferenceKind;
  /** Not fixed by the compose hash; null where the platform showed no text that it is the hash of. */
  readonly unpinned_images: readonly string[] | null;
  readonly allowed_envs: readonly string[] | null;
  /** Up to the first that failed. */
  readonly checks: readonly CheckResult[];
}

/** @param reference what the instance was held against */
export function entryOf(
  { vmUuid, name }: { readonly vmUuid: string; readonly name: string | null },
  { fault, checks, found }: Verdict,
  reference: Reference | null,
): Entry {
  const { tcb, fmspc, measurements, instanceId, composeHash, keyProvider, compose } = found;
  return {
    vm_uuid: vmUuid,
    name,
    instance_id: instanceId,
    verified: fault === null,
    status: tcb?.status ?? null,
    advisories: tcb?.advisories ?? [],
    fmspc,
    measurements,
    compose_hash: composeHash,
    key_provider: keyProvider,
    reference: reference === null ? "none" : reference.from === "input" ? "pinned" : "source",
    unpinned_images: compose?.unpinnedImages ?? null,
    allowed_envs: compose?.allowedEnvs ?? null,
    checks,
  };
}
