import { cut } from "../text/cut.ts";

/**
 * The checks of a verification: their codes, the order in which they are made, and what each one found. A
 * check that fails is data, and the reason why a replica is not verified.
 */

/** Every check, in the order in which they are made; the first that fails is the reason. */
export const CHECKS = [
  "evidence",
  "quote",
  "pck-chain",
  "tcb-chain",
  "qe-chain",
  "root-crl",
  "pck-crl",
  "revoked",
  "tcb-info",
  "qe-identity",
  "qe-report",
  "quote-signature",
  "module",
  "tcb",
  "td-attributes",
  "event-log",
  "app-id",
  "instance-id",
  "compose-hash",
  "compose-text",
  "mr-config-id",
  "os",
  "key-provider",
] as const;

export type Check = (typeof CHECKS)[number];

/**
 * Where the expected value comes from: the rules of a quote, Intel's signed collateral, an input of the
 * workflow, the source's verified quote, or the platform's API.
 */
export type From = "rule" | "intel" | "input" | "source" | "api";

/** What one check found. Texts of others are cleaned and cut, but may be whatever the sender likes. */
export interface CheckResult {
  readonly check: Check;
  readonly ok: boolean;
  readonly expected: string;
  readonly seen: string;
  readonly from: From;
}

/** The check that failed. */
export interface Fault extends CheckResult {
  readonly ok: false;
  /** Asking again later may bring another answer: attestation lags behind a boot or an update. */
  readonly again: boolean;
}

/** How a check says no; never leaves this folder. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly expected: string;
  readonly seen: string;
  readonly again: boolean;

  constructor(expected: string, seen: string, again: boolean) {
    super(`expected ${expected}, seen ${seen}`);
    this.expected = expected;
    this.seen = seen;
    this.again = again;
  }
}

/** @param again asking later may bring another answer @throws Refused always */
export function refuse(expected: string, seen: string, again = false): never {
  throw new Refused(expected, seen, again);
}

/** @throws Refused unless it holds */
export function demand(holds: boolean, expected: string, seen: string): asserts holds {
  if (!holds) refuse(expected, seen);
}

/** What a check that holds leaves behind: its value for the next ones, and what it saw. */
export interface Held<T> {
  readonly value: T;
  readonly expected: string;
  readonly seen: string;
}

/** Ends a verification at its first failure. */
class Stopped extends Error {
  override readonly name = "Stopped";
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.check);
    this.fault = fault;
  }
}

/** The checks of one verification as they are made. */
export class Trail {
  readonly results: CheckResult[] = [];

  /**
   * Makes one check. Whatever is thrown inside is a failure of that check: an input that trips a parser must
   * never look like a crash, and even less like success.
   *
   * @returns its value, for the checks after it
   */
  make<T>(check: Check, from: From, work: () => Held<T>): T {
    try {
      const { value, expected, seen } = work();
      this.results.push({ check, ok: true, expected: shown(expected), seen: shown(seen), from });
      return value;
    } catch (error) {
      const { expected, seen, again } = error instanceof Refused ? error : unforeseen(error);
      const texts = { expected: shown(expected), seen: shown(seen) };
      const result = { check, ok: false as const, ...texts, from };
      this.results.push(result);
      throw new Stopped({ ...result, again: again || LAGGING.has(check) });
    }
  }

  /** Runs a row of checks up to the first that fails. */
  run<T>(checks: () => T): Made<T> {
    try {
      return { ok: true, value: checks() };
    } catch (error) {
      if (error instanceof Stopped) return { ok: false, fault: error.fault };
      throw error;
    }
  }
}

/** What a row of checks came to. */
export type Made<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

/** What an update that has not reached the guest yet looks like, in a quote that is good otherwise. */
const LAGGING: ReadonlySet<Check> = new Set(["app-id", "instance-id", "compose-hash"]);

/** Longer texts serve nobody. Characters. */
const MAX_TEXT = 600;

/** Much of it was written by others: nothing but printable ASCII, in one line that is bounded. */
function shown(text: string): string {
  return cut(text.replace(/[^\x20-\x7e]/g, "?"), MAX_TEXT);
}

/** Node's errors are told by name alone: their texts change with its version, and may hold the input. */
function unforeseen(error: unknown): Pick<Refused, "expected" | "seen" | "again"> {
  const name = error instanceof Error ? error.name : "something thrown";
  return { expected: "a readable value", seen: `unreadable (${name})`, again: false };
}
