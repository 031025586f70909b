/** The tamper table: what is wrong with Intel's collateral, and what it says of the platform. */
import { generateKeyPairSync } from "node:crypto";
import { Authority, authority } from "../../simulator/attestation/authority.ts";
import { served } from "../../simulator/attestation/documents.ts";
import { GOOD_MACHINE, TCB_INFO } from "../../simulator/attestation/machines.ts";
import { crl, pem, tlv } from "../../simulator/attestation/x509.ts";
import { crlOf } from "../../src/attest/collateral.ts";
import { type Case, genuine, NOW } from "./support.ts";
import {
  blocksOf,
  eachFails,
  eachVerifies,
  qeIdentity,
  type Row,
  tcbInfo,
  withDocument,
} from "./tamper.ts";

const DAY = 86_400_000;
const by = () => authority();

/** A genuine case with other CRLs; null for one that never came. */
const withCrl =
  (which: "rootCrl" | "pckCrl", make: (good: Buffer) => Buffer | null) => (): Case => {
    const one = genuine();
    const der = make(one.collateral[which]);
    const piece =
      der === null ? { missing: "no answer within 60 s", from: "pccs.invalid" } : { got: der };
    return { ...one, pieces: { [which]: piece } };
  };

const of = { rootCrl: "root", pckCrl: "platform" } as const;

function crlRows(which: "rootCrl" | "pckCrl"): Row[] {
  const at = (time: number) => withCrl(which, () => by().crl(of[which], time));
  const other = which === "rootCrl" ? "platform" : "root";
  const issuer = () => (which === "rootCrl" ? by().root : by().cas.platform);
  const dates = { thisUpdate: new Date(NOW - DAY), nextUpdate: new Date(NOW + DAY), revoked: [] };
  const critical = { oid: "2.5.29.28", critical: true, value: tlv(0x30) };
  return [
    ["expired", at(NOW - 29 * DAY - 1_000)],
    ["from the future", at(NOW + DAY + 1_000)],
    [
      "signed by another",
      withCrl(which, () => crl({ ...dates, issuer: { ...issuer(), key: otherKey() } })),
    ],
    ["of another authority", withCrl(which, () => new Authority().crl(of[which], NOW))],
    [
      "of another issuer, signed by the right key",
      withCrl(which, () => crl({ ...dates, issuer: { ...issuer(), name: "Another" } })),
    ],
    ["the other list in its place", withCrl(which, () => by().crl(other, NOW))],
    ["empty", withCrl(which, () => Buffer.alloc(0))],
    ["missing", withCrl(which, () => null)],
    ["garbage", withCrl(which, () => Buffer.alloc(300, 0x30))],
    ["trailing bytes", withCrl(which, (good) => Buffer.concat([good, Buffer.from([0])]))],
    ["cut short", withCrl(which, (good) => good.subarray(0, -1))],
    ["a certificate instead", withCrl(which, () => by().rootCertificate)],
    [
      "for some certificates only",
      withCrl(which, () => crl({ ...dates, issuer: issuer(), extensions: [critical] })),
    ],
  ];
}

const otherKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

eachFails("root-crl", crlRows("rootCrl"));
eachFails("pck-crl", crlRows("pckCrl"));

eachFails("revoked", [
  [
    "the machine",
    withCrl("pckCrl", () => by().crl("platform", NOW, ["07", by().platform(GOOD_MACHINE).serial])),
  ],
  ["its CA", withCrl("rootCrl", () => by().crl("root", NOW, [by().serials.platform]))],
  [
    "the signer of documents",
    withCrl("rootCrl", () => by().crl("root", NOW, [by().serials.signer, "01"])),
  ],
]);

const absent = (which: "tcbInfo" | "qeIdentity") => (): Case => ({
  ...genuine(),
  pieces: { [which]: { missing: "HTTP 404", from: "pccs.invalid" } },
});

const machineKeys = () => by().platform(GOOD_MACHINE);

function documentRows(which: "tcbInfo" | "qeIdentity"): Row[] {
  const at = which === "tcbInfo" ? tcbInfo : qeIdentity;
  return [
    [
      "edited",
      withDocument(which, (good) => ({
        ...good,
        text: good.text.replace('"OutOfDate"', '"UpToDate"'),
      })),
    ],
    [
      "written anew, with blanks",
      withDocument(which, (good) => ({
        ...good,
        text: JSON.stringify(JSON.parse(good.text), null, 1),
      })),
    ],
    ["expired", at({}, NOW - 29 * DAY - 1_000)],
    ["from the future", at({}, NOW + DAY + 1_000)],
    ["SGX's", at({ other: { id: which === "tcbInfo" ? "SGX" : "QE" } })],
    ["another version", at({ other: { version: 7 } })],
    ["without a date", at({ other: { nextUpdate: null } })],
    [
      "a signature that is too short",
      withDocument(which, (good) => ({ ...good, signature: good.signature.slice(2) })),
    ],
    [
      "signed by the machine",
      withDocument(which, (good) => served(good.text, machineKeys().key, good.chain)),
    ],
    ["no JSON", withDocument(which, () => "not JSON")],
    ["never came", absent(which)],
  ];
}

eachFails("tcb-info", [
  ...documentRows("tcbInfo"),
  ["of another FMSPC", tcbInfo({ fmspc: "51a0c0de0001" })],
  ["of another PCE", tcbInfo({ pceId: "0001" })],
  ["of another TCB type", tcbInfo({ other: { tcbType: 1 } })],
  ["a level without a number", tcbInfo({ levels: [{ ...TCB_INFO.levels[0], pceSvn: null }] })],
  ["a level with too few components", tcbInfo({ levels: [{ ...TCB_INFO.levels[0], sgx: [0] }] })],
]);

const chainRows = (which: "tcbInfo" | "qeIdentity"): Row[] => [
  [
    "another root",
    withDocument(which, (good) => ({ ...good, chain: new Authority().signerChain })),
  ],
  [
    "signed by a machine, with its chain",
    withDocument(which, (good) => served(good.text, machineKeys().key, twoOf(machineKeys().chain))),
  ],
  ["no chain", withDocument(which, (good) => ({ ...good, chain: "" }))],
  [
    "the root alone",
    withDocument(which, (good) => ({ ...good, chain: pem(by().rootCertificate) })),
  ],
];

function twoOf(chain: string): string {
  const blocks = blocksOf(chain);
  return `${blocks[0]}${blocks[2]}`;
}

const badSigner = (twist: object) => () => genuine({ authority: new Authority({ signer: twist }) });

eachFails("tcb-chain", [
  ...chainRows("tcbInfo"),
  ["the signer has expired", badSigner({ notAfter: new Date(NOW - DAY) })],
  ["the signer is of the future", badSigner({ notBefore: new Date(NOW + DAY) })],
  ["the signer has another name", badSigner({ name: "Intel SGX TCB Signing Two" })],
]);
eachFails("qe-identity", documentRows("qeIdentity"));
eachFails("qe-chain", chainRows("qeIdentity"));

eachVerifies([
  [
    "a list of other machines",
    withCrl("pckCrl", () => by().crl("platform", NOW, ["0102", "ff01"])),
  ],
]);

/** CRLs come in three forms. */
eachVerifies(
  (["DER", "hex", "PEM"] as const).map(
    (form): Row => [
      `the machines' CRL as ${form}`,
      withCrl("pckCrl", (good) => {
        const body = {
          DER: good.toString("latin1"),
          hex: `${good.toString("hex").toUpperCase()}\n`,
          PEM: pem(good, "X509 CRL"),
        };
        return crlOf({ body: body[form] });
      }),
    ],
  ),
);
