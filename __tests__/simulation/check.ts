/** All invariants over one played story. */
import { adoption } from "./checks/adoption.ts";
import { cleanup } from "./checks/cleanup.ts";
import { deadlines } from "./checks/deadlines.ts";
import { named } from "./checks/named.ts";
import { neverTooMany, once } from "./checks/once.ts";
import { secrets } from "./checks/secrets.ts";
import { thrift } from "./checks/thrift.ts";
import { verdict } from "./checks/verdict.ts";
import type { Performance } from "./play.ts";
import { read } from "./reading.ts";

export interface Violation {
  readonly rule: string;
  /** Which run of the story, from 1; 0: all of them together. */
  readonly run: number;
  readonly what: string;
}

const RULES = { once, adoption, named, cleanup, verdict, deadlines, secrets, thrift } as const;

export function check(show: Performance): Violation[] {
  const readings = read(show);
  const found = readings.flatMap((reading, index) =>
    Object.entries(RULES).flatMap(([rule, violations]) =>
      [...violations(reading)].map((what) => ({ rule, run: index + 1, what })),
    ),
  );
  const overall = [...neverTooMany(readings)];
  return [...found, ...overall.map((what) => ({ rule: "once", run: 0, what }))];
}
