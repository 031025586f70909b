import type { ApiAnswer } from "./types.ts";

/** One entry of FastAPI's 422 list. */
export interface FieldError {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

/** One entry of `details` in a structured error. */
export interface ErrorDetail {
  readonly field: string;
  readonly value: unknown;
  readonly message: string | null;
}

/** A refusal on its way out of a route. `body` is the JSON of the answer. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  /** True for errors with an `ERR-` code, whose nesting is an option of the world. */
  readonly structured: boolean;

  constructor(status: number, body: unknown, structured = false) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
    this.structured = structured;
  }
}

/** A refusal in FastAPI's plain form, `{"detail": "text"}`. */
export function plain(status: number, detail: string): Refusal {
  return new Refusal(status, { detail });
}

/** A refusal in FastAPI's list form. */
export function invalid(errors: readonly FieldError[]): Refusal {
  return new Refusal(422, { detail: errors });
}

/** A refusal with an `ERR-` code (API facts, section 9). */
export function coded(
  status: number,
  code: string,
  message: string,
  more: {
    readonly details?: readonly ErrorDetail[];
    readonly suggestions?: readonly string[];
    readonly links?: readonly { readonly url: string; readonly label: string }[];
  } = {},
): Refusal {
  return new Refusal(
    status,
    {
      error_code: code,
      message,
      details: more.details ?? [],
      suggestions: more.suggestions ?? [],
      links: more.links ?? [],
    },
    true,
  );
}

/** A JSON answer. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(value),
  };
}

/** An answer without a body. */
export function empty(status: number): ApiAnswer {
  return { status, headers: {}, body: "" };
}
