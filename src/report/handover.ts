import type { Runner } from "../edges.ts";
import { Unwritable } from "../runner/unwritable.ts";
import { type Failure, internalFailure } from "./failure.ts";

type Writer = Pick<Runner, "output" | "debug">;

/** JSON arrays that a later step or a matrix loops over: `fromJSON` of an empty output would fail there. */
const ARRAYS = ["replicas"];

/**
 * Before anything can go wrong: the arrays are `[]` also where the step is killed, or ends by a bug of ours.
 * The runner takes the last value of a name.
 */
export function beginOutputs(runner: Writer): void {
  writeOutputs(runner, Object.fromEntries(ARRAYS.map((name) => [name, "[]"])));
}

/**
 * Hands outputs on, as many as can be.
 *
 * @returns why they could not all be written; null: they were
 */
export function writeOutputs(
  runner: Writer,
  outputs: Readonly<Record<string, string>>,
): Failure | null {
  return troubleWith(runner, () => {
    for (const [name, value] of Object.entries(outputs)) runner.output(name, value);
  });
}

/** Does it, and answers why it could not be done; null: it was. Nothing is thrown. */
export function troubleWith(runner: Pick<Runner, "debug">, work: () => void): Failure | null {
  try {
    work();
    return null;
  } catch (error) {
    debugTrace(runner, error);
    return internalFailure(error);
  }
}

/** Where a bug of ours is, for whoever re-runs with debug logging. */
export function debugTrace(runner: Pick<Runner, "debug">, error: unknown): void {
  if (error instanceof Error && !(error instanceof Unwritable)) {
    runner.debug(error.stack ?? error.message);
  }
}
