/** Named replicas: what is there, what is asked for, what the platform may do with a name. */
import { expect } from "@jest/globals";
import type { FaultKind } from "../../../../simulator/faults.ts";
import { type Case, describeCases, errorOf, type Seen } from "../../../support/play.ts";
import { entries, NAMED, namesOf } from "./support.ts";

const body = (seen: Seen, index = 0) =>
  JSON.parse(seen.posts[index]?.body ?? "null") as Record<string, unknown>;

const AFTER: FaultKind = { kind: "drop", when: "after" };
const BEFORE: FaultKind = { kind: "drop", when: "before" };

const THERE: readonly Case[] = [
  {
    name: "one name: asked for by it, on the route that takes names, without a source",
    process: true,
    inputs: { ...NAMED, name: "web-eu-1" },
    expects: (seen) => {
      const { main, posts } = seen;
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
      expect(posts.map(({ route }) => route)).toEqual(["instances"]);
      expect(body(seen)).toEqual({ name: "web-eu-1" });
      expect(main.outputs).toMatchObject({ name: "web-eu-1", source_vm_uuid: "" });
      expect(JSON.parse(main.outputs.vm_uuids ?? "")).toEqual([main.outputs.vm_uuid]);
    },
  },
  {
    name: "the same name again: there already, and nothing is sent",
    process: true,
    given: (cloud) => cloud.addStranger({ name: "web-eu-1", createdAt: 1 }),
    inputs: { ...NAMED, name: "WEB-eu-1" },
    expects: ({ main, posts }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "unchanged"]);
      expect(entries(main)).toMatchObject([{ name: "web-eu-1", outcome: "existing" }]);
      expect(main.outputs.instance_url).toMatch(/^http/);
    },
  },
  {
    name: "some there, some new: in the order of the names",
    given: (cloud) => cloud.addStranger({ name: "web-2", createdAt: 1 }),
    inputs: { ...NAMED, name: "web-{n}-", count: "3" },
    expects: ({ main }) => {
      // A pattern that makes names which are none is told at once.
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "INPUT"]);
    },
  },
  {
    name: "a pattern: numbered from 1, what is there stays, the rest is made in order",
    given: (cloud) => cloud.addStranger({ name: "web-eu-2", createdAt: 1 }),
    inputs: { ...NAMED, name: "web-eu-{n}", count: "3" },
    expects: ({ main, left }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
      expect(entries(main).map(({ name, outcome }) => [name, outcome])).toEqual([
        ["web-eu-1", "created"],
        ["web-eu-2", "existing"],
        ["web-eu-3", "created"],
      ]);
      expect(namesOf(left)).toEqual(["web-eu-1", "web-eu-3"]);
    },
  },
  {
    name: "there with another revision: red, both named, nothing changed",
    given: (cloud) =>
      cloud.addStranger({ name: "web-eu-1", createdAt: 1, composeHash: "ab".repeat(32) }),
    inputs: (cloud) => ({ ...NAMED, name: "web-eu-1", compose_hash: cloud.composeHash }),
    expects: ({ main, posts, cloud }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "MISMATCH"]);
      expect(errorOf(main)).toContain("ab".repeat(32));
      expect(errorOf(main)).toContain(cloud.composeHash);
    },
  },
  {
    name: "there on a node that is one of the alternatives",
    given: (cloud) => cloud.addStranger({ name: "web-eu-1", createdAt: 1, nodeId: 31 }),
    inputs: { ...NAMED, name: "web-eu-1", node_id: "26 | sim-prod5" },
    expects: ({ main }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "unchanged"]);
    },
  },
  {
    name: "there on a node that is none of them",
    given: (cloud) => cloud.addStranger({ name: "web-eu-1", createdAt: 1, nodeId: 31 }),
    inputs: { ...NAMED, name: "web-eu-1", node_id: "26 | sim-prod7" },
    expects: ({ main }) => {
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "MISMATCH"]);
      expect(errorOf(main)).toContain("sim-prod5");
    },
  },
  {
    name: "there and dead: red, and no second one",
    given: (cloud) => cloud.addStranger({ name: "web-eu-1", createdAt: 1, status: "error" }),
    inputs: { ...NAMED, name: "web-eu-1" },
    expects: ({ main, posts }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "DEAD"]);
    },
  },
  {
    name: "there and stopped: red, and told as that",
    given: (cloud) => cloud.addStranger({ name: "web-eu-1", createdAt: 1, status: "stopped" }),
    inputs: { ...NAMED, name: "web-eu-1" },
    expects: ({ main, posts }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "BOOT"]);
      expect(errorOf(main)).toMatch(
        /web-eu-1.* was there already, and is stopped; this step starts/,
      );
    },
  },
  {
    name: "there, and sick: cleanup leaves it",
    given: (cloud) =>
      cloud.addStranger({ name: "web-eu-1", plan: { health: { kind: "status", status: 503 } } }),
    inputs: {
      ...NAMED,
      name: "web-eu-1",
      health_check: "/healthz",
      wait_timeout: "3s",
      cleanup: "always",
    },
    expects: ({ main, cloud }) => {
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "UNHEALTHY"]);
      expect(
        cloud.cvms().filter(({ name, deleted }) => name === "web-eu-1" && !deleted),
      ).toHaveLength(1);
    },
  },
  {
    name: "on its way out: waited for until it is gone, then made anew, without waiting for it to run",
    api: { removeMs: 1_500 },
    given: (cloud) => {
      const { vmUuid } = cloud.addStranger({ name: "web-eu-1", createdAt: 1 });
      const cvm = cloud.world.find(vmUuid);
      if (cvm !== undefined) cvm.deleteRequestedAt = cloud.world.now();
    },
    inputs: { ...NAMED, name: "web-eu-1", wait: "false" },
    expects: ({ main, left }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
      expect(main.log).toContain("web-eu-1 is on its way out (removing): waiting until it is gone");
      expect(namesOf(left)).toEqual(["web-eu-1"]);
    },
  },
  {
    name: "on its way out for ever: not in time, and nothing is made",
    given: (cloud) => {
      const { vmUuid } = cloud.addStranger({ name: "web-eu-1", plan: { deleteStuck: true } });
      const cvm = cloud.world.find(vmUuid);
      if (cvm !== undefined) cvm.deleteRequestedAt = cloud.world.now();
    },
    inputs: { ...NAMED, name: "web-eu-1", wait_timeout: "3s" },
    expects: ({ main, posts }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "TIMEOUT"]);
      expect(errorOf(main)).toContain("was not gone within 3 s");
    },
  },
  {
    name: "the list can't be read: nothing is sent",
    given: (cloud) =>
      cloud.fault({ route: "list", kind: "status", when: "before", status: 403, times: "always" }),
    inputs: { ...NAMED, name: "web-eu-1" },
    expects: ({ main, posts }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "HTTP-403"]);
    },
  },
  {
    name: "with an environment that can't be compared: a warning",
    given: (cloud) => cloud.addStranger({ name: "web-eu-1", createdAt: 1 }),
    inputs: { ...NAMED, name: "web-eu-1", encrypted_env: "00ff" },
    expects: ({ main }) => {
      expect(main.exitCode).toBe(0);
      const warnings = main.annotations.filter(({ level }) => level === "warning");
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringContaining("its environment can't be read, and was neither compared"),
      ]);
    },
  },
  {
    name: "a dry run looks up: those that exist, and the others as planned",
    given: (cloud) => cloud.addStranger({ name: "web-eu-2", createdAt: 1 }),
    inputs: { ...NAMED, name: "web-eu-1, web-eu-2", dry_run: "true" },
    expects: ({ main, posts }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "dry_run"]);
      expect(entries(main)).toMatchObject([
        { name: "web-eu-1", outcome: "planned", vm_uuid: null },
        { name: "web-eu-2", outcome: "existing" },
      ]);
      expect(JSON.parse(main.outputs.vm_uuids ?? "")).toHaveLength(1);
      expect(main.log).toMatch(/POST \S+\/apps\/\w+\/instances .*"name":"web-eu-1"/);
    },
  },
];

const TAKEN: readonly Case[] = (["code", "detail"] as const).map(
  (takenName): Case => ({
    name: `the name is another app's (${takenName}): TAKEN, and by whom`,
    api: { takenName },
    given: (cloud) =>
      cloud.addStranger({ name: "web-eu-1", createdAt: 1, appId: cloud.world.otherAppId }),
    inputs: { ...NAMED, name: "web-eu-1" },
    expects: ({ main, left, cloud }) => {
      expect(left).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "TAKEN"]);
      expect(errorOf(main)).toContain(`of the app ${cloud.world.otherAppId} has it`);
      expect(errorOf(main)).toContain("Nothing was created");
    },
  }),
);

/** Seen of other platforms: what is gone from every list still has its name. */
const HELD: readonly Case[] = [
  [20_000, 0],
  [3_600_000, 1],
].map(
  ([nameHeldMs = 0, exitCode]): Case => ({
    name: `its CVM is gone, and the name held on for ${nameHeldMs / 1_000} s`,
    api: { nameHeldMs },
    given: (cloud) => {
      cloud.remove(cloud.addStranger({ name: "web-eu-1", createdAt: 1 }).vmUuid);
    },
    inputs: { ...NAMED, name: "web-eu-1", cleanup: "always" },
    expects: ({ main, posts, cloud }) => {
      expect(main.exitCode).toBe(exitCode);
      expect(cloud.replicas()).toHaveLength(exitCode === 0 ? 1 : 0);
      // Not asked for again and again.
      expect(posts).toHaveLength(2);
      if (exitCode === 0) return;
      expect(main.outputs.error_code).toBe("TAKEN");
      expect(errorOf(main)).toContain("one that was deleted a moment ago may hold it on");
    },
  }),
);

const TWIN: readonly Case[] = [
  ...(["code", "detail"] as const).map(
    (takenName): Case => ({
      name: `a twin run is quicker by a moment (${takenName}): its replica is there already`,
      api: { takenName, listLagMs: 1_000 },
      given: (cloud) => {
        cloud.on("before-work", "instances", () => {
          if (!cloud.cvms().some(({ name }) => name === "web-eu-1")) {
            cloud.addStranger({ name: "web-eu-1" });
          }
        });
      },
      inputs: { ...NAMED, name: "web-eu-1", cleanup: "always" },
      expects: ({ main, post, left, cloud }) => {
        expect(left).toEqual([]);
        expect([main.exitCode, main.outputs.outcome]).toEqual([0, "unchanged"]);
        expect(entries(main)).toMatchObject([{ outcome: "existing", name: "web-eu-1" }]);
        // It is the twin's, so cleanup leaves it.
        expect(post?.exitCode).toBe(0);
        expect(
          cloud.cvms().filter(({ name, deleted }) => name === "web-eu-1" && !deleted),
        ).toHaveLength(1);
      },
    }),
  ),
];

const LOST: readonly Case[] = [
  {
    name: "the only answer is lost after the work: found by its name",
    given: (cloud) => cloud.fault({ route: "instances", ...AFTER }),
    inputs: { ...NAMED, name: "web-eu-1", ttl: "1h" },
    expects: ({ main, posts, left, cloud }) => {
      expect(posts).toHaveLength(1);
      expect(namesOf(left)).toEqual(["web-eu-1"]);
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
      expect(entries(main)).toMatchObject([{ outcome: "adopted" }]);
      // Its name proves it, so its ttl is set.
      expect(cloud.requests.some(({ route }) => route === "scheduled-delete")).toBe(true);
    },
  },
  {
    name: "the only answer is lost before the work: unclear, and a re-run is safe",
    given: (cloud) => cloud.fault({ route: "instances", ...BEFORE }),
    inputs: { ...NAMED, name: "web-eu-1" },
    only: "simulated",
    expects: ({ main, posts, left }) => {
      expect(posts).toHaveLength(1);
      expect(left).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "AMBIGUOUS"]);
      expect(errorOf(main)).toContain("it looks for its names first");
    },
  },
  {
    name: "the second answer is lost before the work: names hold by then, so it is sent once more",
    given: (cloud) => cloud.fault({ route: "instances", nth: 2, ...BEFORE }),
    inputs: { ...NAMED, name: "web-eu-{n}", count: "2" },
    only: "simulated",
    expects: ({ main, posts, left }) => {
      expect(posts).toHaveLength(3);
      expect(namesOf(left)).toEqual(["web-eu-1", "web-eu-2"]);
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
    },
  },
  {
    name: "sent once more, and lost again: unclear, not sent a third time",
    given: (cloud) => cloud.fault({ route: "instances", nth: 2, times: 2, ...BEFORE }),
    inputs: { ...NAMED, name: "web-eu-{n}", count: "2" },
    only: "simulated",
    expects: ({ main, posts, left }) => {
      expect(posts).toHaveLength(3);
      expect(namesOf(left)).toEqual(["web-eu-1"]);
      expect([main.exitCode, main.outputs.outcome]).toEqual([1, "partial"]);
      expect(main.outputs.error_code).toBe("AMBIGUOUS");
      expect(main.outputs.error_message).not.toContain("not sent again");
    },
  },
  {
    name: "refused after the work: the name shows that it was done",
    given: (cloud) =>
      cloud.fault({ route: "instances", kind: "status", when: "after", status: 400 }),
    inputs: { ...NAMED, name: "web-eu-1" },
    expects: ({ main, posts, left }) => {
      expect(posts).toHaveLength(1);
      expect(namesOf(left)).toEqual(["web-eu-1"]);
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
    },
  },
  {
    name: "the answer has neither name nor UUID that can be read, and the list lags",
    api: { instanceAnswer: "partial", nullUuid: true, listLagMs: 3_000 },
    inputs: { ...NAMED, name: "web-eu-1" },
    expects: ({ main, posts, left }) => {
      expect(posts).toHaveLength(1);
      expect(namesOf(left)).toEqual(["web-eu-1"]);
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
      expect(main.outputs.vm_uuid).toBe(left[0]?.vmUuid);
    },
  },
  {
    name: "killed between POST and answer: post finds it by its name, and deletes it",
    blow: { how: "kill", moment: "after-work", route: "instances" },
    inputs: { ...NAMED, name: "web-eu-1", cleanup: "on_failure" },
    expects: ({ post, left }) => {
      expect(left).toEqual([]);
      expect(post?.log).toContain("web-eu-1");
    },
  },
  {
    name: "killed while a stranger creates: post touches only what bears the name",
    blow: { how: "kill", moment: "before-work", route: "instances" },
    given: (cloud) => {
      cloud.on("before-work", "instances", () => void cloud.addStranger({ name: "other-1" }));
      cloud.fault({ route: "instances", ...BEFORE });
    },
    inputs: { ...NAMED, name: "web-eu-1", cleanup: "always" },
    only: "simulated",
    expects: ({ post, cloud }) => {
      expect(
        cloud.cvms().filter(({ name, deleted }) => name === "other-1" && !deleted),
      ).toHaveLength(1);
      expect(post?.exitCode).toBe(1);
      expect(post?.annotations.at(-1)?.message).toContain("other-1");
    },
  },
];

const IGNORED: readonly Case[] = [
  {
    name: "the API ignores names: ours all the same, each named in a warning, one after another",
    api: { instanceNames: "ignore" },
    inputs: { ...NAMED, name: "web-eu-{n}", count: "3" },
    expects: ({ main, posts, left }) => {
      expect(posts).toHaveLength(3);
      expect(left).toHaveLength(3);
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
      const warnings = main.annotations.filter(({ level }) => level === "warning");
      expect(warnings).toHaveLength(3);
      expect(warnings[0]?.message).toContain("does not honour names");
      expect(posts.map(({ overlaps = false }) => overlaps)).toEqual([false, false, false]);
    },
  },
  {
    name: "the API ignores names, and an answer is lost: found by elimination, as an unnamed one",
    api: { instanceNames: "ignore" },
    given: (cloud) => cloud.fault({ route: "instances", nth: 2, ...AFTER }),
    inputs: { ...NAMED, name: "web-eu-{n}", count: "2", cleanup: "always" },
    only: "simulated",
    expects: ({ main, posts, cloud }) => {
      expect(posts).toHaveLength(2);
      expect(entries(main).map(({ outcome }) => outcome)).toEqual(["created", "adopted"]);
      // Elimination proves nothing: without exclusive it stays.
      expect(cloud.replicas().filter(({ deleted }) => !deleted)).toHaveLength(1);
    },
  },
  {
    name: "whether names hold is not known, and the first answer is lost: what is new is named, not touched",
    api: { instanceNames: "ignore" },
    given: (cloud) => cloud.fault({ route: "instances", ...AFTER }),
    inputs: { ...NAMED, name: "web-eu-1" },
    only: "simulated",
    expects: ({ main, posts, left }) => {
      expect(posts).toHaveLength(1);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "AMBIGUOUS"]);
      expect(errorOf(main)).toContain(left[0]?.vmUuid);
    },
  },
];

describeCases("names that are there", THERE);
describeCases("names that are taken", [...TAKEN, ...HELD, ...TWIN]);
describeCases("lost answers to named ones", LOST);
describeCases("an API that ignores names", IGNORED);
