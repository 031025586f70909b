import { type Certificate, checkChain, readChain } from "./certificates.ts";
import { type Check, refuse, type Trail } from "./check.ts";
import type { Collateral, Document, Piece } from "./collateral.ts";
import { type Crl, checkNotRevoked, readCrl } from "./crls.ts";
import { PCK_CA_NAMES, type PckCa, pckCaOf, readPck } from "./pck.ts";
import type { Quote } from "./quote.ts";

/** Everybody who signs: each under the root, valid now, and not revoked. */
export interface Signers {
  /** The platform's key, which signs for its quoting enclave. */
  readonly pck: Certificate;
  /** Who signed the two documents: in practice one certificate. */
  readonly tcbInfo: Certificate;
  readonly qeIdentity: Certificate;
}

/** What signers are held against. */
export interface Root {
  /** DER. */
  readonly root: Buffer;
  /** ms since the epoch. */
  readonly now: number;
}

const ROOT = ["Intel SGX Root CA"];
const PCK_NAMES = [["Intel SGX PCK Certificate"], Object.values(PCK_CA_NAMES), ROOT];
const SIGNER_NAMES = [["Intel SGX TCB Signing"], ROOT];

/** Which collateral a quote needs, as it says itself; null where it does not. */
export function pckOf(quote: Quote): { readonly ca: PckCa; readonly fmspc: string } | null {
  const [pck] = readChain(quote.pckChain, PCK_NAMES.length);
  const ca = pck === undefined ? null : pckCaOf(pck);
  return pck === undefined || ca === null ? null : { ca, fmspc: readPck(pck).fmspc };
}

/** Makes the checks from `pck-chain` to `revoked`. */
export function checkSigners(
  trail: Trail,
  quote: Quote,
  collateral: Collateral,
  root: Root,
): Signers {
  const [pck, ca, top] = checkedChain(trail, "pck-chain", quote.pckChain, PCK_NAMES, root);
  const [tcbInfo] = signerOf(trail, ["tcb-chain", "tcb-info"], collateral.tcbInfo, root);
  const [qeIdentity] = signerOf(trail, ["qe-chain", "qe-identity"], collateral.qeIdentity, root);
  const rootCrl = checkedCrl(trail, "root-crl", collateral.rootCrl, top, root.now);
  // The CA of the quote's own chain, not one that came with the collateral.
  const pckCrl = checkedCrl(trail, "pck-crl", collateral.pckCrl, ca, root.now);
  trail.make("revoked", "intel", () => {
    for (const one of [ca, tcbInfo, qeIdentity]) checkNotRevoked(rootCrl, one);
    checkNotRevoked(pckCrl, pck);
    return { value: null, expected: "nobody revoked", seen: "nobody" };
  });
  return { pck, tcbInfo, qeIdentity };
}

/** @returns the leaf, its issuer and the root, which may be one */
function checkedChain(
  trail: Trail,
  check: Check,
  pem: string,
  names: readonly (readonly string[])[],
  { root, now }: Root,
): [Certificate, Certificate, Certificate] {
  return trail.make(check, "intel", () => {
    const chain = readChain(pem, names.length);
    checkChain(chain, names, root, now);
    const [leaf, next, last = next] = chain;
    if (leaf === undefined || next === undefined || last === undefined) refuse("a chain", "none");
    const seen = chain.map(({ name }) => name).join(", ");
    return { value: [leaf, next, last], expected: "a chain to the pinned root", seen };
  });
}

/** The chain of a signed document; where that never came, it is the document that fails. */
function signerOf(
  trail: Trail,
  [chain, document]: readonly [Check, Check],
  piece: Piece<Document>,
  root: Root,
): [Certificate, Certificate, Certificate] {
  if ("missing" in piece) return trail.make(document, "intel", () => gotten(piece));
  return checkedChain(trail, chain, piece.got.chain, SIGNER_NAMES, root);
}

function checkedCrl(
  trail: Trail,
  check: Check,
  piece: Piece<Buffer>,
  by: Certificate,
  now: number,
): Crl {
  return trail.make(check, "intel", () => {
    const value = readCrl(gotten(piece), by, now);
    return { value, expected: `a CRL of ${by.name}`, seen: `${value.revoked.size} revoked` };
  });
}

/** @throws Refused where it never came */
export function gotten<T>(piece: Piece<T>): T;
export function gotten(piece: { readonly from: string; readonly missing: string }): never;
export function gotten<T>(piece: Piece<T>): T {
  return "missing" in piece ? refuse(`collateral from ${piece.from}`, piece.missing) : piece.got;
}
