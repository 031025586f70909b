import type { Authority, Platform, PlatformSpec } from "./authority.ts";
import { qeIdentityText, type Served, served, type TcbInfoSpec, tcbInfoText } from "./documents.ts";

/** The machines of the simulated cloud, and what the authority says of them: one kind, as good or as bad as asked. */

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

/** Nothing missing. */
export const GOOD_MACHINE: PlatformSpec = {
  ca: "platform",
  fmspc: "51a0c0de0000",
  pceId: "0000",
  cpuSvn: [3, 3, 2, 2, 4, 1, 0, 5, ...zeros(8)],
  pceSvn: 13,
};

/** Behind by an update of its microcode. */
export const OUTDATED_MACHINE: PlatformSpec = {
  ...GOOD_MACHINE,
  cpuSvn: [2, 2, 2, 2, 3, 1, 0, 5, ...zeros(8)],
};

/** TEE_TCB_SVN of the module that runs on them: version 1.6. */
export const GOOD_SVN = `060103${"00".repeat(13)}`;

const TDX_COMPONENTS = [5, 0, 3, ...zeros(13)];

/** What the authority says of these machines. */
export const TCB_INFO: TcbInfoSpec = {
  fmspc: GOOD_MACHINE.fmspc,
  pceId: GOOD_MACHINE.pceId,
  modules: [
    { id: "TDX_03", levels: [{ svn: 3, status: "UpToDate" }] },
    {
      id: "TDX_01",
      levels: [
        { svn: 6, status: "UpToDate" },
        { svn: 4, status: "OutOfDate", advisories: ["SIM-SA-00002"] },
      ],
    },
  ],
  levels: [
    { sgx: GOOD_MACHINE.cpuSvn, tdx: TDX_COMPONENTS, pceSvn: 13, status: "UpToDate" },
    {
      sgx: OUTDATED_MACHINE.cpuSvn,
      tdx: TDX_COMPONENTS,
      pceSvn: 13,
      status: "OutOfDate",
      advisories: ["SIM-SA-00001"],
    },
    {
      sgx: OUTDATED_MACHINE.cpuSvn,
      tdx: TDX_COMPONENTS,
      pceSvn: 5,
      status: "OutOfDate",
      advisories: ["SIM-SA-00001", "SIM-SA-00003"],
    },
  ],
};

/** What the authority says of quoting enclaves. */
export const QE_LEVELS = [
  { svn: 6, status: "UpToDate" },
  { svn: 4, status: "OutOfDate", advisories: ["SIM-SA-00004"] },
] as const;

/** All that a verifier needs besides a quote, as a caching service has it. CRLs in DER. */
export interface ServedCollateral {
  readonly rootCrl: Buffer;
  readonly pckCrl: Buffer;
  readonly tcbInfo: Served;
  readonly qeIdentity: Served;
}

/** What the authority publishes of a machine's kind as of now. @param now epoch ms */
export function collateralOf(
  authority: Authority,
  { spec }: Pick<Platform, "spec">,
  now: number,
  info: Partial<TcbInfoSpec> = {},
): ServedCollateral {
  const { signer, signerChain } = authority;
  const text = tcbInfoText({ ...TCB_INFO, fmspc: spec.fmspc, pceId: spec.pceId, ...info }, now);
  return {
    rootCrl: authority.crl("root", now),
    pckCrl: authority.crl(spec.ca, now),
    tcbInfo: served(text, signer.key, signerChain),
    qeIdentity: served(qeIdentityText({ levels: QE_LEVELS }, now), signer.key, signerChain),
  };
}
