/** The figures that a list of measurements is told by. */

/** The middle one, or the mean of the two in the middle. @throws on an empty list */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error("no measurements");
  return (lower + upper) / 2;
}

/** Between a quarter and three quarters of the values, as a sign of how noisy they are. */
export function quartiles(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return [at(0.25), at(0.75)];
}

/** To a few significant digits, as people read figures. */
export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
