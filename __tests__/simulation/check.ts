/** All invariants over one played story. */
import { addresses } from "./checks/addresses.ts";
import { adoption } from "./checks/adoption.ts";
import { byName } from "./checks/by-name.ts";
import { cleanup } from "./checks/cleanup.ts";
import { deadlines } from "./checks/deadlines.ts";
import { deployments } from "./checks/deployments.ts";
import { handover } from "./checks/handover.ts";
import { named } from "./checks/named.ts";
import { neverTooMany, once } from "./checks/once.ts";
import { secrets } from "./checks/secrets.ts";
import { thrift } from "./checks/thrift.ts";
import { together } from "./checks/together.ts";
import { ttl } from "./checks/ttl.ts";
import { verdict } from "./checks/verdict.ts";
import { words } from "./checks/words.ts";
import { cluesIn } from "./clues.ts";
import type { Performance } from "./play.ts";
import { read } from "./reading.ts";

export interface Violation {
  readonly rule: string;
  /** Which run of the story, from 1; 0: all of them together. */
  readonly run: number;
  readonly what: string;
}

const RULES = {
  once,
  adoption,
  named,
  cleanup,
  ttl,
  verdict,
  addresses,
  deadlines,
  secrets,
  thrift,
  deployments,
  words,
  handover,
} as const;

/**
 * Where each replica has a name. How unnamed ones are told from each other, and when what was lost is looked for, has
 * rules of its own: `script/simulate --of names` holds those of named ones.
 */
const RULES_BY_NAME = {
  byName,
  cleanup,
  ttl,
  verdict,
  addresses,
  secrets,
  deployments,
  words,
  handover,
} as const;

/** @param seen takes what the checks had to go by */
export function check(show: Performance, seen?: Set<string>): Violation[] {
  const readings = read(show);
  if (seen !== undefined) {
    for (const reading of readings) for (const clue of cluesIn(reading, readings)) seen.add(clue);
  }
  const found = readings.flatMap((reading, index) =>
    Object.entries(reading.wish.names.length > 0 ? RULES_BY_NAME : RULES).flatMap(
      ([rule, violations]) =>
        [...violations(reading)].map((what) => ({ rule, run: index + 1, what })),
    ),
  );
  const overall = [...neverTooMany(readings), ...together(readings)];
  return [...found, ...overall.map((what) => ({ rule: "once", run: 0, what }))];
}
