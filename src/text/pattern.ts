/** Names as a workflow writes them: whole, or with `*` for any run of characters. */

/** What the platform takes for a name (API facts, "Identifiers"); anything else is nobody's name. */
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,62}$/;
const PATTERN = /^[A-Za-z0-9*-]{1,63}$/;

export interface NamePattern {
  readonly text: string;
  /** It has no `*`: the one CVM of that name is meant. */
  readonly exact: boolean;
  /** Nothing but `*`: every name fits. */
  readonly all: boolean;
}

/** A name or pattern; null for what could be none. */
export function parsePattern(text: string): NamePattern | null {
  if (!PATTERN.test(text)) return null;
  return { text, exact: !text.includes("*"), all: /^\*+$/.test(text) };
}

/**
 * Whether a CVM's name is meant. To the letter, case included, since what fits may be deleted; a name that
 * the platform would not give (control characters, letters that only look alike) fits nothing.
 */
export function fitsPattern({ text }: NamePattern, name: string | null): boolean {
  return name !== null && NAME.test(name) && matches(text, name);
}

/** Whether what bears the name is protected: by the name as it is told, however odd that is. */
export function protectsName({ text, all }: NamePattern, name: string | null): boolean {
  return all || (name !== null && matches(text, name));
}

function matches(text: string, name: string): boolean {
  const [first = "", ...rest] = text.split("*");
  if (rest.length === 0) return name === text;
  if (!name.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
