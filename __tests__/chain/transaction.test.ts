/** What is signed equals, byte for byte, what a well-known library signs. */
import { describe, expect, it } from "@jest/globals";
import { computeAddress, SigningKey, Transaction as Theirs } from "ethers";
import { randomHex, seededRandom } from "../../simulator/random.ts";
import { rlp, rlpNumber } from "../../src/chain/rlp.ts";
import { addressOfKey, signTransaction, type Transaction } from "../../src/chain/transaction.ts";
import { type PrivateKey, parsePrivateKey } from "../../src/text/private-key.ts";
import { LIMIT_MS, RUNS } from "../fuzz/cases.ts";

function keyOf(digits: string): PrivateKey {
  const parsed = parsePrivateKey(digits);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.key;
}

function theirs(transaction: Transaction, key: SigningKey): { raw: string; hash: string } {
  const made = Theirs.from({ type: 2, ...transaction, gasLimit: transaction.gas, value: 0n });
  made.signature = key.sign(made.unsignedHash);
  return { raw: made.serialized, hash: made.hash ?? "" };
}

/** Amounts and lengths around the limits of the encoding are as likely as any others. */
function draw(random: () => number): Transaction {
  const below = (most: number) => Math.floor(random() * most);
  const amount = () => BigInt(`0x0${randomHex(random, below(25))}`);
  const maxFeePerGas = amount();
  const tip = amount();
  const data =
    below(3) === 0 ? `2a819728${randomHex(random, 64)}` : randomHex(random, 2 * below(300));
  return {
    chainId: [1, 8453, 31337, 1 + below(2 ** 31)][below(4)] as number,
    nonce: [0, 127, 128, 255, 256, below(2 ** 40)][below(6)] as number,
    maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas,
    maxFeePerGas,
    gas: BigInt([0, 21_000, below(2 ** 24), below(2 ** 45)][below(4)] as number),
    to: `0x${randomHex(random, 40)}`,
    data: `0x${data}`,
  };
}

describe("a signed transaction", () => {
  it(
    `equals that of ethers, ${RUNS} random times`,
    () => {
      const random = seededRandom(19);
      const keys = Array.from({ length: 50 }, () => randomHex(random, 64)).map((digits) => ({
        ours: keyOf(digits),
        theirs: new SigningKey(`0x${digits}`),
      }));
      for (let i = 0; i < RUNS; i++) {
        const transaction = draw(random);
        const key = keys[i % keys.length] as (typeof keys)[number];
        const signed = signTransaction(transaction, key.ours);
        const expected = theirs(transaction, key.theirs);
        // One comparison of texts: jest's would take longer than the signatures.
        if (signed.raw !== expected.raw || signed.hash !== expected.hash) {
          expect({ i, ...signed }).toEqual({ i, ...expected });
        }
      }
    },
    LIMIT_MS,
  );

  it("is the same each time", () => {
    const transaction = draw(seededRandom(1));
    const key = keyOf("11".repeat(32));
    expect(signTransaction(transaction, key)).toEqual(signTransaction(transaction, key));
  });

  it("never makes a contract", () => {
    const transaction = { ...draw(seededRandom(2)), to: "0x" };
    expect(() => signTransaction(transaction, keyOf("11".repeat(32)))).toThrow(/20 bytes/);
  });

  it("belongs to the key's account", () => {
    const random = seededRandom(3);
    for (let i = 0; i < 50; i++) {
      const digits = randomHex(random, 64);
      expect(addressOfKey(keyOf(digits))).toBe(computeAddress(`0x${digits}`).toLowerCase());
    }
  });
});

describe("RLP", () => {
  it("knows no negative number", () => expect(() => rlpNumber(-1)).toThrow(RangeError));

  it.each([
    [0, "80"],
    [1, "01"],
    [127, "7f"],
    [128, "8180"],
    [1024, "820400"],
  ])("encodes %d", (value, expected) => {
    expect(Buffer.from(rlp(rlpNumber(value))).toString("hex")).toBe(expected);
  });

  it.each([
    ["nothing", [], "c0"],
    ["sets of three", [[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"],
    ["55 bytes", new Uint8Array(55).fill(1), `b7${"01".repeat(55)}`],
    ["56 bytes", new Uint8Array(56).fill(1), `b838${"01".repeat(56)}`],
    ["256 bytes", new Uint8Array(256).fill(1), `b90100${"01".repeat(256)}`],
  ])("encodes %s", (_name, item, expected) => {
    expect(Buffer.from(rlp(item)).toString("hex")).toBe(expected);
  });
});
