/** Shorter values stand in everything by chance. Characters. */
const SHORTEST = 4;
/** A port, a year, a number of workers. Digits. */
const MOST_DIGITS = 5;

/**
 * What of a variable's value is masked, piece by piece. GitHub drops each job output that holds a masked
 * value, so what is no secret by its looks is left out: booleans, numbers of up to five digits, and what is
 * shorter than four characters (docs/recipes/environment.md and SECURITY.md say so).
 *
 * Of a value of several lines each line is a piece: given the whole, the runner would mask each of its own
 * accord, also the `{` of a JSON text, which stands in every output that is JSON. The whole in base64 is a
 * piece too, since no line is to be found in it.
 */
export function maskedPieces(value: string): readonly string[] {
  if (isEveryday(value.trim())) return [];
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  const secret = lines.filter((line) => !isEveryday(line));
  // One line, or many that say nothing each and something together.
  if (lines.length === 1 || secret.length === 0) return [value];
  return [...new Set([...secret, Buffer.from(value, "utf8").toString("base64")])];
}

function isEveryday(text: string): boolean {
  if (text.length < SHORTEST || /^(?:true|false)$/i.test(text)) return true;
  const digits = /^[+-]?(\d+)(?:\.(\d+))?$/.exec(text);
  return digits !== null && digits.slice(1).join("").length <= MOST_DIGITS;
}
