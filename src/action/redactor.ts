import { markdown, oneLine } from "../text/clean.ts";
import { CUT_MARK } from "../text/cut.ts";

/**
 * Takes secrets out of text. GitHub masks its own log; this is for everything that leaves the process, so
 * that a secret which a server echoes is not even printed, nor written to an output, summary or state.
 */
export class Redactor {
  readonly #everywhere = new Forms();
  readonly #handedOn = new Forms();
  readonly #words = new Forms();

  /** Never shown in any form of output. */
  addSecret(secret: string): void {
    this.#everywhere.add(secret);
  }

  /** Handed on by outputs, but neither printed nor saved: a commit token has to cross jobs. */
  addHandedOn(value: string): void {
    this.#handedOn.add(value);
  }

  /** Not printed, but possibly an everyday word, which outputs and state may well hold of themselves. */
  addWord(value: string): void {
    this.#words.add(value);
  }

  /** For outputs. */
  redact(text: string): string {
    return this.#everywhere.takeOut(text);
  }

  /** For the state. */
  redactSaved(text: string): string {
    return this.#handedOn.takeOut(this.redact(text));
  }

  /** For log, annotations and summary. */
  redactPrinted(text: string): string {
    return this.#words.takeOut(this.redactSaved(text));
  }
}

/** Shorter than this, a value would be found by chance in everything. */
const SHORTEST = 4;
/** So many leading characters in front of three dots: what others write is full of such dots. */
const SHORTEST_QUOTED = 8;
const DOTS = /\u2026|\.{3}/;
const ALL_DOTS = /(\u2026|\.{3,})/;
const HIDDEN = "***";

/** Secrets of one kind, in all forms that they may have by the time a text leaves. */
class Forms {
  /** The longest first, so that one secret inside another leaves no remainder. */
  #forms: readonly string[] = [];

  add(secret: string): void {
    // The lines of a value of several lines may come one by one.
    const pieces = [secret, ...secret.split(/[\r\n]+/)].filter((one) => one.length >= SHORTEST);
    const forms = new Set([...this.#forms, ...pieces.flatMap(formsOf)]);
    this.#forms = [...forms].sort((a, b) => b.length - a.length);
  }

  takeOut(text: string): string {
    let clean = text;
    for (const form of this.#forms) clean = clean.replaceAll(form, HIDDEN);
    return this.#withoutBeginnings(clean);
  }

  /**
   * In front of dots a secret may have lost its end: where our own text was cut, or where a server quotes the
   * beginning of a key. Then nothing finds it any more, masks neither.
   */
  #withoutBeginnings(text: string): string {
    if (this.#forms.length === 0 || !DOTS.test(text)) return text;
    const pieces = text.split(ALL_DOTS);
    return pieces
      .map((piece, index) => {
        const dots = pieces[index + 1];
        // Every other piece is the dots themselves.
        if (index % 2 === 1 || dots === undefined) return piece;
        const least = dots.startsWith(CUT_MARK) ? SHORTEST : SHORTEST_QUOTED;
        if (piece.length < least) return piece;
        const length = this.#forms.reduce((n, form) => Math.max(n, beginningAtEnd(piece, form)), 0);
        return length < least ? piece : piece.slice(0, -length) + HIDDEN;
      })
      .join("");
  }
}

/** The secret as it is, as JSON and URLs would carry it, and as our own text for people has it. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret, "utf8").toString("base64");
  // A server may give hex digits back in the other case.
  const hex = /^[0-9a-f]{16,}$/i.test(secret) ? [secret.toLowerCase(), secret.toUpperCase()] : [];
  const shown = [oneLine(secret, Infinity), markdown(secret, Infinity)];
  const forms = [secret, json, encodeURIComponent(secret.toWellFormed()), base64, ...hex, ...shown];
  return forms.filter((form) => form.length >= SHORTEST);
}

/** How many characters at the end of `text` are the beginning of `form`. */
function beginningAtEnd(text: string, form: string): number {
  const start = form.slice(0, SHORTEST);
  let at = text.indexOf(start, Math.max(0, text.length - form.length));
  while (at !== -1 && !form.startsWith(text.slice(at))) at = text.indexOf(start, at + 1);
  return at === -1 ? 0 : text.length - at;
}
