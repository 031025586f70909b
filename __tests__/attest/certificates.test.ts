/** What a certificate, a CRL and a machine's extension must look like, whoever signed them. */
import { sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { Authority, authority, NAMES } from "../../simulator/attestation/authority.ts";
import { GOOD_MACHINE } from "../../simulator/attestation/machines.ts";
import { certificate, crl, pair, pem, tlv } from "../../simulator/attestation/x509.ts";
import { checkChain, readCertificate, readChain } from "../../src/attest/certificates.ts";
import { readCrl } from "../../src/attest/crls.ts";
import { partsOf, readDer } from "../../src/attest/der.ts";
import { pckCaOf, readPck } from "../../src/attest/pck.ts";
import { INTEL_SGX_ROOT_CA } from "../../src/attest/root.ts";
import { NOW } from "./support.ts";
import { blocksOf } from "./tamper.ts";

const hex = (text: string) => Buffer.from(text, "hex");
const base64 = (block: string) => Buffer.from(block.replace(/-----.*-----|\s/g, ""), "base64");
const { root } = authority();
const ROOT = authority().rootCertificate;
const DATES = { notBefore: new Date(NOW - 1e9), notAfter: new Date(NOW + 1e9) };

/** The same with other fields in its signed part; its signature is then nobody's, which reading does not check. */
function rebuilt(
  der: Buffer,
  change: (fields: Buffer[]) => Buffer[],
  after = (parts: Buffer[]) => parts,
): Buffer {
  const [body, ...rest] = partsOf(readDer(der)).map(({ whole }) => whole);
  const fields = partsOf(readDer(body ?? der)).map(({ whole }) => whole);
  return tlv(0x30, ...after([tlv(0x30, ...change(fields)), ...rest]));
}

const field = (index: number, value: Buffer | ((old: Buffer) => Buffer)) => (fields: Buffer[]) =>
  fields.map((old, at) => (at !== index ? old : typeof value === "function" ? value(old) : value));
const same = (fields: Buffer[]) => fields;
const SHA384 = hex("300a06082a8648ce3d040303");
const withNull = hex("300c06082a8648ce3d0403020500");

describe("a certificate", () => {
  it("is read as it was made", () => {
    const read = readCertificate(rebuilt(ROOT, same));
    expect(read).toMatchObject({ name: NAMES.root, isCa: true });
    expect(readCertificate(INTEL_SGX_ROOT_CA)).toMatchObject({ name: NAMES.root, isCa: true });
  });

  const VERSION = 0;
  const ALGORITHM = 2;
  const DATES_AT = 4;
  const SUBJECT = 5;
  const KEY = 6;
  const EXTENSIONS = 7;
  const name = (...sets: Buffer[]) => tlv(0x30, ...sets);
  const part = (oid: string, text: string) => tlv(0x31, pair(oid, tlv(0x0c, Buffer.from(text))));
  const CN = "2.5.4.3";
  const extensions = (...list: Buffer[]) => tlv(0xa3, tlv(0x30, ...list));
  const usage = hex("300e0603551d0f0101ff040403020106");

  it.each<[string, Buffer]>([
    ["of version 2", rebuilt(ROOT, field(VERSION, tlv(0xa0, hex("020101"))))],
    ["of version 1", rebuilt(ROOT, (fields) => fields.slice(1))],
    ["that names two algorithms", rebuilt(ROOT, field(ALGORITHM, SHA384))],
    ["by another algorithm", rebuilt(ROOT, field(ALGORITHM, SHA384), field(1, SHA384))],
    [
      "with parameters of the algorithm",
      rebuilt(ROOT, field(ALGORITHM, withNull), field(1, withNull)),
    ],
    [
      "of one date",
      rebuilt(
        ROOT,
        field(DATES_AT, (dates) => tlv(0x30, partsOf(readDer(dates))[0]?.whole ?? dates)),
      ),
    ],
    [
      "of three dates",
      rebuilt(
        ROOT,
        field(DATES_AT, (dates) =>
          tlv(0x30, ...[0, 1, 1].map((at) => partsOf(readDer(dates))[at]?.whole ?? dates)),
        ),
      ),
    ],
    ["without a common name", rebuilt(ROOT, field(SUBJECT, name(part("2.5.4.6", "US"))))],
    [
      "with two common names",
      rebuilt(ROOT, field(SUBJECT, name(part(CN, NAMES.root), part(CN, "b")))),
    ],
    [
      "with a key of P-384",
      rebuilt(
        ROOT,
        field(KEY, (info) => replaced(info, "2a8648ce3d030107", "2b8104002203010a")),
      ),
    ],
    [
      "with a compressed point",
      rebuilt(
        ROOT,
        field(KEY, (info) => replaced(info, "034200", "034200").fill(2, 26, 27)),
      ),
    ],
    [
      "with a point off the curve",
      rebuilt(
        ROOT,
        field(KEY, (info) => Buffer.from(info).fill(1, 30)),
      ),
    ],
    ["without extensions", rebuilt(ROOT, (fields) => fields.slice(0, EXTENSIONS))],
    ["with fields behind its extensions", rebuilt(ROOT, (fields) => [...fields, hex("0500")])],
    ["with an extension twice", rebuilt(ROOT, field(EXTENSIONS, extensions(usage, usage)))],
    [
      "with an extension of four fields",
      rebuilt(ROOT, field(EXTENSIONS, extensions(hex("30100603551d0f0101ff0404030201060400")))),
    ],
    [
      "with an extension of one field",
      rebuilt(ROOT, field(EXTENSIONS, extensions(hex("30050603551d0f")))),
    ],
    [
      "with a critical extension that is not understood",
      withExtension({ oid: "2.5.29.30", critical: true, value: tlv(0x30) }),
    ],
    ["signed in four parts", rebuilt(ROOT, same, (parts) => [...parts, hex("0500")])],
  ])("%s is refused", (_what, der) => {
    expect(() => readCertificate(der)).toThrow();
  });

  it("is no CA where it may not sign both", () => {
    const constraints = hex("300f0603551d130101ff040530030101ff");
    const signsOnly = hex("300e0603551d0f0101ff040403020204");
    const der = rebuilt(ROOT, field(EXTENSIONS, extensions(constraints, signsOnly)));
    expect(readCertificate(der).isCa).toBe(false);
    const neither = rebuilt(ROOT, field(EXTENSIONS, extensions(usage)));
    expect(readCertificate(neither).isCa).toBe(false);
  });

  it("may have extensions that are not critical", () => {
    expect(readCertificate(withExtension({ oid: "2.5.29.30", value: tlv(0x30) })).name).toBe(
      NAMES.root,
    );
  });
});

function replaced(info: Buffer, from: string, to: string): Buffer {
  return hex(info.toString("hex").replace(from, to));
}

function withExtension(extension: { oid: string; critical?: boolean; value: Buffer }): Buffer {
  return certificate({
    subject: root,
    issuer: root,
    serial: "01",
    ca: true,
    ...DATES,
    extensions: [extension],
  });
}

describe("a chain", () => {
  const { chain } = authority().platform(GOOD_MACHINE);

  /** Signatures are not all of one length, so that now and then no certificate of a chain ends in padding. */
  function padded(): string {
    for (let tries = 0; tries < 100; tries++) {
      const { chain: drawn } = new Authority().platform(GOOD_MACHINE);
      if (drawn.includes("=\n")) return drawn;
    }
    throw new Error("no chain of a hundred ends in padding");
  }

  it("has one form in base64", () => {
    const chain = padded();
    // The last digit before the padding has bits that belong to no byte.
    const odd = chain.replace(
      /([A-Za-z0-9+/])(=+)\n/,
      (_all, digit: string, end: string) => `${next(digit)}${end}\n`,
    );
    expect(odd).not.toBe(chain);
    expect(readChain(chain, 3)).toHaveLength(3);
    expect(() => readChain(odd, 3)).toThrow("base64");
  });

  it("has as many certificates as it should", () => {
    expect(() => readChain(chain, 2)).toThrow("2 certificates");
    expect(() => readChain(chain, 4)).toThrow("4 certificates");
  });

  it("is held to issuers by name and by key", () => {
    const names = [[NAMES.pck], [NAMES.platform], [NAMES.root]];
    const other = new Authority();
    const mix = [
      blocksOf(chain)[0] ?? "",
      ...blocksOf(other.platform(GOOD_MACHINE).chain).slice(1),
    ].join("");
    expect(() => checkChain(readChain(mix, 3), names, other.rootCertificate, NOW)).toThrow(
      "signed by",
    );
    const issuer = { ...authority().cas.platform, name: "Intel SGX PCK Platform C" };
    const stranger = certificate({
      subject: { ...root, name: NAMES.pck },
      issuer,
      serial: "01",
      ca: false,
      ...DATES,
    });
    const forged = [pem(stranger), ...blocksOf(chain).slice(1)].join("");
    expect(() => checkChain(readChain(forged, 3), names, ROOT, NOW)).toThrow("issued by");
    expect(() => checkChain(readChain(chain, 3), names, ROOT, NOW)).not.toThrow();
  });

  it("has CAs where they belong, and nowhere else", () => {
    const ca = certificate({
      subject: { ...root, name: NAMES.signer },
      issuer: root,
      serial: "01",
      ca: true,
      ...DATES,
    });
    const names = [[NAMES.signer], [NAMES.root]];
    expect(() => checkChain(readChain(pem(ca) + pem(ROOT), 2), names, ROOT, NOW)).toThrow(
      "a CA: false",
    );
    const leaf = certificate({
      subject: { ...root, name: NAMES.platform },
      issuer: root,
      serial: "02",
      ca: false,
      ...DATES,
    });
    const machine = blocksOf(chain)[0] ?? "";
    const three = [[NAMES.pck], [NAMES.platform], [NAMES.root]];
    expect(() =>
      checkChain(readChain(machine + pem(leaf) + pem(ROOT), 3), three, ROOT, NOW),
    ).toThrow();
  });
});

function next(digit: string): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return digits[digits.indexOf(digit) ^ 1] ?? "";
}

describe("a CRL", () => {
  const by = readCertificate(ROOT);
  const dates = { thisUpdate: new Date(NOW - 1e9), nextUpdate: new Date(NOW + 1e9) };
  const good = crl({ issuer: root, ...dates, revoked: ["01", "ff02"] });

  it("names whom it revokes", () => {
    expect([...readCrl(good, by, NOW).revoked]).toEqual(["01", "00ff02"]);
  });

  /** Signed by the root, whatever its fields are. */
  const signed = (change: (fields: Buffer[]) => Buffer[]) => resigned(good, change);
  const EXTENSIONS = 6;

  it.each<[string, Buffer, string]>([
    ["of version 1", signed((fields) => fields.slice(1)), "tag"],
    ["of version 3", signed(field(0, hex("020102"))), "number of 1"],
    ["of version 0", signed(field(0, hex("020100"))), "version 2"],
    ["that names two algorithms", signed(field(1, SHA384)), "one algorithm"],
    ["without a next one", signed((fields) => fields.filter((_one, at) => at !== 4)), "tag"],
    ["with fields behind", signed((fields) => [...fields, hex("0500")]), "the fields"],
    [
      "with a critical extension",
      signed(field(EXTENSIONS, tlv(0xa0, tlv(0x30, hex("300f0603551d1c0101ff040530038101ff"))))),
      "understood",
    ],
    [
      "with a critical extension of an entry",
      signed(
        field(
          5,
          tlv(
            0x30,
            tlv(
              0x30,
              hex("020101"),
              hex("170d3236303130313030303030305a"),
              tlv(0x30, hex("300f0603551d1d0101ff040530038101ff")),
            ),
          ),
        ),
      ),
      "understood",
    ],
  ])("%s is refused", (_what, der, why) => {
    expect(() => readCrl(der, by, NOW)).toThrow(why);
  });

  it("without entries or extensions is fine", () => {
    expect(
      readCrl(
        signed((fields) => fields.slice(0, 5)),
        by,
        NOW,
      ).revoked.size,
    ).toBe(0);
  });
});

/** The same with other fields, signed again by the simulated root. */
function resigned(der: Buffer, change: (fields: Buffer[]) => Buffer[]): Buffer {
  return rebuilt(der, change, ([body, algorithm]) => {
    const signature = sign("sha256", body ?? der, root.key);
    return [body ?? der, algorithm ?? der, tlv(0x03, Buffer.from([0]), signature)];
  });
}

describe("a machine's extension", () => {
  const [block = ""] = blocksOf(authority().platform(GOOD_MACHINE).chain);
  const own = readCertificate(base64(block));

  it("tells its kind and its versions", () => {
    const { fmspc, pceId, cpuSvn, pceSvn } = GOOD_MACHINE;
    expect(readPck(own)).toEqual({ fmspc, pceId, cpuSvn, pceSvn });
    expect(pckCaOf(own)).toBe("platform");
    expect(pckCaOf(readCertificate(ROOT))).toBeNull();
    expect(() => readPck(readCertificate(ROOT))).toThrow("SGX extension");
  });

  const SGX = "1.2.840.113741.1.13.1";
  const twisted = (change: (fields: Buffer[]) => Buffer[]) => {
    const fields = partsOf(readDer(own.extensions.get(SGX) ?? Buffer.alloc(0))).map(
      ({ whole }) => whole,
    );
    return { ...own, extensions: new Map([[SGX, tlv(0x30, ...change(fields))]]) };
  };

  it.each<[string, (fields: Buffer[]) => Buffer[]]>([
    ["without its kind", (fields) => fields.slice(0, 3)],
    ["with its kind twice", (fields) => [...fields, fields[3] ?? hex("")]],
    ["with a kind that is too short", field(3, pair(`${SGX}.4`, hex("040151")))],
    ["without versions", field(1, pair(`${SGX}.2`, tlv(0x30)))],
    [
      "with a version above 255",
      field(1, pair(`${SGX}.2`, tlv(0x30, pair(`${SGX}.2.1`, hex("02020100"))))),
    ],
    [
      "with a field of three parts",
      (fields) => [...fields, tlv(0x30, hex("0603550406"), hex("0500"), hex("0500"))],
    ],
  ])("%s is refused", (_what, change) => {
    expect(() => readPck(twisted(change))).toThrow("expected");
  });
});
