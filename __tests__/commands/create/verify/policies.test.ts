/** `verify` of create: the source before anything is paid, each replica before it counts as good. */
import { expect } from "@jest/globals";
import type { Lie } from "../../../../simulator/plans.ts";
import { type Case, describeCases, errorOf, type Seen, type Step } from "../../../support/play.ts";

interface Entry {
  readonly outcome: string;
  readonly verified: boolean | null;
  readonly error: string | null;
}

function replicasOf({ outputs }: Step): Entry[] {
  return JSON.parse(outputs.replicas ?? "") as Entry[];
}

function result({ main }: Seen): unknown[] {
  return [main.exitCode, main.outputs.outcome, main.outputs.error_code];
}

const routes = ({ requests }: Seen) => requests.map(({ route }) => route);

/** Simulated alone: the bundle trusts Intel, and the simulated cloud is none of Intel's. */
const simulated = { only: "simulated" } as const;
/** Evidence of another revision is asked for again until time is up: thirty looks show as much as two hundred. */
const SHORT = { wait_timeout: "3m" } as const;
const require = { ...SHORT, verify: "require" };

const LIES: readonly (readonly [Lie, string])[] = [
  ["no-quote", "evidence"],
  ["no-log", "evidence"],
  ["sibling", "evidence"],
  ["other-app", "app-id"],
  ["other-revision", "compose-hash"],
  ["other-os", "os"],
  ["other-keys", "key-provider"],
  ["outdated", "tcb"],
  ["debug", "td-attributes"],
];

describeCases("verify: require", [
  {
    ...simulated,
    name: "the source is verified before the first create, and the replica against it",
    inputs: require,
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "created", ""]);
      expect(replicasOf(seen.main)).toMatchObject([{ outcome: "created", verified: true }]);
      const order = routes(seen);
      expect(order.indexOf("attestations")).toBeLessThan(order.indexOf("create"));
      expect(order.lastIndexOf("attestations")).toBeGreaterThan(order.indexOf("create"));
      // What Intel publishes is fetched once.
      expect(order.filter((route) => route === "tcb-info")).toHaveLength(1);
      expect(seen.main.summary).toContain("The source and this replica run on genuine Intel TDX");
    },
  },
  {
    ...simulated,
    name: "a source that is not verified: nothing is created",
    api: { existingPlans: [{ lie: "outdated" }] },
    inputs: require,
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(seen.posts).toEqual([]);
      expect(errorOf(seen.main)).toMatch(/^The source, .*none was asked for.\nNothing was created/);
      expect(seen.main.summary).toContain("OutOfDate");
    },
  },
  {
    ...simulated,
    name: "a dry run verifies the source as well",
    api: { existingPlans: [{ lie: "debug" }] },
    inputs: { ...require, dry_run: "true" },
    expects: (seen) => expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]),
  },
  {
    ...simulated,
    name: "a dry run with a good source",
    inputs: { ...require, dry_run: "true" },
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "dry_run", ""]);
      expect(seen.posts).toEqual([]);
    },
  },
  {
    ...simulated,
    name: "a quote that comes late is waited for",
    api: { replicaPlans: [{ quoteLagMs: 40_000 }] },
    inputs: require,
    expects: (seen) => expect(result(seen)).toEqual([0, "created", ""]),
  },
  {
    ...simulated,
    name: "one of two lies: partial, and the other is good",
    api: { replicaPlans: [{}, { lie: "debug" }] },
    inputs: { ...require, count: "2" },
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "partial", "UNVERIFIED"]);
      expect(replicasOf(seen.main).map(({ verified }) => verified)).toEqual([true, false]);
    },
  },
  {
    ...simulated,
    name: "one that is not verified is a reason for cleanup",
    api: { replicaPlans: [{ lie: "debug" }] },
    inputs: { ...require, cleanup: "on_failure" },
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(seen.left).toEqual([]);
    },
  },
  {
    ...simulated,
    name: "a source that counts has to be of the revision that compose_hash names, as any other",
    api: { existingPlans: [{ lie: "other-revision" }] },
    inputs: (cloud) => ({
      ...require,
      instances: "1",
      compose_hash: cloud.world.source.composeHash,
    }),
    expects: (seen) => {
      expect([seen.main.exitCode, seen.main.outputs.error_code]).toEqual([1, "UNVERIFIED"]);
      expect(replicasOf(seen.main)).toMatchObject([{ verified: false }]);
      expect(errorOf(seen.main)).toContain("(compose-hash)");
    },
  },
  {
    ...simulated,
    name: "and where others would be created beside it, it is found before that",
    api: { existingPlans: [{ lie: "other-revision" }] },
    inputs: (cloud) => ({
      ...require,
      instances: "3",
      compose_hash: cloud.world.source.composeHash,
    }),
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(seen.posts).toEqual([]);
      expect(errorOf(seen.main)).toContain("(compose-hash)");
      expect(errorOf(seen.main)).toContain("It counts as one that is there");
      expect(seen.main.summary).toContain("compose-hash");
    },
  },
  {
    ...simulated,
    name: "under warn that is no reason to create nothing",
    api: { existingPlans: [{ lie: "other-revision" }] },
    inputs: (cloud) => ({
      ...SHORT,
      verify: "warn",
      instances: "2",
      compose_hash: cloud.world.source.composeHash,
    }),
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "created", ""]);
      expect(replicasOf(seen.main).map(({ verified }) => verified)).toEqual([true, false]);
    },
  },
  {
    ...simulated,
    name: "counted instances are verified too",
    api: { liveInstances: 2, existingPlans: [{}, { lie: "debug" }] },
    inputs: { ...require, instances: "3" },
    expects: (seen) => {
      expect(seen.main.exitCode).toBe(1);
      expect(replicasOf(seen.main).map(({ outcome, verified }) => [outcome, verified])).toEqual([
        ["created", true],
        ["failed", false],
        ["existing", true],
      ]);
    },
  },
  {
    ...simulated,
    name: "collateral that never comes is UNVERIFIED, before anything is created",
    given: (cloud) =>
      cloud.fault({
        route: "root-crl",
        kind: "status",
        when: "before",
        status: 503,
        times: "always",
      }),
    inputs: require,
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(seen.posts).toEqual([]);
      expect(errorOf(seen.main)).toContain("(root-crl)");
    },
  },
  {
    ...simulated,
    name: "the revision of the input counts, whatever the source runs",
    api: { existingPlans: [{ lie: "other-revision" }] },
    inputs: (cloud) => ({ ...require, compose_hash: cloud.composeHash }),
    expects: (seen) => expect(result(seen)).toEqual([0, "created", ""]),
  },
  {
    ...simulated,
    name: "without one it is what the source's quote measured, not what the API tells",
    api: { existingPlans: [{ lie: "other-revision" }] },
    inputs: require,
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(errorOf(seen.main)).toContain("(compose-hash)");
    },
  },
  {
    ...simulated,
    name: "the quote of an instance that is gone by now is none of a new replica",
    api: { replicaPlans: [{ lie: "sibling", instanceIdNull: true, endpointsNever: true }] },
    inputs: require,
    given: (cloud) => {
      cloud.on("answered", "create", () => cloud.remove(cloud.vmUuid));
    },
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(errorOf(seen.main)).toContain("expected an id that no instance had before");
    },
  },
  {
    ...simulated,
    name: "a stopped source shows nothing",
    api: { existingPlans: [{ steps: [{ atMs: 0, status: "stopped" }] }] },
    inputs: require,
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "INPUT"]);
      expect(errorOf(seen.main)).toContain("verify: the source is stopped");
      expect(routes(seen)).toEqual(["list"]);
    },
  },
  {
    ...simulated,
    name: "cancelled while it verifies: cancelled, and nothing is said to be wrong with it",
    api: { replicaPlans: [{ lie: "no-quote" }] },
    inputs: require,
    blow: { how: "cancel", moment: "before-work", route: "attestations", nth: 3 },
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "cancelled", ""]);
      expect(replicasOf(seen.main)).toMatchObject([{ verified: null }]);
    },
  },
  ...LIES.map(
    ([lie, check]): Case => ({
      ...simulated,
      name: `a replica that lies (${lie}) fails at ${check}`,
      api: { replicaPlans: [{ lie }] },
      inputs: require,
      expects: (seen) => {
        expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
        expect(replicasOf(seen.main)).toMatchObject([{ outcome: "failed", verified: false }]);
        expect(errorOf(seen.main)).toContain(`(${check})`);
        expect(errorOf(seen.main)).toContain("Created, and billed");
      },
    }),
  ),
]);

describeCases("expected_os", [
  {
    ...simulated,
    name: "another OS than pinned fails, and the source is not asked",
    inputs: { ...require, expected_os: `${"a".repeat(96)} ${"b".repeat(96)} ${"c".repeat(96)}` },
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(errorOf(seen.main)).toContain("(os)");
      const order = routes(seen);
      expect(order.indexOf("attestations")).toBeGreaterThan(order.indexOf("create"));
    },
  },
]);

describeCases("verify: warn", [
  {
    ...simulated,
    name: "one that is not verified is a warning",
    api: { replicaPlans: [{ lie: "debug" }] },
    inputs: { verify: "warn" },
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "created", ""]);
      expect(replicasOf(seen.main)).toMatchObject([{ outcome: "created", verified: false }]);
      const warnings = seen.main.annotations.filter(({ level }) => level === "warning");
      expect(warnings).toHaveLength(1);
      expect(warnings[0]?.message).toContain("(td-attributes)");
    },
  },
  {
    ...simulated,
    name: "nothing is green beside a source that is not",
    api: { existingPlans: [{ lie: "debug" }] },
    inputs: { verify: "warn" },
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "created", ""]);
      expect(replicasOf(seen.main)).toMatchObject([{ verified: false }]);
    },
  },
]);

const refused = (name: string, inputs: Record<string, string>, says: string): Case => ({
  name,
  inputs,
  expects: (seen) => {
    expect(result(seen)).toEqual([1, "failed", "INPUT"]);
    expect(errorOf(seen.main)).toContain(says);
    expect(seen.requests).toEqual([]);
  },
});

describeCases("inputs that don't go together", [
  refused("with wait: false", { verify: "warn", wait: "false" }, "with wait: false"),
  refused("with prepare_only", { verify: "true", prepare_only: "true" }, "with prepare_only"),
  refused("empty", { verify: "" }, "verify is empty: its expression came out empty"),
  refused("another word", { verify: "yes" }, "it must be off, warn or require"),
  refused("allowed_tcb for nothing", { allowed_tcb: "OutOfDate" }, "allowed_tcb belongs to verify"),
  refused(
    "expected_os for nothing",
    { expected_os: `${"a".repeat(96)} ${"b".repeat(96)} ${"c".repeat(96)}` },
    "expected_os belongs to verify",
  ),
  refused(
    "what Intel took back",
    { verify: "require", allowed_tcb: "UpToDate, Revoked" },
    "allowed_tcb is",
  ),
  refused("an image's hash", { verify: "require", expected_os: "ab".repeat(32) }, "expected_os is"),
  refused(
    "collateral by plain http",
    { verify: "require", collateral_url: "http://pccs.example" },
    "collateral_url is",
  ),
]);

describeCases("verify: off", [
  {
    ...simulated,
    name: "asks for nothing of it, also where collateral_url stands",
    inputs: { verify: "false", collateral_url: "https://pccs.example" },
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "created", ""]);
      expect(replicasOf(seen.main)).toMatchObject([{ verified: null }]);
      expect(routes(seen)).not.toContain("attestations");
    },
  },
]);
