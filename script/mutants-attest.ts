/** Planted defects of the verifier and of what verifies by it: each lets something pass that must not. */
import { type Mutant, mutant as patched } from "./mutant.ts";

const TAMPER = "__tests__/attest/tamper";
const QUOTE = [`${TAMPER}-quote.test.ts`];
const COLLATERAL = [`${TAMPER}-collateral.test.ts`];
const PLATFORM = [`${TAMPER}-platform.test.ts`];
const LOG = [`${TAMPER}-log.test.ts`];
const CLAIMS = [`${TAMPER}-claims.test.ts`];
const EVIDENCE = ["__tests__/attest/evidence.test.ts"];
const ROOM = ["__tests__/attest/attest.test.ts"];
const SERVICES = ["__tests__/attest/collateral.test.ts"];

/** One patch of one text in the room of attestations. */
function mutant(name: string, file: string, ...patch: [string, string, readonly string[]]): Mutant {
  return patched(name, `attest/${file}`, ...patch);
}

const CHAIN = "certificates.ts";
const CHAIN_MUTANTS: readonly Mutant[] = [
  mutant(
    "believes any root",
    CHAIN,
    "demand(chain.at(-1)?.der.equals(root) === true, ",
    "demand(chain.length > 0 || root.length > 0, ",
    QUOTE,
  ),
  mutant(
    "does not mind whose name is on a certificate",
    CHAIN,
    "demand(expected.includes(name), ",
    "demand(expected.length > 0, ",
    QUOTE,
  ),
  mutant(
    "does not look when a certificate is valid",
    CHAIN,
    "valid`, [notBefore, notAfter], now);",
    "valid`, [0, Math.max(now, notBefore, notAfter)], now);",
    QUOTE,
  ),
  mutant(
    "does not check who signed a certificate",
    CHAIN,
    "demand(isSignedBy(signed, next.key), ",
    "demand(signed !== undefined, ",
    QUOTE,
  ),
  mutant(
    "lets a leaf sign certificates",
    CHAIN,
    "demand(certificate.isCa === index > 0, ",
    "demand(certificate.isCa || true, ",
    ["__tests__/attest/certificates.test.ts", ...QUOTE, ...COLLATERAL],
  ),
  mutant(
    "takes what is valid tomorrow",
    CHAIN,
    "if (from <= now && now <= to) return;",
    "if (now <= to) return;",
    COLLATERAL,
  ),
  mutant(
    "takes what has run out",
    CHAIN,
    "if (from <= now && now <= to) return;",
    "if (from <= now) return;",
    COLLATERAL,
  ),
  mutant(
    "does not wait for what is valid in a moment",
    CHAIN,
    "from - now <= SOON_MS",
    "from - now > SOON_MS",
    ROOM,
  ),
];

const CRLS = "crls.ts";
const CRL_MUTANTS: readonly Mutant[] = [
  mutant(
    "takes a CRL that anybody signed",
    CRLS,
    "demand(isSignedBy(signed, by.key), ",
    "demand(by.key !== undefined, ",
    COLLATERAL,
  ),
  mutant(
    "takes another issuer's CRL",
    CRLS,
    "demand(issuer?.whole.equals(by.subject) === true, ",
    "demand(issuer !== undefined, ",
    ["__tests__/attest/certificates.test.ts", ...COLLATERAL],
  ),
  mutant(
    "does not look when a CRL is valid",
    CRLS,
    'demandCurrent("a CRL valid", [timeOf(thisUpdate), to], now);',
    "void [thisUpdate, now, demandCurrent];",
    COLLATERAL,
  ),
  mutant(
    "does not look whether a certificate is revoked",
    CRLS,
    'demand(!revoked.has(serial.toString("hex")), ',
    "demand(serial.length > 0 || revoked.size > 0, ",
    COLLATERAL,
  ),
  mutant(
    "does not ask whether the PCK certificate is revoked",
    "signers.ts",
    "checkNotRevoked(pckCrl, pck);",
    "void pckCrl;",
    COLLATERAL,
  ),
  mutant(
    "does not ask whether the CA and the signers are revoked",
    "signers.ts",
    "for (const one of [ca, tcbInfo, qeIdentity]) checkNotRevoked(rootCrl, one);",
    "void rootCrl;",
    COLLATERAL,
  ),
];

const VERIFY = "verify.ts";
const QUOTE_MUTANTS: readonly Mutant[] = [
  mutant(
    "takes a document that anybody signed",
    VERIFY,
    "const good = signature.length === 64 && signsRaw(signer.key, text, signature);",
    "const good = signature.length === 64 && signsRaw !== undefined;",
    COLLATERAL,
  ),
  mutant(
    "takes TCB info of another kind of platform",
    VERIFY,
    "demand(seen === expected, expected, seen);",
    "demand(seen !== null, expected, seen);",
    COLLATERAL,
  ),
  mutant(
    "does not check who signed the report of the quoting enclave",
    VERIFY,
    "demand(signed, `a",
    "demand(signed || true, `a",
    QUOTE,
  ),
  mutant(
    "does not check that the report names the attestation key",
    VERIFY,
    "demand(named, ",
    "demand(named || true, ",
    QUOTE,
  ),
  mutant(
    "does not check the signature of the quote",
    VERIFY,
    "demand(signsRaw(rawKey(attestationKey), signed, signature), expected",
    "demand(signsRaw(rawKey(attestationKey), signed, signature) || true, expected",
    QUOTE,
  ),
  mutant(
    "takes an SGX quote",
    "quote.ts",
    "demand(tee === TDX, ",
    "demand(tee === TDX || tee === 0, ",
    QUOTE,
  ),
  mutant(
    "takes another vendor's quoting enclave",
    "quote.ts",
    "demand(vendor === INTEL_QE_VENDOR, ",
    "demand(vendor.length > 0, ",
    QUOTE,
  ),
  mutant(
    "takes bytes behind the quote",
    "quote.ts",
    "padding.every((byte) => byte === 0)",
    "padding.every((byte) => byte >= 0)",
    QUOTE,
  ),
];

const TCB = "tcb.ts";
const PLATFORM_MUTANTS: readonly Mutant[] = [
  mutant(
    "takes another signer's quoting enclave",
    TCB,
    'demandBytes("MRSIGNER", identity.mrSigner, qe.mrSigner);',
    "",
    PLATFORM,
  ),
  mutant(
    "takes another product of Intel's for the quoting enclave",
    TCB,
    "demand(qe.isvProdId === identity.isvProdId, ",
    "demand(qe.isvProdId >= 0, ",
    PLATFORM,
  ),
  mutant(
    "takes a quoting enclave in debug",
    TCB,
    'demand(!debug, "no debug enclave"',
    'demand(!debug || true, "no debug enclave"',
    PLATFORM,
  ),
  mutant(
    "takes another signer's TDX module",
    TCB,
    'demandBytes("MRSIGNERSEAM", mrSigner, mrSignerSeam);',
    "void [mrSigner, mrSignerSeam];",
    PLATFORM,
  ),
  mutant(
    "does not look at the PCE's version",
    TCB,
    "pck.pceSvn >= pceSvn &&",
    "pceSvn >= 0 &&",
    PLATFORM,
  ),
  mutant(
    "looks at the first CPU component alone",
    TCB,
    "sgx.every((least, index) => (pck",
    "sgx.slice(0, 1).every((least, index) => (pck",
    PLATFORM,
  ),
  mutant(
    "does not look at the TDX components",
    TCB,
    "tdx.every((least, index) => index < first ||",
    "tdx.every((least, index) => index >= 0 || first > 0 ||",
    PLATFORM,
  ),
  mutant(
    "counts the module's version as a component",
    TCB,
    "const first = majorOf(report) > 0 ? 2 : 0;",
    "const first = majorOf(report) > 99 ? 2 : 0;",
    ["__tests__/attest/fixtures.test.ts", ...PLATFORM],
  ),
  mutant(
    "is up to date although a part is behind",
    TCB,
    "if (behind === undefined) return platform;",
    'if (behind === undefined || behind === "OutOfDate") return platform;',
    PLATFORM,
  ),
  mutant(
    "does not ask which status is allowed",
    TCB,
    "demand(allowed.includes(status), expected, seen);",
    "void seen;",
    PLATFORM,
  ),
  {
    name: "takes a debug TD",
    file: "attest/tcb.ts",
    tests: PLATFORM,
    // Either rule refuses it: that of debug bits, and that of all others.
    patch: [
      ["const DEBUG_BITS = 0xffn;", "const DEBUG_BITS = 0x00n;"],
      ["const HARMLESS = (1n << 30n)", "const HARMLESS = 0xffn | (1n << 30n)"],
    ],
  },
  mutant(
    "takes a TD that its host may page",
    TCB,
    "demand((bits & SEPT_VE_DISABLE) !== 0n, ",
    "demand((bits & SEPT_VE_DISABLE) >= 0n, ",
    PLATFORM,
  ),
  mutant(
    "takes a TD that can be migrated",
    TCB,
    "const HARMLESS = (1n << 30n) |",
    "const HARMLESS = (1n << 29n) | (1n << 30n) |",
    PLATFORM,
  ),
  mutant(
    "takes a TD with a service TD",
    TCB,
    'demand(alone, "no service TD"',
    'demand(alone || true, "no service TD"',
    PLATFORM,
  ),
];

const EVENTS = "events.ts";
const LOG_MUTANTS: readonly Mutant[] = [
  mutant(
    "believes the log without the register",
    EVENTS,
    "ends.find(({ end }) => end?.equals(rtmr3))",
    "ends.find(({ end }) => end !== null)",
    LOG,
  ),
  mutant(
    "believes the digests that the log gives",
    EVENTS,
    "if (event.digest.length > 0 && !event.digest.equals(digest)) return null;\n    extend(digest);",
    "extend(event.digest.length > 0 ? event.digest : digest);",
    LOG,
  ),
  mutant(
    "takes an event of a name twice",
    EVENTS,
    "demand(!names.has(name), ",
    "demand(names.size >= 0, ",
    LOG,
  ),
  mutant(
    "takes a colon in a name",
    EVENTS,
    'demand(!name.includes(":"), ',
    "demand(name.length >= 0, ",
    LOG,
  ),
  mutant(
    "takes events of another type for the guest's own",
    EVENTS,
    "demand(type === RUNTIME_EVENT, ",
    "demand(type >= 0, ",
    LOG,
  ),
  mutant(
    "believes what the app measured after the guest was ready",
    EVENTS,
    "const own = events.slice(0, ready + 1);",
    "const own = ready < 0 ? [] : events;",
    [...LOG, ...CLAIMS],
  ),
];

const COMPARE = "compare.ts";
const CLAIM_MUTANTS: readonly Mutant[] = [
  mutant(
    "takes another app",
    COMPARE,
    'same(wanted.appId, hexOf(claims.get("app-id")))',
    'same(hexOf(claims.get("app-id")) ?? "", hexOf(claims.get("app-id")))',
    CLAIMS,
  ),
  mutant(
    "takes another instance",
    COMPARE,
    "demand(instanceId === null || instanceId === seen, expected, seen);",
    "",
    CLAIMS,
  ),
  mutant(
    "takes a quote of an instance of before for the new one's",
    COMPARE,
    "demand(!formerIds.includes(seen), ",
    "demand(formerIds.length >= 0, ",
    [...CLAIMS, ...ROOM],
  ),
  mutant(
    "takes an instance without an id",
    COMPARE,
    "claim?.length === ID_BYTES,",
    "claim !== undefined,",
    CLAIMS,
  ),
  mutant(
    "takes another revision",
    COMPARE,
    'demand(wanted === null || seen === wanted, wanted ?? "", seen);',
    "",
    CLAIMS,
  ),
  mutant(
    "does not hash the text of the app-compose",
    COMPARE,
    'trail.make("compose-text", "rule", () => same(hash, seen));',
    'trail.make("compose-text", "rule", () => same(seen, seen));',
    CLAIMS,
  ),
  mutant(
    "does not look at MRCONFIGID",
    COMPARE,
    "if (id[0] !== 1) return",
    "if (id.length > 0) return",
    CLAIMS,
  ),
  ...(["mrtd", "rtmr1", "rtmr2"] as const).map((register) =>
    mutant(
      `does not compare ${register}`,
      COMPARE,
      '(["mrtd", "rtmr1", "rtmr2", "rtmr0"] as const)',
      `(["mrtd", "rtmr1", "rtmr2", "rtmr0"] as const).filter((one) => one !== "${register}")`,
      CLAIMS,
    ),
  ),
  mutant(
    "does not compare an RTMR0 that is pinned",
    COMPARE,
    '"rtmr2", "rtmr0"] as const)',
    '"rtmr2"] as const)',
    CLAIMS,
  ),
  mutant(
    "takes another key provider",
    COMPARE,
    "demand(equal, expected, tellKeyProvider(seen));",
    "",
    CLAIMS,
  ),
];

const EVIDENCE_MUTANTS: readonly Mutant[] = [
  mutant(
    "takes the first entry for any instance",
    "evidence.ts",
    "const mine = entriesOf(all, who);",
    "const mine = entriesOf(all, who).length > 0 ? entriesOf(all, who) : all.slice(0, 1);",
    EVIDENCE,
  ),
  mutant(
    "takes a quote that another instance shows too",
    "evidence.ts",
    "if (own === bare(other.quote)) refuse(",
    "if (own === other.quote && own === null) refuse(",
    EVIDENCE,
  ),
  mutant(
    "takes an instance id that another instance shows too",
    "evidence.ts",
    "if (twice) refuse(",
    "if (twice && own === null) refuse(",
    EVIDENCE,
  ),
  mutant(
    "sends the API's key to who serves collateral",
    "attest.ts",
    "this.#source = new CollateralSource(net, settings.services);",
    "this.#source = new CollateralSource({ ...net, transport: (one) => net.transport({ ...one, headers: { ...settings.api.headers, ...one.headers } }) }, settings.services);",
    ROOM,
  ),
  mutant(
    "goes on with collateral that has run out",
    "collateral.ts",
    "return (kind.nextUpdate(value) ?? 0) >= this.#net.clock.now();",
    "return kind.nextUpdate(value) !== null;",
    SERVICES,
  ),
  mutant(
    "takes collateral that never came for what is there",
    "collateral.ts",
    'const good = (piece: Piece<T>) => "got" in piece && this.#isFresh(kind, piece.got);',
    'const good = (piece: Piece<T>) => !("got" in piece) || this.#isFresh(kind, piece.got);',
    SERVICES,
  ),
  mutant(
    "takes the JSON of a document written anew for what was signed",
    "collateral.ts",
    'return { text: Buffer.from(text, "latin1"),',
    'return { text: Buffer.from(JSON.stringify(JSON.parse(text), null, 1), "latin1"),',
    SERVICES,
  ),
];

/** Found by what a step does with a verdict. */
const STEP_MUTANTS: readonly Mutant[] = [
  {
    name: "creates beside a source that is not verified",
    file: "commands/verification.ts",
    of: "liars",
    patch: [
      [
        'if (!attested.verified) return { kind: "unverified-source"',
        'if (!attested) return { kind: "unverified-source"',
      ],
    ],
  },
  {
    name: "is green under require whatever was found",
    file: "commands/verification.ts",
    of: "liars",
    patch: [
      [
        'if (this.#inputs.verify !== "require") return;',
        'if (this.#inputs.verify !== "warn") return;',
      ],
    ],
  },
  {
    name: "a source that counts may be of any revision",
    file: "commands/verification.ts",
    of: "liars",
    patch: [
      [
        "return !this.#source.attested.verified || this.#hasRevision();",
        "return this.#source !== null || this.#hasRevision();",
      ],
    ],
  },
  {
    name: "creates beside a source that counts and is of another revision",
    file: "commands/verification.ts",
    of: "liars",
    patch: [
      [
        "if (slots.length === 0 || !there.includes(vmUuid) ||",
        "if (slots.length >= 0 || !there.includes(vmUuid) ||",
      ],
    ],
  },
  {
    name: "compares nothing with what the workflow pins",
    file: "fleet/attest.ts",
    of: "liars",
    patch: [["return lines.length === 0 ? null :", "return lines.length >= 0 ? null :"]],
  },
  {
    name: "is verified beside a source that is not",
    file: "fleet/attest.ts",
    of: "liars",
    patch: [["return { ...entry, verified: false, checks:", "return { ...entry, checks:"]],
  },
];

export const ATTEST_MUTANTS: readonly Mutant[] = [
  ...CHAIN_MUTANTS,
  ...CRL_MUTANTS,
  ...QUOTE_MUTANTS,
  ...PLATFORM_MUTANTS,
  ...LOG_MUTANTS,
  ...CLAIM_MUTANTS,
  ...EVIDENCE_MUTANTS,
  ...STEP_MUTANTS,
];
