/** The action verify: what is red, what is green, and what is said of it. */
import { expect } from "@jest/globals";
import type { Lie } from "../../simulator/plans.ts";
import type { Attested } from "../../src/ledger/attested.ts";
import { type Cloud, describeCases, errorOf, type Step } from "../support/play.ts";

export function reportOf({ outputs }: Step): Attested[] {
  return JSON.parse(outputs.report ?? "") as Attested[];
}

const command = "verify" as const;
const bySource = (cloud: Cloud) => ({ source: cloud.vmUuid, collateral_url: cloud.apiUrl });

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
