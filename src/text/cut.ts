/** What a text that was cut ends in. The redactor looks in front of it for the beginning of a secret. */
export const CUT_MARK = "…";

/** The text, or as much of it as fits into `max` characters with the mark behind it. */
export function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1).toWellFormed()}${CUT_MARK}` : text;
}
