/**
 * Takes secrets out of text. GitHub masks its own log; this is for everything that leaves the process, so
 * that a secret which a server echoes is not even printed, nor written to an output, summary or state.
 */
export class Redactor {
  readonly #everywhere = new Set<string>();
  readonly #printed = new Set<string>();

  /** Never shown in any form of output. */
  addSecret(secret: string): void {
    for (const form of formsOf(secret)) this.#everywhere.add(form);
  }

  /** Handed on by outputs, but never printed: a commit token has to cross jobs. */
  addUnprintable(value: string): void {
    for (const form of formsOf(value)) this.#printed.add(form);
  }

  /** For outputs and state. */
  redact(text: string): string {
    return replaceAll(text, this.#everywhere);
  }

  /** For log, annotations and summary. */
  redactPrinted(text: string): string {
    return replaceAll(this.redact(text), this.#printed);
  }
}

/** Shorter than this, a value would be found by chance in everything. */
const SHORTEST = 4;

/** The secret as it is, and as JSON and URLs would carry it. */
function formsOf(secret: string): string[] {
  if (secret.length < SHORTEST) return [];
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret, "utf8").toString("base64");
  // A server may give hex digits back in the other case.
  const hex = /^[0-9a-f]{16,}$/i.test(secret) ? [secret.toLowerCase(), secret.toUpperCase()] : [];
  return [secret, json, encodeURIComponent(secret.toWellFormed()), base64, ...hex];
}

function replaceAll(text: string, secrets: ReadonlySet<string>): string {
  let clean = text;
  // The longest first, so that one secret inside another leaves no remainder.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    clean = clean.replaceAll(secret, "***");
  }
  return clean;
}
