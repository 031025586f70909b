/** The tamper table: what Intel's collateral says of the platform, its enclave and its module. */
import { expect, it } from "@jest/globals";
import { authority, type PlatformSpec } from "../../simulator/attestation/authority.ts";
import { QE, qeIdentityText, served } from "../../simulator/attestation/documents.ts";
import {
  GOOD_MACHINE,
  OUTDATED_MACHINE,
  QE_LEVELS,
  TCB_INFO,
} from "../../simulator/attestation/machines.ts";
import type { QuoteTwist, TdSpec } from "../../simulator/attestation/quote.ts";
import type { TcbStatus } from "../../src/text/attestation.ts";
import { type Case, genuine, NOW, verdictOf } from "./support.ts";
import { eachFails, eachVerifies, qeIdentity, tcbInfo } from "./tamper.ts";

const by = () => authority();

const quoting = (twist: QuoteTwist) => () => genuine({ twist });

eachFails("qe-identity", [
  ["a QE of another signer", quoting({ qeMrSigner: "52".repeat(32) })],
  ["a QE of another product", quoting({ qeProduct: 1 })],
  ["a QE in debug", quoting({ qeAttributes: `13${QE.attributes.slice(2)}` })],
  ["a QE with other attributes", quoting({ qeAttributes: `31${QE.attributes.slice(2)}` })],
  ["a QE in debug, which the mask leaves out", debugMasked],
  ["a QE too old for any level", quoting({ qeSvn: 3 })],
]);

function debugMasked(): Case {
  const one = genuine({ twist: { qeAttributes: `13${QE.attributes.slice(2)}` } });
  const text = qeIdentityText(
    { levels: QE_LEVELS, other: { attributesMask: `F9${"FF".repeat(15)}`.slice(0, 32) } },
    NOW,
  );
  const document = served(text, by().signer.key, by().signerChain);
  return { ...one, collateral: { ...one.collateral, qeIdentity: document } };
}

const td = (given: Partial<TdSpec>) => () => genuine({ td: given });
const svn = (minor: number, major: number) =>
  td({ teeTcbSvn: `0${minor}0${major}03${"00".repeat(13)}` });

eachFails("module", [
  ["of another signer", td({ mrSignerSeam: "01".repeat(48) })],
  ["of an unknown version", svn(6, 2)],
  ["too old", svn(3, 1)],
  ["with SEAM attributes set", td({ seamAttributes: "0100000000000000" })],
  ["of version 0 and another signer", () => oldModule({ mrSignerSeam: "01".repeat(48) })],
]);

const OLD_MODULE = `050103${"00".repeat(13)}`;
const behind = () => by().platform(OUTDATED_MACHINE);
const GOOD_TDX = TCB_INFO.levels[0]?.tdx.slice(2) ?? [];

/** A module of version 0, whose version counts among the components. */
function oldModule(given: Partial<TdSpec> = {}): Case {
  return genuine({ td: { teeTcbSvn: `050003${"00".repeat(13)}`, ...given } });
}

const machine =
  (spec: Partial<PlatformSpec>, allowed: readonly TcbStatus[] = ["UpToDate"]) =>
  (): Case => {
    const one = genuine({ platform: by().platform({ ...GOOD_MACHINE, ...spec }) });
    return { ...one, trust: { ...one.trust, allowedTcb: allowed } };
  };

const lower = (index: number) =>
  GOOD_MACHINE.cpuSvn.map((one, at) => (at === index ? one - 1 : one));
const { cpuSvn: outdated } = OUTDATED_MACHINE;

/** The first level says this of the good machine. */
const level =
  (status: string, allowed: readonly string[] = ["UpToDate"]) =>
  (): Case => {
    const one = tcbInfo({ levels: [{ ...TCB_INFO.levels[0], status }] })();
    return { ...one, trust: { ...one.trust, allowedTcb: allowed as readonly TcbStatus[] } };
  };
const ALL = ["UpToDate", "SWHardeningNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"];

/** The newest level of the quoting enclave, or of the module, says this. */
const parts =
  (which: "qe" | "module", status: string, platform = "UpToDate", allowed = ["UpToDate"]) =>
  (): Case => {
    const levels = [{ svn: 1, status }];
    const info = {
      levels: [{ ...TCB_INFO.levels[0], status: platform }],
      ...(which === "module" ? { modules: [{ id: "TDX_01", levels }] } : {}),
    };
    const one = tcbInfo(info)();
    const qe =
      which === "qe" ? qeIdentity({ levels })().collateral.qeIdentity : one.collateral.qeIdentity;
    return {
      ...one,
      collateral: { ...one.collateral, qeIdentity: qe },
      trust: { ...one.trust, allowedTcb: allowed as readonly TcbStatus[] },
    };
  };

eachFails("tcb", [
  ["OutOfDate", machine({ cpuSvn: outdated })],
  ["one component of 16 behind", machine({ cpuSvn: lower(4) })],
  ["the first component behind", machine({ cpuSvn: lower(0) })],
  ["the PCE too old", machine({ pceSvn: 12 })],
  [
    "no level fits, whatever is allowed",
    machine({ cpuSvn: GOOD_MACHINE.cpuSvn.map(() => 0) }, ["UpToDate", "OutOfDate"]),
  ],
  ["a TDX component behind", td({ teeTcbSvn: `060102${"00".repeat(13)}` })],
  ["the QE is out of date", quoting({ qeSvn: 5 })],
  ["the module is out of date", svn(5, 1)],
  [
    "a module of version 0 that is behind",
    () => oldModule({ teeTcbSvn: `040003${"00".repeat(13)}` }),
  ],
  ["SWHardeningNeeded not allowed", level("SWHardeningNeeded")],
  ["Revoked although all is allowed", level("Revoked", [...ALL, "Revoked"])],
  ["an unknown word although it is allowed", level("Shiny", [...ALL, "Shiny"])],
  ["the QE revoked", parts("qe", "Revoked", "UpToDate", ALL)],
  ["the module revoked", parts("module", "Revoked", "UpToDate", ALL)],
  ["the QE in an unknown state", parts("qe", "SWHardeningNeeded", "UpToDate", ALL)],
  [
    "configuration needed and the QE out of date",
    parts("qe", "OutOfDate", "ConfigurationNeeded", ["OutOfDate", "ConfigurationNeeded"]),
  ],
]);

eachVerifies([
  ["OutOfDate where it is allowed", machine({ cpuSvn: outdated }, ["UpToDate", "OutOfDate"])],
  ["SWHardeningNeeded where it is allowed", level("SWHardeningNeeded", ALL)],
  [
    "the QE out of date where that is allowed",
    parts("qe", "OutOfDate", "SWHardeningNeeded", ["OutOfDate"]),
  ],
  [
    "both, where the joined word is allowed",
    parts("qe", "OutOfDate", "ConfigurationNeeded", ["OutOfDateConfigurationNeeded"]),
  ],
  ["a machine of the other CA", machine({ ca: "processor" })],
  ["a module of version 0", () => oldModule()],
  [
    "a level that asks for another version of the module: its identity says what that is worth",
    tcbInfo({ levels: [{ ...TCB_INFO.levels[0], tdx: [9, 9, ...GOOD_TDX] }] }),
  ],
  [
    "a newer machine than Intel knows",
    machine({ cpuSvn: GOOD_MACHINE.cpuSvn.map((one) => one + 1), pceSvn: 200 }),
  ],
]);

it.each([
  ["platform", machine({ cpuSvn: outdated })],
  ["TDX module", svn(5, 1)],
  ["quoting enclave", quoting({ qeSvn: 5 })],
  ["platform, TDX module", () => genuine({ platform: behind(), td: { teeTcbSvn: OLD_MODULE } })],
])("it is told that the %s is behind: each is mended by another update", (which, make) => {
  expect(verdictOf(make()).fault?.seen).toMatch(new RegExp(`^OutOfDate \\(${which}\\), SIM-SA-`));
});

const attributes = (hex: string) => td({ tdAttributes: hex });

eachFails("td-attributes", [
  ["debug", attributes("0100001000000000")],
  ["another bit of TUD", attributes("8000001000000000")],
  ["SEPT_VE_DISABLE off", attributes("0000000000000000")],
  ["bit 29: migratable", attributes("0000003000000000")],
  ["bit 63: performance counters", attributes("0000001000000080")],
  ["a service TD", () => genuine({ twist: { version: 5 }, td: { mrServiceTd: "01" } })],
]);

eachVerifies([["protection keys and key locker", attributes("000000d000000000")]]);
