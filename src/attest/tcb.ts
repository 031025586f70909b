import { isTcbStatus, type TcbStatus } from "../text/attestation.ts";
import { demand, type Held, refuse } from "./check.ts";
import type { Level, ModuleRule, QeIdentity, SvnLevel, TcbInfo } from "./intel.ts";
import type { Pck } from "./pck.ts";
import type { QeReport, TdReport } from "./quote.ts";

/** A level of what runs on the platform, and what that is called. */
export interface Part {
  readonly name: string;
  readonly level: Level;
}

/** How far a platform is behind, by Intel's word. */
export interface Tcb {
  readonly status: TcbStatus;
  /** Ids such as `INTEL-SA-01036`, of the platform, its module and its quoting enclave. */
  readonly advisories: readonly string[];
}

/** Bit of an enclave's attributes: its memory can be read. */
const ENCLAVE_DEBUG = 0x02;

/** That the quoting enclave is Intel's, and which of its versions. @throws Refused */
export function checkQe(qe: QeReport, identity: QeIdentity): SvnLevel {
  const { miscSelect, miscSelectMask, attributes, attributesMask } = identity;
  demandBytes("MRSIGNER", identity.mrSigner, qe.mrSigner);
  demand(qe.isvProdId === identity.isvProdId, `product ${identity.isvProdId}`, `${qe.isvProdId}`);
  demandBytes(
    "MISCSELECT",
    masked(miscSelect, miscSelectMask),
    masked(qe.miscSelect, miscSelectMask),
  );
  demandBytes(
    "ATTRIBUTES",
    masked(attributes, attributesMask),
    masked(qe.attributes, attributesMask),
  );
  const debug = ((qe.attributes[0] ?? ENCLAVE_DEBUG) & ENCLAVE_DEBUG) !== 0;
  demand(!debug, "no debug enclave", "a debug enclave");
  return levelOf(identity.levels, qe.isvSvn);
}

/**
 * That the TDX module is Intel's, and which of its versions (Intel's rule: its major version picks the identity,
 * and the minor one the level).
 *
 * @returns null for modules of version 0, which have no levels of their own
 * @throws Refused
 */
export function checkModule(report: TdReport, info: TcbInfo): SvnLevel | null {
  const major = majorOf(report);
  if (major === 0) {
    checkRule(report, info.module);
    return null;
  }
  const id = `TDX_${report.teeTcbSvn.toString("hex", 1, 2).toUpperCase()}`;
  const identity = info.modules.get(id);
  if (identity === undefined) refuse([...info.modules.keys()].join(" or "), id);
  checkRule(report, identity);
  return levelOf(identity.levels, report.teeTcbSvn[0] ?? 0);
}

function checkRule({ mrSignerSeam, seamAttributes }: TdReport, rule: ModuleRule): void {
  const { mrSigner, attributes, attributesMask } = rule;
  demandBytes("MRSIGNERSEAM", mrSigner, mrSignerSeam);
  const [wanted, seen] = [attributes, seamAttributes].map((one) => masked(one, attributesMask));
  demandBytes("SEAMATTRIBUTES", wanted ?? attributes, seen ?? seamAttributes);
}

function levelOf(levels: readonly SvnLevel[], svn: number): SvnLevel {
  const level = levels.find(({ isvSvn }) => svn >= isvSvn);
  const least = Math.min(...levels.map(({ isvSvn }) => isvSvn));
  return level ?? refuse(`version ${least} or later`, `version ${svn}`);
}

/**
 * The platform's level, joined with those of its parts, and whether it is allowed.
 *
 * @param parts the module, where it has a level, and the quoting enclave
 * @throws Refused where no level fits, one is revoked or unknown, or the status is not allowed
 */
export function checkTcb(
  { info, pck, report }: { info: TcbInfo; pck: Pck; report: TdReport },
  parts: readonly Part[],
  allowed: readonly TcbStatus[],
  tell: (tcb: Tcb) => void,
): Held<Tcb> {
  // The first two count as the module's version, which has levels of its own then. Intel's library leaves them
  // out as well; `@phala/dcap-qvl` does not, and refuses platforms that are only out of date.
  const first = majorOf(report) > 0 ? 2 : 0;
  const svns = [...report.teeTcbSvn];
  const level = info.levels.find(
    ({ sgx, tdx, pceSvn }) =>
      pck.pceSvn >= pceSvn &&
      sgx.every((least, index) => (pck.cpuSvn[index] ?? -1) >= least) &&
      tdx.every((least, index) => index < first || (svns[index] ?? -1) >= least),
  );
  const expected = allowed.join(" or ");
  if (level === undefined) refuse(expected, "a platform that no level of Intel's fits");
  const all = [{ name: "platform", level }, ...parts];
  const status = join(
    level.status,
    parts.map((part) => part.level.status),
  );
  if (!isTcbStatus(status)) refuse(expected, status);
  const value = { status, advisories: [...new Set(all.flatMap((one) => one.level.advisories))] };
  tell(value);
  // Each is mended by another update: firmware and microcode, the TDX module, the quoting enclave.
  const behind = all.filter((one) => one.level.status !== "UpToDate").map(({ name }) => name);
  const seen = [`${status} (${behind.join(", ")})`, ...value.advisories].join(", ");
  demand(allowed.includes(status), expected, seen);
  return { value, expected, seen: status };
}

/** One status for all: a part that is behind takes the platform with it (Intel's "convergence"). */
function join(platform: string, parts: readonly string[]): string {
  const strange = [platform, ...parts].find((word) => !isTcbStatus(word));
  if (strange !== undefined) return strange;
  const behind = parts.find((word) => word !== "UpToDate");
  if (behind === undefined) return platform;
  // Parts are up to date or not; what else may be said of one, no rule tells how to join.
  if (behind !== "OutOfDate") return `${behind} of a part`;
  const configured = platform === "UpToDate" || platform === "SWHardeningNeeded";
  return configured || platform === "OutOfDate" ? "OutOfDate" : "OutOfDateConfigurationNeeded";
}

/** TUD: any bit makes it a TD whose memory others may read. */
const DEBUG_BITS = 0xffn;
const SEPT_VE_DISABLE = 1n << 28n;
/** Protection keys and key locker: the TD's own affair. */
const HARMLESS = (1n << 30n) | (1n << 31n);

/** That the TD is closed to its host: no debug, no migration, no performance counters. @throws Refused */
export function checkTdAttributes({ tdAttributes, mrServiceTd }: TdReport): Held<null> {
  const bits = tdAttributes.readBigUInt64LE();
  const seen = tdAttributes.toString("hex");
  demand((bits & DEBUG_BITS) === 0n, "no debug TD", `attributes ${seen}`);
  demand((bits & SEPT_VE_DISABLE) !== 0n, "SEPT_VE_DISABLE set", `attributes ${seen}`);
  const others = bits & ~(SEPT_VE_DISABLE | HARMLESS);
  demand(others === 0n, "no attribute but SEPT_VE_DISABLE, PKS and KL", `attributes ${seen}`);
  const alone = mrServiceTd === null || mrServiceTd.every((byte) => byte === 0);
  demand(alone, "no service TD", "a service TD");
  return { value: null, expected: "SEPT_VE_DISABLE alone, PKS, KL", seen };
}

/** The module's major version. */
function majorOf({ teeTcbSvn }: TdReport): number {
  return teeTcbSvn[1] ?? 0;
}

function masked(value: Buffer, mask: Buffer): Buffer {
  return Buffer.from(value.map((byte, index) => byte & (mask[index] ?? 0xff)));
}

function demandBytes(what: string, expected: Buffer, seen: Buffer): void {
  demand(expected.equals(seen), `${what} ${expected.toString("hex")}`, seen.toString("hex"));
}
