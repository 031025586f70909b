/** Approvals on chain in a rollout: one serves all, waited for or given with a key. In simulated time. */
import { describe, expect, it } from "@jest/globals";
import { accountOf } from "../../../simulator/evm/raw.ts";
import { formsOfKey } from "../../../src/text/private-key.ts";
import { simulatedCloud } from "../../support/play/cloud.ts";
import { RPC_TOKEN, SIMULATED_RPC } from "../../support/simulated/chain.ts";
import {
  type Result,
  Simulation,
  type SimulationOptions,
} from "../../support/simulated/simulation.ts";
import { deployed, type Entry, instancesOf, NEW } from "./stage.ts";

const KEY = "c0ffee".padEnd(64, "5");
const OWNER = accountOf(Buffer.from(KEY, "hex"));
const STRANGER_KEY = "0ddba11".padEnd(64, "2");
const SIGN = { private_key: KEY, rpc_url: SIMULATED_RPC };
const MINUTE = 60_000;

function staged(over: SimulationOptions = {}) {
  const sim = new Simulation({
    liveInstances: 4,
    updateMs: MINUTE,
    onChain: true,
    chainDevices: "all",
    updateToken: true,
    evm: { owner: OWNER },
    ...over,
  });
  const cloud = simulatedCloud(sim);
  deployed(cloud);
  const run = (inputs: Readonly<Record<string, string>> = {}) =>
    sim.start({ source: cloud.vmUuid, ...inputs }, "rollout");
  return { sim, cloud, run };
}

const told = ({ exitCode, runner }: Result) => [
  exitCode,
  runner.outputs.outcome,
  runner.outputs.error_code,
  runner.outputs.is_allowed,
];
const redeploys = (sim: Simulation) =>
  sim.requests.filter(({ route }) => route === "redeploy").length;
const registered = (sim: Simulation) =>
  sim.node.evm.mined().filter(({ ok, logs }) => ok && logs.length > 0).length;
const statusOf = ({ runner }: Result) =>
  JSON.parse(runner.outputs.onchain_status ?? "") as Readonly<Record<string, boolean>>;
const errorOf = ({ runner }: Result) =>
  runner.entries.find(({ kind }) => kind === "error")?.text ?? "";
const logOf = ({ runner }: Result) => runner.entries.map(({ text }) => text).join("\n");

/** What must hold of every run that had the key. */
function secretive(...results: readonly Result[]): void {
  const text = JSON.stringify(
    results.map(({ runner }) => [runner.entries, runner.outputs, runner.saved, runner.markdown]),
  );
  for (const form of [...formsOfKey(KEY), RPC_TOKEN]) expect(text).not.toContain(form);
}

describe("waiting for an approval", () => {
  it("is told at once, and the rollout goes on by itself", async () => {
    const { sim, cloud, run } = staged();
    sim.after(40 * MINUTE, () => sim.world.chain.register({ composeHash: NEW }));
    const main = await run({ approval_timeout: "2h", wait_timeout: "30m" }).finished;
    expect(told(main)).toEqual([0, "rolled_out", "", "true"]);
    // What its 465 told is the state of before.
    expect(statusOf(main)).toEqual({
      compose_hash_allowed: true,
      device_id_allowed: true,
      is_allowed: true,
    });
    // Its 465, and one for each: one approval serves all.
    expect(redeploys(sim)).toBe(4);
    const notice = main.runner.entries.find(({ kind }) => kind === "notice");
    expect(notice?.text).toMatch(/Waiting for an approval on chain.*then goes on by itself/);
    expect(main.runner.markdown).toContain("### ⏳ Waiting for on-chain approval");
    for (const cvm of instancesOf(cloud)) expect(cvm.composeHash).toBe(NEW);
  });

  it("ends in time, with what to register; nothing was touched", async () => {
    const { sim, cloud, run } = staged();
    const main = await run({ approval_timeout: "1h" }).finished;
    expect(told(main)).toEqual([1, "pending_approval", "ERR-01-005", "false"]);
    expect(logOf(main)).toMatch(/had none within 1 h.*\(approval_timeout\)/);
    expect(main.runner.outputs.commit_token).not.toBe("");
    expect(main.runner.markdown).toContain("- Compose hash: ");
    expect(redeploys(sim)).toBe(1);
    expect(instancesOf(cloud).filter(({ composeHash }) => composeHash === NEW)).toHaveLength(1);
    const token = main.runner.outputs.commit_token ?? "-";
    expect(logOf(main) + main.runner.markdown).not.toContain(token);
  });

  it("ends in time, with what is still to register where one of both was registered meanwhile", async () => {
    const { sim, run } = staged({ chainDevices: "none" });
    const device = sim.world.nodes.find(({ id }) => id === sim.world.source.nodeId)?.deviceId;
    sim.after(20 * MINUTE, () => sim.world.chain.register({ deviceId: device ?? "" }));
    const main = await run({ approval_timeout: "1h" }).finished;
    expect(told(main)).toEqual([1, "pending_approval", "ERR-01-005", "false"]);
    expect(statusOf(main)).toMatchObject({ compose_hash_allowed: false, device_id_allowed: true });
    expect(errorOf(main)).toMatch(/Register the compose hash \S+ in the contract/);
  });

  it("killed meanwhile: post says so, and the next run goes on once it is given", async () => {
    const { sim, run } = staged();
    const running = run({ approval_timeout: "1h" });
    sim.after(20 * MINUTE, () => running.kill());
    const main = await running.finished;
    expect(main.exitCode).toBeNull();
    // What an approver needs was put out before the wait.
    expect(main.runner.outputs.compose_hash).toContain(NEW);
    const post = await sim.post(main);
    expect(logOf(post)).toMatch(/It waited for an approval on chain/);
    sim.world.chain.register({ composeHash: NEW });
    expect(told(await run().finished)).toEqual([0, "rolled_out", "", ""]);
  });

  it("cancelled meanwhile: cancelled, and nothing was touched", async () => {
    const { sim, run } = staged();
    const running = run({ approval_timeout: "1h" });
    sim.after(20 * MINUTE, () => running.cancel());
    expect(told(await running.finished).slice(0, 3)).toEqual([1, "cancelled", ""]);
    expect(redeploys(sim)).toBe(1);
  });

  it("a device of another node is asked for when its turn comes, within the same time", async () => {
    const { sim, cloud, run } = staged({ chainDevices: "source", chainHashes: "live" });
    sim.world.chain.register({ composeHash: NEW });
    const other = instancesOf(cloud)[3];
    const node = sim.world.nodes.at(-1);
    Object.assign(other ?? {}, { nodeId: node?.id });
    sim.after(30 * MINUTE, () => {
      if (node !== undefined) sim.world.chain.register({ deviceId: node.deviceId });
    });
    const main = await run({ approval_timeout: "2h" }).finished;
    expect(told(main)).toEqual([0, "rolled_out", "", "true"]);
  });
});

describe("giving it with a key", () => {
  it("registers once for all, and names its transaction", async () => {
    const { sim, run } = staged();
    const main = await run(SIGN).finished;
    expect(told(main)).toEqual([0, "rolled_out", "", "true"]);
    expect([registered(sim), redeploys(sim)]).toEqual([1, 4]);
    const last = sim.requests.filter(({ route }) => route === "redeploy").at(-1);
    expect(last?.path).toMatch(/transaction_hash=0x[0-9a-f]{64}/);
    secretive(main, await sim.post(main));
  });

  it("that is not the owner's is REJECTED before anything is sent", async () => {
    const { sim, run } = staged();
    const main = await run({ ...SIGN, private_key: STRANGER_KEY }).finished;
    expect(told(main)).toEqual([1, "failed", "REJECTED", "false"]);
    expect(logOf(main)).toMatch(/did not get it. Nothing was signed: private_key is that of/);
    expect([registered(sim), redeploys(sim)]).toEqual([0, 1]);
  });

  it("another device than the reviewed one: REJECTED, signed or not", async () => {
    const { run } = staged();
    const device = { device_id: "ab".repeat(32) };
    const main = await run(device).finished;
    expect(told(main).slice(0, 3)).toEqual([1, "failed", "REJECTED"]);
    expect(errorOf(main)).toMatch(/else leave its instances out \(vm_uuids, name\)/);
    expect(errorOf(main)).not.toMatch(/node_id/);
    expect(told(await run({ ...device, ...SIGN }).finished)[2]).toBe("REJECTED");
  });

  it("a node that fails is CHAIN; the same step run again goes on", async () => {
    const { sim, run } = staged();
    sim.node.rpc.faults.add({
      method: "*",
      kind: "status",
      when: "before",
      status: 503,
      times: "always",
    });
    const main = await run(SIGN).finished;
    expect(told(main).slice(0, 3)).toEqual([1, "failed", "CHAIN"]);
    sim.node.rpc.faults.clear();
    expect(told(await run(SIGN).finished)[1]).toBe("rolled_out");
  });

  it("killed between signing and the redeploy: post names what was signed, and nothing is signed twice", async () => {
    const { sim, run } = staged();
    const running = run(SIGN);
    const off = sim.on("before-work", "redeploy", ({ request }) => {
      if (request.path.includes("transaction_hash")) running.kill();
    });
    const main = await running.finished;
    off();
    const post = await sim.post(main);
    expect(logOf(post)).toMatch(/had signed the registration of/);
    expect(told(await run(SIGN).finished)[1]).toBe("rolled_out");
    expect(registered(sim)).toBe(1);
    secretive(main, post);
  });
});

describe("outputs of an approval", () => {
  it("are the same for each entry that was not touched", async () => {
    const { run } = staged();
    const main = await run().finished;
    expect(told(main)).toEqual([1, "pending_approval", "ERR-01-005", "false"]);
    const entries = JSON.parse(main.runner.outputs.replicas ?? "[]") as Entry[];
    expect(entries.map(({ outcome }) => outcome)).toEqual([
      "unchanged",
      "untouched",
      "untouched",
      "untouched",
    ]);
  });
});
