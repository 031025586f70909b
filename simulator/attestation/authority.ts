import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { certificate, crl, type Holder, pair, pem, tlv } from "./x509.ts";

/** A machine's place in the world of certificates. */
export interface PlatformSpec {
  readonly ca: "platform" | "processor";
  /** Hex: 6 and 2 bytes. */
  readonly fmspc: string;
  readonly pceId: string;
  /** Versions of the CPU's 16 components. */
  readonly cpuSvn: readonly number[];
  readonly pceSvn: number;
}

/** A machine: its key, and the chain that says whose it is. */
export interface Platform {
  readonly spec: PlatformSpec;
  readonly key: KeyObject;
  /** Hex. */
  readonly serial: string;
  /** PEM: the machine's certificate, its CA, the root. */
  readonly chain: string;
}

const SGX = "1.2.840.113741.1.13.1";
const DAY_MS = 86_400_000;
/** So long are all certificates good, whatever a test's clock says. */
const FROM = new Date("2019-01-01T00:00:00Z");
const TO = new Date("2049-12-31T23:59:59Z");

/** Names as Intel's: a verifier asks for them. */
export const NAMES = {
  root: "Intel SGX Root CA",
  platform: "Intel SGX PCK Platform CA",
  processor: "Intel SGX PCK Processor CA",
  pck: "Intel SGX PCK Certificate",
  signer: "Intel SGX TCB Signing",
} as const;

/** What a certificate may be instead of a good one, for tests that tamper. */
export interface Twist {
  readonly name?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** Stands in for Intel: a root of its own, and everything that hangs on it. Keys are new in each process. */
export class Authority {
  readonly root = holder(NAMES.root);
  readonly signer = holder(NAMES.signer);
  readonly cas: Readonly<Record<PlatformSpec["ca"], Holder>>;
  /** DER: what a verifier is to trust instead of Intel's. */
  readonly rootCertificate: Buffer;
  readonly serials: Readonly<Record<"platform" | "processor" | "signer", string>>;
  readonly #caCertificates: Readonly<Record<PlatformSpec["ca"], Buffer>>;
  readonly #signerCertificate: Buffer;
  readonly #platforms = new Map<string, Platform>();

  /** @param twists by what they twist */
  constructor(
    twists: { readonly root?: Twist; readonly ca?: Twist; readonly signer?: Twist } = {},
  ) {
    this.serials = { platform: serial(), processor: serial(), signer: serial() };
    const { root, signer } = this;
    const valid = { notBefore: FROM, notAfter: TO };
    this.cas = {
      platform: holder(twists.ca?.name ?? NAMES.platform),
      processor: holder(NAMES.processor),
    };
    const issued = (subject: Holder, number: string, ca: boolean, twist: Twist = {}): Buffer =>
      certificate({
        subject: { ...subject, name: twist.name ?? subject.name },
        issuer: root,
        serial: number,
        ca,
        ...valid,
        ...dates(twist),
      });
    this.rootCertificate = issued(root, serial(), true, twists.root);
    this.#caCertificates = {
      platform: issued(this.cas.platform, this.serials.platform, true, twists.ca),
      processor: issued(this.cas.processor, this.serials.processor, true),
    };
    this.#signerCertificate = issued(signer, this.serials.signer, false, twists.signer);
  }

  /** The chain of the signer of documents, in PEM. */
  get signerChain(): string {
    return pem(this.#signerCertificate) + pem(this.rootCertificate);
  }

  /** A machine of this kind; the same one for the same kind. */
  platform(spec: PlatformSpec): Platform {
    const kept = JSON.stringify(spec);
    const platform = this.#platforms.get(kept) ?? this.newPlatform(spec);
    this.#platforms.set(kept, platform);
    return platform;
  }

  /** One more machine of this kind. */
  newPlatform(spec: PlatformSpec, twist: Twist = {}): Platform {
    const subject = holder(twist.name ?? NAMES.pck);
    const number = serial();
    const own = certificate({
      subject,
      issuer: this.cas[spec.ca],
      serial: number,
      notBefore: FROM,
      notAfter: TO,
      ...dates(twist),
      ca: false,
      extensions: [{ oid: SGX, value: sgxExtension(spec) }],
    });
    const chain = [own, this.#caCertificates[spec.ca], this.rootCertificate];
    return { spec, key: subject.key, serial: number, chain: chain.map((der) => pem(der)).join("") };
  }

  /** The list of an issuer as of now: a day old, good for 29 more. @param now epoch ms */
  crl(of: "root" | PlatformSpec["ca"], now: number, revoked: readonly string[] = []): Buffer {
    return crl({
      issuer: of === "root" ? this.root : this.cas[of],
      thisUpdate: new Date(now - DAY_MS),
      nextUpdate: new Date(now + 29 * DAY_MS),
      revoked,
    });
  }
}

let only: Authority | null = null;

/** The one authority of this process, made when first asked for. */
export function authority(): Authority {
  only ??= new Authority();
  return only;
}

/** A new key for this name. */
export function holder(name: string): Holder {
  return { name, key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey };
}

function dates({ notBefore, notAfter }: Twist): { notBefore?: Date; notAfter?: Date } {
  return { ...(notBefore && { notBefore }), ...(notAfter && { notAfter }) };
}

function serial(): string {
  return randomBytes(20).toString("hex");
}

/** Intel's extension of PCK certificates: machine, versions of its TCB, kind of platform. */
function sgxExtension({ cpuSvn, pceSvn, pceId, fmspc }: PlatformSpec): Buffer {
  const octets = (bytes: Buffer): Buffer => tlv(0x04, bytes);
  const whole = (value: number): Buffer =>
    tlv(0x02, Buffer.from(value >= 0x80 ? [value >> 8, value & 0xff] : [value]));
  const components = cpuSvn.map((svn, index) => pair(`${SGX}.2.${index + 1}`, whole(svn)));
  const tcb = tlv(
    0x30,
    ...components,
    pair(`${SGX}.2.17`, whole(pceSvn)),
    pair(`${SGX}.2.18`, octets(Buffer.from(cpuSvn))),
  );
  return tlv(
    0x30,
    pair(`${SGX}.1`, octets(randomBytes(16))),
    pair(`${SGX}.2`, tcb),
    pair(`${SGX}.3`, octets(Buffer.from(pceId, "hex"))),
    pair(`${SGX}.4`, octets(Buffer.from(fmspc, "hex"))),
    pair(`${SGX}.5`, tlv(0x0a, Buffer.from([1]))),
  );
}
