/** Attestation as the simulator shows it: both routes, collateral, lies; over HTTP, and by the real transport. */
import { X509Certificate } from "node:crypto";
import { afterEach, describe, expect, it } from "@jest/globals";
import { authority } from "../../simulator/attestation/authority.ts";
import { logOf, registerOf } from "../../simulator/attestation/log.ts";
import { certificate } from "../../simulator/attestation/x509.ts";
import { optionsFrom } from "../../simulator/given.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator/index.ts";
import { Attestation } from "../../src/attest/attest.ts";
import { readCertificate } from "../../src/attest/certificates.ts";
import { serviceAt } from "../../src/attest/services.ts";
import { createTransport } from "../../src/net/http.ts";

let sim: Simulator;

afterEach(() => sim?.close());

async function start(options: SimulatorOptions = {}): Promise<void> {
  sim = await startSimulator(options);
}

async function get(path: string, key = true) {
  const headers: Record<string, string> = key ? { "x-api-key": sim.apiKey } : {};
  const response = await fetch(`${sim.apiUrl}${path}`, { headers });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

async function instances(): Promise<Record<string, unknown>[]> {
  const { bytes } = await get(`/apps/${sim.appId}/attestations`, false);
  return JSON.parse(bytes.toString("utf8")).instances;
}

describe("the app's route", () => {
  it("shows all instances to anybody, newcomers only once they run", async () => {
    await start({ liveInstances: 2, stoppedInstances: 1, bootMs: 60_000 });
    sim.addStranger();
    const all = await instances();
    expect(all.map(({ quote }) => typeof quote)).toEqual(["string", "string", "object", "object"]);
    expect(all.map(({ error }) => error === null)).toEqual([true, true, false, false]);
    expect(all[0]).toMatchObject({
      vm_uuid: sim.vmUuid,
      instance_id: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
  });

  it("is 404 for an unknown app", async () => {
    await start();
    expect((await get(`/apps/${"0".repeat(40)}/attestations`)).status).toBe(404);
  });

  it("shows a log that leads to the register of the quote", async () => {
    await start();
    const [one] = await instances();
    const tcb = one?.tcb_info as { rtmr3: string; event_log: { digest: string }[] };
    expect(registerOf(tcb.event_log.map(({ digest }) => digest))).toBe(tcb.rtmr3);
    expect(`${one?.quote}`).toContain(tcb.rtmr3);
  });

  it.each([
    [{ logForm: "text" as const }, "eventlog", "string"],
    [{ logForm: "list" as const }, "eventlog", "object"],
    [{ existingPlans: [{ lie: "no-log" as const }] }, "tcb_info", "object"],
  ])("in the form of %j", async (options, field, type) => {
    await start(options);
    const [one] = await instances();
    expect(typeof one?.[field]).toBe(type);
  });
});

describe("the CVM's route", () => {
  it("has the quote in the leaf certificate, and needs a key", async () => {
    await start();
    const path = `/cvms/${sim.vmUuid}/attestation`;
    expect((await get(path, false)).status).toBe(401);
    const body = JSON.parse((await get(path)).bytes.toString("utf8"));
    const leaf = body.app_certificates.find(
      (one: { position_in_chain: number }) => one.position_in_chain === 0,
    );
    expect(leaf.quote).toMatch(/^0400/);
    expect(body).toMatchObject({ is_online: true, error: null });
  });

  it("tells that a CVM is offline", async () => {
    await start({ existingPlans: [{ lie: "no-quote" }] });
    const body = JSON.parse((await get(`/cvms/${sim.vmUuid}/attestation`)).bytes.toString("utf8"));
    expect(body).toMatchObject({
      is_online: false,
      app_certificates: null,
      error: expect.any(String),
    });
  });
});

describe("collateral", () => {
  it("comes in a caching service's forms, without a key", async () => {
    await start();
    const pck = await get("/sgx/certification/v4/pckcrl?ca=platform&encoding=der", false);
    expect(pck.bytes[0]).toBe(0x30);
    const root = await get("/sgx/certification/v4/rootcacrl", false);
    expect(root.bytes.toString()).toMatch(/^30[0-9a-f]+$/);
    const tcb = await get("/tdx/certification/v4/tcb?fmspc=51a0c0de0000", false);
    const chain = decodeURIComponent(tcb.headers.get("tcb-info-issuer-chain") ?? "");
    expect(new X509Certificate(chain).subject).toContain("TCB Signing");
    expect(JSON.parse(tcb.bytes.toString())).toMatchObject({ tcbInfo: { id: "TDX" } });
    expect((await get("/tdx/certification/v4/qe/identity", false)).status).toBe(200);
  });

  it.each([
    ["/tdx/certification/v4/tcb?fmspc=000000000000", 404],
    ["/tdx/certification/v4/tcb", 400],
    ["/sgx/certification/v4/pckcrl?ca=x", 400],
  ])("%s is %d", async (path, status) => {
    await start();
    expect((await get(path, false)).status).toBe(status);
  });
});

describe("a verifier over HTTP", () => {
  it("finds every instance genuine, under this authority alone", async () => {
    await start({ liveInstances: 2 });
    const net = {
      transport: createTransport("test/1"),
      clock: { now: Date.now, sleep: () => Promise.resolve() },
      random: () => 0,
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      redact: (text: string) => text,
      onWait: () => undefined,
    };
    const settings = {
      appId: sim.appId,
      api: { url: sim.apiUrl, headers: { "x-api-key": sim.apiKey } },
      root: authority().rootCertificate,
      allowedTcb: ["UpToDate"] as const,
      services: [serviceAt(sim.apiUrl)],
      pollMs: 1_000,
    };
    const targets = sim
      .cvms()
      .filter(({ appId }) => appId === sim.appId)
      .map(({ vmUuid, appId, composeHash, instanceId }) => ({
        vmUuid,
        instanceId,
        wanted: {
          appId,
          instanceId,
          formerIds: [],
          composeHash: { hash: composeHash, from: "api" as const },
          reference: null,
        },
      }));
    const verdicts = await new Attestation(net, settings).verify(targets, Date.now() + 60_000);
    expect(verdicts.map(({ fault }) => fault)).toEqual([null, null]);
    expect(sim.requests).toHaveLength(5);
  });
});

describe("options", () => {
  it("are checked", () => {
    expect(
      optionsFrom({ existingPlans: [{ lie: "debug", quoteLagMs: 5 }], logVersion: 2 }),
    ).toBeDefined();
    expect(() => optionsFrom({ logVersion: 3 })).toThrow(/logVersion/);
    expect(() => optionsFrom({ replicaPlans: [{ lie: "white" }] })).toThrow(/lie/);
  });

  it("both versions of a log have digests of their own", () => {
    const digest = (version: 1 | 2) => logOf([["app-id", "00"]], version)[0]?.digest;
    expect(digest(1)).not.toBe(digest(2));
  });
});

describe("certificates", () => {
  it.each(["00", "007f", "0080", "000001", "ff01"])(
    "with the serial number %s are in DER",
    (serial) => {
      const { root } = authority();
      const dates = { notBefore: new Date(0), notAfter: new Date(1e12) };
      const der = certificate({ subject: root, issuer: root, serial, ca: true, ...dates });
      expect(readCertificate(der).serial.toString("hex")).toBe(
        BigInt(`0x${serial}`) === 0n ? "00" : shortest(serial),
      );
    },
  );

  function shortest(serial: string): string {
    const digits = serial.replace(/^(?:00)+/, "");
    return /^[89a-f]/.test(digits) ? `00${digits}` : digits;
  }
});
