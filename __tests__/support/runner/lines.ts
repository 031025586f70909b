/** Cuts a stream into lines where the runner does: at LF, CRLF and a lone CR. */
export class Lines {
  /** Everything read so far, as it came. */
  text = "";
  #rest = "";
  readonly #take: (line: string) => void;

  constructor(stream: NodeJS.ReadableStream | null, take: (line: string) => void) {
    this.#take = take;
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      this.text += chunk;
      // A CR at the very end may be the first half of a CRLF: it waits for what follows.
      const parts = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
      this.#rest = parts.pop() ?? "";
      for (const line of parts) {
        this.#take(line);
      }
    });
  }

  /** Hands over what stands after the last line end; to be called when the stream has ended. */
  end(): void {
    for (const line of this.#rest === "" ? [] : this.#rest.replace(/\r$/, "").split("\r")) {
      this.#take(line);
    }
    this.#rest = "";
  }
}
