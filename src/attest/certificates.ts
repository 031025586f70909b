import type { KeyObject } from "node:crypto";
import { demand, refuse } from "./check.ts";
import {
  contentOf,
  type Der,
  flagOf,
  integerOf,
  numberOf,
  oidOf,
  partsOf,
  readDer,
  TAG,
  timeOf,
} from "./der.ts";
import { isSignedBy, publicKeyOf, readSigned, type Signed } from "./signed.ts";

/** A certificate as far as a chain of Intel's needs it. Times in ms since the epoch. */
export interface Certificate {
  readonly der: Buffer;
  readonly signed: Signed;
  /** The bytes of the INTEGER. */
  readonly serial: Buffer;
  /** DER of the names, compared byte for byte. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** The subject's common name. */
  readonly name: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: KeyObject;
  /** May sign certificates and CRLs. */
  readonly isCa: boolean;
  /** Content of each extension by its OID. */
  readonly extensions: ReadonlyMap<string, Buffer>;
}

const COMMON_NAME = "2.5.4.3";
const KEY_USAGE = "2.5.29.15";
const BASIC_CONSTRAINTS = "2.5.29.19";
/** keyCertSign and cRLSign in the first byte of a key usage. */
const SIGNS_BOTH = 0x06;

/** @throws Refused for anything but a certificate of version 3 with a key of P-256 */
export function readCertificate(der: Buffer): Certificate {
  const signed = readSigned(der);
  const [version, serial, algorithm, issuer, validity, subject, info, ...more] = signed.fields;
  demand(numberOf(partsOf(version, 0xa0)[0], 2) === 2, "a certificate of version 3", "another");
  const repeats = algorithm?.whole.equals(signed.algorithm) === true;
  demand(repeats, "one algorithm in a certificate", "two");
  const dates = partsOf(validity);
  demand(dates.length === 2 && more.length === 1, "the fields of a certificate", "others");
  const extensions = readExtensions(partsOf(more[0], 0xa3)[0], [KEY_USAGE, BASIC_CONSTRAINTS]);
  return {
    der,
    signed,
    serial: integerOf(serial),
    issuer: wholeOf(issuer),
    subject: wholeOf(subject),
    name: commonNameOf(subject),
    notBefore: timeOf(dates[0]),
    notAfter: timeOf(dates[1]),
    key: publicKeyOf(info),
    isCa: isCa(extensions),
    extensions,
  };
}

/**
 * The extensions of a certificate or CRL by OID.
 *
 * @param understood OIDs that may be marked as critical; any other that is must lead to a refusal (RFC 5280, 4.2)
 * @throws Refused also where one occurs twice
 */
export function readExtensions(
  der: Der | undefined,
  understood: readonly string[],
): ReadonlyMap<string, Buffer> {
  const extensions = new Map<string, Buffer>();
  for (const part of partsOf(der)) {
    const fields = partsOf(part);
    demand(fields.length === 2 || fields.length === 3, "the fields of an extension", "others");
    const oid = oidOf(fields[0]);
    const critical = fields.length === 3 && flagOf(fields[1]);
    demand(!critical || understood.includes(oid), "extensions that are understood", oid);
    demand(!extensions.has(oid), "each extension once", `${oid} twice`);
    extensions.set(oid, contentOf(fields.at(-1), TAG.octetString));
  }
  return extensions;
}

function wholeOf(der: Der | undefined): Buffer {
  partsOf(der);
  return der?.whole ?? Buffer.alloc(0);
}

function commonNameOf(subject: Der | undefined): string {
  const names = partsOf(subject)
    .flatMap((set) => partsOf(set, TAG.set))
    .map((pair) => partsOf(pair))
    .filter(([oid]) => oidOf(oid) === COMMON_NAME);
  demand(names.length === 1, "one common name", `${names.length}`);
  return names[0]?.[1]?.content.toString("latin1") ?? "";
}

function isCa(extensions: ReadonlyMap<string, Buffer>): boolean {
  const constraints = extensions.get(BASIC_CONSTRAINTS);
  if (constraints === undefined) return false;
  const [flag] = partsOf(readDer(constraints));
  if (flag?.tag !== TAG.boolean || !flagOf(flag)) return false;
  const usage = contentOf(readDer(extensions.get(KEY_USAGE) ?? Buffer.alloc(0)), TAG.bitString);
  return ((usage[1] ?? 0) & SIGNS_BOTH) === SIGNS_BOTH;
}

/** The certificates of a chain in PEM, the leaf first. Anything else between them is refused. */
export function readChain(pem: string, count: number): Certificate[] {
  const block =
    /-----BEGIN CERTIFICATE-----\r?\n((?:[A-Za-z0-9+/=]+\r?\n)+)-----END CERTIFICATE-----(?:\r?\n|$)/y;
  // Quoting enclaves end the text with a zero byte.
  const text = pem.endsWith("\0") ? pem.slice(0, -1) : pem;
  const found: Certificate[] = [];
  while (block.lastIndex < text.length) {
    const base64 = block.exec(text)?.[1]?.replace(/\r?\n/g, "");
    if (base64 === undefined || found.length === count) refuse(`${count} certificates`, "others");
    const der = Buffer.from(base64, "base64");
    // Node skips what is not base64, and takes bits that belong to no byte.
    demand(der.toString("base64") === base64, "base64 in its one form", "another form");
    found.push(readCertificate(der));
  }
  demand(found.length === count, `${count} certificates`, `${found.length}`);
  return found;
}

/**
 * Holds a chain to its rules: the last certificate is the root byte for byte, each is signed by the next, has
 * its name and is valid now, and all but the first are CAs.
 *
 * @param names the common names that each may have, the leaf's first
 * @param now ms since the epoch
 */
export function checkChain(
  chain: readonly Certificate[],
  names: readonly (readonly string[])[],
  root: Buffer,
  now: number,
): void {
  demand(chain.at(-1)?.der.equals(root) === true, "the pinned root", "another root");
  for (const [index, certificate] of chain.entries()) {
    const { name, issuer, signed, notBefore, notAfter } = certificate;
    const expected = names[index] ?? [];
    demand(expected.includes(name), expected.join(" or "), JSON.stringify(name.slice(0, 64)));
    demand(certificate.isCa === index > 0, `${name}: a CA: ${index > 0}`, `${certificate.isCa}`);
    demandCurrent(`${name}: valid`, [notBefore, notAfter], now);
    const next = chain[index + 1];
    if (next === undefined) continue;
    demand(issuer.equals(next.subject), `${name}: issued by ${next.name}`, "another issuer");
    demand(isSignedBy(signed, next.key), `${name}: signed by ${next.name}`, "another signature");
  }
}

/** How far the clock of a runner may be behind, in ms, for another look to be worth its while. */
const SOON_MS = 10 * 60_000;

/**
 * Refuses what is not valid now. What begins soon may be tried again: Intel signs some of it on demand, and a clock
 * that is seconds behind meets a date of the future. Nothing is accepted before its time.
 *
 * @param times from and to, both included, in ms since the epoch
 */
export function demandCurrent(what: string, [from, to]: readonly [number, number], now: number) {
  if (from <= now && now <= to) return;
  const early = from > now ? ": this machine's clock is behind, or theirs ahead" : "";
  const soon = from > now && from - now <= SOON_MS;
  refuse(`${what} at ${isoOf(now)}`, `${isoOf(from)} to ${isoOf(to)}${early}`, soon);
}

/** As it stands in logs: without the milliseconds that no certificate has. */
function isoOf(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}
