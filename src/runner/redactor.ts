/**
 * Takes secrets out of text. GitHub masks its own log; this is for everything that leaves the process, so
 * that a secret which a server echoes is not even printed, nor written to an output, summary or state.
 */
export class Redactor {
  readonly #everywhere = new Set<string>();
  readonly #handedOn = new Set<string>();
  readonly #words = new Set<string>();

  /** Never shown in any form of output. */
  addSecret(secret: string): void {
    for (const form of formsOf(secret)) this.#everywhere.add(form);
  }

  /** Handed on by outputs, but neither printed nor saved: a commit token has to cross jobs. */
  addHandedOn(value: string): void {
    for (const form of formsOf(value)) this.#handedOn.add(form);
  }

  /** Not printed, but possibly an everyday word, which outputs and state may well hold of themselves. */
  addWord(value: string): void {
    for (const form of formsOf(value)) this.#words.add(form);
  }

  /** For outputs. */
  redact(text: string): string {
    return replaceAll(text, this.#everywhere);
  }

  /** For the state. */
  redactSaved(text: string): string {
    return replaceAll(this.redact(text), this.#handedOn);
  }

  /** For log, annotations and summary. */
  redactPrinted(text: string): string {
    return replaceAll(this.redactSaved(text), this.#words);
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
