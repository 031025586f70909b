/** Named ones killed at each moment, run twice at once, many at a time: one CVM a name, always. */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../../../simulator/core.ts";
import {
  type Result,
  Simulation,
  type SimulationOptions,
} from "../../../support/simulated/simulation.ts";
import { namesOf } from "./support.ts";

const NAMES = "web-eu-1,web-eu-2,web-eu-3";
const INPUTS = { vm_uuid: "", name: NAMES, wait: "false" };
const THREE = NAMES.split(",");

const at = (nth: number, kind: "drop" | "late", when: "before" | "after"): Fault =>
  kind === "drop"
    ? { route: "instances", nth, kind, when }
    : { route: "instances", nth, kind, afterMs: 9_000 };

const refused = (nth: number, when: "before" | "after", status: number): Fault => ({
  route: "instances",
  nth,
  kind: "status",
  when,
  status,
});

/** What may go wrong in a run of three, besides. */
const STORIES: readonly { name: string; world?: SimulationOptions; faults?: readonly Fault[] }[] = [
  { name: "all goes well" },
  { name: "the list lags", world: { listLagMs: 4_000 } },
  { name: "the first answer is lost", faults: [at(1, "drop", "after")] },
  { name: "the second answer is lost, and nothing was made", faults: [at(2, "drop", "before")] },
  { name: "refused late", faults: [refused(2, "after", 400), refused(3, "after", 500)] },
  { name: "busy", faults: [refused(2, "before", 409), refused(3, "before", 429)] },
  { name: "made long after its request", faults: [at(3, "late", "after")] },
  { name: "nothing but four fields is answered", world: { instanceAnswer: "partial" } },
  { name: "the API tells no UUIDs, and ids alone", world: { nullUuid: true, listLagMs: 2_000 } },
];

function begun({ world, faults }: (typeof STORIES)[number]) {
  const sim = new Simulation({ bootMs: 2_000, ...world });
  for (const fault of faults ?? []) sim.fault(fault);
  return sim;
}

/** Names of what this app has of ours, one each. */
function there(sim: Simulation): readonly string[] {
  return namesOf(sim.replicas().filter(({ deleted }) => !deleted));
}

const MOMENTS = 30;

describe("killed, then run again", () => {
  it.each(STORIES)(
    "$name: at each of thirty moments",
    async (story) => {
      const whole = begun(story);
      await whole.main(INPUTS);
      const steps = whole.clock.steps;
      const problems: string[] = [];
      for (let n = 0; n < MOMENTS; n++) {
        const sim = begun(story);
        const running = sim.start(INPUTS);
        sim.clock.beforeStep(Math.floor((n * steps) / MOMENTS), () => running.kill());
        const killed = await running.finished;
        await sim.post(killed);
        await sim.pass(60_000);
        // A lost answer may strike the run after as well, before it has seen that names hold.
        let again = await sim.main(INPUTS);
        if (again.exitCode !== 0) again = await sim.main(INPUTS);
        const entries = JSON.parse(again.runner.outputs.replicas ?? "[]") as { outcome: string }[];
        const good = again.exitCode === 0 && entries.length === 3;
        if (JSON.stringify(there(sim)) !== JSON.stringify(THREE) || !good) {
          problems.push(`${n}: ${there(sim).join()} exit ${again.exitCode}`);
        }
      }
      expect(problems).toEqual([]);
    },
    120_000,
  );
});

describe("killed with cleanup", () => {
  it.each(STORIES)("$name: nothing of it is left", async (story) => {
    const whole = begun(story);
    await whole.main(INPUTS);
    const steps = whole.clock.steps;
    const problems: string[] = [];
    for (let n = 0; n < 12; n++) {
      const sim = begun(story);
      const stranger = sim.addStranger({ name: "somebody-else", createdAt: 1 }).vmUuid;
      const source = sim.world.source.vmUuid;
      const running = sim.start({ ...INPUTS, cleanup: "always" });
      sim.clock.beforeStep(Math.floor((n * steps) / 12), () => running.kill());
      const post = await sim.post(await running.finished);
      if (there(sim).length > 0 && post.exitCode === 0) problems.push(`${n}: ${there(sim).join()}`);
      const kept = sim.cvms().filter(({ vmUuid }) => [source, stranger].includes(vmUuid));
      if (kept.some(({ deleted }) => deleted)) problems.push(`${n}: a stranger is gone`);
    }
    expect(problems).toEqual([]);
  });
});

describe("two jobs with the same names at the same moment", () => {
  const lost = [
    null,
    ...(["before", "after"] as const).flatMap((when) =>
      [1, 2, 4].map((nth) => at(nth, "drop", when)),
    ),
  ];

  it.each(
    [0, 7, 25, 400].flatMap((headStart) =>
      lost.flatMap((fault) =>
        [NAMES, THREE.toReversed().join()].map(
          (names) =>
            [headStart, fault === null ? "none" : JSON.stringify(fault), names, fault] as const,
        ),
      ),
    ),
  )(
    "the second %d ms later, lost answers: %s; it asks for %s",
    async (headStart, _, names, fault) => {
      const sim = new Simulation({ bootMs: 2_000 });
      if (fault !== null) sim.fault(fault);
      const first = sim.start(INPUTS);
      await sim.pass(headStart);
      const second = sim.start({ ...INPUTS, name: names });
      const ends = [await first.finished, await second.finished];
      expect(there(sim)).toEqual(THREE);
      for (const { exitCode, runner } of ends) {
        // Red only where it says why.
        if (exitCode !== 0) expect(runner.outputs.error_code).toMatch(/^(?:AMBIGUOUS|TAKEN)$/);
      }
      expect(ends.some(({ exitCode }) => exitCode === 0)).toBe(true);
      const made = ends.flatMap(
        ({ runner }) =>
          JSON.parse(runner.outputs.replicas ?? "[]") as {
            outcome: string;
            vm_uuid: string | null;
          }[],
      );
      const created = made
        .filter(({ outcome }) => outcome === "created")
        .map(({ vm_uuid }) => vm_uuid);
      expect(new Set(created).size).toBe(created.length);
    },
  );
});

/** How many requests were open when each was sent. */
function openAt(sim: Simulation, latencyMs: number): readonly number[] {
  const times = sim.requests
    .filter(({ route }) => route === "instances")
    .map(({ at: sent }) => sent);
  return times.map(
    (time) => times.filter((other) => other <= time && other > time - 2 * latencyMs).length,
  );
}

describe("many names", () => {
  const LATENCY_MS = 500;
  const fifty = { vm_uuid: "", name: "web-eu-{n}", count: "50", wait: "false" };

  async function played(
    world: SimulationOptions,
    faults: readonly Fault[] = [],
  ): Promise<{ sim: Simulation; main: Result }> {
    const sim = new Simulation({ ...world, latencyMs: LATENCY_MS });
    for (const fault of faults) sim.fault(fault);
    return { sim, main: await sim.main(fifty) };
  }

  it("one first, then four at a time: a quarter of the time", async () => {
    const { sim, main } = await played({});
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "created"]);
    expect(there(sim)).toHaveLength(50);
    const open = openAt(sim, LATENCY_MS);
    expect(open.slice(0, 2)).toEqual([1, 4]);
    expect(Math.max(...open)).toBe(4);
    // One alone, 49 by four, and the look at the app, a second each.
    expect(main.tookMs).toBeLessThanOrEqual(16_000);
    const names = (JSON.parse(main.runner.outputs.replicas ?? "[]") as { name: string }[]).map(
      ({ name }) => name,
    );
    expect(names).toEqual(Array.from({ length: 50 }, (_, index) => `web-eu-${index + 1}`));
  });

  it.each([
    [429, undefined],
    [409, undefined],
    [400, '{"error_code":"ERR-02-009","message":"Incompatible configuration"}'],
  ])("the API's own conflicts (%d) make it slower, not red", async (status, body) => {
    const conflicts = [6, 9].map(
      (nth): Fault => ({
        route: "instances",
        nth,
        kind: "status",
        when: "before",
        status,
        ...(body === undefined ? {} : { body }),
      }),
    );
    const { sim, main } = await played({}, conflicts);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "created"]);
    expect(there(sim)).toHaveLength(50);
    const open = openAt(sim, LATENCY_MS);
    expect(Math.max(...open.slice(20))).toBe(1);
  });

  it("after two of unknown fate in a row no more are sent", async () => {
    const { sim, main } = await played({}, [
      { route: "instances", nth: 2, times: 30, kind: "drop", when: "before" },
      { route: "list", nth: 2, times: "always", kind: "status", when: "before", status: 500 },
    ]);
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
    // What was under way when the first was lost; no more are begun.
    expect(sim.requests.filter(({ route }) => route === "instances").length).toBeLessThanOrEqual(
      1 + 4,
    );
  });

  it("an answer about the whole run ends it", async () => {
    const { sim, main } = await played({ maxCvms: 9 });
    expect(main.runner.outputs.error_code).toBe("ERR-04-002");
    expect(sim.requests.filter(({ route }) => route === "instances").length).toBeLessThanOrEqual(
      9 + 4,
    );
  });
});
