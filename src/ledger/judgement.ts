import type { Trouble } from "./trouble.ts";

/** How a command ended, as its outputs, its annotation and its exit code tell it. */
export interface Judgement {
  /** One of the command's own words. */
  readonly outcome: string;
  /** Null: success, or cancelled. */
  readonly trouble: Trouble | null;
  readonly exitCode: 0 | 1;
}
