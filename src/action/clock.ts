import process from "node:process";
import type { Clock } from "../net/clock.ts";

const startedAt = Date.now() - process.uptime() * 1_000;

/**
 * Real time. Counts from the process's start, so that a corrected system clock moves no deadline. Not by
 * `performance`, which takes Node some ms to load.
 */
export const realClock: Clock = {
  now: () => Math.round(startedAt + process.uptime() * 1_000),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal?.addEventListener("abort", finish, { once: true });
    }),
};
