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
