/** The rules of what is sent and what counts, on the bundle as a process: one case each. */
import { describe, expect, it } from "@jest/globals";
import type { FaultKind } from "../../../simulator/faults.ts";
import "../../support/retry.ts";
import { startStep } from "../../support/runner.ts";
import {
  bodiesOf,
  errorOf,
  existing,
  main,
  namedInLog,
  post,
  postsOf,
  QUICK,
  replicasOf,
  stepOn,
  withSim,
} from "../../support/runs.ts";

const FORBIDDEN: FaultKind = { kind: "status", when: "before", status: 403 };

describe("the bundle", () => {
  it.concurrent(
    "sends no third request after two whose fate is unknown",
    () =>
      withSim({}, async (sim) => {
        sim.fault({ route: "list", times: "always", ...FORBIDDEN });
        sim.fault({ route: "create", times: "always", kind: "drop", when: "before" });
        const result = await main(sim, { count: "100" });
        expect(postsOf(sim)).toHaveLength(2);
        expect([result.exitCode, result.outputs.error_code]).toEqual([1, "AMBIGUOUS"]);
        expect(replicasOf(result)).toHaveLength(100);
        expect(errorOf(result)).toMatch(/2 of 100 replicas failed, 98 more were not asked for/);
      }),
    QUICK,
  );

  it.concurrent(
    "leaves a request that was put off to post where it is killed in the pause",
    () =>
      withSim({}, async (sim) => {
        const headers = { "retry-after": "30" };
        sim.fault({ route: "create", kind: "status", when: "after", status: 429, headers });
        const running = startStep(stepOn(sim));
        await running.line(/try 2 follows/);
        running.kill("SIGKILL");
        const dead = await running.finished;
        expect(dead.signal).toBe("SIGKILL");
        const later = await post(sim, dead);
        expect(existing(sim)).toHaveLength(1);
        expect(namedInLog(later)).toEqual(existing(sim));
      }),
    QUICK,
  );

  it.concurrent(
    "counts dead instances, creates the rest, and is red over them",
    () =>
      withSim({ deadInstances: ["error"], bootMs: 50 }, async (sim) => {
        const result = await main(sim, { instances: "4", wait: "true" });
        expect(postsOf(sim)).toHaveLength(2);
        expect([result.exitCode, result.outputs.error_code]).toEqual([1, "DEAD"]);
        const fates = replicasOf(result).map(({ outcome }) => outcome);
        expect(fates).toEqual(["created", "created", "existing", "failed"]);
        expect(errorOf(result)).toContain(sim.world.cvms[1]?.vmUuid);
      }),
    QUICK,
  );

  it.concurrent(
    "reads the hash from the source's own route where the list is forbidden",
    () =>
      withSim({}, async (sim) => {
        sim.fault({ route: "list", times: "always", ...FORBIDDEN });
        const result = await main(sim, { count: "2" });
        expect(result.exitCode).toBe(0);
        const hash = sim.world.source.composeHash;
        expect(bodiesOf(sim).map(({ compose_hash }) => compose_hash)).toEqual([undefined, hash]);
      }),
    QUICK,
  );
});
