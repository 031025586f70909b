import { createHash } from "node:crypto";
import type { TcbStatus } from "../text/attestation.ts";
import type { Certificate } from "./certificates.ts";
import { type CheckResult, demand, type Fault, type Held, Trail } from "./check.ts";
import type { Collateral, Document, Piece } from "./collateral.ts";
import {
  compare,
  type Measured,
  type Measurements,
  measurementsOf,
  readClaims,
  type Wanted,
} from "./compare.ts";
import { type ComposeGaps, composeGaps } from "./compose.ts";
import { replay } from "./events.ts";
import { readQeIdentity, readTcbInfo, type TcbInfo } from "./intel.ts";
import { type Pck, readPck } from "./pck.ts";
import { type Quote, quoteBytes, readQuote } from "./quote.ts";
import { rawKey, signsRaw } from "./signed.ts";
import { checkSigners, gotten, pckOf, type Root } from "./signers.ts";
import { checkModule, checkQe, checkTcb, checkTdAttributes, type Tcb } from "./tcb.ts";

/**
 * What everything is trusted by. Root and clock are arguments alone: no input, variable or file may change
 * them. The root is Intel's (`root.ts`), or a simulated one in tests.
 */
export interface Trust extends Root {
  readonly allowedTcb: readonly TcbStatus[];
}

/** What one instance shows for itself. */
export interface Proof {
  /** Hex. */
  readonly quote: string;
  readonly log: readonly unknown[];
  /** The app-compose text, where the platform shows it. */
  readonly composeText: string | null;
}

/** What was proven on the way, also where a later check failed; null where it did not come to that. */
export interface Found extends Measured {
  readonly tcb: Tcb | null;
  readonly fmspc: string | null;
  readonly measurements: Measurements | null;
  /** What the compose hash leaves open; null also where no text of that hash was shown. */
  readonly compose: ComposeGaps | null;
}

export const NOTHING_FOUND: Found = {
  tcb: null,
  fmspc: null,
  measurements: null,
  compose: null,
  composeHash: null,
  instanceId: null,
  keyProvider: null,
};

/** Genuine, and as wanted, where `fault` is null; then nothing in `found` is. */
export interface Verdict {
  readonly fault: Fault | null;
  readonly checks: readonly CheckResult[];
  readonly found: Found;
}

/** One verification as it goes. */
interface Course {
  readonly trail: Trail;
  readonly collateral: Collateral;
  readonly trust: Trust;
  readonly tell: (more: Partial<Found>) => void;
}

/** Makes all checks of one instance, in their order. Nothing is thrown, and nothing read but the arguments. */
export function verifyInstance(
  proof: Proof,
  collateral: Collateral,
  trust: Trust,
  wanted: Wanted,
): Verdict {
  return judge(collateral, trust, (course) => {
    const { report } = checkQuote(course, proof.quote);
    const claims = course.trail.make("event-log", "rule", () => replay(proof.log, report.rtmrs[3]));
    course.tell(readClaims(claims));
    const { composeText } = proof;
    compare(course.trail, { claims, report }, wanted, composeText, () => {
      if (composeText !== null) course.tell({ compose: composeGaps(composeText) });
    });
  });
}

/** The part of it that needs no log: a TD that is genuine, closed and up to date. */
export function verifyQuote(quote: string, collateral: Collateral, trust: Trust): Verdict {
  return judge(collateral, trust, (course) => checkQuote(course, quote));
}

/** Which collateral a quote needs, as it says itself; null where it can't be read: the checks then say why. */
export function platformOf(quote: string): ReturnType<typeof pckOf> {
  try {
    return pckOf(readQuote(quoteBytes(quote)));
  } catch {
    return null;
  }
}

function judge(collateral: Collateral, trust: Trust, checks: (course: Course) => void): Verdict {
  const trail = new Trail();
  let found = NOTHING_FOUND;
  const tell = (more: Partial<Found>) => {
    found = { ...found, ...more };
  };
  const made = trail.run(() => checks({ trail, collateral, trust, tell }));
  return { fault: made.ok ? null : made.fault, checks: trail.results, found };
}

/** Makes the checks from `quote` to `td-attributes`. */
function checkQuote({ trail, collateral, trust, tell }: Course, hex: string): Quote {
  const quote = trail.make("quote", "rule", () => {
    const value = readQuote(quoteBytes(hex));
    return { value, expected: "a TDX quote", seen: `version ${value.version}` };
  });
  const signers = checkSigners(trail, quote, collateral, trust);
  const { info, pck } = trail.make("tcb-info", "intel", () =>
    checkTcbInfo(collateral.tcbInfo, signers.tcbInfo, signers.pck, trust.now),
  );
  tell({ fmspc: pck.fmspc });
  const qe = trail.make("qe-identity", "intel", () => {
    const text = signedBy(collateral.qeIdentity, signers.qeIdentity);
    const value = checkQe(quote.qe, readQeIdentity(text, trust.now));
    return { value, expected: "Intel's quoting enclave", seen: `version ${quote.qe.isvSvn}` };
  });
  trail.make("qe-report", "rule", () => checkQeReport(quote, signers.pck));
  trail.make("quote-signature", "rule", () => checkSignature(quote));
  tell({ measurements: measurementsOf(quote.report) });
  const module = trail.make("module", "intel", () => {
    const value = checkModule(quote.report, info);
    const seen = `version ${quote.report.teeTcbSvn[1]}.${quote.report.teeTcbSvn[0]}`;
    return { value, expected: "Intel's TDX module", seen };
  });
  const parts = [
    ...(module === null ? [] : [{ name: "TDX module", level: module }]),
    { name: "quoting enclave", level: qe },
  ];
  const platform = { info, pck, report: quote.report };
  trail.make("tcb", "input", () =>
    checkTcb(platform, parts, trust.allowedTcb, (tcb) => tell({ tcb })),
  );
  trail.make("td-attributes", "rule", () => checkTdAttributes(quote.report));
  return quote;
}

/** TCB info that Intel signed for the kind of platform that the PCK certificate names. */
function checkTcbInfo(
  piece: Piece<Document>,
  signer: Certificate,
  certificate: Certificate,
  now: number,
): Held<{ readonly info: TcbInfo; readonly pck: Pck }> {
  const info = readTcbInfo(signedBy(piece, signer), now);
  const pck = readPck(certificate);
  const expected = `FMSPC ${pck.fmspc}, PCE ${pck.pceId}`;
  const seen = `FMSPC ${info.fmspc}, PCE ${info.pceId}`;
  demand(seen === expected, expected, seen);
  return { value: { info, pck }, expected, seen };
}

/** The text as served: what is signed are these bytes, not what JSON makes of them. */
function signedBy(piece: Piece<Document>, signer: Certificate): Buffer {
  const { text, signature } = gotten(piece);
  const good = signature.length === 64 && signsRaw(signer.key, text, signature);
  demand(good, `a signature of ${signer.name}`, "another signature");
  return text;
}

/** The quoting enclave's report, signed by the platform's key, names the attestation key. */
function checkQeReport({ qe, attestationKey }: Quote, pck: Certificate): Held<null> {
  const signed = signsRaw(pck.key, qe.bytes, qe.signature);
  demand(signed, `a signature of ${pck.name}`, "another signature");
  const hash = createHash("sha256").update(attestationKey).update(qe.authData).digest("hex");
  // Neither is shown: the key names a machine.
  const named = qe.reportData.toString("hex") === hash.padEnd(128, "0");
  demand(named, "a report that names the attestation key", "a report that does not");
  return { value: null, expected: `signed by ${pck.name}`, seen: `signed by ${pck.name}` };
}

function checkSignature({ attestationKey, signed, signature }: Quote): Held<null> {
  const expected = "a signature of the attestation key";
  demand(signsRaw(rawKey(attestationKey), signed, signature), expected, "another signature");
  return { value: null, expected, seen: expected };
}
