/** `verify` of a rollout: the source first, then each after its update and before the next is touched. */
import { expect } from "@jest/globals";
import type { Lie } from "../../../simulator/plans.ts";
import { type Case, type Cloud, describeCases, errorOf, type Seen } from "../../support/play.ts";
import {
  deployed,
  entriesOf,
  hashesOf,
  instancesOf,
  NEW,
  redeploysOf,
  targetsOf,
} from "./stage.ts";

/** Simulated alone: the bundle trusts Intel, and the simulated cloud is none of Intel's. */
const usual = {
  command: "rollout",
  only: "simulated",
  given: (cloud: Cloud) => deployed(cloud),
} as const;
const four = { liveInstances: 4, updateMs: 60_000 } as const;
/** Evidence that may still change is asked for again until time is up: few looks show as much as many. */
const require = (cloud: Cloud) => ({
  source: cloud.vmUuid,
  verify: "require",
  instance_timeout: "5m",
});
const result = ({ main }: Seen) => [main.exitCode, main.outputs.outcome, main.outputs.error_code];
const verified = (seen: Seen) => entriesOf(seen).map((entry) => entry.verified);
const outcomes = (seen: Seen) => entriesOf(seen).map(({ outcome }) => outcome);
/** The second that is updated lies; the source, the first of all, does not. */
const third = (lie: Lie) => ({ ...four, existingPlans: [{}, {}, { lie }] });

/** A line of `expected_os` that nothing here booted. */
const OTHER_OS = ["a", "b", "c"].map((digit) => digit.repeat(96)).join(" ");

const LIES: readonly (readonly [Lie, string])[] = [
  ["other-app", "app-id"],
  ["other-os", "os"],
  ["other-keys", "key-provider"],
  ["outdated", "tcb"],
  ["debug", "td-attributes"],
];

describeCases("a rollout with verify: require", [
  {
    ...usual,
    name: "the source is verified before anything is touched, and each before the next",
    api: four,
    inputs: require,
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "rolled_out", ""]);
      expect(verified(seen)).toEqual([true, true, true, true]);
      const order = seen.requests
        .map(({ route }) => route)
        .filter((route) => route === "attestations" || route === "redeploy");
      expect(order[0]).toBe("attestations");
      expect(order.join(" ").split("redeploy")).toHaveLength(4);
      expect(order.join(" ")).not.toContain("redeploy redeploy");
      expect(order.at(-1)).toBe("attestations");
      // What Intel publishes is fetched once.
      expect(seen.requests.filter(({ route }) => route === "tcb-info")).toHaveLength(1);
      expect(seen.main.summary).toContain("The source and this replica run on genuine Intel TDX");
      expect(seen.main.log).toMatch(/web-seed1 .*: verified \(TCB UpToDate.*like the source\)/);
    },
  },
  {
    ...usual,
    name: "a quote of the revision before is waited for, and the next is not touched meanwhile",
    api: { ...four, attestationLagMs: 90_000 },
    inputs: require,
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "rolled_out", ""]);
      const [first = 0, second = 0] = redeploysOf(seen).map(({ at }) => at);
      expect(second - first).toBeGreaterThanOrEqual(110_000);
      expect(seen.main.summary).toContain("  attestation :done");
    },
  },
  {
    ...usual,
    name: "a source that is not verified: nothing is touched",
    api: { ...four, existingPlans: [{ lie: "outdated" }] },
    inputs: require,
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(redeploysOf(seen)).toEqual([]);
      expect(errorOf(seen.main)).toMatch(/The source .* is not verified.*Nothing was touched/);
      expect(seen.main.summary).toContain("OutOfDate");
    },
  },
  {
    ...usual,
    name: "a source that measured another revision than its row tells: nothing is touched",
    api: { ...four, existingPlans: [{ lie: "other-revision" }] },
    inputs: (cloud) => ({ ...require(cloud), instance_timeout: "2m" }),
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(redeploysOf(seen)).toEqual([]);
      expect(errorOf(seen.main)).toContain("(compose-hash)");
    },
  },
  ...LIES.map(
    ([lie, check]): Case => ({
      ...usual,
      name: `one that lies (${lie}) fails at ${check}, and the rest is not touched`,
      api: third(lie),
      inputs: require,
      expects: (seen) => {
        expect(result(seen)).toEqual([1, "partial", "UNVERIFIED"]);
        expect(redeploysOf(seen)).toHaveLength(2);
        expect(outcomes(seen)).toEqual(["unchanged", "updated", "failed", "untouched"]);
        expect(verified(seen)).toEqual([true, true, false, null]);
        expect(errorOf(seen.main)).toContain(`(${check})`);
        expect(errorOf(seen.main)).toContain("UNVERIFIED");
      },
    }),
  ),
  {
    ...usual,
    name: "evidence that never comes is UNVERIFIED, not TIMEOUT",
    api: third("no-quote"),
    inputs: (cloud) => ({ ...require(cloud), instance_timeout: "5m" }),
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "partial", "UNVERIFIED"]);
      expect(errorOf(seen.main)).toContain("(evidence)");
    },
  },
  {
    ...usual,
    name: "with rollback, what was changed goes back, and is verified as well",
    api: third("debug"),
    inputs: (cloud) => ({ ...require(cloud), on_failure: "rollback" }),
    expects: (seen) => {
      // It lies on the revision before as well, so nobody can say that it is well again.
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      const [, first, second] = instancesOf(seen.cloud).map(({ vmUuid }) => vmUuid);
      expect(targetsOf(seen)).toEqual([first, second, second]);
      expect(errorOf(seen.main)).toContain("could not be brought back");
    },
  },
  {
    ...usual,
    name: "one that was on the revision already is verified too",
    api: { ...four, existingPlans: [{}, { lie: "debug" }] },
    inputs: require,
    given: (cloud) => {
      deployed(cloud);
      const one = instancesOf(cloud)[1];
      if (one !== undefined) one.composeHash = NEW;
      if (one !== undefined) one.booted = [{ at: cloud.world.now() - 9e6, composeHash: NEW }];
    },
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(verified(seen)[1]).toBe(false);
      expect(redeploysOf(seen)).toEqual([]);
    },
  },
  {
    ...usual,
    name: "without a source, expected_os is the reference: another OS is none",
    api: four,
    inputs: { compose_hash: NEW, verify: "require", expected_os: OTHER_OS },
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(redeploysOf(seen)).toEqual([]);
      expect(errorOf(seen.main)).toContain("(os)");
    },
  },
  {
    ...usual,
    name: "a dry run verifies the source, and sends nothing that changes",
    api: { ...four, existingPlans: [{ lie: "debug" }] },
    inputs: (cloud) => ({ ...require(cloud), dry_run: "true" }),
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "UNVERIFIED"]);
      expect(redeploysOf(seen)).toEqual([]);
    },
  },
  {
    ...usual,
    name: "cancelled while it verifies: cancelled, and nothing is said to be wrong",
    api: third("no-quote"),
    inputs: require,
    blow: { how: "cancel", moment: "before-work", route: "attestations", nth: 6 },
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "cancelled", ""]);
      expect(verified(seen)[2]).toBeNull();
      expect(seen.post?.exitCode).toBe(0);
    },
  },
]);

const warn = (cloud: Cloud) => ({ source: cloud.vmUuid, verify: "warn" });

describeCases("a rollout with verify: warn", [
  {
    ...usual,
    name: "one that lies is told in one warning, and the rollout goes on",
    api: third("debug"),
    inputs: warn,
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "rolled_out", ""]);
      expect(hashesOf(seen)).toEqual(Array(4).fill(NEW));
      expect(verified(seen)).toEqual([true, true, false, true]);
      const warnings = seen.main.annotations.filter(({ level }) => level === "warning");
      expect(warnings).toHaveLength(1);
      expect(warnings[0]?.message).toContain("(td-attributes)");
    },
  },
  {
    ...usual,
    name: "evidence that never comes holds each up for five minutes, no longer",
    api: { ...four, liveInstances: 3, existingPlans: [{}, { lie: "no-quote" }] },
    inputs: warn,
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "rolled_out", ""]);
      const [first = 0, second = 0] = redeploysOf(seen).map(({ at }) => at);
      expect(second - first).toBeGreaterThan(5 * 60_000);
      expect(second - first).toBeLessThan(7 * 60_000);
    },
  },
  {
    ...usual,
    name: "evidence that none ever has makes no step red, however short the time for one is",
    api: { ...four, existingPlans: Array(4).fill({ lie: "no-quote" }) },
    inputs: (cloud) => ({ ...warn(cloud), instance_timeout: "3m" }),
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "rolled_out", ""]);
      expect(verified(seen)).toEqual([false, false, false, false]);
    },
  },
  {
    ...usual,
    name: "an unverified source: nothing can be held against it, and all is told",
    api: { ...four, existingPlans: [{ lie: "outdated" }] },
    inputs: warn,
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "rolled_out", ""]);
      expect(verified(seen)).toEqual([false, false, false, false]);
    },
  },
  {
    ...usual,
    name: "without any reference it tells the line of expected_os to write",
    api: four,
    inputs: { compose_hash: NEW, verify: "warn" },
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "rolled_out", ""]);
      expect(seen.main.summary).toContain("expected_os: |");
    },
  },
]);

describeCases("a rollout with verify: off", [
  {
    ...usual,
    name: "asks for no evidence",
    api: third("debug"),
    inputs: (cloud) => ({ source: cloud.vmUuid }),
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "rolled_out", ""]);
      expect(verified(seen)).toEqual([null, null, null, null]);
      expect(seen.requests.map(({ route }) => route)).not.toContain("attestations");
    },
  },
]);
