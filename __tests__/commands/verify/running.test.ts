/** Which instances are verified where none is named: all that run, also while something is in progress on them. */
import { expect } from "@jest/globals";
import type { Attested } from "../../../src/ledger/attested.ts";
import { type Case, type Cloud, describeCases, errorOf, type Seen } from "../../support/play.ts";
import { deployed, instancesOf, NEW } from "../rollout/stage.ts";

/** Simulated alone: the bundle trusts Intel, and the simulated cloud is none of Intel's. */
const usual = { command: "verify", only: "simulated" } as const;
const two = { liveInstances: 2, updateMs: 60_000 } as const;
const require = (cloud: Cloud) => ({ source: cloud.vmUuid, mode: "require" });

const entries = ({ main }: Seen) => JSON.parse(main.outputs.report ?? "") as Attested[];
const result = ({ main }: Seen) => [main.exitCode, main.outputs.outcome, main.outputs.error_code];

/** An update to the source's revision has just begun on the other one: it runs yet, on the old. */
function updating(cloud: Cloud): void {
  deployed(cloud);
  const other = instancesOf(cloud)[1];
  if (other === undefined) throw new Error("no other instance");
  cloud.update(other.vmUuid, { redeploy: NEW });
  expect(cloud.world.view(other)).toMatchObject({ status: "running", inProgress: true });
}

const cases: readonly Case[] = [
  {
    ...usual,
    name: "one that is being updated: its quote of the new revision is waited for",
    api: two,
    inputs: require,
    given: updating,
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "verified", ""]);
      expect(entries(seen).map(({ verified }) => verified)).toEqual([true, true]);
    },
  },
  {
    ...usual,
    name: "one whose update takes longer than wait_timeout is UNVERIFIED, and not left out",
    api: { ...two, updateMs: 600_000 },
    inputs: (cloud) => ({ ...require(cloud), name: "*", wait_timeout: "30s" }),
    given: updating,
    expects: (seen) => {
      expect(result(seen)).toEqual([1, "unverified", "UNVERIFIED"]);
      expect(entries(seen).map(({ verified }) => verified)).toEqual([true, false]);
      expect(errorOf(seen.main)).toContain(instancesOf(seen.cloud)[1]?.name ?? "no name");
    },
  },
  {
    ...usual,
    name: "what does not run is left, and the log names each",
    api: { ...two, liveInstances: 2, stoppedInstances: 1, powerMs: 3_600_000 },
    inputs: require,
    given: (cloud) => {
      const [, other] = instancesOf(cloud);
      if (other !== undefined) cloud.world.operate(other, "restart", "restart");
    },
    expects: (seen) => {
      expect(result(seen)).toEqual([0, "verified", ""]);
      expect(entries(seen)).toHaveLength(1);
      expect(seen.main.log).toMatch(/is left: an operation on it is in progress/);
      expect(seen.main.log).toMatch(/is left: it does not run; a step takes it along only where/);
    },
  },
];

describeCases("what a verification takes along", cases);
