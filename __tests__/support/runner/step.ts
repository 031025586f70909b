/** A step: how it is run, while it runs, and what it leaves behind. */
import type { Annotation, LogLine } from "./log.ts";
import type { JobStatus } from "./manifest.ts";

/** How a step is run. */
export interface StepOptions {
  /** The step's `with`. Defaults are filled in from `action.yml`; unknown names are passed on, with a warning. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Environment of the step, over the runner's own; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A server to talk to: sets the inputs `api_url` and `api_key` where `inputs` does not. */
  readonly api?: { readonly apiUrl: string; readonly apiKey: string };
  /** Working folder (`GITHUB_WORKSPACE`); a fresh one when not given. */
  readonly cwd?: string;
  /** Folder that holds `action.yml` and `dist`; this repository when not given. */
  readonly action?: string;
  /** Another action of the repository, by the name of its folder, such as `delete`. */
  readonly command?: string;
  /** The job's status by the time that this program runs. Default `success`. */
  readonly jobStatus?: JobStatus;
  /** Debug logging, as with the secret `ACTIONS_STEP_DEBUG`. */
  readonly debug?: boolean;
  /** Values that the runner knows as secrets before the step starts (the `secrets` context). */
  readonly secrets?: readonly string[];
  /** `github.token`. Known as a secret. */
  readonly githubToken?: string;
  /**
   * The step prints or hands on a secret on purpose. Without this every step of every test is searched for
   * its key, its tokens and its planted secrets, in clear and encoded, and the run fails where one stands.
   */
  readonly mayLeak?: boolean;
  /** Called with each raw line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
  /** Called with each line of the log as a user sees it, as it comes. */
  readonly onLog?: (line: LogLine) => void;
  /** Milliseconds after which a hanging step is killed and `finished` rejects. 240,000 when not given. */
  readonly timeoutMs?: number;
}

/** What a step left behind. */
export interface StepResult {
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Exactly as written: nothing hidden. */
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  /** `GITHUB_ENV`: what later steps would get. */
  readonly exported: Readonly<Record<string, string>>;
  /** Markdown of the job summary, exactly as written. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  /** Everything registered by `::add-mask::`. */
  readonly masks: readonly string[];
  /** The log as a user sees it. */
  readonly log: readonly LogLine[];
  /** Files left in home, temp and working folder, by relative path, as text. */
  readonly written: Readonly<Record<string, string>>;
  /** How the step was run, for `runPost`. */
  readonly options: StepOptions;
}

/** A step under way. */
export interface RunningStep {
  readonly pid: number;
  /** Sends a signal to the step's process. False when it has ended. */
  kill(signal: NodeJS.Signals): boolean;
  /**
   * Resolves with the first raw line, past or future, that matches.
   * Rejects when the step ends without one (so does a timeout).
   */
  line(pattern: RegExp | string): Promise<string>;
  /** Resolves when the process has ended and its output was read. Rejects on timeout, with the log. */
  readonly finished: Promise<StepResult>;
}
