/**
 * Reads what comes as JSON from outside. Misspelt names and values of another type are refused: passed over
 * in silence, they would switch off the very scenario that a caller counts on.
 */

/**
 * Takes a value for what it has to be.
 *
 * @param at where the value stands, for the message
 * @throws Error that says in one line what is wrong, and where
 */
export type Parse<T> = (value: unknown, at: string) => T;

/** One parser for each name of T: one that is added to the type and forgotten here does not compile. */
export type Names<T> = { readonly [K in keyof T]-?: Parse<T[K]> };

const LONGEST = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function refuse(value: unknown, at: string, what: string): never {
  throw new Error(
    value === undefined ? `${at} is missing` : `${at} is ${what}, not ${shown(value)}`,
  );
}

export const text: Parse<string> = (value, at) =>
  typeof value === "string" ? value : refuse(value, at, "a text");

export const flag: Parse<boolean> = (value, at) =>
  typeof value === "boolean" ? value : refuse(value, at, "true or false");

/** A finite number, by default not below 0, as times in ms are. */
export function number(least = 0): Parse<number> {
  return (value, at) =>
    typeof value === "number" && Number.isFinite(value) && value >= least
      ? value
      : refuse(value, at, least === 0 ? "a number from 0 on" : "a number");
}

/** A whole number within limits. */
export function whole(least = 0, most = Number.MAX_SAFE_INTEGER): Parse<number> {
  const limit = most === Number.MAX_SAFE_INTEGER ? "on" : `to ${most}`;
  return (value, at) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : refuse(value, at, `a whole number from ${least} ${limit}`);
}

/** One of a few values. */
export function oneOf<const T extends string | number>(...values: readonly T[]): Parse<T> {
  return (value, at) =>
    values.find((item) => item === value) ?? refuse(value, at, `one of ${values.join(", ")}`);
}

/** May be left out. */
export function optional<T>(parse: Parse<T>): Parse<T | undefined> {
  return (value, at) => (value === undefined ? undefined : parse(value, at));
}

/** May be null. */
export function nullable<T>(parse: Parse<T>): Parse<T | null> {
  return (value, at) => (value === null ? null : parse(value, at));
}

export function listOf<T>(parse: Parse<T>): Parse<readonly T[]> {
  return (value, at) =>
    Array.isArray(value)
      ? value.map((item, index) => parse(item, `${at}[${index}]`))
      : refuse(value, at, "a list");
}

function objectAt(value: unknown, at: string): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse(value, at, "a JSON object");
}

/** An object of any names, such as headers. */
export function recordOf<T>(parse: Parse<T>): Parse<Readonly<Record<string, T>>> {
  return (value, at) =>
    Object.fromEntries(
      Object.entries(objectAt(value, at)).map(([name, item]) => [
        name,
        parse(item, `${at}.${name}`),
      ]),
    );
}

/** An object that has these names and no others. What was left out stays left out. */
export function object<T>(names: Names<T>): Parse<T> {
  const parsers = Object.entries(names) as [string, Parse<unknown>][];
  const known = parsers.map(([name]) => name);
  return (value, at) => {
    const given = objectAt(value, at);
    const unknown = Object.keys(given).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new Error(`${at} has no "${unknown}"; it takes ${known.join(", ")}`);
    }
    const read = parsers.map(
      ([name, parse]) => [name, parse(given[name], `${at}.${name}`)] as const,
    );
    return Object.fromEntries(read.filter(([, item]) => item !== undefined)) as T;
  };
}

/** An object whose `kind` says which other names it has. */
export function byKind<T extends { readonly kind: string }>(
  kinds: {
    readonly [K in T["kind"]]: Names<Omit<Extract<T, { readonly kind: K }>, "kind">>;
  },
): Parse<T> {
  const kind = oneOf(...(Object.keys(kinds) as T["kind"][]));
  return (value, at) => {
    const found = kind(objectAt(value, at).kind, `${at}.kind`);
    return object<unknown>({ kind, ...kinds[found] })(value, at) as T;
  };
}
