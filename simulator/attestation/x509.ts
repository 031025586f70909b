import { createPublicKey, type KeyObject, sign } from "node:crypto";
import { createRequire } from "node:module";
import type * as Schema from "@peculiar/asn1-schema";
import type * as X509 from "@peculiar/asn1-x509";

/**
 * Certificates and lists of revoked ones, as Intel's are. Without promises, unlike WebCrypto: the core answers at
 * once, also under a simulated clock. The libraries are loaded when the first is made, since few tests need one.
 */
const load = createRequire(import.meta.url);
const loadAll = () => ({
  ...(load("@peculiar/asn1-schema") as typeof Schema),
  ...(load("@peculiar/asn1-x509") as typeof X509),
});
let loaded: ReturnType<typeof loadAll> | null = null;
function libraries(): ReturnType<typeof loadAll> {
  loaded ??= loadAll();
  return loaded;
}

/** A private key of P-256 and whose it is. */
export interface Holder {
  readonly name: string;
  readonly key: KeyObject;
}

export interface CertificateSpec {
  readonly subject: Holder;
  readonly issuer: Holder;
  /** Hex, not negative. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly ca: boolean;
  /** More extensions: OID and DER of the value. */
  readonly extensions?: readonly {
    readonly oid: string;
    readonly critical?: boolean;
    readonly value: Buffer;
  }[];
}

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";

/** DER of a certificate. */
export function certificate(spec: CertificateSpec): Buffer {
  const x = libraries();
  const { subject, issuer, serial, notBefore, notAfter, ca } = spec;
  const usage = tlv(0x03, Buffer.from(ca ? [1, 0x06] : [6, 0xc0]));
  const constraints = tlv(0x30, ca ? tlv(0x01, Buffer.from([0xff])) : Buffer.alloc(0));
  const extensions = [
    { oid: x.id_ce_keyUsage, critical: true, value: usage },
    { oid: x.id_ce_basicConstraints, critical: true, value: constraints },
    ...(spec.extensions ?? []),
  ];
  const spki = createPublicKey(subject.key).export({ type: "spki", format: "der" });
  const tbs = new x.TBSCertificate({
    version: x.Version.v3,
    serialNumber: bufferOf(integerBytes(serial)),
    signature: algorithm(),
    issuer: nameOf(issuer.name),
    validity: new x.Validity({ notBefore, notAfter }),
    subject: nameOf(subject.name),
    subjectPublicKeyInfo: x.AsnParser.parse(spki, x.SubjectPublicKeyInfo),
    extensions: new x.Extensions(extensions.map(extensionOf)),
  });
  return signed(tbs, issuer);
}

export interface CrlSpec {
  readonly issuer: Holder;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Serial numbers in hex. */
  readonly revoked: readonly string[];
  readonly extensions?: CertificateSpec["extensions"];
}

/** DER of a list of revoked certificates. */
export function crl(spec: CrlSpec): Buffer {
  const x = libraries();
  const { issuer, thisUpdate, nextUpdate, revoked } = spec;
  const number = { oid: x.id_ce_cRLNumber, value: tlv(0x02, Buffer.from([1])) };
  const entries = revoked.map(
    (serial) =>
      new x.RevokedCertificate({
        userCertificate: bufferOf(integerBytes(serial)),
        revocationDate: new x.Time(thisUpdate),
      }),
  );
  const tbs = new x.TBSCertList({
    version: x.Version.v2,
    signature: algorithm(),
    issuer: nameOf(issuer.name),
    thisUpdate: new x.Time(thisUpdate),
    nextUpdate: new x.Time(nextUpdate),
    ...(entries.length > 0 ? { revokedCertificates: entries } : {}),
    crlExtensions: [number, ...(spec.extensions ?? [])].map(extensionOf),
  });
  return signed(tbs, issuer);
}

/** A pair of OID and value, as certificates nest them. */
export function pair(oid: string, value: Buffer): Buffer {
  const x = libraries();
  const any = new x.AttributeValue({ anyValue: bufferOf(value) });
  return Buffer.from(
    x.AsnSerializer.serialize(new x.AttributeTypeAndValue({ type: oid, value: any })),
  );
}

/** A DER value of less than 64 KiB. */
export function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** A PEM block of certificates, as headers and quotes carry them. */
export function pem(der: Buffer, label = "CERTIFICATE"): string {
  const lines = der.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

function signed(tbs: X509.TBSCertificate | X509.TBSCertList, issuer: Holder): Buffer {
  const x = libraries();
  const body = Buffer.from(x.AsnSerializer.serialize(tbs));
  const signature = sign("sha256", body, issuer.key);
  const identifier = Buffer.from(x.AsnSerializer.serialize(algorithm()));
  return tlv(0x30, body, identifier, tlv(0x03, Buffer.from([0]), signature));
}

function algorithm(): X509.AlgorithmIdentifier {
  return new (libraries().AlgorithmIdentifier)({ algorithm: ECDSA_WITH_SHA256 });
}

function nameOf(commonName: string): X509.Name {
  const x = libraries();
  const parts = [
    ["2.5.4.3", commonName],
    ["2.5.4.10", "Simulated Corporation"],
    ["2.5.4.6", "US"],
  ] as const;
  return new x.Name(
    parts.map(([type, utf8String]) => {
      const value = new x.AttributeValue({ utf8String });
      return new x.RelativeDistinguishedName([new x.AttributeTypeAndValue({ type, value })]);
    }),
  );
}

function extensionOf(spec: { oid: string; critical?: boolean; value: Buffer }): X509.Extension {
  const x = libraries();
  const { oid, critical = false, value } = spec;
  return new x.Extension({ extnID: oid, critical, extnValue: new x.OctetString(bufferOf(value)) });
}

/** The bytes of an INTEGER that is not negative, in the shortest form. */
function integerBytes(hex: string): Buffer {
  const bytes = Buffer.from(hex.replace(/^(?:00)+(?=..)/, ""), "hex");
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

/** A copy: the libraries take whole buffers, and Node's are slices of larger ones. */
function bufferOf(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
