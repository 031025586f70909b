/** The tamper table: what is wrong with the quote and the certificates of its machine. */
import { generateKeyPairSync } from "node:crypto";
import { Authority, authority, type Twist } from "../../simulator/attestation/authority.ts";
import { GOOD_MACHINE } from "../../simulator/attestation/machines.ts";
import { pointOf, type QuoteTwist } from "../../simulator/attestation/quote.ts";
import { pem } from "../../simulator/attestation/x509.ts";
import { type Case, genuine, NOW } from "./support.ts";
import { blocksOf, eachFails, eachVerifies, flipped, type Row } from "./tamper.ts";

const DAY = 86_400_000;
/** Where the fields of a quote of version 4 begin, in bytes. */
const AT = { header: 28, mrTd: 48 + 136, rtmr3: 48 + 472, reportData: 48 + 520, signature: 636 };

const otherKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const twisted = (twist: QuoteTwist) => () => genuine({ twist });
const bent = (change: (quote: Buffer) => Buffer) => (): Case => {
  const one = genuine();
  return { ...one, quote: change(one.quote) };
};
const bit = (name: keyof typeof AT): Row => [
  `one bit of ${name}`,
  bent((quote) => flipped(quote, AT[name])),
];

/** The quote without the zeros behind it. */
function unpadded(quote: Buffer): Buffer {
  return quote.subarray(0, 632 + 4 + quote.readUInt32LE(632));
}

const machine = (twist: Twist) => () =>
  genuine({ platform: authority().newPlatform(GOOD_MACHINE, twist) });
const issuer = (twist: Twist) => () => genuine({ authority: new Authority({ ca: twist }) });

/** The genuine chain in another order, or with other parts. */
const chained = (change: (blocks: string[]) => string[]) => (): Case => {
  const { chain } = authority().platform(GOOD_MACHINE);
  const blocks = blocksOf(chain);
  return genuine({ twist: { chain: change(blocks).join("") } });
};

eachFails("quote-signature", [
  ["one bit of MRTD", bent((quote) => flipped(quote, AT.mrTd))],
  bit("rtmr3"),
  bit("reportData"),
  bit("header"),
  bit("signature"),
  ["the last bit of the signature", bent((quote) => flipped(quote, AT.signature + 63))],
  ["signed by another attestation key", twisted({ signer: otherKey() })],
]);

eachFails("quote", [
  ["SGX", twisted({ teeType: 0 })],
  ["SEV", twisted({ teeType: 0x82 })],
  ["version 3", twisted({ version: 3 })],
  ["version 6", twisted({ version: 6 })],
  ["version 5 with an SGX body", twisted({ version: 5, bodyType: 1 })],
  ["a P-384 key", twisted({ keyType: 3 })],
  ["another vendor's quoting enclave", twisted({ vendor: "00".repeat(16) })],
  ["an encrypted PPID", twisted({ certificationType: 3 })],
  ["an unknown kind of certification", twisted({ certificationType: 7 })],
  ["truncated", bent((quote) => unpadded(quote).subarray(0, -1))],
  ["truncated in the header", bent((quote) => quote.subarray(0, 20))],
  ["truncated in the body", bent((quote) => quote.subarray(0, 400))],
  ["empty", bent(() => Buffer.alloc(0))],
  ["a byte after it", bent((quote) => Buffer.concat([quote, Buffer.from([1])]))],
  ["a length that is one too small", bent(shortened(632))],
  ["more than 64 KiB", bent((quote) => Buffer.concat([quote, Buffer.alloc(65_536)]))],
]);

function shortened(at: number): (quote: Buffer) => Buffer {
  return (quote) => {
    const copy = Buffer.from(quote);
    copy.writeUInt32LE(copy.readUInt32LE(at) - 1, at);
    return copy;
  };
}

eachVerifies([
  ["no zeros after it", bent(unpadded)],
  ["more zeros after it", bent((quote) => Buffer.concat([quote, Buffer.alloc(999)]))],
  ["version 5 with a report of 1.5", twisted({ version: 5 })],
  ["version 5 with a report of 1.0", twisted({ version: 5, bodyType: 2 })],
  [
    "line ends of two characters",
    chained((blocks) => blocks.map((one) => one.replaceAll("\n", "\r\n"))),
  ],
]);

eachFails("qe-report", [
  [
    "another attestation key named in it",
    twisted({ namedKey: pointOf(otherKey()).toString("hex") }),
  ],
  ["signed by another key", twisted({ qeSigner: otherKey() })],
]);

eachFails("pck-chain", [
  ["another root", () => ({ ...genuine(), trust: genuine({ authority: new Authority() }).trust })],
  ["another name of the CA", issuer({ name: "Intel SGX PCK Elsewhere CA" })],
  ["the root's name for the CA", issuer({ name: "Intel SGX Root CA" })],
  ["another name of the machine", machine({ name: "Intel SGX PCK Platform CA" })],
  ["the machine's certificate has expired", machine({ notAfter: new Date(NOW - 1_000) })],
  ["the machine's certificate is of the future", machine({ notBefore: new Date(NOW + 1_000) })],
  ["the CA has expired", issuer({ notAfter: new Date(NOW - DAY) })],
  ["the CA is of the future", issuer({ notBefore: new Date(NOW + DAY) })],
  [
    "the root has expired",
    () => genuine({ authority: new Authority({ root: { notAfter: new Date(NOW - DAY) } }) }),
  ],
  ["in another order", chained(([pck = "", ca = "", root = ""]) => [ca, pck, root])],
  ["without the root", chained((blocks) => blocks.slice(0, 2))],
  ["the root twice", chained((blocks) => [...blocks, blocks[2] ?? ""])],
  ["text between", chained(([first = "", ...more]) => [first, "# a remark\n", ...more])],
  ["text in front", chained((blocks) => ["\n", ...blocks])],
  ["no certificate", chained(() => [])],
  ["rubbish in a certificate", chained(([, ...more]) => [pem(Buffer.alloc(300, 7)), ...more])],
  ["bytes after a certificate", chained(([first = "", ...more]) => [pem(longer(first)), ...more])],
  ["issued by another CA of that name", () => issuedByAnother()],
]);

function longer(block: string): Buffer {
  const base64 = block.replace(/-----.*-----|\n/g, "");
  return Buffer.concat([Buffer.from(base64, "base64"), Buffer.from([0])]);
}

/** A machine's certificate of a stranger with all the names right, under the genuine CA and root. */
function issuedByAnother(): Case {
  const [, ca = "", root = ""] = blocksOf(authority().platform(GOOD_MACHINE).chain);
  const stranger = new Authority().platform(GOOD_MACHINE);
  const [own = ""] = blocksOf(stranger.chain);
  return genuine({ platform: { ...stranger, chain: own + ca + root } });
}
