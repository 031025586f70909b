import process from "node:process";

/**
 * Aborted at the first SIGINT or SIGTERM. The runner sends SIGINT, 7.5 s later SIGTERM, and kills 2.5 s
 * after that; listening keeps the process from dying before outputs and state are written.
 */
export function cancelOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => controller.abort());
  }
  return controller.signal;
}
