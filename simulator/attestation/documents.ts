import { type KeyObject, sign } from "node:crypto";

/** The two documents of the authority, in Intel's shapes: TCB info of version 3, and the QE's identity. */

const DAY_MS = 86_400_000;

/** A document as a caching service hands it on. */
export interface Served {
  /** The signed text, byte for byte. */
  readonly text: string;
  /** Hex of 64 bytes. */
  readonly signature: string;
  /** PEM. */
  readonly chain: string;
}

/** A platform's level. */
export interface LevelSpec {
  readonly sgx: readonly number[];
  readonly tdx: readonly number[];
  readonly pceSvn: number;
  readonly status: string;
  readonly advisories?: readonly string[];
}

/** A level of a module or the quoting enclave. */
export interface SvnLevelSpec {
  readonly svn: number;
  readonly status: string;
  readonly advisories?: readonly string[];
}

/** A TDX module that the authority knows. Hex as in TCB info. */
export interface ModuleSpec {
  /** Such as `TDX_01`. */
  readonly id: string;
  readonly levels: readonly SvnLevelSpec[];
  readonly mrSigner?: string;
}

export interface TcbInfoSpec {
  readonly fmspc: string;
  readonly pceId: string;
  readonly levels: readonly LevelSpec[];
  readonly modules: readonly ModuleSpec[];
  /** Anything to be otherwise, by its name in the document. */
  readonly other?: Readonly<Record<string, unknown>>;
}

export interface QeIdentitySpec {
  readonly levels: readonly SvnLevelSpec[];
  readonly other?: Readonly<Record<string, unknown>>;
}

/** MRSIGNER of the simulated quoting enclave, its product and its newest version. */
export const QE = {
  mrSigner: "51".repeat(32),
  isvProdId: 2,
  isvSvn: 6,
  attributes: "11000000000000000000000000000000",
} as const;

const NO_MODULE_SIGNER = "00".repeat(48);

/** As Intel writes dates. */
function date(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function validity(now: number) {
  return { issueDate: date(now - DAY_MS), nextUpdate: date(now + 29 * DAY_MS) };
}

function told({ status, advisories = [] }: { status: string; advisories?: readonly string[] }) {
  const ids = advisories.length > 0 ? { advisoryIDs: advisories } : {};
  return { tcbDate: "2025-01-01T00:00:00Z", tcbStatus: status, ...ids };
}

function svnLevel(level: SvnLevelSpec) {
  return { tcb: { isvsvn: level.svn }, ...told(level) };
}

function module(mrSigner: string) {
  return { mrsigner: mrSigner, attributes: "00".repeat(8), attributesMask: "FF".repeat(8) };
}

/** The text of TCB info. @param now epoch ms: issued a day before, good for 29 days more */
export function tcbInfoText(spec: TcbInfoSpec, now: number): string {
  const { fmspc, pceId, levels, modules, other } = spec;
  return JSON.stringify({
    id: "TDX",
    version: 3,
    ...validity(now),
    fmspc: fmspc.toUpperCase(),
    pceId,
    tcbType: 0,
    tcbEvaluationDataNumber: 18,
    tdxModule: module(NO_MODULE_SIGNER),
    tdxModuleIdentities: modules.map((one) => ({
      id: one.id,
      ...module(one.mrSigner ?? NO_MODULE_SIGNER),
      tcbLevels: one.levels.map(svnLevel),
    })),
    tcbLevels: levels.map((level) => ({
      tcb: {
        sgxtcbcomponents: level.sgx.map((svn) => ({ svn })),
        pcesvn: level.pceSvn,
        tdxtcbcomponents: level.tdx.map((svn) => ({ svn })),
      },
      ...told(level),
    })),
    ...other,
  });
}

/** The text of the quoting enclave's identity. @param now as for TCB info */
export function qeIdentityText(spec: QeIdentitySpec, now: number): string {
  return JSON.stringify({
    id: "TD_QE",
    version: 2,
    ...validity(now),
    tcbEvaluationDataNumber: 18,
    miscselect: "00000000",
    miscselectMask: "FFFFFFFF",
    attributes: QE.attributes,
    attributesMask: "FBFFFFFFFFFFFFFF0000000000000000",
    mrsigner: QE.mrSigner.toUpperCase(),
    isvprodid: QE.isvProdId,
    tcbLevels: spec.levels.map(svnLevel),
    ...spec.other,
  });
}

/** Signs a text as Intel does: ECDSA over its bytes, `r ‖ s`. */
export function served(text: string, key: KeyObject, chain: string): Served {
  const signature = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return { text, signature: signature.toString("hex"), chain };
}
