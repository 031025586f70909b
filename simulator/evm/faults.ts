import type { FaultKind } from "../faults.ts";

/** What goes wrong with a request: on the way, as at the simulated API, or in what the node says. */
export type ChainFaultKind =
  | FaultKind
  /** An error of JSON-RPC instead of the answer, before the work or after it; with a status of HTTP's. */
  | {
      readonly kind: "says";
      readonly when: "before" | "after";
      readonly code: number;
      readonly message: string;
      readonly data?: unknown;
      readonly status?: number;
    }
  /** Another result than the right one; `work: false`: and nothing is done for it. */
  | { readonly kind: "result"; readonly result: unknown; readonly work?: boolean }
  /** The answer to another request. */
  | { readonly kind: "other-id" };

export type ChainFault = ChainFaultKind & {
  /** A method, or `*`. */
  readonly method: string;
  /** Which matching request, counted from 1 when the fault is added; default the next one. */
  readonly nth?: number;
  /** How many in a row; default 1. */
  readonly times?: number | "always";
};

/** Which requests go wrong, and how. */
export class ChainFaults {
  #faults: { readonly fault: ChainFault; seen: number }[] = [];

  add(fault: ChainFault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault of this request, if any. Every fault that fits counts it; the first one due strikes. */
  next(method: string): ChainFault | undefined {
    let due: ChainFault | undefined;
    for (const item of this.#faults) {
      if (item.fault.method !== "*" && item.fault.method !== method) continue;
      item.seen += 1;
      const first = item.fault.nth ?? 1;
      const { times = 1 } = item.fault;
      const last = times === "always" ? Number.POSITIVE_INFINITY : first + times - 1;
      if (item.seen >= first && item.seen <= last) due ??= item.fault;
    }
    return due;
  }
}
