import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import type { Platform } from "./authority.ts";
import { QE } from "./documents.ts";

/** A TD report's fields that matter here. Hex; what is left out is zero. */
export interface TdSpec {
  /** 16 bytes: the module's minor and major version first. */
  readonly teeTcbSvn: string;
  readonly mrSignerSeam?: string;
  readonly seamAttributes?: string;
  readonly tdAttributes?: string;
  readonly mrTd: string;
  readonly mrConfigId?: string;
  readonly rtmrs: readonly [string, string, string, string];
  readonly reportData?: string;
  readonly mrServiceTd?: string;
}

/** What a quote may be instead of a good one, for tests that tamper. */
export interface QuoteTwist {
  readonly version?: number;
  /** Body type of version 5: 2 (TD 1.0) or 3 (TD 1.5). Default 3. */
  readonly bodyType?: number;
  readonly keyType?: number;
  readonly teeType?: number;
  readonly vendor?: string;
  readonly qeMrSigner?: string;
  readonly qeProduct?: number;
  readonly qeSvn?: number;
  readonly qeAttributes?: string;
  /** Signs header and body, although another key is named. */
  readonly signer?: KeyObject;
  /** Signs the quoting enclave's report instead of the machine. */
  readonly qeSigner?: KeyObject;
  /** Named in the quoting enclave's report instead of the attestation key: 64 bytes in hex. */
  readonly namedKey?: string;
  /** Kind of the inner certification data. Default 5, the chain. */
  readonly certificationType?: number;
  readonly chain?: string;
}

/** Genuine quotes come in a buffer of this size. */
const PADDED_BYTES = 5_006;
/** SEPT_VE_DISABLE, as every dstack guest has it. */
const TD_ATTRIBUTES = "0000001000000000";
const QE_VENDOR = "939a7233f79c4ca9940a0db3957f0607";
const AUTH_DATA = Buffer.from(Array.from({ length: 32 }, (_, index) => index));

/** A machine's quoting enclave: its attestation key, and the report in which it names that key. */
interface Enclave {
  readonly key: KeyObject;
  readonly point: Buffer;
  readonly certification: Buffer;
}

/** One a machine, as in life: a quote then costs one signature. */
const enclaves = new WeakMap<Platform, Enclave>();

/** Makes a TDX quote of this machine: bytes as the quoting enclave would write them. */
export function makeQuote(platform: Platform, td: TdSpec, twist: QuoteTwist = {}): Buffer {
  const { key, point, certification } = enclaveOf(platform, twist);
  const signed = Buffer.concat([header(twist), body(td, twist)]);
  const signature = Buffer.concat([
    raw(signed, twist.signer ?? key),
    point,
    u16(6),
    u32(certification.length),
    certification,
  ]);
  const quote = Buffer.concat([signed, u32(signature.length), signature]);
  return Buffer.concat([quote, Buffer.alloc(Math.max(0, PADDED_BYTES - quote.length))]);
}

function enclaveOf(platform: Platform, twist: QuoteTwist): Enclave {
  if (Object.keys(twist).length > 0) return newEnclave(platform, twist);
  const enclave = enclaves.get(platform) ?? newEnclave(platform, twist);
  enclaves.set(platform, enclave);
  return enclave;
}

function newEnclave(platform: Platform, twist: QuoteTwist): Enclave {
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const point = pointOf(key);
  const report = qeReport(Buffer.from(twist.namedKey ?? point.toString("hex"), "hex"), twist);
  const chain = Buffer.from(`${twist.chain ?? platform.chain}\0`);
  const certification = Buffer.concat([
    report,
    raw(report, twist.qeSigner ?? platform.key),
    u16(AUTH_DATA.length),
    AUTH_DATA,
    u16(twist.certificationType ?? 5),
    u32(chain.length),
    chain,
  ]);
  return { key, point, certification };
}

function header({
  version = 4,
  keyType = 2,
  teeType = 0x81,
  vendor = QE_VENDOR,
}: QuoteTwist): Buffer {
  const parts = [
    u16(version),
    u16(keyType),
    u32(teeType),
    u32(0),
    hex(vendor, 16),
    Buffer.alloc(20),
  ];
  return Buffer.concat(parts);
}

function body(td: TdSpec, { version = 4, bodyType = 3 }: QuoteTwist): Buffer {
  const zero = (bytes: number): Buffer => Buffer.alloc(bytes);
  const report = Buffer.concat([
    hex(td.teeTcbSvn, 16),
    hex("5e".repeat(48), 48), // MRSEAM
    hex(td.mrSignerSeam ?? "", 48),
    hex(td.seamAttributes ?? "", 8),
    hex(td.tdAttributes ?? TD_ATTRIBUTES, 8),
    hex("e702060000000000", 8), // XFAM
    hex(td.mrTd, 48),
    hex(td.mrConfigId ?? "", 48),
    zero(96), // MROWNER, MROWNERCONFIG
    ...td.rtmrs.map((register) => hex(register, 48)),
    hex(td.reportData ?? "", 64),
  ]);
  if (version !== 5) return report;
  const late = [hex(td.teeTcbSvn, 16), hex(td.mrServiceTd ?? "", 48)];
  const whole = bodyType === 3 ? Buffer.concat([report, ...late]) : report;
  return Buffer.concat([u16(bodyType), u32(whole.length), whole]);
}

function qeReport(named: Buffer, twist: QuoteTwist): Buffer {
  const report = Buffer.alloc(384);
  hex(twist.qeAttributes ?? QE.attributes, 16).copy(report, 48);
  hex(twist.qeMrSigner ?? QE.mrSigner, 32).copy(report, 128);
  report.writeUInt16LE(twist.qeProduct ?? QE.isvProdId, 256);
  report.writeUInt16LE(twist.qeSvn ?? QE.isvSvn, 258);
  createHash("sha256").update(named).update(AUTH_DATA).digest().copy(report, 320);
  return report;
}

/** The 64 bytes of a key's point. */
export function pointOf(key: KeyObject): Buffer {
  const { x = "", y = "" } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.concat([Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
}

function raw(bytes: Buffer, key: KeyObject): Buffer {
  return sign("sha256", bytes, { key, dsaEncoding: "ieee-p1363" });
}

function hex(text: string, bytes: number): Buffer {
  const value = Buffer.alloc(bytes);
  value.write(text, "hex");
  return value;
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
