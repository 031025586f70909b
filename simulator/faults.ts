/** Before the work was done (nothing happened) or after it (a replica may exist and be billed). */
export type When = "before" | "after";

/** What goes wrong. Times in ms, sizes in bytes. */
export type FaultKind =
  /** The connection is reset (RST) without an answer. */
  | { readonly kind: "drop"; readonly when: When }
  /** Another answer instead of the real one. `{now+5}` in a header becomes an HTTP date 5 s ahead. */
  | {
      readonly kind: "status";
      readonly when: When;
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** No answer at all; the connection stays open until the client leaves. */
  | { readonly kind: "hang"; readonly when: When }
  /** No answer, and the work is done this much later even if the client has gone. */
  | { readonly kind: "late"; readonly afterMs: number }
  /** The real answer, later. With `when: "before"` the work is later too. */
  | { readonly kind: "delay"; readonly ms: number; readonly when?: When }
  /** The real answer, byte by byte with a pause between. */
  | { readonly kind: "drip"; readonly ms: number }
  /** A 200 whose body never ends. */
  | { readonly kind: "endless" }
  /** The real answer, padded with blanks to this size. */
  | { readonly kind: "huge"; readonly bytes: number }
  /** The real answer, cut off in the middle although `Content-Length` promised all of it. */
  | { readonly kind: "cut"; readonly bytes?: number }
  /** The work is done, but the 200 is rubbish. */
  | {
      readonly kind: "garbage";
      readonly form:
        | "text"
        | "html"
        | "number"
        | "string"
        | "array"
        | "null"
        | "object"
        | "utf8"
        | "deep";
    }
  /** A redirect before the work. */
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number }
  /** The work is done, but the body is empty. */
  | { readonly kind: "empty"; readonly status?: number };

/** When a fault strikes. */
export interface FaultTarget {
  /** Name of a route, or `*`. */
  readonly route: string;
  /** Which matching request, counted from 1 when the fault is added; default the next one. */
  readonly nth?: number;
  /** How many requests in a row; default 1. */
  readonly times?: number | "always";
  /** Only requests whose path holds this text. */
  readonly path?: string;
}

export type Fault = FaultTarget & FaultKind;

const KINDS: Readonly<Record<FaultKind["kind"], readonly string[]>> = {
  drop: ["when"],
  status: ["when", "status"],
  hang: ["when"],
  late: ["afterMs"],
  delay: ["ms"],
  drip: ["ms"],
  endless: [],
  huge: ["bytes"],
  cut: [],
  garbage: ["form"],
  redirect: ["location"],
  empty: [],
};

/**
 * Checks a fault that came as JSON.
 *
 * @throws if the route or the kind is missing, or a field that the kind needs
 */
export function faultFrom(value: unknown): Fault {
  if (typeof value !== "object" || value === null) throw new Error("a fault is a JSON object");
  const fault = value as Record<string, unknown>;
  if (typeof fault.route !== "string") throw new Error("a fault needs a route");
  const needs = Object.entries(KINDS).find(([kind]) => kind === fault.kind)?.[1];
  if (needs === undefined) {
    throw new Error(`a fault's kind is one of ${Object.keys(KINDS).join(", ")}`);
  }
  const missing = needs.filter((name) => fault[name] === undefined);
  if (missing.length > 0) throw new Error(`${fault.kind} needs ${missing.join(", ")}`);
  if (fault.when !== undefined && fault.when !== "before" && fault.when !== "after") {
    throw new Error('when is "before" or "after"');
  }
  return value as Fault;
}

/** Which requests go wrong, and how. Holds no clock and no sockets. */
export class FaultPlan {
  readonly #faults: { readonly fault: Fault; seen: number }[] = [];

  /** Adds a fault; its count of requests starts now. */
  add(fault: Fault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#faults.length = 0;
  }

  /** The fault of this request, if any. Every fault that fits counts it; the first one due strikes. */
  next(route: string, path: string): Fault | undefined {
    let due: Fault | undefined;
    for (const item of this.#faults) {
      const { fault } = item;
      if (fault.route !== "*" && fault.route !== route) continue;
      if (fault.path !== undefined && !path.includes(fault.path)) continue;
      item.seen += 1;
      const first = fault.nth ?? 1;
      const last = fault.times === "always" ? Infinity : first + (fault.times ?? 1) - 1;
      if (item.seen >= first && item.seen <= last) due ??= fault;
    }
    return due;
  }
}
