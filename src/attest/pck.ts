import type { Certificate } from "./certificates.ts";
import { demand, refuse } from "./check.ts";
import { contentOf, type Der, numberOf, oidOf, partsOf, readDer, TAG } from "./der.ts";

/** What a PCK certificate says of its platform, in Intel's SGX extension. */
export interface Pck {
  /** Hex, lower-case: the kind of platform (6 bytes), and of its provisioning enclave (2 bytes). */
  readonly fmspc: string;
  readonly pceId: string;
  /** The 16 security versions of the CPU's components. */
  readonly cpuSvn: readonly number[];
  readonly pceSvn: number;
}

/** Intel's two issuers of PCK certificates, by the word that the collateral service calls them. */
export type PckCa = "platform" | "processor";

export const PCK_CA_NAMES: Readonly<Record<PckCa, string>> = {
  platform: "Intel SGX PCK Platform CA",
  processor: "Intel SGX PCK Processor CA",
};

const SGX = "1.2.840.113741.1.13.1";
const COMPONENTS = 16;

/** @throws Refused unless the extension is there, whole and unambiguous */
export function readPck({ extensions }: Certificate): Pck {
  const content = extensions.get(SGX);
  if (content === undefined) refuse("a PCK certificate's SGX extension", "none");
  const fields = fieldsOf(readDer(content));
  const tcb = fieldsOf(fields.get(`${SGX}.2`));
  const cpuSvn = Array.from({ length: COMPONENTS }, (_, index) =>
    numberOf(tcb.get(`${SGX}.2.${index + 1}`), 0xff),
  );
  return {
    fmspc: hexOf(fields.get(`${SGX}.4`), 6),
    pceId: hexOf(fields.get(`${SGX}.3`), 2),
    cpuSvn,
    pceSvn: numberOf(tcb.get(`${SGX}.2.${COMPONENTS + 1}`), 0xffff),
  };
}

/** Pairs of an OID and a value, each OID once. */
function fieldsOf(der: Der | undefined): ReadonlyMap<string, Der> {
  const fields = new Map<string, Der>();
  for (const part of partsOf(der)) {
    const [name, value, ...more] = partsOf(part);
    const oid = oidOf(name);
    const pair = value !== undefined && more.length === 0 && !fields.has(oid);
    demand(pair, "each field of the SGX extension once", oid);
    fields.set(oid, value);
  }
  return fields;
}

function hexOf(der: Der | undefined, bytes: number): string {
  const content = contentOf(der, TAG.octetString);
  demand(content.length === bytes, `${bytes} bytes`, `${content.length}`);
  return content.toString("hex");
}

/** Which of Intel's CAs issued it, by the issuer's name. Unverified: for choosing what to fetch. */
export function pckCaOf({ issuer }: Certificate): PckCa | null {
  // The common name is looked for as a value of the name, not as any bytes of it.
  const names = partsOf(readDer(issuer))
    .flatMap((set) => partsOf(set, TAG.set))
    .map((pair) => partsOf(pair)[1]?.content.toString("latin1"));
  if (names.includes(PCK_CA_NAMES.platform)) return "platform";
  return names.includes(PCK_CA_NAMES.processor) ? "processor" : null;
}
