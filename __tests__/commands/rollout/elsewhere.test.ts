/** What users of other rolling updates met, each tried here: their issues are named at the case. */
import { expect } from "@jest/globals";
import { type Cloud, describeCases, errorOf, type Seen } from "../../support/play.ts";
import { deployed, entriesOf, hashesOf, instancesOf, NEW, redeploysOf, toSource } from "./stage.ts";

const usual = {
  command: "rollout",
  only: "simulated",
  given: (cloud: Cloud) => deployed(cloud),
  inputs: toSource,
} as const;
const four = { liveInstances: 4, updateMs: 60_000 } as const;
const outcomes = (seen: Seen) => entriesOf(seen).map(({ outcome }) => outcome);

/** What is done to the first that was updated, before each look once its update is over. */
function onceUpdated(cloud: Cloud, happens: (uuid: string, forMs: number) => void): void {
  deployed(cloud);
  let since: number | null = null;
  cloud.on("before-work", "list", () => {
    const first = instancesOf(cloud)[1];
    const [update] = first?.operations ?? [];
    if (first === undefined || update === undefined) return;
    const now = cloud.world.now();
    if (now - update.at < update.plan.ms) return;
    since ??= now;
    happens(first.vmUuid, now - since);
  });
}

describeCases("what users of other rolling updates met", [
  {
    ...usual,
    // https://github.com/superfly/flyctl/pull/3732, https://github.com/superfly/flyctl/pull/3034
    name: "the host of one takes no updates for hours: it is given up in its time, and the rest is not touched",
    api: four,
    inputs: (cloud) => ({ ...toSource(cloud), instance_timeout: "5m" }),
    given: (cloud) => {
      deployed(cloud);
      const down = { kind: "status", when: "before", status: 503 } as const;
      const headers = { "retry-after": "20" };
      cloud.fault({ route: "redeploy", ...down, headers, nth: 2, times: "always" });
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "partial", error_code: "HTTP-503" });
      expect(outcomes(seen)).toEqual(["unchanged", "updated", "failed", "untouched"]);
      const [, second, ...more] = redeploysOf(seen).map(({ at }) => at);
      const last = more.at(-1) ?? 0;
      expect(last - (second ?? 0)).toBeGreaterThan(240_000);
      expect(last - (second ?? 0)).toBeLessThan(300_000);
      expect(more.length).toBeLessThan(16);
      expect(errorOf(seen.main)).toMatch(/Each instance now:/);
    },
  },
  {
    ...usual,
    // https://github.com/kubernetes/kubernetes/issues/108266, https://github.com/aws/copilot-cli/issues/1879
    name: "one that is healthy to the end has no time left to stay so: that is what is said",
    api: { liveInstances: 2, updateMs: 60_000 },
    inputs: (cloud) => ({
      ...toSource(cloud),
      health_check: "/healthz",
      health_for: "80s",
      instance_timeout: "2m",
      wait_timeout: "10m",
    }),
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "UNHEALTHY" });
      const text = errorOf(seen.main);
      expect(text).toMatch(/runs and is healthy, but had no time left.*answered as it should/);
      expect(text).not.toMatch(/was not asked/);
    },
  },
  {
    ...usual,
    name: "one starts, crashes and starts again, and never fails for good: health_for does not let it pass",
    api: four,
    inputs: (cloud) => ({
      ...toSource(cloud),
      health_check: "/healthz",
      health_for: "60s",
      instance_timeout: "10m",
    }),
    given: (cloud) =>
      onceUpdated(cloud, (uuid, forMs) => {
        const status = Math.floor(forMs / 20_000) % 2 === 0 ? "running" : "starting";
        cloud.update(uuid, { status });
      }),
    expects: (seen) => {
      expect(seen.main.exitCode).toBe(1);
      expect(outcomes(seen)).toEqual(["unchanged", "failed", "untouched", "untouched"]);
      expect(redeploysOf(seen)).toHaveLength(1);
    },
  },
  {
    ...usual,
    // https://github.com/aws-actions/amazon-ecs-deploy-task-definition/issues/191: scaled down meanwhile
    name: "somebody stops one before its turn: it is brought along as it is, stays stopped, and is no failure",
    api: four,
    given: (cloud) => {
      deployed(cloud);
      const off = cloud.on("answered", "redeploy", () => {
        off();
        const last = instancesOf(cloud)[3];
        if (last !== undefined) cloud.world.operate(last, "stop", "stop");
      });
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "rolled_out", error_code: "" });
      expect(hashesOf(seen)).toEqual(Array(4).fill(NEW));
      const { world } = seen.cloud;
      const statuses = instancesOf(seen.cloud).map((cvm) => world.view(cvm).status);
      expect(statuses).toEqual(["running", "running", "running", "stopped"]);
    },
  },
  {
    ...usual,
    name: "somebody starts a stopped one that was named, and brings it to the revision: it is waited for like any other",
    api: { liveInstances: 2, stoppedInstances: 1, updateMs: 60_000, powerMs: 30_000 },
    inputs: (cloud) => ({
      ...toSource(cloud),
      name: instancesOf(cloud)
        .map(({ name }) => name)
        .join(),
    }),
    given: (cloud) => {
      deployed(cloud);
      const off = cloud.on("answered", "revisions", () => {
        off();
        const parked = instancesOf(cloud)[2];
        if (parked !== undefined) {
          cloud.world.operate(parked, "start", "update", { composeHash: NEW });
        }
      });
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "rolled_out", error_code: "" });
      expect(outcomes(seen)).toEqual(["unchanged", "updated", "unchanged"]);
      expect(redeploysOf(seen)).toHaveLength(1);
    },
  },
]);
