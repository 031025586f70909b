import process from "node:process";

/**
 * For main: aborted at the first SIGINT or SIGTERM. The runner sends SIGINT, 7.5 s later SIGTERM, and kills 2.5 s
 * after that; listening keeps the process from dying before outputs and state are written.
 */
export function cancelOnSignals(): AbortSignal {
  const controller = new AbortController();
  onSignals(() => controller.abort());
  return controller.signal;
}

/**
 * For post: never aborted. What it deletes is billed, so it goes on until it is done or the runner kills
 * it; a signal alone ends nothing.
 */
export function carryOnDespiteSignals(): AbortSignal {
  onSignals(() => {});
  return new AbortController().signal;
}

function onSignals(listener: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, listener);
}
