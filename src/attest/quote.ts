import { demand, refuse } from "./check.ts";

/** A TDX quote taken apart (Intel's "TDX DCAP Quoting Library API", appendix A.3 and A.4). Nothing is verified. */
export interface Quote {
  readonly version: 4 | 5;
  readonly report: TdReport;
  /** Header and body: what the attestation key signed. */
  readonly signed: Buffer;
  /** `r ‖ s`. */
  readonly signature: Buffer;
  /** The attestation key's point, `x ‖ y`. */
  readonly attestationKey: Buffer;
  readonly qe: QeReport;
  /** PCK certificate, its CA and the root, in PEM. */
  readonly pckChain: string;
}

/** What the TDX module measured. Buffers as they stand in the report. */
export interface TdReport {
  readonly teeTcbSvn: Buffer;
  readonly mrSignerSeam: Buffer;
  readonly seamAttributes: Buffer;
  readonly tdAttributes: Buffer;
  readonly mrTd: Buffer;
  readonly mrConfigId: Buffer;
  /** RTMR0 to RTMR3. */
  readonly rtmrs: readonly [Buffer, Buffer, Buffer, Buffer];
  /** Of reports of version 1.5 alone. */
  readonly mrServiceTd: Buffer | null;
}

/** The quoting enclave's own report, and what binds the attestation key to it. */
export interface QeReport {
  readonly bytes: Buffer;
  readonly signature: Buffer;
  readonly authData: Buffer;
  readonly miscSelect: Buffer;
  readonly attributes: Buffer;
  readonly mrSigner: Buffer;
  readonly isvProdId: number;
  readonly isvSvn: number;
  readonly reportData: Buffer;
}

/** The largest quote that is looked at, in bytes: genuine ones have 5,006. */
export const MAX_QUOTE_BYTES = 65_536;

const HEADER_BYTES = 48;
const TDX = 0x81;
const ECDSA_P256 = 2;
const INTEL_QE_VENDOR = "939a7233f79c4ca9940a0db3957f0607";
/** Bodies by the type that version 5 gives them: TD report 1.0 and 1.5. */
const BODY_BYTES: Readonly<Record<number, number>> = { 2: 584, 3: 648 };
const QE_REPORT_BYTES = 384;
/** Kinds of certification data: a QE report around the PCK certificate's chain. */
const QE_REPORT_DATA = 6;
const PCK_CHAIN_DATA = 5;

/** Takes bytes from the front, exactly as many as are asked for. */
class Reader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    demand(this.left >= length, `${length} more bytes`, `${this.left}`);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  u16(): number {
    return this.take(2).readUInt16LE();
  }

  u32(): number {
    return this.take(4).readUInt32LE();
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  rest(): Buffer {
    return this.take(this.left);
  }
}

/** The bytes of a quote in hex, with or without `0x`. @throws Refused for other text, or too much of it */
export function quoteBytes(hex: string): Buffer {
  demand(hex.length <= 2 * MAX_QUOTE_BYTES + 2, `${MAX_QUOTE_BYTES} bytes at most`, "more");
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(hex)?.[1] ?? "";
  demand(digits !== "" && digits.length % 2 === 0, "a quote in hex", "other text");
  return Buffer.from(digits, "hex");
}

/** @throws Refused for all but a TDX quote with ECDSA P-256 and the chain of its PCK certificate */
export function readQuote(bytes: Buffer): Quote {
  const reader = new Reader(bytes);
  const version = readHeader(new Reader(reader.take(HEADER_BYTES)));
  const bodyType = version === 4 ? 2 : reader.u16();
  const bodyBytes = BODY_BYTES[bodyType];
  if (bodyBytes === undefined) refuse("a TD report", `a body of type ${bodyType}`);
  if (version === 5) {
    const told = reader.u32();
    demand(told === bodyBytes, `a body of ${bodyBytes} bytes`, `${told}`);
  }
  const report = readReport(new Reader(reader.take(bodyBytes)));
  const signed = bytes.subarray(0, reader.at);
  const signature = readSignature(new Reader(reader.take(reader.u32())));
  const padding = reader.rest();
  // Genuine quotes are filled up to the size of a buffer.
  demand(
    padding.every((byte) => byte === 0),
    "only zero bytes after the quote",
    "others",
  );
  return { version, report, signed, ...signature };
}

/** @returns the version */
function readHeader(reader: Reader): 4 | 5 {
  const version = reader.u16();
  const keyType = reader.u16();
  const tee = reader.u32();
  reader.take(4);
  const vendor = reader.take(16).toString("hex");
  demand(version === 4 || version === 5, "a quote of version 4 or 5", `version ${version}`);
  demand(tee === TDX, "a TDX quote", tee === 0 ? "an SGX quote" : `a TEE of type ${tee}`);
  demand(keyType === ECDSA_P256, "an attestation key of P-256", `a key of type ${keyType}`);
  demand(vendor === INTEL_QE_VENDOR, `Intel's QE vendor id ${INTEL_QE_VENDOR}`, vendor);
  return version;
}

function readReport(reader: Reader): TdReport {
  const teeTcbSvn = reader.take(16);
  reader.take(48); // MRSEAM: which build of the module; its signer and version are what is checked
  const mrSignerSeam = reader.take(48);
  const seamAttributes = reader.take(8);
  const tdAttributes = reader.take(8);
  reader.take(8); // XFAM
  const mrTd = reader.take(48);
  const mrConfigId = reader.take(48);
  reader.take(96); // MROWNER, MROWNERCONFIG
  const rtmrs = [reader.take(48), reader.take(48), reader.take(48), reader.take(48)] as const;
  reader.take(64); // report data: the platform's quotes carry no challenge of ours
  const late = reader.left > 0;
  if (late) reader.take(16); // the module's version now, which may be newer than when the TD was made
  const mrServiceTd = late ? reader.take(48) : null;
  const attributes = { seamAttributes, tdAttributes };
  return { teeTcbSvn, mrSignerSeam, ...attributes, mrTd, mrConfigId, rtmrs, mrServiceTd };
}

type Signature = Pick<Quote, "signature" | "attestationKey" | "qe" | "pckChain">;

function readSignature(reader: Reader): Signature {
  const signature = reader.take(64);
  const attestationKey = reader.take(64);
  const kind = reader.u16();
  demand(kind === QE_REPORT_DATA, `certification data of type ${QE_REPORT_DATA}`, `type ${kind}`);
  const size = reader.u32();
  demand(size === reader.left, `certification data of ${reader.left} bytes`, `${size}`);
  const bytes = reader.take(QE_REPORT_BYTES);
  const qeSignature = reader.take(64);
  const authData = reader.take(reader.u16());
  const inner = reader.u16();
  // Types 2 and 3 only name the machine, encrypted to Intel: their certificate would have to be fetched.
  const encrypted = inner === 2 || inner === 3 ? "an encrypted PPID" : `type ${inner}`;
  demand(inner === PCK_CHAIN_DATA, "the PCK certificate's chain", encrypted);
  const chainBytes = reader.u32();
  demand(chainBytes === reader.left, `a chain of ${reader.left} bytes`, `${chainBytes}`);
  const pckChain = reader.rest().toString("latin1");
  const qe = { ...readQeReport(bytes), bytes, signature: qeSignature, authData };
  return { signature, attestationKey, qe, pckChain };
}

function readQeReport(bytes: Buffer): Omit<QeReport, "bytes" | "signature" | "authData"> {
  return {
    miscSelect: bytes.subarray(16, 20),
    attributes: bytes.subarray(48, 64),
    mrSigner: bytes.subarray(128, 160),
    isvProdId: bytes.readUInt16LE(256),
    isvSvn: bytes.readUInt16LE(258),
    reportData: bytes.subarray(320, 384),
  };
}
