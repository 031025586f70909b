import { type Certificate, demandCurrent, readExtensions } from "./certificates.ts";
import { demand } from "./check.ts";
import { integerOf, numberOf, partsOf, TAG, timeOf } from "./der.ts";
import { isSignedBy, readSigned } from "./signed.ts";

/** A list of revoked certificates that has passed all of its checks. */
export interface Crl {
  /** Serial numbers, as hex of the INTEGER's bytes. */
  readonly revoked: ReadonlySet<string>;
  /** ms since the epoch. */
  readonly nextUpdate: number;
}

/**
 * Reads a CRL and holds it to its rules. A list that is missing, empty or old must never pass for "nothing is
 * revoked", so there is no result without a full check.
 *
 * @param der the list, with nothing after it
 * @param by the CA whose list it must be
 * @param now ms since the epoch
 * @throws Refused for anything else
 */
export function readCrl(der: Buffer, by: Certificate, now: number): Crl {
  const signed = readSigned(der);
  const [version, algorithm, issuer, thisUpdate, nextUpdate, ...more] = signed.fields;
  demand(numberOf(version, 1) === 1, "a CRL of version 2", "another");
  demand(algorithm?.whole.equals(signed.algorithm) === true, "one algorithm in a CRL", "two");
  demand(issuer?.whole.equals(by.subject) === true, `a CRL of ${by.name}`, "another issuer");
  demand(isSignedBy(signed, by.key), `a CRL signed by ${by.name}`, "another signature");
  const to = timeOf(nextUpdate);
  demandCurrent("a CRL valid", [timeOf(thisUpdate), to], now);
  const entries = more[0]?.tag === TAG.sequence ? more.shift() : undefined;
  const extensions = more.shift();
  demand(more.length === 0, "the fields of a CRL", "more");
  // No critical one is understood: a list for some certificates only, or a delta, is no list to rely on.
  if (extensions !== undefined) readExtensions(partsOf(extensions, 0xa0)[0], []);
  const revoked = new Set<string>();
  for (const entry of entries === undefined ? [] : partsOf(entries)) {
    const [serial, , own] = partsOf(entry);
    if (own !== undefined) readExtensions(own, []);
    revoked.add(integerOf(serial).toString("hex"));
  }
  return { revoked, nextUpdate: to };
}

/** Until when a CRL says it is good, in ms since the epoch, unverified. @throws Refused if it can't be read */
export function nextUpdateOf(der: Buffer): number {
  return timeOf(readSigned(der).fields[4]);
}

/** @throws Refused where the CRL has it */
export function checkNotRevoked({ revoked }: Crl, { serial, name }: Certificate): void {
  demand(!revoked.has(serial.toString("hex")), `${name}: not revoked`, "revoked");
}
