/** What each selector of delete takes, alone and together, and what stays whatever was selected. */
import { expect } from "@jest/globals";
import { type Case, describeCases, errorOf } from "../../support/play.ts";
import { alone, ended, listed, namesLeft, sent, untouched, uuidOf } from "./support.ts";

const DAY = 86_400_000;
/** Names that are of no form that the platform is known to give. */
const ODD = ["1st-db", "2", "Prod_db", "prod.db", "prod_db"];
const FIVE = ["web", "web-seed1", "web-seed2", "web-seed3", "web-seed4"];

/** `web` and `web-seed1` run, `web-seed2` is stopped, `web-seed3` in error, `web-seed4` exited. */
const mixed = {
  liveInstances: 2,
  stoppedInstances: 1,
  deadInstances: ["error", "exited"],
} as const;

const selectors: readonly Omit<Case, "command">[] = [
  {
    name: "one by its name",
    process: true,
    api: { liveInstances: 3 },
    inputs: alone({ name: "web-seed1" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed2"]);
      expect(listed(seen, "deleted")).toEqual(["web-seed1"]);
      expect(seen.main.summary).toContain("web-seed1");
    },
  },
  {
    name: "several by UUID, one of them twice, dashed and not",
    api: { liveInstances: 4 },
    inputs: (cloud) => {
      const [one, two] = [uuidOf(cloud, "web-seed1"), uuidOf(cloud, "web-seed3")];
      return alone({ vm_uuids: JSON.stringify([one, one.replaceAll("-", "").toUpperCase(), two]) });
    },
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed2"]);
      expect(sent(seen)).toHaveLength(2);
    },
  },
  {
    name: "a pattern, newest first",
    api: { liveInstances: 4 },
    inputs: alone({ name: "web-*" }),
    expects: (seen) => {
      expect(namesLeft(seen)).toEqual(["web"]);
      const order = ["web-seed3", "web-seed2", "web-seed1"];
      expect(sent(seen)).toEqual(order.map((name) => uuidOf(seen.cloud, name)));
    },
  },
  {
    name: "dead ones first, whatever their age",
    api: mixed,
    inputs: alone({ name: "web-*" }),
    expects: (seen) => {
      const order = ["web-seed4", "web-seed3", "web-seed2", "web-seed1"];
      expect(sent(seen)).toEqual(order.map((name) => uuidOf(seen.cloud, name)));
    },
  },
  {
    name: "dead ones first, though others are newer",
    api: mixed,
    given: (cloud) => {
      cloud.addStranger({ name: "web-young", createdAt: cloud.world.now() - 3_600_000 });
    },
    inputs: alone({ name: "web-seed3, web-young" }),
    expects: (seen) => {
      const order = ["web-seed3", "web-young"];
      expect(sent(seen)).toEqual(order.map((name) => uuidOf(seen.cloud, name)));
    },
  },
  {
    name: "what leave keeps is no reason for red, though it was named",
    api: { liveInstances: 3 },
    inputs: alone({ name: "web-seed1,web-seed2", leave: "1" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed1"]);
    },
  },
  {
    name: "dead ones alone",
    api: mixed,
    inputs: alone({ status: "dead" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed1", "web-seed2"]);
    },
  },
  {
    name: "stopped ones by their word alone",
    api: mixed,
    inputs: alone({ status: "stopped" }),
    expects: (seen) => expect(namesLeft(seen)).not.toContain("web-seed2"),
  },
  {
    name: "a pattern and an age",
    api: { liveInstances: 1 },
    given: (cloud) => {
      for (const days of [1, 3]) {
        cloud.addStranger({
          name: `job-${days}`,
          createdAt: cloud.world.now() - days * DAY - 1_000,
        });
      }
    },
    inputs: alone({ name: "job-*", older_than: "2d" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["job-1", "web"]);
    },
  },
  {
    name: "UUIDs and a pattern, of which both must fit",
    api: { liveInstances: 3 },
    inputs: (cloud) => alone({ vm_uuids: uuidOf(cloud, "web-seed1"), name: "*-seed2" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "unchanged", ""]);
      untouched(seen, ["web", "web-seed1", "web-seed2"]);
    },
  },
  {
    name: "an empty JSON array selects nothing, and says so",
    api: { liveInstances: 2 },
    inputs: alone({ vm_uuids: "[]" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "unchanged", ""]);
      expect(seen.main.log).toContain("None of the app's 2 CVMs is selected");
      expect(listed(seen, "selected")).toEqual([]);
    },
  },
  {
    name: "a name in another case is another name",
    api: { liveInstances: 2 },
    inputs: alone({ name: "WEB-SEED1" }),
    expects: (seen) => untouched(seen, ["web", "web-seed1"]),
  },
  {
    name: "everything leaves the oldest running one, with a warning",
    api: { liveInstances: 3 },
    inputs: alone({ name: "*", max_deletions: "10" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web"]);
      expect(listed(seen, "kept")).toEqual(["web: last-running"]);
      expect(seen.main.annotations.map(({ level }) => level)).toEqual(["warning"]);
    },
  },
  {
    name: "everything and none has to stay",
    api: { liveInstances: 3, emptyApp: "404" },
    inputs: alone({ name: "*", max_deletions: "10", keep_at_least: "0" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual([]);
    },
  },
  {
    name: "so many of the selected stay, the oldest",
    api: { liveInstances: 5 },
    inputs: alone({ name: "web-*", leave: "2" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed1", "web-seed2"]);
      expect(listed(seen, "kept").sort()).toEqual(["web-seed1: leave", "web-seed2: leave"]);
    },
  },
  {
    name: "what keep names stays, by UUID, name and pattern",
    api: { liveInstances: 5 },
    inputs: (cloud) =>
      alone({ name: "web-*", keep: `${uuidOf(cloud, "web-seed1")}, web-seed2, *4` }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed1", "web-seed2", "web-seed4"]);
    },
  },
  {
    name: "what keep names stays, whatever form the platform gave its name",
    api: { liveInstances: 2 },
    given: (cloud) => {
      const createdAt = cloud.world.now() - DAY;
      for (const name of ODD) cloud.addStranger({ name, status: "stopped", createdAt });
    },
    inputs: alone({ status: "stopped", keep: "1st-*, prod*, 2" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["1st-db", "2", "prod.db", "prod_db", "web", "web-seed1"]);
      expect(listed(seen, "deleted")).toEqual(["Prod_db"]);
    },
  },
  {
    name: "an odd name is selected by no pattern",
    api: { liveInstances: 2 },
    given: (cloud) => {
      const createdAt = cloud.world.now() - DAY;
      for (const name of ODD) cloud.addStranger({ name, status: "stopped", createdAt });
    },
    inputs: alone({ name: "prod*, 1st-*, 2" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "unchanged", ""]);
      untouched(seen, [...ODD, "web", "web-seed1"]);
    },
  },
  {
    name: "more than max_deletions: nothing",
    api: { liveInstances: 5 },
    inputs: alone({ name: "web-*", max_deletions: "3" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "LIMIT"]);
      expect(errorOf(seen.main)).toContain("max_deletions: 4");
      expect(errorOf(seen.main).match(/nothing was/gi)).toHaveLength(1);
      expect(listed(seen, "selected")).toHaveLength(4);
      // All of them are there still: none is left out of both lists.
      expect(listed(seen, "kept").sort()).toEqual(FIVE.slice(1).map((name) => `${name}: limit`));
      untouched(seen, FIVE);
    },
  },
  {
    name: "more than max_deletions, some of them named exactly or kept",
    api: { liveInstances: 5 },
    inputs: alone({ name: "web-*", keep: "web-seed3", max_deletions: "1" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "LIMIT"]);
      const others = listed(seen, "kept").filter((one) => one !== "web-seed3: keep");
      expect(others).toHaveLength(3);
      expect(others.every((one) => one.endsWith(": limit"))).toBe(true);
      untouched(seen, FIVE);
    },
  },
  {
    name: "more than max_deletions, in a dry run as well",
    api: { liveInstances: 5 },
    inputs: alone({ name: "web-*", max_deletions: "3", dry_run: "true" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "LIMIT"]);
      untouched(seen, FIVE);
    },
  },
  {
    name: "a dry run deletes nothing and prints the table",
    api: { liveInstances: 3 },
    inputs: alone({ name: "web-*", dry_run: "true" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "dry_run", ""]);
      expect(listed(seen, "selected")).toEqual(["web-seed2", "web-seed1"]);
      expect(listed(seen, "deleted")).toEqual([]);
      expect(seen.main.log).toMatch(/web-seed2 \(.*\): running, on \S+, .* old/);
      expect(seen.main.summary).toContain("would be deleted");
      untouched(seen, ["web", "web-seed1", "web-seed2"]);
    },
  },
  {
    name: "the last running one, asked for by name: red",
    api: { liveInstances: 1 },
    inputs: alone({ name: "web" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "KEPT"]);
      expect(errorOf(seen.main)).toMatch(/web \(.*keep_at_least/);
      untouched(seen, ["web"]);
    },
  },
  {
    name: "kept and asked for by UUID: red, and the others go",
    api: { liveInstances: 3 },
    inputs: (cloud) => {
      const uuids = ["web-seed1", "web-seed2"].map((name) => uuidOf(cloud, name));
      return alone({ vm_uuids: uuids.join("\n"), keep: "web-seed1" });
    },
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "partial", "KEPT"]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed1"]);
    },
  },
  {
    name: "an exact entry of keep that is not there: nothing",
    api: { liveInstances: 3 },
    inputs: alone({ name: "web-*", keep: "web-sed1" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "NOT_FOUND"]);
      expect(errorOf(seen.main)).toContain("web-sed1 is not in the app");
      untouched(seen, ["web", "web-seed1", "web-seed2"]);
    },
  },
  {
    name: "a UUID of another app of the workspace: nothing",
    api: { liveInstances: 2 },
    inputs: (cloud) =>
      alone({ vm_uuids: `${cloud.world.other.vmUuid},${uuidOf(cloud, "web-seed1")}` }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "NOT_FOUND"]);
      expect(errorOf(seen.main)).toContain(seen.cloud.world.otherAppId);
      untouched(seen, ["web", "web-seed1"]);
    },
  },
  {
    name: "a UUID of another workspace: nothing",
    inputs: (cloud) => alone({ vm_uuids: cloud.world.foreign.vmUuid }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "NOT_FOUND"]);
      untouched(seen, ["web"]);
    },
  },
  {
    name: "a UUID that nobody knows is gone, and that is fine",
    inputs: alone({ vm_uuids: "aaaaaaaa-0000-4000-8000-000000000009" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "unchanged", ""]);
      untouched(seen, ["web"]);
    },
  },
  {
    name: "one that the list is late to show goes by its UUID",
    api: { listLagMs: 30_000 },
    given: (cloud) => {
      cloud.addStranger({ name: "late", createdAt: cloud.world.now() - 2_000 });
    },
    inputs: (cloud) => alone({ vm_uuids: uuidOf(cloud, "late") }),
    only: "simulated",
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web"]);
    },
  },
  {
    name: "one with an operation in progress is left by status",
    api: { liveInstances: 2 },
    given: (cloud) => {
      cloud.addStranger({ name: "busy", plan: { bootMs: 3_600_000 } });
    },
    inputs: alone({ status: "starting" }),
    expects: (seen) => {
      expect(seen.main.exitCode).toBe(0);
      expect(sent(seen)).toEqual([]);
    },
  },
  {
    name: "an app without any CVM",
    api: { emptyApp: "404" },
    given: (cloud) => cloud.remove(cloud.vmUuid),
    inputs: alone({ name: "web-*" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "unchanged", ""]);
      expect(seen.main.log).toContain("check app_id");
    },
  },
  {
    name: "a list that is not found, and a UUID of the app that is: nothing",
    api: { liveInstances: 2 },
    given: (cloud) => cloud.fault({ route: "list", kind: "status", when: "before", status: 404 }),
    inputs: (cloud) => alone({ vm_uuids: uuidOf(cloud, "web-seed1") }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "HTTP-404"]);
      untouched(seen, ["web", "web-seed1"]);
    },
  },
  {
    name: "a list that can't be read: nothing",
    given: (cloud) => {
      cloud.fault({ route: "list", kind: "status", when: "before", status: 403, times: "always" });
    },
    inputs: alone({ name: "web" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "HTTP-403"]);
      untouched(seen, ["web"]);
    },
  },
  {
    name: "run again: what is gone is unchanged",
    api: { liveInstances: 2 },
    given: (cloud) => cloud.remove(uuidOf(cloud, "web-seed1")),
    inputs: (cloud) => alone({ vm_uuids: uuidOf(cloud, "web-seed1"), name: "web-seed1" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "unchanged", ""]);
      untouched(seen, ["web"]);
    },
  },
];

describeCases(
  "delete",
  selectors.map((one): Case => ({ ...one, command: "delete" })),
);
