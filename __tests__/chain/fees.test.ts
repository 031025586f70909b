/** What a transaction may cost. */
import { describe, expect, it } from "@jest/globals";
import { parseEther as theirParseEther } from "ethers";
import fc from "fast-check";
import { feeOf, type Quote } from "../../src/chain/fees.ts";
import { parseEther } from "../../src/text/ether.ts";

describe("an amount of ETH", () => {
  it.each(["0.01", "1", "0.000000000000000001", "123456.789", "100000000"])("%s", (text) => {
    expect(parseEther(text)).toBe(theirParseEther(text));
  });

  it.each([
    "0",
    "0.0",
    "-1",
    "1e-2",
    ".5",
    "1.",
    "0.0000000000000000001",
    "0x1",
    "1 eth",
    "",
    "100000001",
    "1,5",
  ])("is not %j", (text) => expect(parseEther(text)).toBeNull());
});

describe("a fee", () => {
  const amount = (max: bigint) => fc.bigInt({ min: 0n, max });
  const quotes: fc.Arbitrary<Quote> = fc.record({
    baseFee: fc.oneof(amount(10n ** 12n), amount(2n ** 256n)),
    tip: fc.option(fc.oneof(amount(10n ** 11n), amount(2n ** 256n))),
    gas: fc.bigInt({ min: 21_000n, max: 2n ** 40n }),
    balance: fc.oneof(amount(10n ** 18n), amount(2n ** 256n)),
    maxFee: fc.bigInt({ min: 1n, max: 10n ** 19n }),
  });
  /** Where max_fee or the balance leave less than is wanted, and hardly what is needed. */
  const tight = fc
    .tuple(quotes, fc.integer({ min: 90, max: 260 }), fc.integer({ min: 90, max: 260 }))
    .map(([quote, share, rest]): Quote => {
      const baseFee = (quote.baseFee % 10n ** 12n) + 10n ** 7n;
      const gas = quote.gas % 10n ** 6n;
      const cost = ((gas + 21_000n) * baseFee * 5n) / 400n;
      const [maxFee, balance] = [cost * BigInt(share), cost * BigInt(rest)];
      return { baseFee, tip: null, gas: gas + 21_000n, maxFee, balance };
    });

  it("is within max_fee and the balance, or is refused for a reason", () => {
    fc.assert(
      fc.property(fc.oneof(quotes, tight), (quote) => {
        const fee = feeOf(quote);
        if (fee.ok) {
          const most = fee.gas * fee.maxFeePerGas;
          expect(most <= quote.maxFee && most <= quote.balance).toBe(true);
          expect(fee.maxPriorityFeePerGas <= fee.maxFeePerGas).toBe(true);
          // Good for the next block, whose base fee may be an eighth higher.
          expect(fee.maxFeePerGas * 8n >= quote.baseFee * 9n).toBe(true);
          expect(fee.gas >= quote.gas).toBe(true);
        } else {
          expect(fee.least > (fee.why === "fee" ? quote.maxFee : quote.balance)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("offers twice the base fee and the tip where there is room", () => {
    const fee = feeOf({
      baseFee: 10n ** 9n,
      tip: 10n ** 8n,
      gas: 50_000n,
      balance: 10n ** 18n,
      maxFee: 10n ** 16n,
    });
    expect(fee).toEqual({
      ok: true,
      gas: 62_500n,
      maxFeePerGas: 2_100_000_000n,
      maxPriorityFeePerGas: 10n ** 8n,
    });
  });
});
