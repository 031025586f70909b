import { appendFileSync } from "node:fs";
import * as core from "@actions/core";
import { harmless, oneLine } from "../text/clean.ts";
import type { Runner } from "./edges.ts";
import { Redactor } from "./redactor.ts";
import { writing } from "./unwritable.ts";

type ByName = (get: (name: string) => string) => Record<string, string>;

/** The real GitHub runner, through `@actions/core`. Everything that leaves goes through the redactor. */
export class GithubRunner implements Runner {
  readonly #env: NodeJS.ProcessEnv;
  readonly #byName: ByName;
  readonly #redactor = new Redactor();

  /** @param byName finds what was saved on runners that tell it only by its name, and show no list */
  constructor(env: NodeJS.ProcessEnv, byName: ByName = () => ({})) {
    this.#env = env;
    this.#byName = byName;
  }

  mask(secret: string): void {
    this.#redactor.addSecret(secret);
    core.setSecret(secret);
  }

  maskPrinted(value: string): void {
    this.#redactor.addWord(value);
    core.setSecret(value);
  }

  neverPrint(value: string): void {
    this.#redactor.addHandedOn(value);
  }

  redact(text: string): string {
    return this.#redactor.redact(text);
  }

  redactPrinted(text: string): string {
    return this.#redactor.redactPrinted(text);
  }

  info(text: string): void {
    core.info(this.#printable(text));
  }

  debug(text: string): void {
    core.debug(this.#printable(text));
  }

  warning(text: string): void {
    core.warning(this.#printable(text));
  }

  notice(text: string, title?: string): void {
    const titled = title === undefined ? {} : { title: oneLine(this.#printable(title)) };
    core.notice(this.#printable(text), titled);
  }

  error(text: string, title: string): void {
    core.error(this.#printable(text), { title: oneLine(this.#printable(title)) });
  }

  startGroup(title: string): void {
    core.startGroup(this.#printable(title));
  }

  endGroup(): void {
    core.endGroup();
  }

  output(name: string, value: string): void {
    writing("outputs", () => core.setOutput(name, this.#redactor.redact(value)));
  }

  saveState(name: string, value: string): void {
    writing("state", () => core.saveState(name, this.#redactor.redactSaved(value)));
  }

  state(): Readonly<Record<string, string>> {
    // Some runners that are not GitHub's hand it on in another way, which the toolkit knows.
    const state: Record<string, string> = this.#byName((name) => core.getState(name));
    for (const [name, value] of Object.entries(this.#env)) {
      // As the runner writes them, to the letter: `STATE_JOURNAL` would be somebody else's.
      if (name.startsWith("STATE_")) state[name.slice("STATE_".length)] = value ?? "";
    }
    return state;
  }

  /** The toolkit's own makes Node load the whole of `node:fs/promises` at the start of every step. */
  summary(markdown: string): void {
    const path = this.#env.GITHUB_STEP_SUMMARY;
    if (!path) throw new Error("This runner takes no summaries: GITHUB_STEP_SUMMARY is not set.");
    appendFileSync(path, this.#redactor.redactPrinted(markdown));
  }

  #printable(text: string): string {
    return harmless(this.#redactor.redactPrinted(text));
  }
}
