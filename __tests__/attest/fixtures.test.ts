/** Genuine quotes, at the edges of the time in which their collateral holds. */
import { createHash, X509Certificate } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { replay } from "../../src/attest/events.ts";
import { quoteBytes, readQuote } from "../../src/attest/quote.ts";
import { INTEL_SGX_ROOT_CA } from "../../src/attest/root.ts";
import { platformOf, verifyInstance, verifyQuote } from "../../src/attest/verify.ts";
import { fixture, fromLibrary, intelTrust, libraryFixture, reportFixture } from "./support.ts";

const REPORT = reportFixture("quote-report.json");

const TABLE = [
  {
    name: "the report of a dstack guest",
    quote: REPORT.quote,
    collateral: "tdx_quote_outdated_collateral.json",
    from: "2026-02-18T10:58:51Z",
    to: "2026-03-20T10:41:15Z",
    first: "tcb-info",
    last: "pck-crl",
  },
  {
    name: "a quote of version 4",
    quote: fixture("tdx_quote").toString("hex"),
    collateral: "tdx_quote_collateral.json",
    from: "2025-06-19T10:32:27Z",
    to: "2025-07-19T10:00:35Z",
    first: "qe-identity",
    last: "pck-crl",
  },
  {
    name: "a quote with a compose hash in MRCONFIGID",
    quote: fixture("near_quote.hex").toString("utf8").trim(),
    collateral: "near_collateral.json",
    from: "2025-09-02T07:41:59Z",
    to: "2025-10-02T07:03:51Z",
    first: "tcb-info",
    last: "pck-crl",
  },
];

describe.each(TABLE)("$name", ({ quote, collateral: name, from, to, first, last }) => {
  const collateral = fromLibrary(libraryFixture(name));
  const at = (time: number) => verifyQuote(quote, collateral, intelTrust(time));

  it.each([from, to])("verifies at %s", (time) => {
    const { fault, found } = at(Date.parse(time));
    expect(fault).toBeNull();
    expect(found.tcb).toEqual({ status: "UpToDate", advisories: [] });
  });

  it("does not verify a second before", () => {
    expect(at(Date.parse(from) - 1_000).fault?.check).toBe(first);
  });

  it("does not verify a second after", () => {
    expect(at(Date.parse(to) + 1_000).fault?.check).toBe(last);
  });

  it("verifies with 0x in front, and not with a digit less", () => {
    const trust = intelTrust(from);
    expect(verifyQuote(`0x${quote}`, collateral, trust).fault).toBeNull();
    expect(verifyQuote(quote.slice(1), collateral, trust).fault?.check).toBe("quote");
  });
});

describe("the report of a dstack guest", () => {
  const collateral = fromLibrary(libraryFixture("tdx_quote_outdated_collateral.json"));
  const appId = "3763bc34552cf3a27ff71ad5f7a90471562a1a2d";
  const wanted = {
    appId,
    instanceId: "c3714eb66990eace777b4e664c16e09375dec4c9",
    formerIds: [],
    composeHash: { hash: `${appId}f552dfc1998cba2d60da27e7`, from: "input" as const },
    reference: null,
  };

  it("verifies whole, with an event of the app after system-ready", () => {
    const proof = { ...REPORT, composeText: null };
    const verdict = verifyInstance(proof, collateral, intelTrust("2026-03-15T00:00:00Z"), wanted);
    expect(verdict.fault).toBeNull();
    expect(verdict.found).toMatchObject({
      fmspc: "90c06f000000",
      composeHash: wanted.composeHash.hash,
      instanceId: wanted.instanceId,
      keyProvider: { name: "local-sgx" },
    });
    expect(verdict.checks.at(-1)).toMatchObject({ check: "key-provider", ok: true });
  });

  it("is refused by today's clock", () => {
    const proof = { ...REPORT, composeText: null };
    const { fault } = verifyInstance(proof, collateral, intelTrust("2026-11-26T00:00:00Z"), wanted);
    expect(fault).toMatchObject({ check: "root-crl", again: false });
  });
});

describe("quotes that must never verify", () => {
  it("one of version 5 that no TCB level fits", () => {
    const quote = fixture("tdx_quote_outdated").toString("hex");
    const collateral = fromLibrary(libraryFixture("tdx_quote_outdated_collateral.json"));
    const allowed = { ...intelTrust("2026-03-15T00:00:00Z"), allowedTcb: ["OutOfDate"] as const };
    expect(verifyQuote(quote, collateral, allowed).fault).toMatchObject({ check: "tcb" });
  });

  it("one of SGX", () => {
    const quote = fixture("sgx_quote").toString("hex");
    const collateral = fromLibrary(libraryFixture("tdx_quote_collateral.json"));
    const { fault } = verifyQuote(quote, collateral, intelTrust("2025-06-20T00:00:00Z"));
    expect(fault).toMatchObject({ check: "quote", seen: "version 3" });
  });
});

describe("logs without collateral that fits", () => {
  it.each(["quote-report.json", "tdx-lite-getquote.json", "simulator-decoded.json"])(
    "%s replays to RTMR3",
    (name) => {
      const { quote, log } = reportFixture(name);
      const { report } = readQuote(quoteBytes(quote));
      const { value } = replay(log, report.rtmrs[3]);
      expect([...value.keys()]).toEqual(expect.arrayContaining(["app-id", "compose-hash"]));
      expect(value.has("LIUM_MINER_HOTKEY")).toBe(false);
      // MRCONFIGID of form 1 is the compose hash: one more witness.
      const hash = value.get("compose-hash")?.toString("hex");
      const id = report.mrConfigId.toString("hex");
      if (report.mrConfigId[0] === 1) expect(id).toBe(`01${hash}`.padEnd(96, "0"));
    },
  );

  it("name their platform", () => {
    const { quote } = reportFixture("tdx-lite-getquote.json");
    expect(platformOf(quote)).toEqual({
      ca: "platform",
      fmspc: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(platformOf(fixture("sgx_quote").toString("hex"))).toBeNull();
    expect(platformOf("")).toBeNull();
  });
});

describe("the pinned root", () => {
  it("is Intel's, as its fingerprint is known", () => {
    const root = new X509Certificate(INTEL_SGX_ROOT_CA);
    expect(INTEL_SGX_ROOT_CA).toHaveLength(659);
    expect(createHash("sha256").update(INTEL_SGX_ROOT_CA).digest("hex")).toBe(
      "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3",
    );
    expect(root.serialNumber).toBe("22650CD65A9D3489F383B49552BF501B392706AC");
    expect(root.subject).toContain("CN=Intel SGX Root CA");
    expect(root.verify(root.publicKey)).toBe(true);
    expect(new Date(root.validTo).toISOString()).toBe("2049-12-31T23:59:59.000Z");
  });
});
