/** Mutants of what is genuine: nothing is thrown, and what is still accepted says the same as before. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Collateral } from "../../src/attest/collateral.ts";
import { logEntries } from "../../src/attest/events.ts";
import { pickEvidence, readAppEvidence, readCvmEvidence } from "../../src/attest/evidence.ts";
import { platformOf, type Verdict, verifyInstance } from "../../src/attest/verify.ts";
import { hold, LIMIT_MS } from "../fuzz/support.ts";
import { fixture, fromLibrary, intelTrust, libraryFixture, reportFixture } from "./support.ts";

const { quote: QUOTE, log: LOG } = reportFixture("quote-report.json");
const LIBRARY = libraryFixture("tdx_quote_outdated_collateral.json");
const COLLATERAL = fromLibrary(LIBRARY);
const TRUST = intelTrust("2026-03-15T00:00:00Z");
const WANTED = {
  appId: "3763bc34552cf3a27ff71ad5f7a90471562a1a2d",
  instanceId: null,
  formerIds: [],
  composeHash: null,
  reference: null,
};

function verdict(quote = QUOTE, log: readonly unknown[] = LOG, collateral = COLLATERAL): Verdict {
  return verifyInstance({ quote, log, composeText: null }, collateral, TRUST, WANTED);
}

const GENUINE = verdict();

/** Refused with a code, or accepted as saying the same. */
function expectSound({ fault, found }: Verdict): void {
  if (fault === null) expect(found).toEqual(GENUINE.found);
  else expect(fault.seen).not.toBe("");
}

/** One bit turned, a piece cut out, doubled, overwritten or put in. */
function mutantsOf(bytes: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat(bytes.length - 1);
  const bit = fc.tuple(at, fc.nat(7)).map(([index, turned]) => {
    const copy = Buffer.from(bytes);
    copy[index] = (copy[index] ?? 0) ^ (1 << turned);
    return copy;
  });
  const cut = fc
    .tuple(at, fc.nat(40))
    .map(([index, length]) =>
      Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + length + 1)]),
    );
  const put = fc
    .tuple(at, fc.uint8Array({ minLength: 1, maxLength: 40 }))
    .map(([index, more]) => Buffer.concat([bytes.subarray(0, index), more, bytes.subarray(index)]));
  const over = fc.tuple(at, at, fc.nat(400)).map(([to, from, length]) => {
    const copy = Buffer.from(bytes);
    bytes.copy(copy, to, from, from + length);
    return copy;
  });
  const short = at.map((length) => bytes.subarray(0, length));
  return fc.oneof({ weight: 6, arbitrary: bit }, cut, put, over, short);
}

/** What of a chain in PEM says something: its certificates. Where their lines end, nobody signed. */
function certificatesIn(chain: string): readonly string[] {
  return chain.replace(/[\r\n]/g, "").split(/-----(?:BEGIN|END) CERTIFICATE-----/);
}

/** A quote's bytes up to its chain, and the certificates of that; without the zeros behind it. */
function partsOf(quote: string): readonly string[] {
  const bytes = Buffer.from(quote, "hex");
  const at = bytes.indexOf("-----BEGIN");
  const chain = bytes.toString("latin1", at).replace(/\0*$/, "");
  return [bytes.toString("hex", 0, at), ...certificatesIn(chain)];
}

describe("mutants of the genuine", () => {
  it("start from what verifies", () => {
    expect(GENUINE.fault).toBeNull();
  });

  it(
    "quote: accepted are none but those that differ in the zeros behind it, or in where lines of PEM end",
    () => {
      const genuine = partsOf(QUOTE);
      hold(
        fc.property(mutantsOf(Buffer.from(QUOTE, "hex")), (bytes) => {
          const mutant = bytes.toString("hex");
          const { fault, found } = verdict(mutant);
          if (fault !== null) return;
          expect(partsOf(mutant)).toEqual(genuine);
          expect(found).toEqual(GENUINE.found);
        }),
      );
    },
    LIMIT_MS,
  );

  it.each(Object.keys(LIBRARY))(
    "collateral, %s: nothing that Intel did not sign is accepted",
    (name) => {
      const text = LIBRARY[name] ?? "";
      const hex = /^[0-9a-f]+$/i.test(text);
      const bytes = Buffer.from(text, hex ? "hex" : "latin1");
      hold(
        fc.property(mutantsOf(bytes), (mutant) => {
          if (mutant.equals(bytes)) return;
          const changed = { ...LIBRARY, [name]: mutant.toString(hex ? "hex" : "latin1") };
          const result = verdict(QUOTE, LOG, fromLibrary(changed));
          // The CRL's own chain is not used, and a chain in PEM may end its lines in two ways, and anywhere.
          if (name === "pck_crl_issuer_chain") expect(result.fault).toBeNull();
          else if (result.fault === null) expect(plain(changed[name])).toEqual(plain(text));
        }),
        0.2,
      );
    },
    LIMIT_MS,
  );

  it(
    "log: accepted are none but those that claim the same",
    () => {
      hold(
        fc.property(mutantsOf(Buffer.from(JSON.stringify(LOG))), (mutant) => {
          const log = logEntries(mutant.toString("utf8"));
          if (log !== null) expectSound(verdict(QUOTE, log));
        }),
      );
    },
    LIMIT_MS,
  );
});

function plain(chain: string | undefined): readonly string[] {
  return certificatesIn((chain ?? "").replace(/\0$/, ""));
}

describe("rubbish", () => {
  const anything = fc.anything({ maxDepth: 4, withBigInt: true, withNullPrototype: true });
  const bytes = fc.uint8Array({ maxLength: 3_000 }).map((array) => Buffer.from(array));

  it(
    "for a quote is refused",
    () => {
      const quotes = fc.oneof(
        fc.string(),
        bytes.map((one) => one.toString("hex")),
      );
      hold(
        fc.property(quotes, (quote) => {
          expect(verdict(quote).fault?.check).toBe("quote");
          expect(platformOf(quote)).toBeNull();
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "for a log is refused",
    () => {
      hold(
        fc.property(fc.array(anything), (log) => {
          expect(verdict(QUOTE, log).fault?.check).toBe("event-log");
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "for collateral is refused",
    () => {
      const collateral = fc.record({
        rootCrl: fc.oneof(bytes, fc.constant(Buffer.alloc(0))).map((got) => ({ got })),
        pckCrl: bytes.map((got) => ({ got })),
        tcbInfo: documents(bytes),
        qeIdentity: documents(bytes),
      });
      hold(
        fc.property(collateral, (pieces: Collateral) => {
          expect(verdict(QUOTE, LOG, pieces).fault).not.toBeNull();
          expect(verdict(QUOTE, LOG, { ...COLLATERAL, pckCrl: pieces.pckCrl }).fault?.check).toBe(
            "pck-crl",
          );
          expect(verdict(QUOTE, LOG, { ...COLLATERAL, rootCrl: pieces.rootCrl }).fault?.check).toBe(
            "root-crl",
          );
        }),
      );
    },
    LIMIT_MS,
  );

  it("for an answer of the platform is no evidence", () => {
    const who = { vmUuid: "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11", instanceId: null };
    const shapes = fc.oneof(
      anything,
      fc.record({ instances: fc.array(anything) }),
      fc.record({
        instances: fc.array(
          fc.record({
            vm_uuid: fc.constant(who.vmUuid),
            quote: anything,
            tcb_info: anything,
            eventlog: anything,
          }),
        ),
      }),
      fc.record({ app_certificates: fc.array(anything), tcb_info: anything }),
    );
    hold(
      fc.property(shapes, (body) => {
        const all = readAppEvidence(body) ?? [];
        const own = readCvmEvidence(body, who);
        for (const list of [all, own === null ? [] : [own]]) pickEvidence(list, who);
      }),
    );
  });
});

function documents(bytes: fc.Arbitrary<Buffer>) {
  const { tcbInfo } = COLLATERAL;
  const chain = "got" in tcbInfo ? tcbInfo.got.chain : "";
  return fc
    .record({ text: bytes, signature: bytes, chain: fc.oneof(fc.string(), fc.constant(chain)) })
    .map((got) => ({ got }));
}

it("other genuine quotes do not verify with this collateral", () => {
  for (const name of ["tdx_quote", "tdx_quote_outdated"]) {
    expect(verdict(fixture(name).toString("hex")).fault).not.toBeNull();
  }
});
