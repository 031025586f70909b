import { type FieldError, invalid } from "./errors.ts";

/** JSON object of a request body. */
export type Body = Readonly<Record<string, unknown>>;

/**
 * Reads a body as FastAPI does: JSON content type, valid JSON, an object (or null where allowed).
 *
 * @param text body text
 * @param contentType value of the header, if any
 * @param optional an absent body or `null` is fine and reads as null
 * @throws Refusal 422 in list form
 */
export function readBody(
  text: string,
  contentType: string | undefined,
  optional: boolean,
): Body | null {
  if (text === "") {
    if (optional) return null;
    throw invalid([{ type: "missing", loc: ["body"], msg: "Field required", input: null }]);
  }
  const media = (contentType ?? "application/json").split(";")[0]?.trim().toLowerCase() ?? "";
  if (media !== "application/json" && !media.endsWith("+json")) throw invalid([notAnObject(text)]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid([
      {
        type: "json_invalid",
        loc: ["body", 0],
        msg: "JSON decode error",
        input: {},
        ctx: { error: "Expecting value" },
      },
    ]);
  }
  if (value === null && optional) return null;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid([notAnObject(value)]);
  }
  return value as Body;
}

function notAnObject(input: unknown): FieldError {
  return {
    type: "model_attributes_type",
    loc: ["body"],
    msg: "Input should be a valid dictionary or object to extract fields from",
    input,
  };
}

/** `Date.parse` takes 31 February for a day in March; the API's parser refuses it. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

/** Collects the faults of one body, so that all come in one answer. */
export class Fields {
  readonly #body: Body;
  readonly #errors: FieldError[] = [];

  constructor(body: Body | null) {
    this.#body = body ?? {};
  }

  /**
   * A whole number or null, by default of any size: for most OpenAPI sets no limits. Numbers in quotes are
   * refused: the API documents numbers only.
   */
  integer(name: string, limits?: { readonly min: number; readonly max: number }): number | null {
    const input = this.#body[name];
    if (input === undefined || input === null) return null;
    const loc = ["body", name];
    if (typeof input === "string") {
      this.#add(
        "int_parsing",
        loc,
        "Input should be a valid integer, unable to parse string as an integer",
        input,
      );
      return null;
    }
    if (typeof input !== "number") {
      this.#add("int_type", loc, "Input should be a valid integer", input);
      return null;
    }
    if (!Number.isInteger(input)) {
      this.#add(
        "int_from_float",
        loc,
        "Input should be a valid integer, got a number with a fractional part",
        input,
      );
      return null;
    }
    if (limits !== undefined && (input < limits.min || input > limits.max)) {
      const msg = `Input should be from ${limits.min} to ${limits.max}`;
      this.#add("out_of_range", loc, msg, input);
      return null;
    }
    return input;
  }

  /** A string or null; with `required` anything else is a fault. */
  text(name: string, required = false): string | null {
    const input = this.#body[name];
    if (input === undefined && required) {
      this.#add("missing", ["body", name], "Field required", this.#body);
      return null;
    }
    if (input === undefined || (input === null && !required)) return null;
    if (typeof input !== "string") {
      this.#add("string_type", ["body", name], "Input should be a valid string", input);
      return null;
    }
    return input;
  }

  /** True or false; where it is absent, `fallback`. */
  flag(name: string, fallback: boolean): boolean {
    const input = this.#body[name];
    if (input === undefined) return fallback;
    if (typeof input === "boolean") return input;
    this.#add("bool_type", ["body", name], "Input should be a valid boolean", input);
    return fallback;
  }

  /** A string that is empty where it is absent; null is a fault, as OpenAPI's plain `string` has it. */
  textOrEmpty(name: string): string {
    return this.#body[name] === undefined ? "" : (this.text(name, true) ?? "");
  }

  /** A list of strings, or null where it is absent. */
  textsOrNull(name: string): string[] | null {
    const input = this.#body[name];
    return input === undefined || input === null ? null : this.texts(name);
  }

  /** A list of strings; a fault when it is absent or anything else. */
  texts(name: string): string[] {
    const input = this.#body[name];
    if (input === undefined) {
      this.#add("missing", ["body", name], "Field required", this.#body);
      return [];
    }
    if (!Array.isArray(input)) {
      this.#add("list_type", ["body", name], "Input should be a valid list", input);
      return [];
    }
    return input.flatMap((item: unknown, index) => {
      if (typeof item === "string") return [item];
      this.#add("string_type", ["body", name, index], "Input should be a valid string", item);
      return [];
    });
  }

  /** Epoch ms of an ISO date with time, or null. One without a zone counts as UTC. */
  dateTime(name: string): number | null {
    const input = this.#body[name];
    if (input === undefined || input === null) return null;
    const form = /^(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/i;
    const match = typeof input === "string" ? form.exec(input) : null;
    const time = match === null ? Number.NaN : Date.parse(match[2] ? match[0] : `${match[0]}Z`);
    if (!Number.isNaN(time) && isDay(match?.[1] ?? "")) return time;
    this.#add(
      "datetime_from_date_parsing",
      ["body", name],
      "Input should be a valid datetime or date",
      input,
    );
    return null;
  }

  /** Throws all faults at once, in FastAPI's list form. */
  done(): void {
    if (this.#errors.length > 0) throw invalid(this.#errors);
  }

  #add(
    type: string,
    loc: readonly (string | number)[],
    msg: string,
    input: unknown,
    ctx?: Readonly<Record<string, unknown>>,
  ): void {
    this.#errors.push(
      ctx === undefined ? { type, loc, msg, input } : { type, loc, msg, input, ctx },
    );
  }
}
