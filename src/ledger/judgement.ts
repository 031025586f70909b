import type { Trouble } from "./trouble.ts";

/** How a command ended, as its outputs, its annotation and its exit code tell it. */
export interface Judgement {
  /** One of the command's own words. */
  readonly outcome: string;
  /** Null: success, or cancelled; of a create also a prepare that was asked for. */
  readonly trouble: Trouble | null;
  readonly exitCode: 0 | 1;
}

/** It ends red, because of this. */
export function failedBy(trouble: Trouble) {
  return { outcome: "failed", trouble, exitCode: 1 } as const satisfies Judgement;
}

/** The words of create. */
export type Outcome =
  | "created"
  | "unchanged"
  | "dry_run"
  | "pending_approval"
  | "partial"
  | "timeout"
  | "cancelled"
  | "failed";

/** How a create ended. */
export interface Verdict extends Judgement {
  readonly outcome: Outcome;
}
