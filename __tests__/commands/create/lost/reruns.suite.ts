/** The same job, run twenty times over: some runs are killed, some meet faults, and nobody pays twice. */
import { describe, expect } from "@jest/globals";
import type { Simulator } from "../../../../simulator/index.ts";
import "../../../support/retry.ts";
import { type StepResult, startStep } from "../../../support/either.ts";
import {
  existing,
  inItsWorld,
  main,
  namedByMain,
  post,
  postsOf,
  replicasOf,
  stepOn,
} from "../../../support/runs.ts";

const WANTED = { instances: "3" };

interface Turn {
  readonly name: string;
  /** What happens to this run; null where main was killed. */
  readonly run: (sim: Simulator) => Promise<StepResult | null>;
}

const plain: Turn = { name: "nothing special", run: (sim) => main(sim, WANTED) };

function killedAt(route: string, moment: "before-work" | "after-work", withPost: boolean): Turn {
  return {
    name: `killed ${moment} of ${route}${withPost ? ", then post" : ""}`,
    run: async (sim) => {
      const running = startStep(stepOn(sim, WANTED));
      const off = sim.on(moment, route, async () => {
        running.kill("SIGKILL");
        await running.finished;
      });
      const dead = await running.finished;
      off();
      if (dead.signal === null) return dead;
      if (withPost) await post(sim, dead);
      return null;
    },
  };
}

function faulty(name: string, fault: Parameters<Simulator["fault"]>[0]): Turn {
  return {
    name,
    run: async (sim) => {
      sim.fault(fault);
      const result = await main(sim, WANTED);
      sim.clearFaults();
      return result;
    },
  };
}

function loses(name: string, lose: (sim: Simulator, uuid: string) => void): Turn {
  return {
    name,
    run: async (sim) => {
      const [one] = existing(sim).filter((uuid) => sim.world.liveOf(sim.appId).some(is(uuid)));
      if (one !== undefined) lose(sim, one);
      return main(sim, WANTED);
    },
  };
}

const is =
  (uuid: string) =>
  ({ vmUuid }: { readonly vmUuid: string }): boolean =>
    vmUuid === uuid;

const TURNS: readonly Turn[] = [
  killedAt("list", "after-work", true),
  killedAt("create", "before-work", true),
  faulty("list forbidden", {
    route: "list",
    kind: "status",
    when: "before",
    status: 403,
    times: "always",
  }),
  killedAt("create", "after-work", false),
  plain,
  loses("one was deleted", (sim, uuid) => sim.remove(uuid)),
  loses("one was stopped, and the next run is killed", (sim, uuid) =>
    sim.update(uuid, { status: "stopped" }),
  ),
  plain,
  {
    name: "one was deleted, and the answer for the new one is lost",
    run: async (sim) => {
      sim.remove(existing(sim)[0] ?? "");
      sim.fault({ route: "create", kind: "drop", when: "after" });
      return main(sim, WANTED);
    },
  },
  faulty("a fault that meets nobody", { route: "create", kind: "drop", when: "after" }),
  {
    name: "one failed and counts until somebody deletes it; then the run is killed when it makes another",
    run: async (sim) => {
      const [one] = sim.world.liveOf(sim.appId).filter(({ origin }) => origin === "replica");
      sim.update(one?.vmUuid ?? "", { status: "error" });
      const made = postsOf(sim).length;
      const red = await main(sim, WANTED);
      expect([red.outputs.error_code, postsOf(sim).length]).toEqual(["DEAD", made]);
      sim.remove(one?.vmUuid ?? "");
      return killedAt("create", "before-work", true).run(sim);
    },
  },
  killedAt("create", "after-work", true),
  plain,
  {
    name: "all were deleted, and both answers are cut off",
    run: async (sim) => {
      for (const uuid of existing(sim)) sim.remove(uuid);
      sim.fault({ route: "create", kind: "cut", times: 2 });
      const result = await main(sim, WANTED);
      expect(namedByMain(result)).toHaveLength(2);
      return result;
    },
  },
  plain,
  {
    name: "one was deleted, and the API is busy",
    run: async (sim) => {
      sim.remove(existing(sim)[0] ?? "");
      sim.fault({ route: "create", kind: "status", when: "before", status: 429, times: 2 });
      return main(sim, WANTED);
    },
  },
  killedAt("list", "before-work", true),
  {
    name: "one was deleted, 502 after the work, killed in the search, no post",
    run: async (sim) => {
      sim.remove(existing(sim)[0] ?? "");
      sim.fault({ route: "create", kind: "status", when: "after", status: 502 });
      const running = startStep(stepOn(sim, WANTED));
      let looks = 0;
      const off = sim.on("after-work", "list", async () => {
        if (++looks !== 2) return;
        running.kill("SIGKILL");
        await running.finished;
      });
      const dead = await running.finished;
      off();
      expect(dead.signal).toBe("SIGKILL");
      return null;
    },
  },
  plain,
  plain,
];

export function reruns(): void {
  describe("instances: 3", () => {
    inItsWorld(
      "twenty runs, some killed or faulted, never have more than three and end with exactly three",
      { bootMs: 50 },
      twentyRuns,
    );
    inItsWorld(
      "a run after a run creates nothing and describes what is there",
      { bootMs: 50 },
      async (sim) => {
        const first = await main(sim, WANTED);
        const made = postsOf(sim).length;
        const second = await main(sim, WANTED);
        expect([made, postsOf(sim).length]).toEqual([2, 2]);
        expect([second.exitCode, second.outputs.outcome]).toEqual([0, "unchanged"]);
        const there = replicasOf(second);
        expect(there.map(({ outcome }) => outcome)).toEqual(["existing", "existing", "existing"]);
        expect(there.map(({ vm_uuid }) => vm_uuid)).toEqual(
          expect.arrayContaining([...namedByMain(first), sim.vmUuid]),
        );
      },
    );
  });
}

async function twentyRuns(sim: Simulator): Promise<void> {
  expect(TURNS).toHaveLength(20);
  const problems: string[] = [];
  for (const [index, { name, run }] of TURNS.entries()) {
    const result = await run(sim);
    const live = sim.world.liveOf(sim.appId).length;
    const where = `run ${index + 1} (${name})`;
    if (live > 3) problems.push(`${where}: ${live} live`);
    if (result?.exitCode === 0 && live !== 3) problems.push(`${where}: ended well with ${live}`);
    if (result !== null && result.exitCode !== 0 && name !== "list forbidden") {
      problems.push(`${where}: ${result.outputs.error_code}`);
    }
  }
  expect(problems).toEqual([]);
  expect(sim.world.liveOf(sim.appId)).toHaveLength(3);
  // Every one that was ever made was made once: 3 at first, less what is there, plus what was taken away.
  const taken = sim.replicas().length - 2;
  expect(postsOf(sim).filter(({ worked }) => worked)).toHaveLength(2 + taken);
}
