/** The runner's list of secrets, and what it does to every line that it shows. */

/** The forms in which the runner hides a secret too: base64 at each of the three offsets, JSON, URI. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const shifted = [0, 1, 2].map((offset) => {
    // Only the characters that the secret alone decides; those at the seams depend on its neighbours.
    const whole = bytes.subarray(offset, bytes.length - ((bytes.length - offset) % 3));
    return whole.toString("base64");
  });
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    ...shifted.filter((form) => form.length >= 8),
  ];
}

/** Secrets registered so far; hides them as the runner does. */
export class Masks {
  readonly #secrets: string[] = [];
  #forms: readonly string[] = [];

  /** Everything given to `add`, in order. */
  get secrets(): readonly string[] {
    return this.#secrets;
  }

  /** Registers a secret: the whole, and of a secret of several lines each line. Blank ones are ignored. */
  add(secret: string): void {
    if (secret.trim() === "") {
      return;
    }
    this.#secrets.push(secret);
    const parts = [secret, ...secret.split(/[\r\n]+/)].filter((part) => part.trim() !== "");
    const all = new Set([...this.#forms, ...parts.flatMap(formsOf)]);
    // Longest first, so that a secret inside another one leaves nothing of the longer one behind.
    this.#forms = [...all].sort((a, b) => b.length - a.length);
  }

  /** Whether `text` holds a secret in any of the forms that the runner knows. */
  finds(text: string): boolean {
    return this.#forms.some((form) => text.includes(form));
  }

  /** `text` with `***` in place of each secret. */
  hide(text: string): string {
    return this.#forms.reduce((shown, form) => shown.replaceAll(form, "***"), text);
  }
}

/**
 * The outputs that another job gets to see: the runner drops each one in which it finds a secret.
 */
export function outputsForOtherJobs(
  outputs: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Record<string, string> {
  const masks = new Masks();
  for (const secret of secrets) {
    masks.add(secret);
  }
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => !masks.finds(value)));
}
