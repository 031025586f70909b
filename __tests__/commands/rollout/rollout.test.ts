/** A rollout from its first look to its last word, in simulated time and as a process. */
import { expect } from "@jest/globals";
import { type Case, type Cloud, describeCases, errorOf, type Seen } from "../../support/play.ts";
import {
  deployed,
  entriesOf,
  hashesOf,
  instancesOf,
  NEW,
  redeploysOf,
  targetsOf,
  toSource,
} from "./stage.ts";

const usual = {
  command: "rollout",
  given: (cloud: Cloud) => deployed(cloud),
  inputs: toSource,
} as const;
const five = { liveInstances: 5, updateMs: 2_000 } as const;
const outcomes = (seen: Seen) => entriesOf(seen).map(({ outcome }) => outcome);
const uuids = (seen: Seen) => instancesOf(seen.cloud).map(({ vmUuid }) => vmUuid);
const THIRD = "3333".repeat(16);

const green: readonly Case[] = [
  {
    ...usual,
    name: "five instances follow the source, one after another, oldest first",
    api: five,
    process: true,
    expects: (seen) => {
      expect(seen.main.log).toMatch(/4 of 5 to be brought along, 1 at a time/);
      expect(seen.main.log).not.toMatch(/Waiting for the source/);
      expect(seen.main.outputs).toMatchObject({
        outcome: "rolled_out",
        error_code: "",
        compose_hash: NEW,
      });
      expect(seen.main.exitCode).toBe(0);
      expect(hashesOf(seen)).toEqual(Array(5).fill(NEW));
      expect(targetsOf(seen)).toEqual(uuids(seen).slice(1));
      expect(outcomes(seen)).toEqual(["unchanged", ...Array(4).fill("updated")]);
      const old = instancesOf(seen.cloud)[1]?.booted[0]?.composeHash;
      expect(seen.main.outputs.previous_compose_hash).toBe(old);
      expect(seen.main.log).toMatch(/\(5\/5\)/);
      expect(seen.main.summary).toMatch(/✅ Rolled out/);
      expect(seen.main.annotations).toEqual([]);
    },
  },
  {
    ...usual,
    name: "all have the revision already: nothing is sent",
    api: { liveInstances: 2 },
    given: (cloud) => {
      for (const cvm of instancesOf(cloud)) cvm.composeHash = NEW;
      deployed(cloud);
    },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("unchanged");
      expect(redeploysOf(seen)).toEqual([]);
      expect(outcomes(seen)).toEqual(["unchanged", "unchanged"]);
    },
  },
  {
    ...usual,
    name: "a dry run checks the source, shows the plan and touches nothing",
    api: five,
    inputs: (cloud) => ({ ...toSource(cloud), dry_run: "true" }),
    process: true,
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("dry_run");
      expect(seen.requests.every(({ method }) => method === "GET")).toBe(true);
      expect(seen.main.log).toMatch(/4 of 5 to be brought along/);
      expect(seen.post?.log).toMatch(/touched no instance/);
    },
  },
  {
    ...usual,
    name: "a redeploy whose answer is lost is settled by looking, and not sent again",
    api: five,
    given: (cloud) => {
      deployed(cloud);
      cloud.fault({ route: "redeploy", kind: "drop", when: "after" });
    },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expect(redeploysOf(seen)).toHaveLength(4);
    },
  },
  {
    ...usual,
    name: "a redeploy that was lost on its way is sent again, once the row has had its time",
    api: five,
    given: (cloud) => {
      deployed(cloud);
      cloud.fault({ route: "redeploy", kind: "drop", when: "before" });
    },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      const [first, second] = redeploysOf(seen);
      expect(redeploysOf(seen)).toHaveLength(5);
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(15_000);
    },
  },
  {
    ...usual,
    name: "one that is busy is asked again until its lock is off",
    api: five,
    given: (cloud) => {
      deployed(cloud);
      const body = '{"detail":"Another operation is in progress"}';
      cloud.fault({
        route: "redeploy",
        kind: "status",
        when: "before",
        status: 409,
        body,
        times: 3,
      });
    },
    process: true,
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expect(redeploysOf(seen)).toHaveLength(7);
      expect(seen.main.log).toMatch(/HTTP 409: Another operation is in progress/);
    },
  },
  {
    ...usual,
    name: "nothing is touched on a look that failed: what somebody did before it is seen first",
    api: { liveInstances: 2, updateMs: 2_000 },
    given: (cloud) => {
      deployed(cloud);
      let lists = 0;
      cloud.on("before-work", "list", () => {
        lists += 1;
        const one = instancesOf(cloud)[1]?.vmUuid ?? "";
        if (lists === 2) cloud.update(one, { redeploy: NEW });
      });
      cloud.fault({ route: "list", nth: 4, kind: "status", when: "before", status: 500 });
    },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("unchanged");
      expect(redeploysOf(seen)).toEqual([]);
    },
  },
  {
    ...usual,
    name: "one that somebody else brings to the revision meanwhile is waited for, and not touched",
    api: five,
    given: (cloud) => {
      deployed(cloud);
      const off = cloud.on("before-work", "redeploy", () => {
        off();
        cloud.update(instancesOf(cloud)[4]?.vmUuid ?? "", { redeploy: NEW });
      });
    },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expect(targetsOf(seen)).toEqual(uuids(seen).slice(1, 4));
      expect(outcomes(seen)).toEqual(["unchanged", "updated", "updated", "updated", "unchanged"]);
    },
  },
  {
    ...usual,
    name: "one that somebody else brings to a third revision meanwhile is brought along afterwards",
    api: five,
    given: (cloud) => {
      deployed(cloud);
      const off = cloud.on("before-work", "redeploy", () => {
        off();
        cloud.update(instancesOf(cloud)[4]?.vmUuid ?? "", { redeploy: THIRD });
      });
    },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expect(hashesOf(seen)).toEqual(Array(5).fill(NEW));
      expect(entriesOf(seen)[4]).toMatchObject({ outcome: "updated", from: THIRD });
    },
  },
  {
    ...usual,
    name: "an update that waits in a queue is not taken for done",
    api: { liveInstances: 3, updateMs: 20_000, updateQueueMs: 30_000 },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      const [first, second] = redeploysOf(seen).map(({ at }) => at);
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(50_000);
    },
  },
  {
    ...usual,
    name: "half of four at a time: two are away together, never three",
    api: { liveInstances: 4, updateMs: 4_000 },
    inputs: (cloud) => ({ compose_hash: NEW, max_unavailable: "50%", app_id: cloud.appId }),
    given: (cloud) => {
      deployed(cloud);
      cloud.world.source.composeHash = instancesOf(cloud)[1]?.composeHash ?? "";
    },
    expects: (seen) => {
      expect(seen.main.log).toMatch(/4 of 4 to be brought along, 2 at a time/);
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expect(redeploysOf(seen)).toHaveLength(4);
      const [first, second, third] = redeploysOf(seen).map(({ at }) => at);
      expect((second ?? 0) - (first ?? 0)).toBeLessThan(1_000);
      expect((third ?? 0) - (first ?? 0)).toBeGreaterThan(3_000);
    },
  },
  {
    ...usual,
    name: "health and version stand between one and the next; a sick old one comes first",
    api: { ...five, versions: { [NEW]: "2.0.0" } },
    inputs: (cloud) => ({
      ...toSource(cloud),
      health_check: "/healthz",
      health_expect: "version 2.0.0",
    }),
    given: (cloud) => {
      deployed(cloud);
      const sick = instancesOf(cloud)[3];
      cloud.update(sick?.vmUuid ?? "", { health: { kind: "status", status: 503 } });
      cloud.on("answered", "redeploy", ({ request }) => {
        if (request.body.includes(sick?.vmUuid ?? "-")) {
          cloud.update(sick?.vmUuid ?? "", { health: { kind: "ok" } });
        }
      });
    },
    process: true,
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      const [, first, second, third, fourth] = uuids(seen);
      expect(targetsOf(seen)).toEqual([third, first, second, fourth]);
      expect(seen.cloud.gatewayRequests.every(({ headers }) => !("x-api-key" in headers))).toBe(
        true,
      );
    },
  },
  {
    ...usual,
    name: "a stopped one is left, but for its own UUID",
    api: { liveInstances: 2, stoppedInstances: 1, updateMs: 2_000 },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expect(entriesOf(seen)).toHaveLength(2);
      expect(seen.main.log).toMatch(/is left: it is stopped/);
    },
  },
  {
    ...usual,
    name: "a stopped one that is named is brought along and stays stopped",
    api: { liveInstances: 2, stoppedInstances: 1, updateMs: 2_000 },
    inputs: (cloud) => ({ ...toSource(cloud), vm_uuids: instancesOf(cloud)[2]?.vmUuid ?? "" }),
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expect(hashesOf(seen)[2]).toBe(NEW);
      expect(instancesOf(seen.cloud).map((cvm) => seen.cloud.world.view(cvm).status)[2]).toBe(
        "stopped",
      );
    },
  },
  {
    ...usual,
    name: "an only instance: it goes, with a warning that none serves meanwhile",
    api: { updateMs: 2_000 },
    inputs: { compose_hash: NEW },
    given: (cloud) => {
      deployed(cloud);
      cloud.world.source.composeHash = THIRD;
    },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expect(seen.main.annotations).toMatchObject([{ level: "warning" }]);
      expect(seen.main.annotations[0]?.message).toMatch(/no instance of the app serves/);
    },
  },
];

const red: readonly Case[] = [
  {
    ...usual,
    name: "the second does not come up: the rest is not touched",
    // It stands in error for half a minute.
    only: "simulated",
    api: { ...five, updatePlans: [{}, { status: "error" }] },
    expects: (seen) => {
      expect(seen.main.exitCode).toBe(1);
      expect(seen.main.outputs).toMatchObject({ outcome: "partial", error_code: "BOOT" });
      expect(outcomes(seen)).toEqual(["unchanged", "updated", "failed", "untouched", "untouched"]);
      expect(redeploysOf(seen)).toHaveLength(2);
      const text = errorOf(seen.main);
      expect(text).toMatch(/did not come up again: its status is error/);
      expect(text).toMatch(/Each instance now:/);
      expect(seen.main.outputs.error_message).not.toBe("");
    },
  },
  {
    ...usual,
    name: "with rollback, what this run changed goes back, what fails first",
    // It stands in error for half a minute.
    only: "simulated",
    api: { ...five, updatePlans: [{}, { status: "error" }] },
    inputs: (cloud) => ({ ...toSource(cloud), on_failure: "rollback" }),
    expects: (seen) => {
      expect(seen.main.exitCode).toBe(1);
      expect(seen.main.outputs).toMatchObject({ outcome: "rolled_back", error_code: "BOOT" });
      const [, first, second] = uuids(seen);
      expect(targetsOf(seen)).toEqual([first, second, second, first]);
      const old = instancesOf(seen.cloud)[4]?.composeHash;
      expect(hashesOf(seen)).toEqual([NEW, old, old, old, old]);
      expect(outcomes(seen)).toEqual([
        "unchanged",
        "rolled_back",
        "rolled_back",
        "untouched",
        "untouched",
      ]);
    },
  },
  {
    ...usual,
    name: "a rollback that fails is loud, and takes no further one away",
    api: { ...five, updatePlans: [{}, { status: "error" }, { status: "error" }] },
    inputs: (cloud) => ({ ...toSource(cloud), on_failure: "rollback" }),
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "BOOT" });
      expect(outcomes(seen)).toEqual(["unchanged", "updated", "failed", "untouched", "untouched"]);
      const text = errorOf(seen.main);
      expect(text).toMatch(
        /could not be brought back to .*needs a person\. Brought back, .* error/,
      );
      expect(text).toMatch(
        /different revisions may serve\. 1 that serve the new revision were left/,
      );
    },
  },
  {
    ...usual,
    name: "the wrong version answers: UNHEALTHY after the time for one, and no second is touched",
    api: { ...five, versions: { [NEW]: "2.0.0" } },
    inputs: (cloud) => ({
      compose_hash: NEW,
      vm_uuids: uuidsJson(cloud, 1),
      health_check: "/healthz",
      health_expect: "version 3",
      instance_timeout: "60s",
    }),
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "UNHEALTHY" });
      expect(redeploysOf(seen)).toHaveLength(1);
      expect(errorOf(seen.main)).toMatch(/without the text "version 3" of health_expect/);
    },
  },
  {
    ...usual,
    name: "the source is sick: nothing is touched",
    api: five,
    inputs: (cloud) => ({ ...toSource(cloud), health_check: "/healthz", instance_timeout: "30s" }),
    given: (cloud) => {
      deployed(cloud);
      cloud.update(cloud.vmUuid, { health: { kind: "status", status: 500 } });
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "UNHEALTHY" });
      expect(redeploysOf(seen)).toEqual([]);
      expect(errorOf(seen.main)).toMatch(/The source .*Nothing was touched/);
      expect(
        seen.main.log.match(/Waiting for the source .* to serve, for at most 30 s\./g),
      ).toHaveLength(1);
    },
  },
  {
    ...usual,
    name: "the time for all runs out: what is under way stays so",
    api: { ...five, updateMs: 3_600_000 },
    inputs: (cloud) => ({ ...toSource(cloud), wait_timeout: "60s" }),
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "timeout", error_code: "TIMEOUT" });
      expect(outcomes(seen).filter((word) => word === "updating")).toHaveLength(1);
    },
  },
  {
    ...usual,
    name: "the time runs out before one is touched: the annotation has the words of the output",
    only: "simulated",
    api: { liveInstances: 2, powerMs: 3_600_000 },
    inputs: (cloud) => ({ ...toSource(cloud), wait_timeout: "60s" }),
    given: (cloud) => {
      deployed(cloud);
      const other = instancesOf(cloud)[1];
      if (other !== undefined) cloud.world.operate(other, "restart", "restart");
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "timeout", error_code: "TIMEOUT" });
      expect(outcomes(seen)).toEqual(["unchanged", "untouched"]);
      expect(errorOf(seen.main)).toMatch(/: unchanged: has 77ab.*: untouched: has /s);
    },
  },
  {
    ...usual,
    name: "somebody updates one after us: it is left, and named",
    api: five,
    given: (cloud) => {
      deployed(cloud);
      let met = 0;
      cloud.on("before-work", "redeploy", () => {
        met += 1;
        const second = instancesOf(cloud)[1]?.vmUuid ?? "";
        if (met === 3) cloud.update(second, { redeploy: THIRD });
      });
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "partial", error_code: "MISMATCH" });
      expect(hashesOf(seen)).toEqual([NEW, THIRD, NEW, NEW, NEW]);
      expect(errorOf(seen.main)).toMatch(/updated by somebody else after this step/);
    },
  },
  {
    ...usual,
    // Rollouts of other tools are told to be done, and their users find the new version crashed.
    name: "one that served crashes while the next is updated: not rolled out, and the rest is not touched",
    only: "simulated",
    api: { ...five, updateMs: 60_000 },
    given: (cloud) => {
      deployed(cloud);
      let met = 0;
      cloud.on("answered", "redeploy", () => {
        met += 1;
        const first = instancesOf(cloud)[1]?.vmUuid ?? "";
        if (met === 2) cloud.update(first, { status: "error" });
      });
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "partial", error_code: "BOOT" });
      expect(outcomes(seen)).toEqual(["unchanged", "failed", "updated", "untouched", "untouched"]);
      expect(errorOf(seen.main)).toMatch(/did not come up again: its status is error/);
    },
  },
  {
    ...usual,
    name: "the last one crashes right after it served: the others' word is not enough",
    only: "simulated",
    api: { liveInstances: 3, updateMs: 60_000 },
    inputs: (cloud) => ({ ...toSource(cloud), on_failure: "rollback" }),
    given: (cloud) => {
      deployed(cloud);
      let done = false;
      cloud.on("before-work", "list", () => {
        const [, first, second] = instancesOf(cloud);
        if (done || first === undefined || second === undefined) return;
        const { guestHash, inProgress } = cloud.world.view(second);
        done = guestHash === NEW && !inProgress;
        if (done) cloud.update(first.vmUuid, { status: "exited" });
      });
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "rolled_back", error_code: "BOOT" });
    },
  },
  {
    ...usual,
    // A platform that rolls back by itself leaves a service that is stable, and old.
    name: "the platform brings one back by itself in the middle: it is not told to be updated",
    only: "simulated",
    api: { ...five, updateMs: 60_000 },
    given: (cloud) => {
      deployed(cloud);
      const old = instancesOf(cloud)[1]?.composeHash ?? "";
      const off = cloud.on("answered", "redeploy", ({ request }) => {
        off();
        const one = instancesOf(cloud).find(({ vmUuid }) => request.body.includes(vmUuid));
        if (one !== undefined) {
          cloud.on("before-work", "list", () => {
            const { status } = cloud.world.view(one);
            if (status === "starting" && one.composeHash === NEW) {
              cloud.update(one.vmUuid, { redeploy: old });
            }
          });
        }
      });
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "partial", error_code: "MISMATCH" });
      expect(outcomes(seen)[1]).toBe("failed");
    },
  },
  {
    ...usual,
    name: "the key may not redeploy: refused at once, nothing else is tried",
    api: five,
    given: (cloud) => {
      deployed(cloud);
      cloud.fault({
        route: "redeploy",
        kind: "status",
        when: "before",
        status: 403,
        times: "always",
      });
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "HTTP-403" });
      expect(redeploysOf(seen)).toHaveLength(1);
    },
  },
  {
    ...usual,
    name: "an approval is needed: pending, with what to register; nothing is touched",
    api: { ...five, onChain: true, updateToken: true },
    process: true,
    expects: (seen) => {
      const { outputs } = seen.main;
      expect(outputs).toMatchObject({ outcome: "pending_approval", error_code: "ERR-01-005" });
      expect(outputs.compose_hash).toContain(NEW);
      expect(outputs.device_id).not.toBe("");
      expect(redeploysOf(seen)).toHaveLength(1);
      expect(outcomes(seen)).toEqual(["unchanged", ...Array(4).fill("untouched")]);
      const text = errorOf(seen.main);
      expect(text).toMatch(/One registration serves all instances; then run this step again/);
      if (outputs.commit_token !== "") expect(seen.main.log).not.toContain(outputs.commit_token);
    },
  },
  {
    ...usual,
    name: "a revision that the app does not have",
    api: five,
    inputs: { compose_hash: "ab".repeat(32) },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "NOT_FOUND" });
      expect(seen.main.outputs.replicas).toBe("[]");
      expect(redeploysOf(seen)).toEqual([]);
    },
  },
  {
    ...usual,
    name: "a UUID of another app: nothing is touched, and that app is named",
    api: five,
    inputs: (cloud) => ({ ...toSource(cloud), vm_uuids: cloud.world.other.vmUuid }),
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "NOT_FOUND" });
      expect(errorOf(seen.main)).toContain(seen.cloud.world.otherAppId);
    },
  },
  {
    ...usual,
    name: "neither a revision nor a source, and an empty expression",
    api: five,
    inputs: { health_expect: "", max_unavailable: "0" },
    process: true,
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({
        outcome: "failed",
        error_code: "INPUT",
        replicas: "[]",
        vm_uuids: "[]",
      });
      expect(seen.requests).toEqual([]);
      expect(errorOf(seen.main)).toMatch(/health_expect is empty: its expression came out empty/);
      expect(errorOf(seen.main)).toMatch(/max_unavailable is "0"/);
    },
  },
  {
    ...usual,
    name: "cancelled in the middle: neither stopped nor rolled back, and post tells each one's state",
    api: { ...five, updateMs: 20_000 },
    inputs: (cloud) => ({ ...toSource(cloud), on_failure: "rollback" }),
    blow: { how: "cancel", moment: "answered", route: "redeploy", nth: 2 },
    process: true,
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "cancelled", error_code: "" });
      expect(redeploysOf(seen)).toHaveLength(2);
      expect(outcomes(seen)).toEqual([
        "unchanged",
        "updated",
        "updating",
        "untouched",
        "untouched",
      ]);
      expect(seen.post?.log).toMatch(/was being updated; now: status/);
      expect(seen.post?.log).toMatch(/goes on from what it finds/);
    },
  },
];

function uuidsJson(cloud: Cloud, from: number): string {
  return JSON.stringify(
    instancesOf(cloud)
      .slice(from)
      .map(({ vmUuid }) => vmUuid),
  );
}

describeCases("a rollout", green);
describeCases("a rollout that is red", red);
