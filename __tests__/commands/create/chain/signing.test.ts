/** Approvals in a step that creates: waiting for somebody's, and giving it with a key. In simulated time. */
import { describe, expect, it } from "@jest/globals";
import { accountOf } from "../../../../simulator/evm/raw.ts";
import { formsOfKey } from "../../../../src/text/private-key.ts";
import { RPC_TOKEN, SIMULATED_RPC } from "../../../support/simulated/chain.ts";
import {
  type Result,
  Simulation,
  type SimulationOptions,
} from "../../../support/simulated/simulation.ts";

const KEY = "c0ffee".padEnd(64, "5");
const OWNER = accountOf(Buffer.from(KEY, "hex"));
const STRANGER_KEY = "0ddba11".padEnd(64, "2");
const SIGN = { private_key: KEY, rpc_url: SIMULATED_RPC };
const MINUTE = 60_000;

/** Neither the revision nor a device is registered. */
export function world(over: SimulationOptions = {}): Simulation {
  return new Simulation({
    onChain: true,
    chainHashes: "none",
    chainDevices: "none",
    evm: { owner: OWNER },
    ...over,
  });
}

const posts = (sim: Simulation) =>
  sim.requests
    .filter(({ route }) => ["create", "commit"].includes(route))
    .map(({ route }) => route);

function everything(...results: readonly Result[]): string {
  return JSON.stringify(
    results.map(({ runner }) => [runner.entries, runner.outputs, runner.saved, runner.markdown]),
  );
}

/** What must hold of every run that had the key. */
function secretive(...results: readonly Result[]): void {
  const text = everything(...results);
  for (const form of [...formsOfKey(KEY), RPC_TOKEN]) expect(text).not.toContain(form);
}

const registered = (sim: Simulation) =>
  sim.node.evm.mined().filter(({ ok, logs }) => ok && logs.length > 0).length;

describe("signing", () => {
  it("registers device and hash, commits with the hash's transaction, and makes one replica", async () => {
    const sim = world();
    const main = await sim.main(SIGN);
    expect([main.exitCode, main.runner.outputs.outcome]).toEqual([0, "created"]);
    expect(main.runner.outputs).toMatchObject({ is_allowed: "true", error_code: "" });
    expect([posts(sim), sim.replicas().length, registered(sim)]).toEqual([
      ["create", "commit"],
      1,
      2,
    ]);
    const [, last] = sim.node.evm.mined();
    const commit = sim.requests.find(({ route }) => route === "commit");
    expect(JSON.parse(commit?.body ?? "")).toMatchObject({
      transaction_hash: last?.transaction.hash,
    });
    expect(main.runner.saved.run).toContain('"what":"device"');
    secretive(main);
  });

  it("another replica of the same revision needs nothing more", async () => {
    const sim = world();
    const main = await sim.main({ ...SIGN, count: "2" });
    expect([main.exitCode, sim.replicas().length, registered(sim)]).toEqual([0, 2, 2]);
  });

  it("signs nothing while another transaction of the key's is pending, and takes the nonce after it", async () => {
    const sim = world();
    const { evm, rpc } = sim.node;
    const free = sim.clock.now() + 90_000;
    evm.includes = (_transaction, at) => at >= free;
    const other = evm.addOther({ from: OWNER });
    const main = await sim.main(SIGN);
    expect([main.runner.outputs.outcome, registered(sim)]).toEqual(["created", 2]);
    const sends = rpc.requests.filter(({ method }) => method === "eth_sendRawTransaction");
    expect(sends.filter(({ at }) => at < free)).toEqual([]);
    const nonces = evm.mined().map(({ transaction }) => transaction.nonce - other.nonce);
    expect(nonces).toEqual([0, 1, 2]);
    expect(main.runner.entries.map(({ text }) => text).join("\n")).toMatch(/pending/);
  });

  it("with another's key: REJECTED, and nothing was sent", async () => {
    const sim = world();
    const main = await sim.main({ ...SIGN, private_key: STRANGER_KEY });
    expect(main.runner.outputs).toMatchObject({
      outcome: "failed",
      error_code: "REJECTED",
      is_allowed: "false",
      commit_token: expect.stringMatching(/./),
    });
    expect(main.runner.outputs.error_message).toMatch(/may not register.*whose owner is 0x/);
    expect(sim.node.rpc.requests.map(({ method }) => method)).not.toContain(
      "eth_sendRawTransaction",
    );
    expect(sim.replicas()).toEqual([]);
  });

  it("where the node is away: CHAIN", async () => {
    const sim = world();
    sim.node.rpc.faults.add({
      method: "*",
      times: "always",
      kind: "status",
      when: "before",
      status: 503,
    });
    const main = await sim.main(SIGN);
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "CHAIN" });
    secretive(main);
  });

  it("where the API's node lags, it is asked until it sees it", async () => {
    const sim = world({ allowedLagMs: 40_000 });
    let commits = 0;
    sim.on("before-work", "commit", () => {
      if (++commits > 1) return;
      const { composeHash } = sim.world.source;
      sim.world.chain.revoke({ composeHash });
      sim.after(20_000, () => void sim.world.chain.register({ composeHash }));
    });
    const main = await sim.main(SIGN);
    expect(main.runner.outputs.outcome).toBe("created");
    expect([sim.replicas().length, registered(sim)]).toEqual([1, 2]);
    expect(posts(sim)).toEqual(["create", "commit", "commit"]);
  });
});

it("where the API's node never sees what is registered, the step ends within minutes and says so", async () => {
  const sim = world();
  sim.on("before-work", "commit", () => sim.world.chain.revoke(sim.world.source));
  sim.on("before-work", "is-allowed", () => sim.world.chain.revoke(sim.world.source));
  const main = await sim.main(SIGN);
  expect(main.runner.outputs).toMatchObject({
    outcome: "pending_approval",
    error_code: "ERR-01-005",
    error_message: expect.stringMatching(/All is registered on chain, and the API did not see it/),
  });
  expect(main.tookMs).toBeLessThan(5 * MINUTE);
  expect([sim.replicas().length, registered(sim)]).toEqual([0, 2]);
});

describe("is_allowed", () => {
  it.each<[string, string, SimulationOptions, Record<string, string>]>([
    ["", "nothing needed an approval", { onChain: false }, {}],
    ["false", "nobody waited", {}, {}],
    ["false", "it was only prepared", {}, { prepare_only: "true" }],
    [
      "true",
      "all was registered",
      { chainHashes: "live", chainDevices: "all", always465: true },
      {},
    ],
  ])("is %j where %s", async (said, _name, over, inputs) => {
    const main = await world(over).main(inputs);
    expect(main.runner.outputs.is_allowed).toBe(said);
  });
});

describe("a run of several", () => {
  it("waits one time for all, and creates all", async () => {
    const sim = world();
    const { chain, source, nodes } = sim.world;
    sim.after(20 * MINUTE, () => {
      for (const { deviceId } of nodes)
        chain.register({ composeHash: source.composeHash, deviceId });
    });
    const main = await sim.main({ approval_timeout: "30m", count: "3" });
    expect([main.exitCode, sim.replicas().length]).toEqual([0, 3]);
    expect(main.runner.entries.filter(({ kind }) => kind === "notice")).toHaveLength(1);
  });

  it("has one deadline, and the token that is handed out works", async () => {
    const sim = world();
    const main = await sim.main({ approval_timeout: "30m", count: "3" });
    expect(main.tookMs).toBeLessThan(31 * MINUTE);
    expect(main.runner.outputs).toMatchObject({ outcome: "pending_approval", is_allowed: "false" });
    const { commit_token = "", compose_hash = "", device_id = "" } = main.runner.outputs;
    sim.world.chain.register({ composeHash: compose_hash, deviceId: device_id });
    const later = await sim.main({ app_id: "", commit_token, compose_hash });
    expect([later.exitCode, sim.replicas().length]).toEqual([0, 1]);
  });
});

describe("what was reviewed", () => {
  it.each(["device_id", "compose_hash"])("another %s is never approved", async (input) => {
    for (const how of [SIGN, { approval_timeout: "1h" }, {}]) {
      const sim = world({ liveInstances: 1 });
      const given = input === "device_id" ? "ab".repeat(32) : sim.world.source.composeHash;
      if (input === "compose_hash") {
        // Whoever answers for the API names another revision.
        const details = [{ field: "compose_hash", value: "cd".repeat(32) }];
        const body = JSON.stringify({ error_code: "ERR-01-005", message: "m", details });
        sim.fault({ route: "create", kind: "status", when: "before", status: 465, body });
      }
      const main = await sim.main({ ...how, [input]: given });
      expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "REJECTED" });
      expect([sim.node.rpc.requests, sim.replicas()]).toEqual([[], []]);
      expect(posts(sim)).toEqual(["create"]);
    }
  });
});

describe("waiting", () => {
  /** Somebody registers what is asked for, on whatever node it is to be. */
  const approve = (sim: Simulation) => {
    const { chain, source, nodes } = sim.world;
    for (const { deviceId } of nodes) chain.register({ composeHash: source.composeHash, deviceId });
  };

  it("says at once who can approve what, then commits in the same step", async () => {
    const sim = world();
    const process = sim.start({ approval_timeout: "3h" });
    const { runner } = process;
    sim.after(MINUTE, () => {
      const [notice] = runner.entries.filter(({ kind }) => kind === "notice");
      expect(notice?.text).toMatch(
        /Waiting.*until 2026.*Who can approve: 0x.*Register the compose/,
      );
      expect(runner.markdown).toContain(sim.world.source.composeHash);
      expect(runner.outputs).toMatchObject({
        is_allowed: "false",
        commit_token: expect.stringMatching(/./),
      });
    });
    sim.after(2 * 60 * MINUTE, () => void approve(sim));
    const main = await process.finished;
    expect(main.runner.outputs).toMatchObject({ outcome: "created", is_allowed: "true" });
    expect(main.tookMs).toBeGreaterThan(2 * 60 * MINUTE);
    expect(posts(sim)).toEqual(["create", "commit"]);
    expect(sim.replicas()).toHaveLength(1);
    const asked = sim.requests.filter(({ path }) => path.endsWith("/is-allowed")).length;
    expect(asked).toBeGreaterThan(100);
    expect(asked).toBeLessThan(600);
  });

  it("out of time: pending_approval, and all is put out for a later job", async () => {
    const sim = world();
    const main = await sim.main({ approval_timeout: "10m" });
    const { outputs } = main.runner;
    expect([main.exitCode, outputs.outcome, outputs.error_code]).toEqual([
      1,
      "pending_approval",
      "ERR-01-005",
    ]);
    expect(outputs.error_message).toMatch(/within 10 min \(approval_timeout\)/);
    approve(sim);
    const { commit_token = "", compose_hash = "" } = outputs;
    const later = await sim.main({ app_id: "", commit_token, compose_hash });
    expect([later.exitCode, sim.replicas().length]).toEqual([0, 1]);
  });

  it("cancelled: nothing is made, and all is put out for a later job", async () => {
    const sim = world();
    const process = sim.start({ approval_timeout: "1h" });
    sim.after(20 * MINUTE, () => process.cancel());
    const main = await process.finished;
    const { outputs } = main.runner;
    expect(outputs).toMatchObject({ outcome: "cancelled", is_allowed: "false" });
    expect(main.tookMs).toBeLessThan(20 * MINUTE + 5_000);
    const said = main.runner.entries.find(({ kind }) => kind === "error")?.text;
    expect(said).toMatch(/no on-chain approval yet.*Register/);
    expect(said).not.toContain("had no answer yet");
    approve(sim);
    const { commit_token = "", compose_hash = "" } = outputs;
    const later = await sim.main({ app_id: "", commit_token, compose_hash });
    expect([later.exitCode, sim.replicas().length]).toEqual([0, 1]);
    const post = await sim.post(main);
    expect([post.exitCode, sim.replicas().length]).toEqual([0, 1]);
  });

  it("killed: post says that nothing was made", async () => {
    const sim = world();
    const process = sim.start({ approval_timeout: "1h", cleanup: "always" });
    sim.after(20 * MINUTE, () => process.kill());
    const main = await process.finished;
    const post = await sim.post(main);
    expect(post.exitCode).toBe(0);
    expect(post.runner.entries.map(({ text }) => text).join("\n")).toMatch(
      /ended while it waited for an approval.*had created nothing/,
    );
  });

  it.each([465, 468] as const)("a commit that is answered %i waits as well", async (status) => {
    const sim = world({ commitNotAllowed: status });
    const prepared = await sim.main({ prepare_only: "true" });
    const { commit_token = "", compose_hash = "", device_id = "" } = prepared.runner.outputs;
    sim.after(30 * MINUTE, () => void approve(sim));
    const inputs = { app_id: "", commit_token, compose_hash, device_id };
    const main = await sim.main({ ...inputs, approval_timeout: "1h" });
    expect(main.runner.outputs).toMatchObject({ outcome: "created", is_allowed: "true" });
    expect(sim.replicas()).toHaveLength(1);
  });

  it("without a token the create is asked for once more", async () => {
    const sim = world({ omitToken: true });
    sim.after(30 * MINUTE, () => void approve(sim));
    const main = await sim.main({ approval_timeout: "1h" });
    expect(main.runner.outputs.outcome).toBe("created");
    expect([posts(sim), sim.replicas().length]).toEqual([["create", "create"], 1]);
  });

  it("goes on where the API can't be asked for a while, and ends where it refuses", async () => {
    const sim = world();
    sim.fault({ route: "is-allowed", kind: "status", when: "before", status: 503, times: 20 });
    sim.after(30 * MINUTE, () => void approve(sim));
    expect((await sim.main({ approval_timeout: "1h" })).runner.outputs.outcome).toBe("created");
    const other = world();
    other.fault({
      route: "is-allowed",
      kind: "status",
      when: "before",
      status: 403,
      times: "always",
    });
    const main = await other.main({ approval_timeout: "1h" });
    expect(main.runner.outputs).toMatchObject({ outcome: "failed", error_code: "HTTP-403" });
    expect(main.tookMs).toBeLessThan(MINUTE);
  });
});
