/** A file through which the runner takes values could not be written: the disk is full, or the file is gone. */
export class Unwritable extends Error {
  readonly what: "outputs" | "state";
  /** In Node's or the toolkit's words, such as `ENOSPC: no space left on device, write`. */
  readonly why: string;

  constructor(what: "outputs" | "state", cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`The ${what} could not be written: ${why}`, { cause });
    this.name = "Unwritable";
    this.what = what;
    this.why = why;
  }
}

/** Runs what writes such a file. @throws Unwritable */
export function writing(what: Unwritable["what"], write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new Unwritable(what, error);
  }
}

export function isUnwritable(error: unknown): error is Unwritable {
  return error instanceof Unwritable;
}
