/** Rows of the tamper table: each is a genuine case with one thing wrong, and the check that must say so. */
import { describe, expect, it } from "@jest/globals";
import { authority } from "../../simulator/attestation/authority.ts";
import {
  qeIdentityText,
  type Served,
  served,
  tcbInfoText,
} from "../../simulator/attestation/documents.ts";
import { QE_LEVELS, TCB_INFO } from "../../simulator/attestation/machines.ts";
import { type Case, codeOf, genuine, NOW, verdictOf } from "./support.ts";

/** A name, and a case that is wrong in that way. */
export type Row = readonly [name: string, make: () => Case];

/** Every row must fail at this check, and say what was expected and what was seen. */
export function eachFails(code: string, rows: readonly Row[]): void {
  describe(code, () => {
    it.each(rows)("%s", (_name, make) => {
      const { fault, checks } = verdictOf(make());
      expect(fault?.check).toBe(code);
      expect(fault?.expected).not.toBe("");
      expect(fault?.seen).not.toBe("");
      expect(`${fault?.expected} ${fault?.seen}`).not.toMatch(/undefined|null|NaN|\[object/);
      // What comes after the failure was not checked, and is not said to be good.
      expect(checks.at(-1)).toMatchObject({ check: code, ok: false });
      expect(checks.slice(0, -1).every(({ ok }) => ok)).toBe(true);
    });
  });
}

/** What looks odd and is fine. */
export function eachVerifies(rows: readonly Row[]): void {
  it.each(rows)("fine: %s", (_name, make) => {
    expect(codeOf(make())).toBeNull();
  });
}

/** A copy with one bit turned. */
export function flipped(bytes: Buffer, at: number, bit = 0): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

/** The certificates of a chain in PEM. */
export function blocksOf(chain: string): string[] {
  return chain.match(/-----BEGIN [\s\S]*?-----END CERTIFICATE-----\n/g) ?? [];
}

/** A genuine case with another document: a text for the authority to sign, or what was served. */
export const withDocument =
  (which: "tcbInfo" | "qeIdentity", make: (good: Served) => string | Served) => (): Case => {
    const one = genuine();
    const made = make(one.collateral[which]);
    const document =
      typeof made === "string"
        ? served(made, authority().signer.key, authority().signerChain)
        : made;
    return { ...one, collateral: { ...one.collateral, [which]: document } };
  };

export const tcbInfo = (other: object, now = NOW) =>
  withDocument("tcbInfo", () => tcbInfoText({ ...TCB_INFO, ...other }, now));
export const qeIdentity = (other: object, now = NOW) =>
  withDocument("qeIdentity", () => qeIdentityText({ levels: QE_LEVELS, ...other }, now));
