/**
 * Everything the action's logic needs of the outside world, passed in at the edge (`index.ts`), so that
 * the whole of main and post can also run in one process with a simulated clock, API and runner.
 */
import type { Clock } from "../net/clock.ts";
import type { Transport } from "../net/transport.ts";

/** The GitHub runner as the action sees it: log, outputs, state, job summary. */
export interface Runner {
  /** Registers a secret with the runner and with our own redaction. Nothing shows it from then on. */
  mask(secret: string): void;
  /**
   * As `mask`, for a value that may be an everyday word: what is printed does not show it, but outputs and
   * state, which it never enters, keep their own words.
   */
  maskPrinted(value: string): void;
  /** Keeps a value out of all that is printed, but not out of the outputs (`commit_token`). */
  neverPrint(value: string): void;
  /** Foreign text without the secrets that must not even reach outputs. For use before text is cut. */
  redact(text: string): string;
  /** Foreign text without anything that must not be printed. For use before text is cut. */
  redactPrinted(text: string): string;
  info(text: string): void;
  debug(text: string): void;
  /** An annotation about what is well, and worth to be seen on the run's page. */
  notice(text: string, title?: string): void;
  warning(text: string): void;
  /**
   * An error annotation, with the few words above it that the run's page shows first. The exit code is not
   * touched.
   */
  error(text: string, title: string): void;
  startGroup(title: string): void;
  endGroup(): void;
  /** @throws Unwritable */
  output(name: string, value: string): void;
  /** @throws Unwritable */
  saveState(name: string, value: string): void;
  /** Everything saved by `saveState` in the main step, by name. */
  state(): Readonly<Record<string, string>>;
  /** Appends Markdown to the job summary. @throws where it can't be written */
  summary(markdown: string): void;
}

/** What `run` and `runPost` work with. */
export interface Edges {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly transport: Transport;
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly runner: Runner;
  /**
   * DER of the root that quotes are verified under: Intel's, loaded when asked for. Only the entry says which; no
   * input, variable or file does.
   */
  readonly trustRoot: () => Promise<Buffer>;
  /** Aborted when the runner asks the step to stop (SIGINT, SIGTERM). */
  readonly cancel: AbortSignal;
}
