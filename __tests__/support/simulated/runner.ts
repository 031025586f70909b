/** GitHub's runner in memory: what the action hands it is kept, with secrets taken out as in a real run. */
import type { Runner } from "../../../src/action/edges.ts";
import { Redactor } from "../../../src/action/redactor.ts";
import { type Unwritable, writing } from "../../../src/action/unwritable.ts";
import { harmless } from "../../../src/text/clean.ts";

/** One line of the log, or an annotation (`warning`, `error`). */
export interface Entry {
  readonly kind: "info" | "debug" | "notice" | "warning" | "error" | "group" | "endgroup";
  readonly text: string;
  /** Of an annotation. */
  readonly title?: string;
  /** Simulated ms since the epoch. */
  readonly at: number;
}

export class MemoryRunner implements Runner {
  readonly entries: Entry[] = [];
  readonly outputs: Record<string, string> = {};
  readonly saved: Record<string, string> = {};
  readonly masks: string[] = [];
  /** Told of each line as it is printed. */
  readonly listeners = new Set<(entry: Entry) => void>();
  /** Files of the runner's that can't be written from now on: the disk is full. */
  readonly unwritable = new Set<Unwritable["what"]>();
  markdown = "";
  /** When the outcome was put out, simulated ms since the epoch: the verdict stands. */
  concludedAt: number | null = null;
  readonly #now: () => number;
  readonly #before: Readonly<Record<string, string>>;
  readonly #redactor = new Redactor();
  #closed = false;

  /** @param before the state that the main step saved, for a post step */
  constructor(now: () => number, before: Readonly<Record<string, string>> = {}) {
    this.#now = now;
    this.#before = before;
  }

  /** From now on nothing is taken any more: the process is dead. */
  close(): void {
    this.#closed = true;
  }

  mask(secret: string): void {
    if (this.#closed) return;
    this.#redactor.addSecret(secret);
    this.masks.push(secret);
  }

  maskPrinted(value: string): void {
    if (this.#closed) return;
    this.#redactor.addWord(value);
    this.masks.push(value);
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
    this.#print("info", text);
  }

  debug(text: string): void {
    this.#print("debug", text);
  }

  warning(text: string): void {
    this.#print("warning", text);
  }

  notice(text: string, title?: string): void {
    this.#print("notice", text, title);
  }

  error(text: string, title: string): void {
    this.#print("error", text, title);
  }

  startGroup(title: string): void {
    this.#print("group", title);
  }

  endGroup(): void {
    this.#print("endgroup", "");
  }

  output(name: string, value: string): void {
    if (this.#closed) return;
    this.#write("outputs");
    this.outputs[name] = this.#redactor.redact(value);
    if (name === "outcome") this.concludedAt = this.#now();
  }

  saveState(name: string, value: string): void {
    if (this.#closed) return;
    this.#write("state");
    this.saved[name] = this.#redactor.redactSaved(value);
  }

  state(): Readonly<Record<string, string>> {
    return this.#before;
  }

  summary(markdown: string): void {
    if (!this.#closed) this.markdown += this.#redactor.redactPrinted(markdown);
  }

  #write(what: Unwritable["what"]): void {
    writing(what, () => {
      if (this.unwritable.has(what)) throw new Error("ENOSPC: no space left on device, write");
    });
  }

  #print(kind: Entry["kind"], text: string, title?: string): void {
    if (this.#closed) return;
    const shown = (words: string) => harmless(this.#redactor.redactPrinted(words));
    const titled = title === undefined ? {} : { title: shown(title) };
    const entry = { kind, text: shown(text), ...titled, at: this.#now() };
    this.entries.push(entry);
    for (const listener of this.listeners) listener(entry);
  }
}
