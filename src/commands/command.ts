import type { EnvPair } from "../envs/limits.ts";
import type { Bench } from "../fleet/bench.ts";
import type { CommonInputs } from "../inputs/common.ts";
import type { Env } from "../inputs/reader.ts";
import type { Judgement } from "../ledger/judgement.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Words } from "../report/annotation/annotation.ts";

/** What a command works with. */
export interface Run<I> extends Bench {
  readonly inputs: I;
}

/** What its report is made of. */
export interface Told<I> {
  /** Null: they were wrong. */
  readonly inputs: I | null;
  readonly ledger: Ledger;
  readonly judgement: Judgement;
  /** The annotation's text without title and link; empty where nothing failed. */
  readonly message: string;
  /** The step's environment, which says where the documents are. */
  readonly env: Env;
  /** Takes out what must not be printed. */
  readonly redactPrinted: (text: string) => string;
}

/** One command of the action: what is its own. `run.ts` does what all share. */
export interface Command<I extends CommonInputs> {
  /** Outputs that are JSON arrays: `[]` on every path. */
  readonly arrays: readonly string[];
  /** Reads and checks the inputs. Pure. */
  readonly read: (env: Env) => { readonly inputs: I } | { readonly faults: readonly string[] };
  /** The variables whose values are masked; left out: the command takes none. */
  readonly masked?: (inputs: I) => readonly EnvPair[];
  /** Does the work. What comes of it is in the ledger. */
  readonly carryOut: (run: Run<I>) => Promise<Judgement>;
  /** Those of its own; how it ended is told for all. */
  readonly outputs: (told: Told<I>) => Readonly<Record<string, string>>;
  /** The job summary, Markdown. */
  readonly summary: (told: Told<I>) => string;
  /** What the run's page shows first of a red step, without the code. */
  readonly title: (judgement: Judgement, ledger: Ledger) => string;
  /** What exists now and is billed, for the annotation. */
  readonly exists: (ledger: Ledger) => Words;
}
