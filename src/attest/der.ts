import { demand, refuse } from "./check.ts";

/**
 * A reader of DER (X.690) that takes exactly one encoding of each value: what is signed must not be readable
 * in two ways. All of it throws `Refused` for what it does not take.
 */
export interface Der {
  readonly tag: number;
  /** Tag, length and content. */
  readonly whole: Buffer;
  readonly content: Buffer;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The one value that these bytes are; nothing may follow it. */
export function readDer(bytes: Buffer): Der {
  const der = readAt(bytes, 0);
  demand(der.whole.length === bytes.length, "DER with nothing after it", "bytes after it");
  return der;
}

/** The values inside one that is built of others. */
export function partsOf(der: Der | undefined, tag: number = TAG.sequence): Der[] {
  const content = contentOf(der, tag);
  const parts: Der[] = [];
  for (let at = 0; at < content.length; ) {
    const part = readAt(content, at);
    parts.push(part);
    at += part.whole.length;
  }
  return parts;
}

/** The bytes of a value that must have this tag. */
export function contentOf(der: Der | undefined, tag: number): Buffer {
  if (der?.tag !== tag) refuse(`DER tag ${tag}`, der === undefined ? "nothing" : `${der.tag}`);
  return der.content;
}

function readAt(bytes: Buffer, start: number): Der {
  const left = bytes.length - start;
  demand(left >= 2, "a DER value", "an end in the middle of one");
  const tag = bytes.readUInt8(start);
  demand((tag & 0x1f) !== 0x1f, "a DER tag of one byte", "a longer one");
  const first = bytes.readUInt8(start + 1);
  const more = first < 0x80 ? 0 : first & 0x7f;
  demand(first !== 0x80 && more <= 3, "a definite DER length", "another one");
  demand(left >= 2 + more, "a DER length", "an end in the middle of one");
  const length = more === 0 ? first : bytes.readUIntBE(start + 2, more);
  const shortest = more === 0 || length >= (more === 1 ? 0x80 : 2 ** (8 * (more - 1)));
  demand(shortest, "a DER length in its shortest form", "a longer form");
  const from = start + 2 + more;
  demand(from + length <= bytes.length, "a whole DER value", "an end in the middle of one");
  return {
    tag,
    whole: bytes.subarray(start, from + length),
    content: bytes.subarray(from, from + length),
  };
}

/** The bytes of an INTEGER that is not negative, as they stand: how serial numbers are compared. */
export function integerOf(der: Der | undefined, tag: number = TAG.integer): Buffer {
  const content = contentOf(der, tag);
  const [first, second = 0] = content;
  const shortest = content.length === 1 || first !== 0 || second >= 0x80;
  demand(first !== undefined && shortest, "a DER integer in its shortest form", "another form");
  demand(first < 0x80, "an integer of 0 or more", "a negative one");
  return content;
}

/** A whole number from 0 to `most`. */
export function numberOf(der: Der | undefined, most: number): number {
  const content = integerOf(der);
  const value = content.length <= 5 ? content.readUIntBE(0, content.length) : Infinity;
  demand(value <= most, `a number of ${most} at most`, `${value}`);
  return value;
}

/** The bytes of a BIT STRING whose last byte is used up. */
export function bitsOf(der: Der | undefined): Buffer {
  const content = contentOf(der, TAG.bitString);
  demand(content[0] === 0, "a bit string of whole bytes", "another one");
  return content.subarray(1);
}

export function flagOf(der: Der | undefined): boolean {
  const content = contentOf(der, TAG.boolean);
  const value = content.length === 1 ? content[0] : undefined;
  demand(value === 0 || value === 0xff, "a DER boolean", "another value");
  return value === 0xff;
}

/** An object identifier in dotted form. */
export function oidOf(der: Der | undefined): string {
  const content = contentOf(der, TAG.oid);
  const arcs: number[] = [];
  let arc = 0;
  let begins = true;
  for (const byte of content) {
    demand(!begins || byte !== 0x80, "an arc in its shortest form", "a longer form");
    arc = arc * 128 + (byte & 0x7f);
    demand(arc < 2 ** 40, "an arc below 2^40", "a larger one");
    begins = byte < 0x80;
    if (!begins) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first] = arcs;
  if (!begins || first === undefined) refuse("an object identifier", "an end in the middle of one");
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...arcs.slice(1)].join(".");
}

/** A time of X.509 (RFC 5280, 4.1.2.5: UTC, with seconds) in ms since the epoch. */
export function timeOf(der: Der | undefined): number {
  const short = der?.tag === TAG.utcTime;
  const text = contentOf(der, short ? TAG.utcTime : TAG.generalizedTime).toString("latin1");
  const form = short
    ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
    : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
  const numbers = form.exec(text)?.slice(1).map(Number);
  if (numbers === undefined) refuse("a time in UTC with seconds", "another form");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  const full = short ? year + (year < 50 ? 2000 : 1900) : year;
  const time = Date.UTC(full, month - 1, day, hour, minute, second);
  // 31 February is a day in March to Date.
  const again = new Date(time).toISOString().replace(/[-T:]|\.000/g, "");
  demand(again.endsWith(text), "a time that exists", "one that does not");
  return time;
}
