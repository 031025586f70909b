import type { Runner } from "../edges.ts";
import { type Failure, internalFailure } from "./failure.ts";

/** JSON arrays that a later step or a matrix loops over: `fromJSON` of an empty output would fail there. */
const ARRAYS = ["replicas"];

/**
 * Before anything can go wrong: the arrays are `[]` also where the step is killed, or ends by a bug of ours.
 * The runner takes the last value of a name.
 */
export function beginOutputs(runner: Pick<Runner, "output">): void {
  writeOutputs(runner, Object.fromEntries(ARRAYS.map((name) => [name, "[]"])));
}

/**
 * Hands outputs on, as many as can be.
 *
 * @returns why they could not all be written; null: they were
 */
export function writeOutputs(
  runner: Pick<Runner, "output">,
  outputs: Readonly<Record<string, string>>,
): Failure | null {
  return troubleWith(() => {
    for (const [name, value] of Object.entries(outputs)) runner.output(name, value);
  });
}

/** Does it, and answers why it could not be done; null: it was. */
export function troubleWith(work: () => void): Failure | null {
  try {
    work();
    return null;
  } catch (error) {
    return internalFailure(error);
  }
}
