/** Where an instance is asked, and what it is to answer: read alike by create and rollout. */
import type { InputReader } from "./reader.ts";
import { parseCount } from "./values.ts";

/** What is looked for is a version or a word. Characters. */
const LONGEST_EXPECT = 1_000;

/** Which port's URL is the instance's; null: the first endpoint's. */
export function readPort(read: InputReader): number | null {
  return read.optional("port", "a port from 1 to 65535", (text) => parseCount(text, 65_535));
}

/** What the bodies of healthy answers must hold; null: anything. */
export function readHealthExpect(read: InputReader): string | null {
  return read.optional("health_expect", `a text of at most ${LONGEST_EXPECT} characters`, (text) =>
    text.length <= LONGEST_EXPECT ? text : null,
  );
}

export interface HealthInputs {
  readonly healthExpect: string | null;
  readonly healthForMs: number;
}

/** What speaks of a health check, where there is none. */
export function refuseUselessHealth(
  read: InputReader,
  { healthExpect, healthForMs }: HealthInputs,
): void {
  const why = "nothing is asked without it";
  read.useless("health_expect", { value: healthExpect, usual: null }, "health_check", why);
  read.useless("health_for", { value: healthForMs, usual: 0 }, "health_check", why);
}
