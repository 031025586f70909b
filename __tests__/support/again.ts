/**
 * Another try for what a busy machine may spoil: real processes and sockets, and nothing else. What runs in
 * one process fails for a reason. Each repetition is printed, so that it can be mended.
 */
import { stderr } from "node:process";

/** How often in all. */
const TRIES = 3;

/** Does the work, again where it fails. @throws what the last try threw */
export async function again<T>(name: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries >= TRIES) throw error;
      stderr.write(`Tried again: ${name}: ${error instanceof Error ? error.message : error}\n`);
    }
  }
}
