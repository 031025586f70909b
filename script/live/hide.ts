/** Takes ids, names and secrets out of what others will read, and refuses to hand it on where one is left. */

const PATTERNS: readonly RegExp[] = [
  /\bphak_\S+/g,
  /\bgh[oprsu]_\w+/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /\bhttps?:\/\/[^\s<>")\]]+/g,
  /\b[\w.+-]+@[\w-]+\.[\w.-]+/g,
  /\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g,
  /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi,
  // With a capital or a digit in it: `app_certificates` is the name of a field.
  /\b(app|cvm|instance|rev|user|usr|op)_(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{6,}/g,
  /\b(0x)?[0-9a-f]{16,}\b/gi,
  /\bop-\w+/g,
  // A name that the platform gave, before anybody told that it is one.
  /\b[\w-]+-rep-[a-z0-9]{5}\b/gi,
];
/** What stands in the place of each: no word, so that it is none of theirs. */
const INSTEAD = "‹…›";
/** Shorter values are everyday words and numbers: to look for them would tear text apart. */
const SHORTEST = 5;

/** Everything that was learned on the way and is nobody's business. */
export class Hidden {
  readonly #values = new Set<string>();

  /** Notes values; what is no text, or too short to be told from a word, is passed over. */
  add(...values: readonly unknown[]): void {
    for (const value of values) {
      if (typeof value !== "string" || value.length < SHORTEST) continue;
      this.#values.add(value);
      this.#values.add(value.replaceAll("-", ""));
    }
  }

  /** `text` without any of them, and without anything that looks like one. */
  takeOut(text: string): string {
    const bare = this.#forms().reduce((left, form) => left.replaceAll(form, INSTEAD), text);
    return PATTERNS.reduce((left, form) => left.replaceAll(form, INSTEAD), bare);
  }

  /** Throws where `text` still holds one of them, in any case. The text of the error holds none. */
  check(text: string): void {
    const left = this.#forms().filter((form) => text.search(form) >= 0);
    if (left.length > 0) throw new Error(`the report still holds ${left.length} hidden values`);
  }

  /** One form for each value, the longest first: one may hold another. */
  #forms(): RegExp[] {
    return [...this.#values].sort((a, b) => b.length - a.length).map(formOf);
  }
}

/** Finds a value in any case. One that is a plain word counts as a whole word alone: fields have words in them. */
function formOf(value: string): RegExp {
  const escaped = value.replaceAll(/[^\w\s]/g, "\\$&");
  const plain = /^[a-z]+$/i.test(value);
  return new RegExp(plain ? `(?<!\\w)${escaped}(?!\\w)` : escaped, "gi");
}
