/**
 * An amount of ETH such as `0.01`, in wei; null for anything else, for 0, and for more than there is ETH:
 * that is a slip, such as an amount in wei.
 */
export function parseEther(text: string): bigint | null {
  const match = /^(\d{1,9})(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) return null;
  const wei = BigInt(`${match[1]}${(match[2] ?? "").padEnd(18, "0")}`);
  return wei > 0n && wei <= 100_000_000n * 10n ** 18n ? wei : null;
}
