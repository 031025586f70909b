/** The bundle as a process: it trusts Intel alone, whatever it is told, and verifies a genuine quote of one day. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { startSimulator } from "../../../simulator/index.ts";
import type { Attested } from "../../../src/ledger/attested.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { runStep, type StepResult } from "../../support/runner.ts";
import { APP_ID, claim, clockAt, GOOD_DAY, genuineCloud, KEY, OS_LINE, UUID } from "./genuine.ts";

const SLOW = 90_000;
const command = "verify";

const reportOf = ({ outputs }: StepResult) => JSON.parse(outputs.report ?? "") as Attested[];
const errorsOf = ({ annotations }: StepResult) =>
  annotations.filter(({ level }) => level === "error").map(({ message }) => message);

describe("a step that verifies nothing", () => {
  it("loads no byte of the verifier: it is in chunks of its own", () => {
    const index = readFileSync(join(REPOSITORY, "dist/index.js"), "utf8");
    expect(index).not.toContain("Intel SGX PCK");
    expect(index).not.toContain("MIICjzCCAjSg");
  });
});

describe("under another root than Intel's", () => {
  it.concurrent(
    "nothing is verified, and no variable or input changes that",
    async () => {
      const sim = await startSimulator({});
      try {
        const main = await runStep({
          api: sim,
          command,
          inputs: {
            app_id: sim.appId,
            source: sim.vmUuid,
            collateral_url: sim.apiUrl,
            trust_root: "simulated",
          },
          env: { TRUST_ROOT: "x", INPUT_ROOT: "x", NODE_EXTRA_CA_CERTS: "/nowhere" },
        });
        expect([main.exitCode, main.outputs.error_code]).toEqual([1, "UNVERIFIED"]);
        expect(reportOf(main)[0]?.checks.at(-1)).toMatchObject({
          check: "pck-chain",
          ok: false,
          seen: "another root",
        });
        expect(errorsOf(main)).toHaveLength(1);
      } finally {
        await sim.close();
      }
    },
    SLOW,
  );

  it.concurrent(
    "create makes nothing under require",
    async () => {
      const sim = await startSimulator({});
      try {
        const main = await runStep({
          api: sim,
          inputs: {
            app_id: sim.appId,
            vm_uuid: sim.vmUuid,
            verify: "require",
            collateral_url: sim.apiUrl,
          },
        });
        expect([main.exitCode, main.outputs.error_code]).toEqual([1, "UNVERIFIED"]);
        expect(sim.replicas()).toEqual([]);
      } finally {
        await sim.close();
      }
    },
    SLOW,
  );
});

async function verifyGenuine(moment: string | null, inputs: Record<string, string> = {}) {
  const { url, seen, server } = await genuineCloud();
  try {
    const main = await runStep({
      command,
      inputs: {
        api_url: `${url}/api/v1`,
        api_key: KEY,
        app_id: APP_ID,
        source: UUID,
        collateral_url: url,
        wait_timeout: "5s",
        ...inputs,
      },
      env: moment === null ? {} : clockAt(moment),
    });
    return { main, seen };
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("a genuine quote", () => {
  it.concurrent(
    "is verified on a day on which its collateral was good, by six requests",
    async () => {
      const { main, seen } = await verifyGenuine(GOOD_DAY);
      expect(errorsOf(main)).toEqual([]);
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "verified"]);
      expect(reportOf(main)).toMatchObject([
        {
          verified: true,
          status: "UpToDate",
          instance_id: claim("instance-id"),
          compose_hash: claim("compose-hash"),
        },
      ]);
      expect(seen).toHaveLength(6);
      // The key goes to the API alone.
      const withKey = seen.filter(({ key }) => key !== undefined).map(({ path }) => path);
      expect(withKey).toEqual([
        `/api/v1/apps/${APP_ID}/cvms`,
        `/api/v1/apps/${APP_ID}/attestations`,
      ]);
    },
    SLOW,
  );

  it.concurrent(
    "is refused today: its collateral has run out",
    async () => {
      const { main } = await verifyGenuine(null);
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "UNVERIFIED"]);
      expect(reportOf(main)[0]?.checks.at(-1)).toMatchObject({ check: "root-crl", ok: false });
    },
    SLOW,
  );

  it.concurrent(
    "is refused where another OS or revision is pinned, and verified by its own pin",
    async () => {
      const { main: first } = await verifyGenuine(GOOD_DAY);
      const line = /^ {2}([0-9a-f]{96} [0-9a-f]{96} [0-9a-f]{96})$/m.exec(first.summary)?.[1] ?? "";
      expect(line).toBe(OS_LINE);
      const pinned = await verifyGenuine(GOOD_DAY, { source: "unset", expected_os: line });
      expect([pinned.main.exitCode, pinned.main.outputs.outcome]).toEqual([0, "verified"]);
      expect(reportOf(pinned.main)).toMatchObject([{ reference: "pinned" }]);
      expect(pinned.main.summary).toContain("that your workflow names before anything");
      const other = `${line.slice(0, -1)}${line.endsWith("0") ? "1" : "0"}`;
      const refused = await verifyGenuine(GOOD_DAY, { source: "unset", expected_os: other });
      expect(reportOf(refused.main)[0]?.checks.at(-1)).toMatchObject({ check: "os", ok: false });
      const hash = "ab".repeat(32);
      const moved = await verifyGenuine(GOOD_DAY, { compose_hash: hash });
      expect(reportOf(moved.main)[0]?.checks.at(-1)).toMatchObject({
        check: "compose-hash",
        from: "input",
        expected: hash,
      });
    },
    3 * SLOW,
  );
});
