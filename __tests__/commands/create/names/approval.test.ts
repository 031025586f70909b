/** Named ones of an app whose contract has to allow them, and ones with a compose file of their own. */
import { describe, expect, it } from "@jest/globals";
import { accountOf } from "../../../../simulator/evm/raw.ts";
import { SIMULATED_RPC } from "../../../support/simulated/chain.ts";
import { type Result, Simulation } from "../../../support/simulated/simulation.ts";
import { NAMED, namesOf } from "./support.ts";

const ON_CHAIN = { onChain: true, chainHashes: "none" } as const;
const ONE = { ...NAMED, name: "web-eu-1" };

const left = (sim: Simulation) => namesOf(sim.replicas().filter(({ deleted }) => !deleted));
const outcome = ({ exitCode, runner }: Result) => [exitCode, runner.outputs.outcome];
const bodies = (sim: Simulation) =>
  sim.requests
    .filter(({ route }) => route === "instances")
    .map(({ body, headers }) => ({
      ...(JSON.parse(body) as Record<string, unknown>),
      ...("x-prepare-only" in headers ? { prepare: true } : {}),
    }));

function register(sim: Simulation): void {
  const { chain, source, nodes } = sim.world;
  for (const { deviceId } of nodes) chain.register({ composeHash: source.composeHash, deviceId });
}

describe("an approval", () => {
  it.each([true, false])(
    "prepared by name, committed by name (prepare keeps it: %j)",
    async (keeps) => {
      const sim = new Simulation({ ...ON_CHAIN, prepareKeepsName: keeps });
      const prepared = await sim.main({ ...ONE, prepare_only: "true" });
      expect(outcome(prepared)).toEqual([0, "pending_approval"]);
      expect(left(sim)).toEqual([]);
      register(sim);
      const { commit_token = "", compose_hash = "" } = prepared.runner.outputs;
      const committed = await sim.main({ ...ONE, commit_token, compose_hash });
      expect(outcome(committed)).toEqual([0, "created"]);
      expect(left(sim)).toEqual(["web-eu-1"]);
      expect(sim.requests.some(({ route }) => route === "commit")).toBe(false);
      expect(bodies(sim)[1]).toMatchObject({ token: commit_token, name: "web-eu-1" });
      // Committed once more: it is there, and the token is not even sent.
      expect(outcome(await sim.main({ ...ONE, commit_token, compose_hash }))).toEqual([
        0,
        "unchanged",
      ]);
    },
  );

  it("a lost commit whose name is passed over is no refusal, whatever comes after it", async () => {
    const sim = new Simulation({ ...ON_CHAIN, instanceNames: "ignore" });
    const prepared = await sim.main({ ...ONE, prepare_only: "true" });
    register(sim);
    const { commit_token = "", compose_hash = "" } = prepared.runner.outputs;
    sim.fault({ route: "instances", nth: 1, kind: "drop", when: "after" });
    const busy = { status: 503, headers: { "Retry-After": "1" }, when: "before" } as const;
    sim.fault({ route: "instances", nth: 2, times: "always", kind: "status", ...busy });
    const { runner } = await sim.main({ ...ONE, commit_token, compose_hash });
    const [made] = sim.replicas();
    const said = runner.entries.filter(({ kind }) => kind === "error").map(({ text }) => text);
    expect(said.join("\n")).not.toMatch(/[Nn]othing was created|This replica was not created/);
    expect(said.join("\n")).toContain(made?.vmUuid);
    expect(runner.outputs.error_code).toBe("AMBIGUOUS");
  });

  it("the same step again, once all is registered: no token crosses anything", async () => {
    const sim = new Simulation(ON_CHAIN);
    expect(outcome(await sim.main(ONE))).toEqual([1, "pending_approval"]);
    register(sim);
    expect(outcome(await sim.main(ONE))).toEqual([0, "created"]);
    expect(left(sim)).toEqual(["web-eu-1"]);
  });

  it("a 465 of what is registered is committed at once, on the route of names", async () => {
    const sim = new Simulation({ onChain: true, chainDevices: "all", always465: true });
    expect(outcome(await sim.main({ ...ONE, name: "web-eu-1,web-eu-2" }))).toEqual([0, "created"]);
    expect(left(sim)).toEqual(["web-eu-1", "web-eu-2"]);
    expect(sim.requests.some(({ route }) => route === "commit")).toBe(false);
  });
});

describe("an approval that the step itself sees to", () => {
  const TWO = "web-eu-1,web-eu-2";
  const KEY = "c0ffee".padEnd(64, "5");
  const committed = (sim: Simulation): readonly Record<string, unknown>[] =>
    bodies(sim).filter((body) => "token" in body);

  function isNamedAll(sim: Simulation, main: Result): void {
    expect(outcome(main)).toEqual([0, "created"]);
    expect(left(sim)).toEqual(TWO.split(","));
    // On the route that prepared them, under the name that each was asked for by.
    expect(sim.requests.some(({ route }) => route === "commit" || route === "create")).toBe(false);
    expect(committed(sim).map((body) => body.name)).toContain("web-eu-1");
  }

  it.each([true, false])("waited for (prepare keeps the name: %j)", async (prepareKeepsName) => {
    const sim = new Simulation({ ...ON_CHAIN, prepareKeepsName });
    sim.after(20_000, () => register(sim));
    isNamedAll(sim, await sim.main({ ...NAMED, name: TWO, approval_timeout: "5m" }));
  });

  it("signed by the step, on a commit whose answer is lost", async () => {
    const owner = accountOf(Buffer.from(KEY, "hex"));
    const chain = { ...ON_CHAIN, chainDevices: "none", evm: { owner, blockMs: 300 } } as const;
    const sim = new Simulation(chain);
    sim.fault({ route: "instances", nth: 2, kind: "drop", when: "after" });
    const key = { private_key: KEY, rpc_url: SIMULATED_RPC };
    isNamedAll(sim, await sim.main({ ...NAMED, name: TWO, ...key }));
  });
});

describe("a compose file", () => {
  // The workspace of a simulated step is this repository.
  const OWN = { ...ONE, compose_file: "__tests__/commands/create/names/compose.yml" };

  it("is sent in place of a revision", async () => {
    const sim = new Simulation({ liveInstances: 3, differingHashes: true });
    const main = await sim.main(OWN);
    expect(outcome(main)).toEqual([0, "created"]);
    expect(bodies(sim)).toEqual([
      { name: "web-eu-1", docker_compose_file: expect.stringContaining("image: web:2") },
    ]);
    expect(main.runner.outputs.compose_hash).not.toBe(sim.world.source.composeHash);
    expect(outcome(await sim.main(OWN))).toEqual([0, "unchanged"]);
  });

  it("is not shown by a dry run", async () => {
    const { runner } = await new Simulation().main({ ...OWN, dry_run: "true" });
    const log = runner.entries.map(({ text }) => text).join("\n");
    expect(log).toMatch(/"docker_compose_file":"\(\d+ characters, not shown\)"/);
    expect(log).not.toContain("only-in-this-file");
  });
});
