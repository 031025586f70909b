export type Env = Readonly<Record<string, string | undefined>>;

/** The input as the runner passes it (`INPUT_NAME`), trimmed; null where it is empty or only white space. */
export function rawInput(env: Env, name: string): string | null {
  const text = inputVariable(env, name)?.trim();
  return text === undefined || text === "" ? null : text;
}

function inputVariable(env: Env, name: string): string | undefined {
  return env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`];
}

/**
 * Reads inputs one by one and collects what is wrong with them, so that a user meets all mistakes at
 * once. A value that is a secret is never repeated.
 */
export class InputReader {
  readonly faults: string[] = [];
  readonly #env: Env;
  readonly #asked = new Set<string>();

  constructor(env: Env) {
    this.#env = env;
  }

  /** Every input that was asked for so far, given or not: once all are read, the action's inputs. */
  get asked(): ReadonlySet<string> {
    return this.#asked;
  }

  given(name: string): boolean {
    return this.#raw(name) !== null;
  }

  /** Named in the step's `with:`, but blank. Only for an input without a default, which the runner fills in. */
  cameOutEmpty(name: string): boolean {
    return inputVariable(this.#env, name) !== undefined && !this.given(name);
  }

  /** The parsed input, or null where it is not given or not of the form. */
  optional<T>(name: string, form: string, parse: (text: string) => T | null): T | null {
    const text = this.#raw(name);
    return text === null ? null : this.#parsed(name, text, form, parse);
  }

  /** As `optional`, but a fault where it is not given. */
  required<T>(name: string, form: string, parse: (text: string) => T | null): T | null {
    if (!this.given(name)) this.faults.push(`${name} is missing: give ${form}.`);
    return this.optional(name, form, parse);
  }

  /** As `optional`, for an address, which may hold a password where it should not. */
  url<T>(name: string, form: string, parse: (text: string) => T | null): T | null {
    const text = this.#raw(name);
    if (text === null) return null;
    const value = parse(text);
    if (value === null) this.faults.push(`${name} is ${shownUrl(text)}: it must be ${form}.`);
    return value;
  }

  /** As `optional`, for a secret: a fault says nothing of the value. */
  secret<T>(name: string, form: string, parse: (text: string) => T | null): T | null {
    const text = this.#raw(name);
    if (text === null) return null;
    const value = parse(text);
    if (value === null) this.faults.push(`${name} (not shown) is not ${form}.`);
    return value;
  }

  /** The whole text of an input that reports its own faults; null where it is not given. */
  text<T>(name: string, parse: (text: string) => T): T | null {
    const text = this.#raw(name);
    return text === null ? null : parse(text);
  }

  /** An input with a default, which may come from the environment of the step. */
  withDefault<T>(name: string, fallback: T, form: string, parse: (text: string) => T | null): T {
    return this.optional(name, form, parse) ?? fallback;
  }

  /** Two inputs that exclude each other. */
  exclude(name: string, others: readonly string[], why: string): void {
    const given = others.filter((other) => this.given(other));
    if (this.given(name) && given.length > 0) {
      this.faults.push(`${name} can't be combined with ${given.join(", ")}: ${why}.`);
    }
  }

  /**
   * An input that does nothing without another, and may have been meant to do something.
   *
   * @param value as it was read: however it is written, the default asks for nothing
   * @param usual what it is by default; null: not given
   */
  useless<T>(
    name: string,
    { value, usual }: { readonly value: T; readonly usual: T },
    without: string,
    why: string,
  ): void {
    if (!this.given(name) || value === usual || this.given(without)) return;
    this.faults.push(`${name} belongs to ${without}, which is empty: ${why}.`);
  }

  #raw(name: string): string | null {
    this.#asked.add(name);
    return rawInput(this.#env, name);
  }

  #parsed<T>(
    name: string,
    text: string,
    form: string,
    parse: (text: string) => T | null,
  ): T | null {
    const value = parse(text);
    if (value === null) this.faults.push(`${name} is ${shown(text)}: it must be ${form}.`);
    return value;
  }
}

/** An address for a fault's message; one with an `@` may hold a password. */
export function shownUrl(text: string): string {
  return text.includes("@") ? "(not shown: it holds an @)" : shown(text);
}

/** No right value of these inputs is longer; a wrong one may be a secret, of which no piece may show. */
const LONGEST_SHOWN = 80;

/** A wrong value for a fault's message. */
export function shown(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.length} characters long` : JSON.stringify(text);
}
