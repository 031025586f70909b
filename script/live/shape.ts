/**
 * What may be told of an answer in public: its fields and the kinds of its values, never a value. Words such as a
 * status are told where they are words.
 */

/** An object of JSON, or an empty one. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** A list of JSON, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Fields whose inside is somebody's own: names in it are theirs. */
const OPAQUE = /compose|config|quote|cert|event_log|script|env|services|logs/;
const DEEPEST = 4;
const MOST_FIELDS = 45;

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^$/, "empty text"],
  [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "UUID"],
  [/^0x[0-9a-f]+$/i, "0x and hex digits"],
  [/^(app_|cvm_|instance_|rev_|user_|usr_)/, "prefixed id"],
  [/^https?:/, "address"],
  [/^\d{4}-\d\d-\d\dT[\d:]+Z$/, "time (whole seconds, Z)"],
  [/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, "time (fractions, Z)"],
  [/^\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:?\d\d$/, "time (with an offset)"],
  [/^\d{4}-\d\d-\d\dT[\d:.]+$/, "time (no zone)"],
  [/^-?\d+(\.\d+)?$/, "number as text"],
];

function kindOfText(text: string): string {
  const hex = /^[0-9a-f]{16,}$/i.test(text) ? `${text.length} hex digits` : null;
  return hex ?? KINDS.find(([form]) => form.test(text))?.[1] ?? "text";
}

/** A field's name as it may be told: one that is no plain name is data. */
function fieldName(name: string): string {
  return /^[a-z][A-Za-z0-9_]{0,39}$/.test(name) && !/[0-9a-f]{12}/i.test(name) ? name : "‹key›";
}

/** The form of a value, such as `{id: number, endpoints: list of 1 {app: address, instance: null}}`. */
export function shapeOf(value: unknown, depth = 0): string {
  if (value === null) return "null";
  if (typeof value === "string") return kindOfText(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return "empty list";
    return `list of ${value.length} ${shapeOf(value[0], depth + 1)}`;
  }
  if (typeof value !== "object")
    return value === true || value === false ? String(value) : typeof value;
  const fields = Object.entries(value as Readonly<Record<string, unknown>>);
  if (depth >= DEEPEST) return "{…}";
  const told = fields.slice(0, MOST_FIELDS).map(([name, inner]) => {
    const inside = OPAQUE.test(name) && typeof inner === "object" && inner !== null;
    return `${fieldName(name)}: ${inside ? (Array.isArray(inner) ? "list" : "{…}") : shapeOf(inner, depth + 1)}`;
  });
  const rest = fields.length > told.length ? `, and ${fields.length - told.length} more` : "";
  return `{${told.join(", ")}${rest}}`;
}

/** A word such as a status, in its own spelling; anything else is told as its kind. */
export function wordOf(value: unknown): string {
  return typeof value === "string" && /^[A-Za-z][A-Za-z_ -]{0,29}$/.test(value)
    ? value
    : `‹${shapeOf(value)}›`;
}
