import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { demand } from "./check.ts";
import { bitsOf, type Der, oidOf, partsOf, readDer } from "./der.ts";

/** A certificate or a CRL: what is signed, and by which signature. */
export interface Signed {
  /** The signed part, byte for byte, and its fields. */
  readonly body: Der;
  readonly fields: readonly Der[];
  /** DER of an ECDSA signature. */
  readonly signature: Buffer;
  /** DER of the algorithm's identifier: the signed part repeats it. */
  readonly algorithm: Buffer;
}

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const EC_PUBLIC_KEY = "1.2.840.10045.2.1";
const P256 = "1.2.840.10045.3.1.7";

/** Splits a certificate or CRL. @throws Refused for another algorithm, or anything after it */
export function readSigned(der: Buffer): Signed {
  const parts = partsOf(readDer(der));
  const [body, algorithm, signature] = parts;
  demand(parts.length === 3 && body !== undefined, "a signed object", "another one");
  const identifier = partsOf(algorithm);
  const oid = oidOf(identifier[0]);
  // The parameters must be absent (RFC 5758, 3.2).
  const right = oid === ECDSA_WITH_SHA256 && identifier.length === 1;
  demand(right, "a signature by ecdsa-with-SHA256", oid);
  return {
    body,
    fields: partsOf(body),
    signature: bitsOf(signature),
    algorithm: algorithm?.whole ?? Buffer.alloc(0),
  };
}

/** Whether this key signed it. */
export function isSignedBy({ body, signature }: Signed, key: KeyObject): boolean {
  return verify("sha256", body.whole, key, signature);
}

/** Whether this key signed these bytes; the signature is `r ‖ s`, 64 bytes, as in quotes and collateral. */
export function signsRaw(key: KeyObject, bytes: Buffer, signature: Buffer): boolean {
  return verify("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }, signature);
}

/** The key of a certificate's subject. @throws Refused unless it is one of P-256, uncompressed */
export function publicKeyOf(info: Der | undefined): KeyObject {
  const [algorithm, point] = partsOf(info);
  const [kind, curve] = partsOf(algorithm);
  const named = [oidOf(kind), oidOf(curve)].join(" ");
  demand(named === `${EC_PUBLIC_KEY} ${P256}`, "a key of P-256", named);
  const bits = bitsOf(point);
  demand(bits.length === 65 && bits[0] === 4, "an uncompressed point", "another form");
  return rawKey(bits.subarray(1));
}

/** A P-256 key from the 64 bytes of its point, `x ‖ y`. @throws for what is no point of the curve */
export function rawKey(point: Buffer): KeyObject {
  const x = point.subarray(0, 32).toString("base64url");
  const y = point.subarray(32).toString("base64url");
  return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
}
