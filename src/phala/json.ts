/** Reading JSON of unknown shape: every accessor answers null instead of throwing. */
export type JsonObject = { readonly [key: string]: unknown };

/** No answer of the API nests so deep; writing one out again would overflow the stack. */
const MAX_DEPTH = 100;

/** The parsed text, or undefined where it is not JSON, or nests deeper than any answer of the API. */
export function parseJson(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    return depthOf(text) > MAX_DEPTH ? undefined : value;
  } catch {
    return undefined;
  }
}

/** How deep valid JSON nests. In one pass: a hostile answer must not cost more than its length. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const mark = json[i];
    if (inString && mark === "\\") i++;
    else if (mark === '"') inString = !inString;
    else if (inString) continue;
    else if (mark === "{" || mark === "[") deepest = Math.max(deepest, ++depth);
    else if (mark === "}" || mark === "]") depth--;
  }
  return deepest;
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
