/** The face of the room: requests, what is asked again, and how liars end. */
import { describe, expect, it } from "@jest/globals";
import type { AttestationOptions } from "../../simulator/options-more.ts";
import type { Lie } from "../../simulator/plans.ts";
import { referenceOf } from "../../src/attest/attest.ts";
import { INTEL_SGX_ROOT_CA } from "../../src/attest/root.ts";
import { roomOf, Simulation, targetOf, verified } from "./platform.ts";

const ROUTES = ["attestations", "pck-crl", "qe-identity", "root-crl", "tcb-info"];

function routesOf(sim: Simulation): string[] {
  return sim.requests.map(({ route }) => route);
}

describe("instances that are genuine", () => {
  it("take five requests, however many are alike", async () => {
    const sim = new Simulation({ liveInstances: 4 });
    const cvms = sim.world.liveOf(sim.world.appId);
    const verdicts = await verified(
      sim,
      cvms.map((cvm) => targetOf(cvm)),
    );
    expect(verdicts.map(({ fault }) => fault)).toEqual([null, null, null, null]);
    expect(routesOf(sim).sort()).toEqual(ROUTES);
    expect(verdicts[0]?.checks[0]).toMatchObject({ check: "evidence", ok: true });
    expect(verdicts[0]?.found.tcb).toEqual({ status: "UpToDate", advisories: [] });
  });

  it.each<AttestationOptions>([
    { logForm: "list" },
    { logForm: "text" },
    { logVersion: 2 },
    { logVersion: 2, bareDigests: true },
    { bareDigests: true, quotePrefix: true },
  ])("verify in the form of %p", async (options) => {
    const sim = new Simulation(options);
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toBeNull();
  });

  it("send the key to the API alone", async () => {
    const sim = new Simulation();
    await verified(sim, [targetOf(sim.world.source)]);
    const withKey = sim.requests.filter(({ headers }) => "x-api-key" in headers);
    expect(withKey.map(({ route }) => route)).toEqual(["attestations"]);
    const collateral = sim.requests.filter(({ route }) => route !== "attestations");
    expect(collateral.every(({ headers }) => Object.keys(headers).length === 0)).toBe(true);
  });

  it("are not good under Intel's root: it is no input", async () => {
    const sim = new Simulation();
    const room = roomOf(sim, { root: INTEL_SGX_ROOT_CA });
    const [verdict] = await verified(sim, [targetOf(sim.world.source)], { room });
    expect(verdict?.fault).toMatchObject({
      check: "pck-chain",
      seen: "another root",
      again: false,
    });
  });

  it("ask what Intel published once for a run", async () => {
    const sim = new Simulation({ liveInstances: 2 });
    const room = roomOf(sim);
    for (const cvm of sim.world.liveOf(sim.world.appId)) {
      const [verdict] = await verified(sim, [targetOf(cvm)], { room });
      expect(verdict?.fault).toBeNull();
    }
    expect(routesOf(sim).sort()).toEqual(["attestations", ...ROUTES]);
  });

  it("ask for it again once it has run out", async () => {
    const sim = new Simulation();
    const room = roomOf(sim);
    await verified(sim, [targetOf(sim.world.source)], { room });
    await sim.pass(30 * 86_400_000);
    const [verdict] = await verified(sim, [targetOf(sim.world.source)], { room });
    expect(verdict?.fault).toBeNull();
    expect(routesOf(sim).sort()).toEqual([...ROUTES, ...ROUTES].sort());
  });
});

describe("a replica beside its source", () => {
  const lies: readonly (readonly [Lie, string, boolean])[] = [
    ["no-quote", "evidence", true],
    ["no-log", "evidence", false],
    ["sibling", "evidence", false],
    ["other-app", "app-id", true],
    ["other-revision", "compose-hash", true],
    ["other-os", "os", false],
    ["other-keys", "key-provider", false],
    ["outdated", "tcb", false],
    ["debug", "td-attributes", false],
  ];

  async function beside(lie: Lie | null) {
    const sim = new Simulation({ bootMs: 0 });
    const { source } = sim.world;
    const room = roomOf(sim);
    const [first] = await verified(sim, [targetOf(source, { composeHash: null })], { room });
    const reference = first === undefined ? null : referenceOf(first.found);
    const { appId, nodeId, composeHash } = source;
    const plan = lie === null ? {} : { lie };
    const replica = sim.world.add({ origin: "replica", appId, nodeId, composeHash, plan });
    const formerIds = [source.futureInstanceId];
    const before = sim.clock.now();
    const [verdict] = await verified(sim, [targetOf(replica, { reference, formerIds })], { room });
    return { reference, verdict, tookMs: sim.clock.now() - before };
  }

  it("is good when it is the same", async () => {
    const { reference, verdict } = await beside(null);
    expect(reference?.lines).toHaveLength(1);
    expect(verdict?.fault).toBeNull();
    expect(verdict?.checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["os", "key-provider"]),
    );
  });

  it.each(lies)("that lies (%s) fails at %s", async (lie, check, again) => {
    const { verdict, tookMs } = await beside(lie);
    expect(verdict?.fault).toMatchObject({ check, again });
    // What time can't mend is final at once.
    if (again) expect(tookMs).toBeGreaterThan(110_000);
    else expect(tookMs).toBeLessThan(5_000);
  });
});

describe("what may still come", () => {
  it("a quote after a while", async () => {
    const sim = new Simulation({
      bootMs: 0,
      existingPlans: [{ quoteLagMs: 86_400_000 + 40_000 }],
    });
    const before = sim.clock.now();
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toBeNull();
    expect(sim.clock.now() - before).toBeGreaterThanOrEqual(40_000);
    expect(sim.clock.now() - before).toBeLessThan(50_000);
  });

  it("the time of collateral that is signed on demand, where this machine's clock is behind", async () => {
    const sim = new Simulation({ clockSkewMs: 50_000, collateralAgeMs: 0 });
    const before = sim.clock.now();
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toBeNull();
    // Not before its time: it is waited for, and fetched once.
    expect(sim.clock.now() - before).toBeGreaterThanOrEqual(50_000);
    expect(routesOf(sim).filter((route) => route === "tcb-info")).toHaveLength(1);
  });

  it("but not where its time is far away", async () => {
    const sim = new Simulation({ clockSkewMs: 86_400_000, collateralAgeMs: 0 });
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toMatchObject({ check: "root-crl", again: false });
    expect(verdict?.fault?.seen).toContain("this machine's clock is behind");
  });

  it("the rest are not asked for again meanwhile", async () => {
    const sim = new Simulation({ bootMs: 0 });
    const { source } = sim.world;
    const { appId, nodeId, composeHash } = source;
    const plan = { quoteLagMs: 30_000 };
    const late = sim.world.add({ origin: "replica", appId, nodeId, composeHash, plan });
    const [first, second] = await verified(sim, [targetOf(source), targetOf(late)]);
    expect([first?.fault, second?.fault]).toEqual([null, null]);
    expect(routesOf(sim).filter((route) => route === "tcb-info")).toHaveLength(1);
  });

  it.each([404, 429, 500, 503])("an answer after HTTP %d on both routes", async (status) => {
    const sim = new Simulation();
    for (const route of ["attestations", "attestation"]) {
      sim.fault({ route, kind: "status", when: "before", status, times: 3 });
    }
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toBeNull();
    expect(sim.timesOf("attestations")).toHaveLength(4);
  });

  it("but Retry-After is obeyed", async () => {
    const sim = new Simulation();
    const headers = { "retry-after": "30" };
    sim.fault({ route: "attestations", kind: "status", when: "before", status: 429, headers });
    sim.fault({ route: "attestation", kind: "status", when: "before", status: 429, headers });
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toBeNull();
    const [first = 0, second = 0] = sim.timesOf("attestations");
    expect(second - first).toBeGreaterThanOrEqual(30_000);
  });

  it("not with a key that is refused", async () => {
    const sim = new Simulation();
    for (const route of ["attestations", "attestation"]) {
      sim.fault({ route, kind: "status", when: "before", status: 403, times: "always" });
    }
    const before = sim.clock.now();
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toMatchObject({ check: "evidence", seen: "HTTP 403", again: false });
    expect(sim.clock.now() - before).toBeLessThan(5_000);
  });

  it("not beyond the time, but for one look", async () => {
    const sim = new Simulation();
    const [verdict] = await verified(sim, [targetOf(sim.world.source)], { withinMs: -1 });
    expect(verdict?.fault).toBeNull();
    sim.fault({ route: "attestations", kind: "hang", when: "before", times: "always" });
    sim.fault({ route: "attestation", kind: "hang", when: "before", times: "always" });
    const before = sim.clock.now();
    const [late] = await verified(sim, [targetOf(sim.world.source)], { withinMs: 0 });
    expect(late?.fault).toMatchObject({ check: "evidence", again: true });
    expect(sim.clock.now() - before).toBeLessThan(21_000);
  });

  it("not after a cancel", async () => {
    const sim = new Simulation({ existingPlans: [{ lie: "no-quote" }] });
    const room = roomOf(sim);
    sim.after(12_000, () => room.cancel.abort());
    const before = sim.clock.now();
    const [verdict] = await verified(sim, [targetOf(sim.world.source)], { room });
    expect(verdict?.fault?.check).toBe("evidence");
    expect(sim.clock.now() - before).toBeLessThan(12_100);
  });
});

describe("where the app's route has nothing", () => {
  it("the CVM's own is asked", async () => {
    const sim = new Simulation({ liveInstances: 2 });
    sim.fault({
      route: "attestations",
      kind: "status",
      when: "before",
      status: 500,
      times: "always",
    });
    const cvms = sim.world.liveOf(sim.world.appId);
    const verdicts = await verified(
      sim,
      cvms.map((cvm) => targetOf(cvm)),
    );
    expect(verdicts.map(({ fault }) => fault)).toEqual([null, null]);
    expect(routesOf(sim).filter((route) => route === "attestation")).toHaveLength(2);
    expect(routesOf(sim).filter((route) => route === "attestations")).toHaveLength(1);
  });

  it("garbage counts as nothing", async () => {
    const sim = new Simulation();
    sim.fault({ route: "attestations", kind: "garbage", form: "html" });
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toBeNull();
  });
});
