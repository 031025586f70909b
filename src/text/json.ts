/** Reading JSON of unknown shape: every accessor answers null instead of throwing. */
export type JsonObject = { readonly [key: string]: unknown };

/** No answer of the API nests so deep; to parse one, or to write it out again, takes seconds or the stack. */
const MAX_DEPTH = 100;

/** The parsed text, or undefined where it is not JSON, or nests deeper than any answer of the API. */
export function parseJson(text: string): unknown {
  if (nestsTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const QUOTE = 0x22;

/** In one pass that leaps over strings: it stands in front of every answer, hostile ones included. */
function nestsTooDeep(json: string): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const mark = json.charCodeAt(i);
    if (mark === QUOTE) i = endOfString(json, i);
    // Brackets and braces differ in this bit alone.
    else if ((mark | 0x20) === 0x7b) {
      if (++depth > MAX_DEPTH) return true;
    } else if ((mark | 0x20) === 0x7d) depth--;
  }
  return false;
}

/** Where the string that begins at `start` closes; the end of the text where it does not. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let from = end;
    while (json[from - 1] === "\\") from--;
    if ((end - from) % 2 === 0) return end;
  }
  return json.length;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, key: string): JsonObject | null {
  const found = fieldOf(value, key);
  return isObject(found) ? found : null;
}

export function arrayAt(value: unknown, key: string): readonly unknown[] {
  const found = fieldOf(value, key);
  return Array.isArray(found) ? found : [];
}

/** A non-empty string. */
export function stringAt(value: unknown, key: string): string | null {
  const found = fieldOf(value, key);
  return typeof found === "string" && found !== "" ? found : null;
}

export function numberAt(value: unknown, key: string): number | null {
  const found = fieldOf(value, key);
  return typeof found === "number" && Number.isFinite(found) ? found : null;
}

export function booleanAt(value: unknown, key: string): boolean | null {
  const found = fieldOf(value, key);
  return typeof found === "boolean" ? found : null;
}

/** An id, which the API's versions give as a number or as a string. */
export function idAt(value: unknown, key: string): number | string | null {
  return numberAt(value, key) ?? stringAt(value, key);
}

export function fieldOf(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
