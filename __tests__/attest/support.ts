/** Genuine quotes with their collateral, and synthetic ones by the simulator's authority, to be tampered with. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Authority, authority, type Platform } from "../../simulator/attestation/authority.ts";
import type { Served } from "../../simulator/attestation/documents.ts";
import { bootEvents, type LogEntry, logOf, registerOf } from "../../simulator/attestation/log.ts";
import {
  collateralOf,
  GOOD_MACHINE,
  GOOD_SVN,
  type ServedCollateral,
} from "../../simulator/attestation/machines.ts";
import { makeQuote, type QuoteTwist, type TdSpec } from "../../simulator/attestation/quote.ts";
import type { Collateral, Document, Piece } from "../../src/attest/collateral.ts";
import type { Wanted } from "../../src/attest/compare.ts";
import { INTEL_SGX_ROOT_CA } from "../../src/attest/root.ts";
import { type Trust, type Verdict, verifyInstance } from "../../src/attest/verify.ts";
import { REPOSITORY } from "../support/repository.ts";

const FIXTURES = join(REPOSITORY, "__tests__/attest/fixtures");

export function fixture(name: string): Buffer {
  return readFileSync(join(FIXTURES, name));
}

/** The JSON of a fixture, whose event log may be JSON text in it. */
export function reportFixture(name: string): { quote: string; log: readonly unknown[] } {
  const { quote, event_log } = JSON.parse(fixture(name).toString("utf8"));
  return { quote, log: typeof event_log === "string" ? JSON.parse(event_log) : event_log };
}

/** Collateral in the form of Intel's library, as the fixtures have it. */
export type LibraryCollateral = Readonly<Record<string, string>>;

export function libraryFixture(name: string): LibraryCollateral {
  return JSON.parse(fixture(name).toString("utf8")) as LibraryCollateral;
}

export function fromLibrary(given: LibraryCollateral): Collateral {
  const crl = (name: string) => ({ got: Buffer.from(given[name] ?? "", "hex") });
  const document = (name: string): Piece<Document> =>
    piece({
      text: given[name] ?? "",
      signature: given[`${name}_signature`] ?? "",
      chain: given[`${name}_issuer_chain`] ?? "",
    });
  return {
    rootCrl: crl("root_ca_crl"),
    pckCrl: crl("pck_crl"),
    tcbInfo: document("tcb_info"),
    qeIdentity: document("qe_identity"),
  };
}

function piece({ text, signature, chain }: Served): Piece<Document> {
  return { got: { text: Buffer.from(text), signature: Buffer.from(signature, "hex"), chain } };
}

/** The same for what the simulator serves. */
function fromServed(served: ServedCollateral): Collateral {
  return {
    rootCrl: { got: served.rootCrl },
    pckCrl: { got: served.pckCrl },
    tcbInfo: piece(served.tcbInfo),
    qeIdentity: piece(served.qeIdentity),
  };
}

export function intelTrust(now: string | number): Trust {
  const time = typeof now === "string" ? Date.parse(now) : now;
  return { root: INTEL_SGX_ROOT_CA, now: time, allowedTcb: ["UpToDate"] };
}

/** Any moment: certificates of the simulator's authority are good for decades. */
export const NOW = Date.UTC(2026, 6, 2, 8, 0, 0);

export const APP_ID = "3c5e".repeat(10);
export const INSTANCE_ID = "a1b2".repeat(10);
export const COMPOSE_TEXT = JSON.stringify({
  manifest_version: 2,
  name: "web",
  docker_compose_file: `services:\n  web:\n    image: "web:1"\n  db:\n    image: db@sha256:${"0d".repeat(32)}\n`,
  allowed_envs: ["TOKEN"],
});
export const COMPOSE_HASH = createHash("sha256").update(COMPOSE_TEXT).digest("hex");
export const KEY_PROVIDER = { name: "kms", id: "4b4d53".repeat(8) };
export const OS = { mrtd: "d1".repeat(48), rtmr1: "11".repeat(48), rtmr2: "22".repeat(48) };
const RTMR0 = "00ff".repeat(24);

/** Everything that a verification is given, and so all that can be tampered with. */
export interface Case {
  quote: Buffer;
  log: LogEntry[];
  composeText: string | null;
  collateral: ServedCollateral;
  /** Instead of what is served. */
  pieces: Partial<Collateral>;
  wanted: Wanted;
  trust: Trust;
}

export interface CaseOptions {
  readonly authority?: Authority;
  readonly platform?: Platform;
  readonly td?: Partial<TdSpec>;
  readonly twist?: QuoteTwist;
  readonly log?: readonly LogEntry[];
  /** The digests that lead to RTMR3, where they are not the log's. */
  readonly digests?: readonly string[];
  readonly logVersion?: 1 | 2;
}

export const CLAIMS = {
  appId: APP_ID,
  composeHash: COMPOSE_HASH,
  instanceId: INSTANCE_ID,
  keyProvider: KEY_PROVIDER,
};

/** A genuine instance of a machine that is up to date, under the simulator's authority. */
export function genuine(options: CaseOptions = {}): Case {
  const by = options.authority ?? authority();
  const platform = options.platform ?? by.platform(GOOD_MACHINE);
  const log = options.log ?? logOf(bootEvents(CLAIMS), options.logVersion);
  const td: TdSpec = {
    teeTcbSvn: GOOD_SVN,
    mrTd: OS.mrtd,
    mrConfigId: `01${COMPOSE_HASH}`,
    rtmrs: [
      RTMR0,
      OS.rtmr1,
      OS.rtmr2,
      registerOf(options.digests ?? log.map(({ digest }) => digest)),
    ],
    ...options.td,
  };
  return {
    quote: makeQuote(platform, td, options.twist),
    log: [...log],
    composeText: COMPOSE_TEXT,
    collateral: collateralOf(by, platform, NOW),
    pieces: {},
    wanted: {
      appId: APP_ID,
      instanceId: INSTANCE_ID,
      formerIds: [],
      composeHash: { hash: COMPOSE_HASH, from: "input" },
      reference: { from: "source", lines: [{ ...OS, rtmr0: null }], keyProvider: KEY_PROVIDER },
    },
    trust: { root: by.rootCertificate, now: NOW, allowedTcb: ["UpToDate"] },
  };
}

function collateralIn({ collateral, pieces }: Case): Collateral {
  return { ...fromServed(collateral), ...pieces };
}

/** What the verifier says of it. */
export function verdictOf(one: Case): Verdict {
  const { quote, log, composeText, wanted, trust } = one;
  const proof = { quote: quote.toString("hex"), log, composeText };
  return verifyInstance(proof, collateralIn(one), trust, wanted);
}

/** The code of the check that fails; null where all hold. */
export function codeOf(one: Case): string | null {
  return verdictOf(one).fault?.check ?? null;
}
