/**
 * What verifying the attestation of one instance came to, as data: the form of the output `report`. The room
 * `attest` makes it, `report/` has its words.
 */

export interface AttestedCheck {
  /** Such as `tcb` or `compose-hash`: docs/verify-attestation.md has them all. */
  readonly check: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly seen: string;
  /** Where the expected value comes from: `rule`, `intel`, `input`, `source` or `api`. */
  readonly from: string;
}

/** What an instance was held against: a verified source, `expected_os`, or nothing. */
export type ReferenceKind = "source" | "pinned" | "none";

export interface Attested {
  readonly vm_uuid: string;
  readonly name: string | null;
  readonly instance_id: string | null;
  readonly verified: boolean;
  /** Intel's word for the machine's TCB; null where it did not come to that. */
  readonly status: string | null;
  readonly advisories: readonly string[];
  readonly fmspc: string | null;
  /** Hex, 96 digits each. */
  readonly measurements: {
    readonly mrtd: string;
    readonly rtmr0: string;
    readonly rtmr1: string;
    readonly rtmr2: string;
  } | null;
  readonly compose_hash: string | null;
  readonly key_provider: { readonly name: string; readonly id: string } | null;
  readonly reference: ReferenceKind;
  readonly unpinned_images: readonly string[] | null;
  readonly allowed_envs: readonly string[] | null;
  /** In their order; those after the first failure were not made. */
  readonly checks: readonly AttestedCheck[];
  /** Texts in it were cut, or checks that hold left out. */
  readonly cut?: true;
}

/** The check that failed; null where all hold. */
export function failedCheck({ checks }: Attested): AttestedCheck | null {
  return checks.find(({ ok }) => !ok) ?? null;
}
