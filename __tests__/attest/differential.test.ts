/**
 * The verifier against `@phala/dcap-qvl`, on random platforms under the simulator's authority: where the two
 * disagree, the reason is known.
 */

import { describe, expect, it } from "@jest/globals";
import { QuoteVerifier } from "@phala/dcap-qvl";
import fc from "fast-check";
import { authority } from "../../simulator/attestation/authority.ts";
import {
  type LevelSpec,
  qeIdentityText,
  served,
  tcbInfoText,
} from "../../simulator/attestation/documents.ts";
import { GOOD_MACHINE, type ServedCollateral } from "../../simulator/attestation/machines.ts";
import type { Verdict } from "../../src/attest/verify.ts";
import { verifyQuote } from "../../src/attest/verify.ts";
import { TCB_STATUSES } from "../../src/text/attestation.ts";
import { hold, LIMIT_MS } from "../fuzz/support.ts";
import {
  type Case,
  fixture,
  fromLibrary,
  genuine,
  intelTrust,
  libraryFixture,
  NOW,
  reportFixture,
  verdictOf,
} from "./support.ts";

/** The library's word; null where it refuses. */
function library(quote: Buffer, collateral: unknown, now: number, root?: Buffer): string | null {
  const verifier = root === undefined ? QuoteVerifier.newProd() : QuoteVerifier.newWithRootCa(root);
  try {
    return verifier.verify(quote, collateral as never, now / 1_000).status;
  } catch {
    return null;
  }
}

function forLibrary({ rootCrl, pckCrl, tcbInfo, qeIdentity }: ServedCollateral) {
  return {
    root_ca_crl: rootCrl,
    pck_crl: pckCrl,
    tcb_info: tcbInfo.text,
    tcb_info_signature: tcbInfo.signature,
    tcb_info_issuer_chain: tcbInfo.chain,
    qe_identity: qeIdentity.text,
    qe_identity_signature: qeIdentity.signature,
    qe_identity_issuer_chain: qeIdentity.chain,
  };
}

describe("genuine quotes", () => {
  it.each([
    [
      "tdx_quote_outdated_collateral.json",
      reportFixture("quote-report.json").quote,
      "2026-03-15T00:00:00Z",
    ],
    ["tdx_quote_collateral.json", fixture("tdx_quote").toString("hex"), "2025-06-20T00:00:00Z"],
    [
      "near_collateral.json",
      fixture("near_quote.hex").toString("utf8").trim(),
      "2025-09-10T00:00:00Z",
    ],
    [
      "tdx_quote_outdated_collateral.json",
      fixture("tdx_quote_outdated").toString("hex"),
      "2026-03-15T00:00:00Z",
    ],
  ])("with %s", (name, quote, now) => {
    const given = libraryFixture(name);
    const theirs = library(Buffer.from(quote, "hex"), given, Date.parse(now));
    const ours = verifyQuote(quote, fromLibrary(given), intelTrust(now));
    expect(ours.found.tcb?.status ?? null).toBe(theirs);
  });
});

/** A platform, and what Intel might say of it. */
interface Drawn {
  readonly cpuSvn: readonly number[];
  readonly pceSvn: number;
  readonly teeTcbSvn: readonly number[];
  readonly qeSvn: number;
  readonly tdAttributes: string;
  readonly version: 4 | 5;
  readonly levels: readonly LevelSpec[];
  readonly qeLevels: readonly { readonly svn: number; readonly status: string }[];
  readonly moduleLevels: readonly { readonly svn: number; readonly status: string }[];
}

const status = fc.oneof(
  { weight: 4, arbitrary: fc.constant("UpToDate") },
  fc.constantFrom(...TCB_STATUSES, "Revoked", "Shiny"),
);
/** Small numbers, so that levels are reached about as often as missed. */
const svns = fc
  .array(fc.nat(2), { minLength: 3, maxLength: 3 })
  .map((few) => [...few, ...Array.from({ length: 13 }, () => 0)]);
const svnLevels = fc
  .tuple(fc.array(fc.record({ svn: fc.nat(3), status }), { maxLength: 2 }), status)
  .map(([some, last]) => [...some, { svn: 0, status: last }]);

/** Below all others, so that most platforms find a level. */
const LAST: LevelSpec = {
  sgx: Array(16).fill(0),
  tdx: Array(16).fill(0),
  pceSvn: 0,
  status: "OutOfDate",
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  cpuSvn: svns,
  pceSvn: fc.nat(2),
  teeTcbSvn: fc
    .tuple(fc.nat(3), fc.nat(1), fc.nat(2))
    .map((few) => [...few, ...Array.from({ length: 13 }, () => 0)]),
  qeSvn: fc.nat(3),
  tdAttributes: fc.oneof(
    { weight: 8, arbitrary: fc.constant("0000001000000000") },
    fc.constantFrom(
      "000000d000000000",
      "0100001000000000",
      "0000000000000000",
      "0000003000000000",
      "0000001000000080",
      "0000001000000001",
    ),
  ),
  version: fc.constantFrom(4 as const, 5 as const),
  levels: fc
    .tuple(
      fc.array(fc.record({ sgx: svns, tdx: svns, pceSvn: fc.nat(2), status }), { maxLength: 3 }),
      fc.constantFrom([LAST], [LAST], []),
    )
    .map(([some, last]) => [...some, ...last]),
  qeLevels: svnLevels,
  moduleLevels: svnLevels,
});

function caseOf(one: Drawn, levels: readonly LevelSpec[]): Case {
  const by = authority();
  const platform = by.platform({ ...GOOD_MACHINE, cpuSvn: one.cpuSvn, pceSvn: one.pceSvn });
  const { tdAttributes, version, qeSvn, qeLevels, moduleLevels } = one;
  const teeTcbSvn = Buffer.from(one.teeTcbSvn).toString("hex");
  const made = genuine({ platform, td: { teeTcbSvn, tdAttributes }, twist: { version, qeSvn } });
  const { fmspc, pceId } = GOOD_MACHINE;
  const modules = [{ id: "TDX_01", levels: moduleLevels }];
  const info = tcbInfoText({ fmspc, pceId, levels, modules }, NOW);
  const sign = (text: string) => served(text, by.signer.key, by.signerChain);
  const qeIdentity = sign(qeIdentityText({ levels: qeLevels }, NOW));
  const collateral = { ...made.collateral, tcbInfo: sign(info), qeIdentity };
  return { ...made, collateral, trust: { ...made.trust, allowedTcb: TCB_STATUSES } };
}

/** What is known to part the two. @param level the library's word where the module's version is no component */
function reasonOf(
  { fault, found }: Verdict,
  theirs: string | null,
  level: string | null,
  one: Drawn,
): string | null {
  const at = (levels: Drawn["qeLevels"], svn: number) =>
    levels.find((each) => svn >= each.svn)?.status;
  const [minor = 0, major = 0] = one.teeTcbSvn;
  const module = major === 0 ? "UpToDate" : at(one.moduleLevels, minor);
  const parts = [module, at(one.qeLevels, one.qeSvn)];
  switch (fault?.check) {
    case "module":
      return module === undefined ? "it asks for no version of the module" : null;
    case "td-attributes":
      return one.tdAttributes === "0000001000000080" ? "it lets the host count performance" : null;
    case "tcb":
      if (parts.some((part) => part !== "UpToDate" && part !== "OutOfDate")) {
        return "it takes any word for a part";
      }
      return level === null ? "it skips a level that the module's version does not reach" : null;
    case undefined:
      if (level !== theirs && major === 1) return "it counts the module's version as a component";
      return found.tcb?.status !== "UpToDate" && parts.includes("OutOfDate")
        ? "it takes the worse word for the joined one"
        : null;
    default:
      return null;
  }
}

describe("random platforms", () => {
  const met = new Map<string, number>();
  const count = (what: string): void => {
    met.set(what, (met.get(what) ?? 0) + 1);
  };

  it(
    "are judged alike, or differently for a known reason",
    () => {
      hold(
        fc.property(drawn, (one) => {
          const made = caseOf(one, one.levels);
          const theirs = library(made.quote, forLibrary(made.collateral), NOW, made.trust.root);
          const ours = verdictOf(made);
          const word = ours.fault === null ? (ours.found.tcb?.status ?? null) : null;
          if (word === theirs) return count(word === null ? "both refuse" : "both accept");
          // The same document, but for the two components that count as the module's version.
          const levels = one.levels.map((each) => ({ ...each, tdx: [0, 0, ...each.tdx.slice(2)] }));
          const other = caseOf(one, levels);
          const level = library(other.quote, forLibrary(other.collateral), NOW, other.trust.root);
          // Never greener than the library by the same rule.
          if (word === "UpToDate") expect(level).toBe("UpToDate");
          const reason = reasonOf(ours, theirs, level, one);
          if (reason !== null) return count(reason);
          const { check, seen } = ours.fault ?? {};
          throw new Error(`ours ${word} (${check}: ${seen}), theirs ${theirs} and ${level}`);
        }),
        0.2,
      );
      // Each way must be met, or the comparison would prove little.
      expect([...met.keys()]).toEqual(expect.arrayContaining(["both refuse", "both accept"]));
      expect(met.get("both accept")).toBeGreaterThan(20);
      expect(met.size).toBeGreaterThan(2);
    },
    LIMIT_MS * 3,
  );
});
