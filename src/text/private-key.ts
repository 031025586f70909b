/**
 * A private key as it is given, before anything signs with it. Loads no cryptography: every step reads its
 * inputs, and few sign.
 */

/** What is wrong with a key. Says what was given instead where that can be seen, and nothing of the value. */
export type KeyProblem =
  /** 40 digits: an address, which is public. */
  | "address"
  /** Words: a wallet's recovery phrase, which reaches more than one key. */
  | "phrase"
  /** 128 or 130 digits: a public key. */
  | "public-key"
  | "not-hex"
  | "length"
  /** 0, or not below the order of the curve. */
  | "out-of-range";

export type ParsedKey =
  | { readonly ok: true; readonly key: PrivateKey }
  | { readonly ok: false; readonly problem: KeyProblem };

/** The order of secp256k1 (SEC 2, 2.4.1): a key is a number from 1 up to, but not including, it. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The bytes of a key. Whatever prints, inspects or serialises it shows `***`. */
export class PrivateKey {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** For signing alone. */
  bytes(): Uint8Array {
    return this.#bytes;
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "***";
  }
}

/** 64 hex digits, `0x` in front or not. */
export function parsePrivateKey(text: string): ParsedKey {
  const digits = bareDigits(text);
  if (!/^[0-9a-f]+$/i.test(digits)) {
    const words = text.trim().split(/\s+/);
    const phrase = words.length >= 12 && words.every((word) => /^[a-z]+$/i.test(word));
    return { ok: false, problem: phrase ? "phrase" : "not-hex" };
  }
  if (digits.length === 40) return { ok: false, problem: "address" };
  if (digits.length === 128 || digits.length === 130) return { ok: false, problem: "public-key" };
  if (digits.length !== 64) return { ok: false, problem: "length" };
  const number = BigInt(`0x${digits}`);
  if (number === 0n || number >= ORDER) return { ok: false, problem: "out-of-range" };
  return { ok: true, key: new PrivateKey(Buffer.from(digits, "hex")) };
}

/**
 * All forms in which a key may show, to be masked before anything else looks at it, also where it is
 * malformed: a key with one digit missing is nearly one. The longest first.
 */
export function formsOfKey(text: string): string[] {
  const given = text.trim();
  const bare = bareDigits(given);
  const forms = new Set([text, given]);
  for (const digits of [bare, bare.toLowerCase(), bare.toUpperCase()]) {
    for (const form of [`0x${digits}`, `0X${digits}`, digits]) forms.add(form);
  }
  return [...forms]
    .filter((form) => !/^(?:0x)?$/i.test(form.trim()))
    .sort((a, b) => b.length - a.length);
}

/** Whether a text, such as an app's secret, is the same key in whatever form. */
export function isSameKey(key: string, text: string): boolean {
  const digits = bareDigits(key).toLowerCase();
  return digits !== "" && digits === bareDigits(text).toLowerCase();
}

function bareDigits(text: string): string {
  return text.trim().replace(/^0x/i, "");
}
