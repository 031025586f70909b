import type { Service } from "./collateral.ts";

/**
 * Where Intel's collateral is served. It may be anybody: every piece is signed by Intel, so a service can keep
 * it back, or serve an older one that has not run out, and nothing else.
 */

/** The platform's own, the default of dstack; then Intel's, whose list of the root stands in the root itself. */
export const DEFAULT_SERVICES: readonly Service[] = [
  serviceAt("https://pccs.phala.network"),
  {
    base: "https://api.trustedservices.intel.com",
    rootCrl: "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der",
  },
];

/** A caching service (PCCS) at this address. */
export function serviceAt(base: string): Service {
  return { base, rootCrl: `${base}/sgx/certification/v4/rootcacrl` };
}
