/** Collateral under way: what is tried again, and which check fails where it never comes. */
import { describe, expect, it } from "@jest/globals";
import { DEFAULT_SERVICES, roomOf, Simulation, targetOf, verified } from "./platform.ts";

describe("Intel's collateral", () => {
  const paths = ["pck-crl", "qe-identity", "root-crl", "tcb-info"] as const;

  it.each(paths)("that comes late (%s) is waited for", async (route) => {
    const sim = new Simulation();
    sim.fault({ route, kind: "status", when: "before", status: 503, times: 2 });
    const room = roomOf(sim);
    const [verdict] = await verified(sim, [targetOf(sim.world.source)], { room });
    expect(verdict?.fault).toBeNull();
    expect(room.waits).toHaveLength(2);
    expect(room.waits[0]).toMatch(/^fetch .* from api\.simulated\.invalid again in \d+ ms$/);
  });

  it.each(paths)("that never comes (%s) fails its check, with host and reason", async (route) => {
    const sim = new Simulation();
    sim.fault({ route, kind: "hang", when: "before", times: "always" });
    const before = sim.clock.now();
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toMatchObject({
      check: route,
      expected: "collateral from api.simulated.invalid",
      seen: expect.stringMatching(/^no complete answer within [\d.]+ s$/),
      again: false,
    });
    expect(sim.clock.now() - before).toBeLessThan(121_000);
  });

  it.each(["text", "html", "object", "null"] as const)("that is %s is none", async (form) => {
    const sim = new Simulation();
    sim.fault({ route: "tcb-info", kind: "garbage", form, times: "always" });
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toMatchObject({ check: "tcb-info", again: false });
  });

  it("is not fetched from where a redirect leads", async () => {
    const sim = new Simulation();
    const location = "https://elsewhere.invalid/crl";
    sim.fault({ route: "root-crl", kind: "redirect", location, times: "always" });
    const [verdict] = await verified(sim, [targetOf(sim.world.source)]);
    expect(verdict?.fault).toMatchObject({ check: "root-crl", seen: "HTTP 307" });
  });

  it("comes from the platform's service where no other is named", async () => {
    const sim = new Simulation();
    const room = roomOf(sim, { services: DEFAULT_SERVICES });
    const [verdict] = await verified(sim, [targetOf(sim.world.source)], { room });
    expect(verdict?.fault).toBeNull();
    sim.fault({
      route: "*",
      path: "/certification/",
      kind: "status",
      when: "before",
      status: 404,
      times: "always",
    });
    const other = roomOf(sim, { services: DEFAULT_SERVICES });
    const [failed] = await verified(sim, [targetOf(sim.world.source)], { room: other });
    expect(failed?.fault).toMatchObject({
      expected: "collateral from pccs.phala.network, api.trustedservices.intel.com",
      seen: "HTTP 404; api.trustedservices.intel.com: ENOTFOUND",
    });
  });
});
