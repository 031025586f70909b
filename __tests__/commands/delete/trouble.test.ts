/** Deletions that are refused, lost, slow, unknown or changed under the step: in simulated time, and as a process. */
import { expect } from "@jest/globals";
import { type Case, describeCases, errorOf } from "../../support/play.ts";
import { alone, ended, listed, namesLeft, sent, uuidOf } from "./support.ts";

const one = alone({ name: "web-seed1" });
const both = alone({ name: "web-*" });

const cases: readonly Omit<Case, "command">[] = [
  {
    name: "refused for good, and the others go",
    api: { liveInstances: 3 },
    given: (cloud) => {
      const path = uuidOf(cloud, "web-seed2");
      cloud.fault({
        route: "delete",
        kind: "status",
        when: "before",
        status: 403,
        times: "always",
        path,
      });
    },
    inputs: both,
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "partial", "HTTP-403"]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed2"]);
      expect(errorOf(seen.main)).toMatch(/Deleted: 1 of 2.*billed: 1\.\n- web-seed2/);
      expect(listed(seen, "deleted")).toEqual(["web-seed1"]);
    },
  },
  {
    name: "busy for a while",
    api: { liveInstances: 2, existingPlans: [{}, { busyMs: 86_400_000 + 20_000 }] },
    inputs: one,
    only: "simulated",
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web"]);
    },
  },
  {
    name: "an answer that is lost after the work is settled by looking",
    api: { liveInstances: 2 },
    given: (cloud) => cloud.fault({ route: "delete", kind: "drop", when: "after" }),
    inputs: one,
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web"]);
    },
  },
  {
    name: "a request that is lost before the work is sent again",
    api: { liveInstances: 2 },
    given: (cloud) => cloud.fault({ route: "delete", kind: "drop", when: "before" }),
    inputs: one,
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(sent(seen)).toHaveLength(2);
    },
  },
  {
    name: "slow: not gone in time",
    api: { liveInstances: 2, removeMs: 3_600_000 },
    inputs: { ...one, wait_timeout: "2s" },
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "timeout", "TIMEOUT"]);
      expect(errorOf(seen.main)).toContain("still there");
      expect(listed(seen, "deleted")).toEqual([]);
    },
  },
  {
    name: "slow, and not waited for",
    api: { liveInstances: 2, removeMs: 3_600_000 },
    inputs: { ...one, wait: "false" },
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(listed(seen, "deleted")).toEqual(["web-seed1"]);
    },
  },
  {
    name: "answered 404, since somebody else was quicker: fine",
    api: { liveInstances: 3 },
    given: (cloud) => {
      const uuid = uuidOf(cloud, "web-seed1");
      cloud.on("before-work", "delete", ({ request: { path } }) => {
        if (path.endsWith(uuid)) cloud.remove(uuid);
      });
    },
    inputs: both,
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(sent(seen)).toHaveLength(2);
      expect(namesLeft(seen)).toEqual(["web"]);
    },
  },
  {
    name: "answered 404, and there still: sent again",
    api: { liveInstances: 2 },
    // A real one would sit out the time after which it is asked for again.
    only: "simulated",
    given: (cloud) => cloud.fault({ route: "delete", kind: "status", when: "before", status: 404 }),
    inputs: one,
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(sent(seen)).toHaveLength(2);
      expect(namesLeft(seen)).toEqual(["web"]);
    },
  },
  {
    name: "answered 404 for ever, and there still: red",
    api: { liveInstances: 2 },
    given: (cloud) =>
      cloud.fault({
        route: "delete",
        kind: "status",
        when: "before",
        status: 404,
        times: "always",
      }),
    inputs: { ...one, wait_timeout: "3s" },
    expects: (seen) => {
      expect(ended(seen).slice(0, 2)).toEqual([1, "timeout"]);
      expect(errorOf(seen.main)).toContain("web-seed1");
      expect(listed(seen, "deleted")).toEqual([]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed1"]);
    },
  },
  {
    name: "gone between the look and the deletion: fine",
    api: { liveInstances: 2 },
    given: (cloud) => {
      cloud.on("answered", "list", () => cloud.remove(uuidOf(cloud, "web-seed1")));
    },
    inputs: one,
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "unchanged", ""]);
      expect(sent(seen)).toEqual([]);
    },
  },
  {
    name: "renamed between the look and the deletion: red where it was named",
    api: { liveInstances: 3 },
    given: (cloud) => {
      const uuid = uuidOf(cloud, "web-seed1");
      cloud.on("answered", "list", () => cloud.update(uuid, { name: "production" }));
    },
    inputs: alone({ name: "web-seed1,web-seed2" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "partial", "KEPT"]);
      expect(namesLeft(seen)).toEqual(["production", "web"]);
      expect(listed(seen, "kept")).toEqual(["web-seed1: changed"]);
    },
  },
  {
    name: "renamed between the look and the deletion: green where a pattern found it",
    api: { liveInstances: 3 },
    given: (cloud) => {
      const uuid = uuidOf(cloud, "web-seed1");
      cloud.on("answered", "list", () => cloud.update(uuid, { name: "production" }));
    },
    inputs: both,
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["production", "web"]);
    },
  },
  {
    name: "renamed while a busy one is tried again: not deleted",
    api: { liveInstances: 2, existingPlans: [{}, { busyMs: 86_400_000 + 30_000 }] },
    given: (cloud) => {
      cloud.on("answered", "delete", () =>
        cloud.update(uuidOf(cloud, "web-seed1"), { name: "production" }),
      );
    },
    inputs: both,
    only: "simulated",
    expects: (seen) => {
      expect(seen.main.exitCode).toBe(0);
      expect(sent(seen)).toHaveLength(1);
      expect(namesLeft(seen)).toEqual(["production", "web"]);
    },
  },
  {
    name: "moved to another app between the look and the deletion",
    api: { liveInstances: 2 },
    given: (cloud) => {
      const uuid = uuidOf(cloud, "web-seed1");
      cloud.on("answered", "list", () => cloud.update(uuid, { appId: cloud.world.otherAppId }));
    },
    inputs: both,
    expects: (seen) => {
      expect(sent(seen)).toEqual([]);
      expect(listed(seen, "kept")).toEqual(["web-seed1: changed"]);
    },
  },
  {
    name: "dead at the look, brought back before the deletion",
    api: { liveInstances: 2, deadInstances: ["error"] },
    given: (cloud) => {
      cloud.on("answered", "list", () =>
        cloud.update(uuidOf(cloud, "web-seed2"), { status: "running" }),
      );
    },
    inputs: alone({ status: "dead" }),
    expects: (seen) => {
      expect(sent(seen)).toEqual([]);
      expect(listed(seen, "kept")).toEqual(["web-seed2: changed"]);
    },
  },
  {
    name: "left out of a list once, and there still",
    api: { liveInstances: 2, existingPlans: [{}, { deleteStuck: true }] },
    given: (cloud) => {
      // The first list after the deletion forgets it; the next has it again.
      let lists = 0;
      cloud.on("before-work", "list", () => {
        lists += 1;
        if (lists === 3)
          cloud.world.update(cvmOf(cloud, "web-seed1"), { appId: cloud.world.otherAppId });
        if (lists === 4) cloud.world.update(cvmOf(cloud, "web-seed1"), { appId: cloud.appId });
      });
    },
    inputs: { ...one, wait_timeout: "5s" },
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "timeout", "TIMEOUT"]);
      expect(listed(seen, "deleted")).toEqual([]);
    },
  },
  {
    name: "an empty list and a 404 at the same time, once",
    api: { liveInstances: 2, existingPlans: [{}, { deleteStuck: true }] },
    given: (cloud) => {
      cloud.fault({ route: "list", nth: 2, kind: "garbage", form: "array" });
      cloud.fault({ route: "cvm", nth: 2, kind: "status", when: "before", status: 404 });
    },
    inputs: { ...one, wait_timeout: "5s" },
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "timeout", "TIMEOUT"]);
      expect(listed(seen, "deleted")).toEqual([]);
    },
  },
  {
    name: "left out of every list, and known by its own route",
    api: { liveInstances: 2, existingPlans: [{}, { deleteStuck: true }] },
    given: (cloud) => {
      cloud.on("answered", "delete", () =>
        cloud.update(uuidOf(cloud, "web-seed1"), { appId: cloud.world.otherAppId }),
      );
    },
    inputs: { ...one, wait_timeout: "5s" },
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "timeout", "TIMEOUT"]);
      expect(listed(seen, "deleted")).toEqual([]);
    },
  },
  {
    name: "a key that is rejected in the middle",
    api: { liveInstances: 3 },
    given: (cloud) =>
      cloud.fault({
        route: "delete",
        nth: 2,
        kind: "status",
        when: "before",
        status: 401,
        times: "always",
      }),
    inputs: both,
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "partial", "HTTP-401"]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed1"]);
    },
  },
  {
    name: "created after the step began is not found by a pattern",
    api: { liveInstances: 2 },
    only: "simulated",
    given: (cloud) => {
      const headers = { "retry-after": "5" };
      cloud.fault({ route: "list", kind: "status", when: "before", status: 503, headers });
      const createdAt = cloud.world.now() + 3_000;
      cloud.addStranger({ name: "web-new", createdAt });
    },
    inputs: both,
    expects: (seen) => {
      expect(listed(seen, "kept")).toEqual(["web-new: too-new"]);
      expect(namesLeft(seen)).toEqual(["web", "web-new"]);
    },
  },
  {
    name: "cancelled in the middle: post says what is gone and what is not",
    api: { liveInstances: 4, removeMs: 60_000 },
    blow: { how: "cancel", moment: "answered", route: "delete", nth: 2 },
    inputs: both,
    only: "simulated",
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "cancelled", ""]);
      expect(sent(seen)).toHaveLength(2);
      expect(seen.post?.exitCode).toBe(0);
      expect(seen.post?.log).toMatch(
        /web-seed1 \(.*\): there still, its deletion was not asked for/,
      );
      expect(seen.post?.log).toMatch(/web-seed3 \(.*\): there still, its deletion was asked for/);
      expect(seen.post?.annotations.map(({ level }) => level)).toEqual(["warning"]);
    },
  },
  {
    name: "killed in the middle: post says what is gone and what is not",
    api: { liveInstances: 4, removeMs: 1 },
    blow: { how: "kill", moment: "answered", route: "delete", nth: 2 },
    inputs: both,
    expects: (seen) => {
      expect(seen.main.exitCode).toBeNull();
      expect(seen.post?.log).toMatch(/web-seed3 \(.*\): certainly gone/);
      expect(seen.post?.log).toMatch(
        /web-seed1 \(.*\): there still, its deletion was not asked for/,
      );
      expect(seen.post?.summary).toContain("After a deletion that was cut short");
    },
  },
  {
    name: "nothing was asked for: post has nothing to say",
    inputs: alone({ name: "nobody", dry_run: "true" }),
    expects: (seen) => {
      expect(seen.post?.annotations).toEqual([]);
      expect(seen.post?.summary).toBe("");
    },
  },
];

function cvmOf(cloud: Parameters<NonNullable<Case["given"]>>[0], name: string) {
  const cvm = cloud.world.find(uuidOf(cloud, name));
  if (cvm === undefined) throw new Error(`no CVM ${name}`);
  return cvm;
}

describeCases(
  "trouble while deleting",
  cases.map((each): Case => ({ ...each, command: "delete" })),
);
