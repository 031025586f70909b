/** Where replicas go: alternatives for a node, room that is waited for, the most there may be, the source. */
import { expect } from "@jest/globals";
import { type Case, describeCases, errorOf, type Seen } from "../../../support/play.ts";
import { entries, NAMED, namesOf } from "./support.ts";

const nodesAsked = ({ posts }: Seen) =>
  posts.map(({ body }) => (JSON.parse(body || "{}") as { node_id?: number }).node_id ?? null);

const NODES = [
  { id: 26, name: "sim-prod9", slots: 0 },
  { id: 31, name: "sim-prod5", slots: 0 },
  { id: 12, name: "sim-prod7" },
];

const ALTERNATIVES: readonly Case[] = [
  {
    name: "the first two are full: the third",
    process: true,
    api: { nodes: NODES },
    inputs: { ...NAMED, name: "web-eu-1", node_id: "sim-prod9 | 31 | sim-prod7" },
    expects: (seen) => {
      expect([seen.main.exitCode, seen.main.outputs.outcome]).toEqual([0, "created"]);
      expect(nodesAsked(seen)).toEqual([26, 31, 12]);
      expect(seen.left).toHaveLength(1);
      expect(seen.main.log).toMatch(
        /nothing was made on node sim-prod9 \(26\): ERR-02-005; trying/,
      );
    },
  },
  {
    name: "for unnamed ones as well",
    api: { nodes: NODES },
    inputs: { node_id: "sim-prod9 | any" },
    expects: (seen) => {
      expect([seen.main.exitCode, seen.main.outputs.outcome]).toEqual([0, "created"]);
      expect(nodesAsked(seen)).toEqual([26, null]);
      expect(seen.left.map(({ nodeId }) => nodeId)).toEqual([12]);
    },
  },
  {
    name: "the first is full, the second drops the connection: no third is tried",
    api: { nodes: NODES.map((node) => (node.id === 26 ? node : { ...node, slots: 9 })) },
    given: (cloud) => cloud.fault({ route: "instances", nth: 2, kind: "drop", when: "before" }),
    inputs: { ...NAMED, name: "web-eu-1", node_id: "sim-prod9 | sim-prod5 | sim-prod7" },
    only: "simulated",
    expects: (seen) => {
      expect(nodesAsked(seen)).toEqual([26, 31]);
      expect([seen.main.exitCode, seen.main.outputs.error_code]).toEqual([1, "AMBIGUOUS"]);
      expect(errorOf(seen.main)).toMatch(/No usable answer to "create a replica on node sim-prod5/);
    },
  },
  {
    name: "a refusal that is not the node's ends it",
    given: (cloud) =>
      cloud.fault({
        route: "instances",
        kind: "status",
        when: "before",
        status: 400,
        body: '{"error_code":"ERR-02-008","message":"no"}',
      }),
    inputs: { ...NAMED, name: "web-eu-1", node_id: "26 | 31" },
    expects: (seen) => {
      expect(nodesAsked(seen)).toEqual([26]);
      expect([seen.main.exitCode, seen.main.outputs.error_code]).toEqual([1, "ERR-02-008"]);
    },
  },
  {
    name: "all are full, and nobody waits: the last answer's code",
    api: {
      nodes: [
        ...NODES.slice(0, 2),
        { id: 12, name: "sim-prod7", slots: 0, fullCode: "ERR-02-003" },
      ],
    },
    inputs: { ...NAMED, name: "web-eu-1", node_id: "26 | 31 | 12" },
    expects: (seen) => {
      expect(nodesAsked(seen)).toEqual([26, 31, 12]);
      expect([seen.main.exitCode, seen.main.outputs.error_code]).toEqual([1, "ERR-02-003"]);
    },
  },
];

const ROOM: readonly Case[] = [
  {
    name: "room comes while it is waited for: from the first alternative on again",
    api: { nodes: NODES.slice(0, 2) },
    given: (cloud) => {
      let asked = 0;
      cloud.on("before-work", "instances", () => {
        asked += 1;
        const node = cloud.nodes.find(({ id }) => id === 31);
        if (asked === 4 && node !== undefined) node.slots = 1;
      });
    },
    inputs: { ...NAMED, name: "web-eu-1", node_id: "26 | 31", capacity_wait: "10m" },
    only: "simulated",
    expects: (seen) => {
      expect(nodesAsked(seen)).toEqual([26, 31, 26, 31]);
      expect([seen.main.exitCode, seen.main.outputs.outcome]).toEqual([0, "created"]);
      expect(seen.main.log).toMatch(
        /web-eu-1: no room on node 26: ERR-02-005, on node 31: ERR-02-005\. Trying again in 5 s, until \S+ UTC/,
      );
    },
  },
  {
    name: "no room comes: red once the time is used up, with growing pauses",
    api: { nodes: NODES.slice(0, 1) },
    inputs: { ...NAMED, name: "web-eu-1", node_id: "26", capacity_wait: "2m" },
    only: "simulated",
    expects: (seen) => {
      expect([seen.main.exitCode, seen.main.outputs.error_code]).toEqual([1, "ERR-02-005"]);
      // 5, 10, 20, 40 s and what is left of the two minutes.
      expect(seen.posts).toHaveLength(6);
      expect(seen.left).toEqual([]);
    },
  },
  {
    name: "no waiting for a node that is unfit for another reason",
    api: {
      nodes: [
        { id: 26, name: "sim-prod9", forbidden: true },
        { id: 31, name: "sim-prod5" },
      ],
    },
    inputs: { ...NAMED, name: "web-eu-1", node_id: "26", capacity_wait: "10m" },
    expects: (seen) => {
      expect(seen.posts).toHaveLength(1);
      expect([seen.main.exitCode, seen.main.outputs.error_code]).toEqual([1, "ERR-02-012"]);
    },
  },
  {
    name: "one waits for room while the others are made; from then on it says which revision",
    api: { nodes: NODES.map((node) => (node.id === 31 ? { ...node, slots: 9 } : node)) },
    given: (cloud) => {
      cloud.on("after-work", "instances", () => {
        const node = cloud.nodes.find(({ id }) => id === 26);
        if (cloud.replicas().length === 2 && node !== undefined) node.slots = 1;
      });
    },
    inputs: {
      ...NAMED,
      name: "web-eu-1,web-eu-2,web-eu-3",
      node_id: "26,31,12",
      capacity_wait: "10m",
    },
    only: "simulated",
    expects: (seen) => {
      expect([seen.main.exitCode, seen.main.outputs.outcome]).toEqual([0, "created"]);
      expect(namesOf(seen.left)).toEqual(["web-eu-1", "web-eu-2", "web-eu-3"]);
      expect(entries(seen.main).map(({ name, node_name }) => [name, node_name])).toEqual([
        ["web-eu-1", "sim-prod9"],
        ["web-eu-2", "sim-prod5"],
        ["web-eu-3", "sim-prod7"],
      ]);
    },
  },
];

const LIMITS: readonly Case[] = [
  {
    name: "one too many, dead ones counted: LIMIT, and nothing is sent",
    api: { deadInstances: ["error"] },
    inputs: { ...NAMED, name: "web-eu-1", max_instances: "2" },
    expects: ({ main, posts }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "LIMIT"]);
      expect(errorOf(main)).toContain("write max_instances: 3");
    },
  },
  {
    name: "for unnamed ones as well, and in a dry run",
    inputs: { count: "2", max_instances: "2", dry_run: "true" },
    expects: ({ main, posts }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "LIMIT"]);
    },
  },
  {
    name: "all there: unchanged, although there are more",
    given: (cloud) => cloud.addStranger({ name: "web-eu-1", createdAt: 1 }),
    inputs: { ...NAMED, name: "web-eu-1", max_instances: "1" },
    expects: ({ main }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "unchanged"]);
    },
  },
  {
    name: "what makes room for its name does not count twice",
    api: { removeMs: 500 },
    given: (cloud) => {
      const { vmUuid } = cloud.addStranger({ name: "web-eu-1", createdAt: 1 });
      const cvm = cloud.world.find(vmUuid);
      if (cvm !== undefined) cvm.deleteRequestedAt = cloud.world.now();
    },
    inputs: { ...NAMED, name: "web-eu-1", max_instances: "2" },
    expects: ({ main }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
    },
  },
];

const SOURCES: readonly Case[] = [
  {
    name: "no source given: the oldest that runs, and the output says which",
    process: true,
    given: (cloud) => cloud.addStranger({ name: "newer-one" }),
    inputs: { vm_uuid: "" },
    expects: ({ main, posts, cloud }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
      expect(main.outputs.source_vm_uuid).toBe(cloud.vmUuid);
      expect(posts[0]?.path).toContain(cloud.vmUuid);
      expect(main.log).toContain(`(${cloud.vmUuid})`);
    },
  },
  {
    name: "no source given: of the wanted revision",
    given: (cloud) =>
      cloud.addStranger({ name: "newer-one", createdAt: 9, composeHash: "cd".repeat(32) }),
    inputs: { vm_uuid: "", compose_hash: "cd".repeat(32) },
    expects: ({ main, cloud }) => {
      expect(main.outputs.source_vm_uuid).toBe(
        cloud.cvms().find(({ name }) => name === "newer-one")?.vmUuid,
      );
    },
  },
  {
    name: "no source given, and none fits: red, with what there is",
    inputs: { vm_uuid: "", compose_hash: "cd".repeat(32) },
    expects: ({ main, posts, cloud }) => {
      expect(posts).toEqual([]);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "INPUT"]);
      expect(errorOf(main)).toContain(cloud.vmUuid);
      expect(errorOf(main)).toContain(cloud.composeHash);
    },
  },
];

describeCases("alternatives for a node", ALTERNATIVES);
describeCases("waiting for room", ROOM);
describeCases("the most instances", LIMITS);
describeCases("a source by itself", SOURCES);
