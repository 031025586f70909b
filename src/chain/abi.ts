/**
 * The whole of what is ever asked of an app's contract: four reads and two writes (API facts, "Chain").
 * Nothing else can be called: there is no function here that takes a selector.
 */
import { readBytes } from "./hex.ts";
import type { Revert, What } from "./trouble.ts";

const READS = {
  allowAnyDevice: "0x3440a16a",
  owner: "0x8da5cb5b",
} as const;

const READS_OF_WORD = {
  allowedDeviceIds: "0xbf8b211b",
  allowedComposeHashes: "0x2f6622e5",
} as const;

const WRITES: { readonly [W in What]: string } = {
  device: "0x2a819728",
  "compose-hash": "0xdfc77223",
};

/** Errors by their selectors: the contract's own, and Solidity's two. */
const NOT_OWNER = "0x118cdaa7";
const TEXT = "0x08c379a0";
const PANIC = "0x4e487b71";

/** The longest reason that is kept, in bytes of its text. */
const MOST_TEXT = 400;

/** Calldata of a read without an argument. */
export function readData(name: keyof typeof READS): string {
  return READS[name];
}

/** Calldata of a read of one word. @param word 64 hex digits without `0x` */
export function readWordData(name: keyof typeof READS_OF_WORD, word: string): string {
  return READS_OF_WORD[name] + checkedWord(word);
}

/** Calldata of one of the two writes. @param word 64 hex digits without `0x` */
export function writeData(what: What, word: string): string {
  return WRITES[what] + checkedWord(word);
}

function checkedWord(word: string): string {
  if (!/^[0-9a-f]{64}$/.test(word)) throw new Error("not 64 lower-case hex digits");
  return word;
}

/** A `bool` that a read answered; anything but one word of 0 or 1 is null. */
export function readBool(result: string): boolean | null {
  if (!/^0x0{63}[01]$/.test(result)) return null;
  return result.endsWith("1");
}

/** An `address` that a read answered, lower-case with `0x`; anything else is null. */
export function readAddress(result: string): string | null {
  const digits = /^0x0{24}([0-9a-f]{40})$/.exec(result)?.[1];
  return digits === undefined ? null : `0x${digits}`;
}

/** Why a call was refused, from the bytes that it left. @param redact takes out what must not be printed */
export function readRevert(data: string | null, redact: (text: string) => string): Revert {
  const bytes = readBytes(data);
  if (bytes === null || bytes.length < 10) return { error: "unknown" };
  const selector = bytes.slice(0, 10);
  const argument = bytes.slice(10);
  const account = selector === NOT_OWNER ? readAddress(`0x${argument}`) : null;
  if (account !== null) return { error: "not-owner", account };
  if (selector === PANIC && argument.length === 64) {
    return { error: "panic", code: `0x${BigInt(`0x${argument}`).toString(16)}` };
  }
  const text = selector === TEXT ? readText(argument) : null;
  return text === null
    ? { error: "other", selector }
    : { error: "text", text: redact(text).slice(0, MOST_TEXT) };
}

/** A `string`, the only argument: its offset, its length, its bytes. */
function readText(argument: string): string | null {
  if (!/^0{62}20[0-9a-f]{64}/.test(argument)) return null;
  const length = BigInt(`0x${argument.slice(64, 128)}`);
  const bytes = argument.slice(128);
  if (length > BigInt(bytes.length / 2)) return null;
  const text = Buffer.from(bytes.slice(0, Number(length) * 2), "hex").toString("utf8");
  return text === "" ? null : text;
}
