/**
 * Main is killed at chosen moments of a run of three replicas: while the simulator holds the request in its
 * hand, so always at the same one. Then post must know of every replica that exists.
 */
import { describe, expect, it } from "@jest/globals";
import type { FaultKind } from "../../../../simulator/faults.ts";
import type { Simulator, SimulatorOptions } from "../../../../simulator/index.ts";
import "../../../support/retry.ts";
import { type StepResult, startStep } from "../../../support/either.ts";
import {
  checkSecret,
  existing,
  namedInLog,
  post,
  postsOf,
  sorted,
  stepOn,
  WINDOWS,
  warningsOf,
  worldOf,
} from "../../../support/runs.ts";

interface Moment {
  readonly name: string;
  readonly route: string;
  readonly moment: "before-work" | "after-work" | "answered";
  /** Which request of this route, from 1. */
  readonly nth: number;
  readonly sim?: SimulatorOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What is wrong with the create request of this number (from 1). */
  readonly fault?: FaultKind & { readonly nth: number };
  /** Let post run once more: what it says must not wear off. */
  readonly twice?: true;
  /** Replicas that exist when post has ended; null: the client may or may not have gone on. */
  readonly exist: number | null;
}

const MOMENTS = ["before-work", "after-work", "answered"] as const;
const UNANSWERED = ["before-work", "after-work"] as const;
const WORDS = { "before-work": "before", "after-work": "after", answered: "when answered:" };
const THREE = [1, 2, 3] as const;

/** A request that was sent is worked on, even if the client dies before. */
const CREATING: readonly Moment[] = THREE.flatMap((nth) =>
  MOMENTS.map((moment) => ({
    name: `${WORDS[moment]} create ${nth}`,
    route: "create",
    moment,
    nth,
    exist: moment === "answered" ? null : nth,
  })),
);

const LOOKING: readonly Moment[] = MOMENTS.flatMap((moment) => [
  {
    name: `${WORDS[moment]} the first look`,
    route: "list",
    moment,
    nth: 1,
    exist: moment === "answered" ? null : 0,
  },
  {
    name: `${WORDS[moment]} the look-up of a node's name`,
    route: "nodes",
    moment,
    nth: 1,
    inputs: { node_id: "sim-prod5" },
    exist: moment === "answered" ? null : 0,
  },
]);

const WAITING: readonly Moment[] = [
  ...[1, 3].flatMap((nth) =>
    UNANSWERED.map((moment) => ({
      name: `${WORDS[moment]} status request ${nth}`,
      route: "batch",
      moment,
      nth,
      inputs: { poll_interval: "0.1s" },
      exist: 3,
    })),
  ),
  ...UNANSWERED.map((moment) => ({
    name: `${WORDS[moment]} the look at the running replicas`,
    route: "list",
    moment,
    nth: 2,
    sim: { bootMs: 300 },
    inputs: { poll_interval: "0.1s" },
    exist: 3,
  })),
];

/** The answer was lost, the replica is there, and main is killed while it looks for it. */
const SETTLING: readonly Moment[] = THREE.flatMap((lost) =>
  [2, 3].flatMap((look) =>
    UNANSWERED.map((moment) => ({
      name: `${WORDS[moment]} look ${look - 1} for lost replica ${lost}`,
      route: "list",
      moment,
      nth: look,
      fault: { nth: lost, kind: "drop", when: "after" } as const,
      exist: lost,
    })),
  ),
);

const OPEN: readonly Moment[] = THREE.flatMap((nth) => [
  {
    name: `create ${nth} never arrives`,
    route: "create",
    moment: "before-work" as const,
    nth,
    fault: { nth, kind: "drop", when: "before" } as const,
    exist: nth - 1,
  },
  {
    name: `in the pause after create ${nth} was refused`,
    route: "create",
    moment: "answered" as const,
    nth,
    fault: {
      nth,
      kind: "status",
      when: "before",
      status: 429,
      headers: { "retry-after": "20" },
    } as const,
    exist: nth - 1,
  },
  {
    name: `create ${nth} is worked on only 5 s later`,
    route: "create",
    moment: "before-work" as const,
    nth,
    fault: { nth, kind: "late", afterMs: 5_000 } as const,
    exist: nth,
  },
  {
    name: `after create ${nth}, and the list is 5 s late`,
    route: "create",
    moment: "after-work" as const,
    nth,
    sim: { listLagMs: 5_000 },
    twice: true as const,
    exist: nth,
  },
]);

export function killed(): void {
  describe("main is killed", () => {
    const moments = [...OPEN, ...CREATING, ...LOOKING, ...WAITING, ...SETTLING];
    it.concurrent.each(moments)("$name", check, WINDOWS);
  });
}

async function check(moment: Moment): Promise<void> {
  await worldOf(moment.name)(moment.sim ?? {}, async (sim) => {
    if (moment.fault !== undefined) sim.fault({ route: "create", ...moment.fault });
    const dead = await killAt(sim, moment);
    checkSecret(dead, sim.apiKey);
    const posts = postsOf(sim).length;
    const known = namedInState(dead);

    const later = await post(sim, dead);
    if (moment.exist !== null) expect(existing(sim).length).toBe(moment.exist);
    expect(sorted(namedInLog(later))).toEqual(sorted(existing(sim)));
    expect(later.exitCode).toBe(0);
    expect(postsOf(sim)).toHaveLength(posts);
    const unseen = existing(sim).filter((uuid) => !known.includes(uuid));
    for (const uuid of unseen) expect(warningsOf(later).join("\n")).toContain(uuid);
    expect(warningsOf(later)).toHaveLength(unseen.length);

    if (moment.twice) {
      const again = await post(sim, dead);
      expect(sorted(namedInLog(again))).toEqual(sorted(existing(sim)));
    }
  });
}

async function killAt(sim: Simulator, { route, moment, nth, inputs }: Moment): Promise<StepResult> {
  const running = startStep(stepOn(sim, { count: "3", wait: "true", ...inputs }));
  let seen = 0;
  sim.on(moment, route, async () => {
    seen += 1;
    if (seen !== nth) return;
    running.kill("SIGKILL");
    await running.finished;
  });
  const dead = await running.finished;
  expect({ signal: dead.signal, reached: seen >= nth }).toEqual({
    signal: "SIGKILL",
    reached: true,
  });
  return dead;
}

/** UUIDs of the replicas that main had heard of before it died. */
function namedInState({ state }: StepResult): string[] {
  return Object.entries(state).flatMap(([name, text]) => {
    if (!name.startsWith("replica_")) return [];
    const { ident } = JSON.parse(text) as { ident: { uuid: string | null } };
    return ident.uuid === null ? [] : [ident.uuid];
  });
}
