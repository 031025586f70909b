/** The action verify: what is red, what is green, and what is said of it. */
import { expect } from "@jest/globals";
import type { Lie } from "../../../../simulator/plans.ts";
import type { Attested } from "../../../../src/ledger/attested.ts";
import {
  type Case,
  type Cloud,
  describeCases,
  errorOf,
  type Seen,
  type Step,
} from "../../../support/play.ts";

export function reportOf({ outputs }: Step): Attested[] {
  return JSON.parse(outputs.report ?? "") as Attested[];
}

const command = "verify" as const;
const bySource = (cloud: Cloud) => ({
  source: cloud.vmUuid,
  collateral_url: cloud.apiUrl,
  // Evidence of another revision is asked for again until time is up: few looks show as much as many.
  wait_timeout: "3m",
});

const LIES: readonly (readonly [Lie, string])[] = [
  ["no-quote", "evidence"],
  ["no-log", "evidence"],
  ["other-app", "app-id"],
  ["other-revision", "compose-hash"],
  ["other-os", "os"],
  ["other-keys", "key-provider"],
  ["outdated", "tcb"],
  ["debug", "td-attributes"],
];

describeCases("instances beside their source", [
  {
    name: "all alike are verified, and nothing else is asked than what is needed",
    command,
    only: "simulated",
    api: { liveInstances: 3 },
    inputs: bySource,
    expects: ({ main, requests }) => {
      expect([main.exitCode, main.outputs.outcome, main.outputs.error_code]).toEqual([
        0,
        "verified",
        "",
      ]);
      const entries = reportOf(main);
      expect(entries.map(({ verified }) => verified)).toEqual([true, true, true]);
      expect(entries.map(({ reference }) => reference)).toEqual(["none", "source", "source"]);
      expect(main.summary).toContain("### ✅ Verified (3 of 3)");
      expect(main.summary).toContain("The source and this replica run on genuine Intel TDX");
      expect(main.summary).toContain("expected&#95;os".replace("&#95;", "_"));
      expect(requests.map(({ route }) => route).sort()).toEqual([
        "attestations",
        "attestations",
        "list",
        "pck-crl",
        "qe-identity",
        "root-crl",
        "tcb-info",
      ]);
    },
  },
  ...LIES.map(([lie, check]) => ({
    name: `one that lies (${lie}) fails at ${check}`,
    command,
    only: "simulated" as const,
    api: { liveInstances: 2, existingPlans: [{}, { lie }] },
    inputs: bySource,
    expects: ({ main }: { main: Step }) => {
      expect([main.exitCode, main.outputs.outcome, main.outputs.error_code]).toEqual([
        1,
        "unverified",
        "UNVERIFIED",
      ]);
      const [source, other] = reportOf(main);
      expect([source?.verified, other?.verified]).toEqual([true, false]);
      expect(other?.checks.at(-1)).toMatchObject({ check, ok: false });
      expect(errorOf(main)).toContain(`(${check})`);
      expect(main.summary).toContain("### ❌ Not verified (1 of 2)");
    },
  })),
]);

const oldPins = `${"a".repeat(96)} ${"b".repeat(96)} ${"c".repeat(96)}`;
const result = ({ main }: Seen) => [
  main.exitCode,
  main.outputs.outcome,
  main.outputs.error_code,
  reportOf(main).length,
];

describeCases("what is verified, and against what", [
  {
    name: "a source that is copied is none: nothing is compared with it",
    command,
    only: "simulated",
    api: { liveInstances: 2, existingPlans: [{}, { lie: "sibling" }] },
    inputs: bySource,
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "unverified", "UNVERIFIED", 2]);
      expect(errorOf(seen.main)).toMatch(/^The source, .*So nothing could be compared with it\./);
    },
  },
  {
    name: "beside a source that is not verified none is green",
    command,
    only: "simulated",
    api: { liveInstances: 2, existingPlans: [{ lie: "outdated" }] },
    inputs: bySource,
    expects: (seen) => {
      expect(reportOf(seen.main).map(({ verified }) => verified)).toEqual([false, false]);
      expect(reportOf(seen.main)[1]?.checks.at(-1)?.seen).toBe("no verified source");
    },
  },
  {
    name: "warn: a warning, exit 0, no code, and what was not verified is in the report",
    command,
    only: "simulated",
    api: { existingPlans: [{ lie: "debug" }] },
    inputs: { mode: "warn" },
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "unverified", "", 1]);
      expect(seen.main.annotations.map(({ level }) => level)).toEqual(["warning"]);
    },
  },
  {
    name: "warn without a reference: green, says that it proves nothing of the app, and the line to pin",
    command,
    only: "simulated",
    inputs: { mode: "warn" },
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "verified", "", 1]);
      expect(seen.main.summary).toContain("this proves nothing of the app");
      expect(seen.main.summary).toMatch(/expected_os: \|\n {2}([0-9a-f]{96} ){2}[0-9a-f]{96}\n/);
    },
  },
  {
    name: "pins and a source: both must hold",
    command,
    only: "simulated",
    inputs: (cloud) => ({ source: cloud.vmUuid, expected_os: oldPins }),
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "unverified", "UNVERIFIED", 1]);
      expect(errorOf(seen.main)).toContain("(os)");
    },
  },
  {
    name: "the revision asked for is that of the input",
    command,
    only: "simulated",
    inputs: (cloud) => ({ source: cloud.vmUuid, compose_hash: "ab".repeat(32) }),
    expects: ({ main }) => {
      expect(reportOf(main)[0]?.checks.at(-1)).toMatchObject({
        check: "compose-hash",
        from: "input",
      });
    },
  },
  {
    name: "a machine that is behind is good where that is allowed",
    command,
    only: "simulated",
    api: { liveInstances: 2, existingPlans: [{}, { lie: "outdated" }] },
    inputs: (cloud) => ({ source: cloud.vmUuid, allowed_tcb: "UpToDate, OutOfDate" }),
    expects: (seen) => expect(result(seen)).toEqual([0, "verified", "", 2]),
  },
  {
    name: "one of the app's instances by its UUID",
    command,
    only: "simulated",
    api: { liveInstances: 3 },
    inputs: (cloud) => ({ source: cloud.vmUuid, vm_uuids: JSON.stringify([cloud.vmUuid]) }),
    expects: (seen) => expect(result(seen)).toEqual([0, "verified", "", 1]),
  },
  {
    name: "an UUID that the app does not have",
    command,
    only: "simulated",
    inputs: (cloud) => ({ source: cloud.vmUuid, vm_uuids: "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11" }),
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "failed", "NOT_FOUND", 0]);
      expect(seen.requests.map(({ route }) => route)).toEqual(["list"]);
    },
  },
  {
    name: "nothing to verify is no success",
    command,
    only: "simulated",
    inputs: (cloud) => ({ source: cloud.vmUuid, vm_uuids: "[]" }),
    expects: (seen) => expect(result(seen)).toEqual([1, "failed", "NOT_FOUND", 0]),
  },
  {
    name: "a quote that never comes is UNVERIFIED, not TIMEOUT, and the wait is heard of",
    command,
    only: "simulated",
    api: { liveInstances: 2, existingPlans: [{}, { lie: "no-quote" }] },
    inputs: bySource,
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "unverified", "UNVERIFIED", 2]);
      expect(seen.main.log).toContain("Still waiting for 1 of 2");
    },
  },
  {
    name: "cancelled",
    command,
    only: "simulated",
    api: { existingPlans: [{ lie: "no-quote" }] },
    inputs: bySource,
    blow: { how: "cancel", moment: "before-work", route: "attestations", nth: 2 },
    expects: (seen) => expect(result(seen)).toEqual([1, "cancelled", "", 0]),
  },
]);

const refused = (name: string, inputs: Record<string, string>, says: string): Case => ({
  name,
  command,
  inputs,
  expects: (seen) => {
    expect(result(seen)).toEqual([1, "failed", "INPUT", 0]);
    expect(errorOf(seen.main)).toContain(says);
    expect(seen.requests).toEqual([]);
  },
});

describeCases("inputs", [
  refused("no reference under require", {}, "mode: require needs source or expected_os"),
  refused("an empty source", { source: "", mode: "warn" }, "source is empty: its expression"),
  refused("an empty list", { vm_uuids: " ", mode: "warn" }, "vm_uuids is empty: its expression"),
  refused("broken JSON", { vm_uuids: "[null]", mode: "warn" }, "vm_uuids begins with [ and"),
  refused("a slip", { vm_uuid: "x", mode: "warn" }, "did you mean vm_uuids?"),
  { ...refused("another mode", { mode: "off" }, "it must be warn or require"), process: true },
]);
