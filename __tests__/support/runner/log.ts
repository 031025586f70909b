/** What becomes of a step's raw output: the log that a user sees, the annotations, the masks. */
import { parseCommand, type WorkflowCommand } from "./commands.ts";
import { Masks } from "./masks.ts";

export type Level = "error" | "warning" | "notice";

/** An annotation of the job, as GitHub shows it on the run's page (secrets hidden). */
export interface Annotation {
  readonly level: Level;
  readonly message: string;
  readonly title?: string;
  /** Whether the action asked for it or the runner itself had something to say about the step. */
  readonly from: "action" | "runner";
}

/** One line of the log as a user sees it: secrets hidden, commands carried out. */
export interface LogLine {
  readonly kind: "text" | "group" | "endgroup" | "debug" | Level;
  readonly text: string;
}

/** The legacy commands that the runner would still obey; an action has no business with them. */
const REFUSED: ReadonlySet<string> = new Set(["add-path", "save-state", "set-env", "set-output"]);

/** Follows a step's lines in the order in which they come. */
export class StepLog {
  readonly masks = new Masks();
  readonly lines: LogLine[] = [];
  readonly annotations: Annotation[] = [];
  /** Commands that change the job behind a user's back (`set-env` and the like), whoever wrote them. */
  readonly refused: WorkflowCommand[] = [];
  readonly #debug: boolean;
  readonly #onLine: (line: LogLine) => void;
  #stopToken: string | undefined;

  /**
   * `debug`: show debug lines, as with `ACTIONS_STEP_DEBUG`.
   * `onLine`: called with each line that the user sees.
   */
  constructor(debug: boolean, onLine: (line: LogLine) => void = () => {}) {
    this.#debug = debug;
    this.#onLine = onLine;
  }

  /** Takes one raw line of stdout or stderr, without its line end. */
  take(raw: string): void {
    if (this.#stopToken !== undefined) {
      if (parseCommand(raw, [this.#stopToken])?.name === this.#stopToken.toLowerCase()) {
        this.#stopToken = undefined;
      }
      this.#show("text", raw);
      return;
    }
    const command = parseCommand(raw);
    if (command === undefined) {
      this.#show("text", raw);
    } else {
      this.#obey(command, raw);
    }
  }

  /** Adds an annotation of the runner's own, such as a complaint about an unknown input. */
  complain(level: Level, message: string): void {
    this.#annotate(level, message, undefined, "runner");
  }

  #obey(command: WorkflowCommand, raw: string): void {
    const { name, data, properties } = command;
    if (name === "add-mask") {
      this.masks.add(data);
    } else if (name === "error" || name === "warning" || name === "notice") {
      this.#annotate(name, data, properties.title, "action");
    } else if (name === "debug") {
      if (this.#debug) {
        this.#show("debug", data);
      }
    } else if (name === "group" || name === "endgroup") {
      this.#show(name, name === "group" ? data : "");
    } else if (name === "stop-commands") {
      this.#stopToken = data;
      this.#show("text", raw);
    } else if (REFUSED.has(name)) {
      this.refused.push(command);
      this.complain("error", `The step used the command '${name}'.`);
    }
  }

  #annotate(level: Level, data: string, title: string | undefined, from: Annotation["from"]): void {
    const message = this.masks.hide(data);
    this.annotations.push({
      level,
      message,
      from,
      ...(title === undefined ? {} : { title: this.masks.hide(title) }),
    });
    this.#show(level, data);
  }

  #show(kind: LogLine["kind"], text: string): void {
    const line = { kind, text: this.masks.hide(text) };
    this.lines.push(line);
    this.#onLine(line);
  }
}
