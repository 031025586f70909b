/** The bundle as a process: it trusts Intel alone, whatever it is told, and verifies a genuine quote of one day. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { startSimulator } from "../../simulator/index.ts";
import type { Attested } from "../../src/ledger/attested.ts";
import { type LibraryCollateral, libraryFixture, reportFixture } from "../attest/support.ts";
import { runStep, type StepResult } from "../support/runner.ts";

const SLOW = 90_000;
const command = "verify";

const reportOf = ({ outputs }: StepResult) => JSON.parse(outputs.report ?? "") as Attested[];
const errorsOf = ({ annotations }: StepResult) =>
  annotations.filter(({ level }) => level === "error").map(({ message }) => message);

/** A module that Node loads first: the process takes it for the moment that it is given. No input does that. */
function clockAt(moment: string): { readonly NODE_OPTIONS: string } {
  const text = `
    const Real = Date;
    const off = Real.parse(${JSON.stringify(moment)}) - Real.now();
    globalThis.Date = class extends Real {
      constructor(...given) { given.length === 0 ? super(Real.now() + off) : super(...given); }
      static now() { return Real.now() + off; }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(text)}` };
}

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

const KEY = ["phak", "genuine".repeat(4)].join("_");
const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";
const { quote, log } = reportFixture("quote-report.json");
const COLLATERAL = libraryFixture("tdx_quote_outdated_collateral.json");

/** What the genuine guest claims, by its log. */
function claim(name: string): string {
  const event = (log as { event: string; event_payload: string }[]).find(
    (one) => one.event === name,
  );
  return event?.event_payload ?? "";
}

const APP_ID = claim("app-id");

interface Seen {
  readonly path: string;
  readonly key: string | undefined;
}

/** A cloud with one instance, whose quote is genuine, and a caching service of Intel's collateral beside it. */
async function genuineCloud(): Promise<{ url: string; seen: Seen[]; server: Server }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    seen.push({ path, key: request.headers["x-api-key"] as string | undefined });
    answer(response, path.replace(/^\/api\/v1/, "").replace(/\?.*/, ""), COLLATERAL);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, server };
}

function answer(response: ServerResponse, path: string, served: LibraryCollateral): unknown {
  const json = (body: unknown) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(body));
  };
  const instance = { vm_uuid: UUID, instance_id: claim("instance-id") };
  const document = (name: string, key: string, header: string) => {
    response.setHeader(header, encodeURIComponent(served[`${name}_issuer_chain`] ?? ""));
    const signature = served[`${name}_signature`];
    response.end(`{"${key}":${served[name]},"signature":"${signature}"}`);
  };
  switch (path) {
    case `/apps/${APP_ID}/cvms`:
      return json([
        { ...instance, id: 1, name: "web", app_id: APP_ID, status: "running", in_progress: false },
      ]);
    case `/apps/${APP_ID}/attestations`:
      return json({ app_id: APP_ID, instances: [{ ...instance, quote, eventlog: log }] });
    case "/sgx/certification/v4/pckcrl":
      return response.end(Buffer.from(served.pck_crl ?? "", "hex"));
    case "/sgx/certification/v4/rootcacrl":
      return response.end(served.root_ca_crl);
    case "/tdx/certification/v4/tcb":
      return document("tcb_info", "tcbInfo", "TCB-Info-Issuer-Chain");
    case "/tdx/certification/v4/qe/identity":
      return document("qe_identity", "enclaveIdentity", "SGX-Enclave-Identity-Issuer-Chain");
    default:
      response.statusCode = 404;
      return response.end("{}");
  }
}

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
  const GOOD_DAY = "2026-03-01T12:00:00Z";

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
