/**
 * Drawn worlds: nodes with their faults, a platform that fails now and then, somebody who may approve, steps that
 * sign or wait and are killed or cancelled anywhere, run again. Whatever happens, the same must hold.
 */
import { describe, expect, it } from "@jest/globals";
import type { ChainFault, ChainFaultKind } from "../../simulator/evm/faults.ts";
import type { NodeOptions } from "../../simulator/evm/node.ts";
import { accountOf, decodeRaw } from "../../simulator/evm/raw.ts";
import { seededRandom } from "../../simulator/random.ts";
import { formsOfKey } from "../../src/text/private-key.ts";
import { type ChainSetting, RPC_TOKEN, SIMULATED_RPC } from "../support/simulated/chain.ts";
import { type Result, Simulation } from "../support/simulated/simulation.ts";

const SEEDS = 200;
const KEY = "c0ffee".padEnd(64, "5");
const OWNER = accountOf(Buffer.from(KEY, "hex"));
const SEND = "eth_sendRawTransaction";
const MINUTE = 60_000;
/** In wei, by `max_fee`. */
const MOST = 10n ** 15n;

class Dice {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }
  chance(of: number): boolean {
    return this.#random() < of;
  }
  whole(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }
  pick<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)] as T;
  }
}

const says = (message: string, when: "before" | "after"): ChainFaultKind => ({
  kind: "says",
  when,
  code: -32000,
  message,
});

const KINDS: readonly ChainFaultKind[] = [
  { kind: "status", when: "before", status: 429 },
  { kind: "status", when: "after", status: 502 },
  { kind: "drop", when: "before" },
  { kind: "drop", when: "after" },
  { kind: "late", afterMs: 25_000 },
  { kind: "result", result: null },
  { kind: "other-id" },
  says("already known", "after"),
  says("nonce too low", "after"),
  says("replacement transaction underpriced", "after"),
  says("header not found", "before"),
];

function drawSetting(dice: Dice): ChainSetting {
  const node = (): NodeOptions => ({
    lag: dice.pick([0, 0, 0, 1, 2]),
    tellsPending: dice.chance(0.8),
    blockByHash: dice.chance(0.8),
    suggestsTip: dice.chance(0.9),
  });
  const baseFee = BigInt(dice.pick([7, 10_000_000, 2_000_000_000, 30_000_000_000]));
  return {
    owner: OWNER,
    blockMs: dice.pick([0, 500, 2_000, 12_000]),
    baseFee: () => baseFee,
    nonces: { [OWNER]: dice.whole(0, 9) },
    nodes: dice.chance(0.5) ? [{}] : [node(), node()],
  };
}

function drawFault(dice: Dice): ChainFault {
  const method = dice.pick([SEND, SEND, "eth_getTransactionReceipt", "eth_call", "*"]);
  return { method, nth: dice.whole(1, 12), times: dice.pick([1, 1, 2, 4]), ...dice.pick(KINDS) };
}

function drawWorld(dice: Dice, seed: number): Simulation {
  const sim = new Simulation({
    seed,
    onChain: true,
    chainHashes: dice.pick(["none", "none", "live"]),
    chainDevices: "none",
    commitNotAllowed: dice.pick([465, 468]),
    allowedLagMs: dice.pick([0, 0, 5_000, 60_000]),
    omitToken: dice.chance(0.1),
    evm: drawSetting(dice),
  });
  for (let n = dice.whole(0, 3); n > 0; n--) sim.node.rpc.faults.add(drawFault(dice));
  for (let n = dice.whole(0, 2); n > 0; n--) {
    const route = dice.pick(["is-allowed", "is-allowed", "kms-info", "list"]);
    sim.fault({ route, kind: "status", when: "before", status: 503, nth: dice.whole(1, 4) });
  }
  if (dice.chance(0.3)) {
    const { chain, source, nodes } = sim.world;
    sim.after(dice.whole(1, 40) * MINUTE, () => {
      for (const { deviceId } of nodes)
        chain.register({ composeHash: source.composeHash, deviceId });
    });
  }
  if (dice.chance(0.2)) sim.after(dice.whole(1, 60) * 1_000, () => sim.node.evm.reorg());
  return sim;
}

const SIGN = { private_key: KEY, rpc_url: SIMULATED_RPC, max_fee: "0.001" };

/** Some runs that are ended anywhere, then one that is left alone. */
async function story(seed: number): Promise<{ sim: Simulation; results: Result[] }> {
  const dice = new Dice(seed);
  const sim = drawWorld(dice, seed);
  const results: Result[] = [];
  for (let n = dice.whole(0, 2); n >= 0; n--) {
    const how = dice.chance(0.7) ? SIGN : { approval_timeout: dice.pick(["2m", "1h"]) };
    const process = sim.start({ ...how, instances: "2", wait: "false" });
    if (n > 0) {
      const blow = dice.pick(["kill", "kill", "cancel"] as const);
      sim.clock.beforeStep(sim.clock.steps + dice.whole(0, 90), () => process[blow]());
    }
    const main = await process.finished;
    results.push(main, await sim.post(main));
    await sim.pass(dice.pick([0, 1_000, 3 * MINUTE]));
  }
  return { sim, results };
}

function lawful({ sim, results }: { sim: Simulation; results: readonly Result[] }): void {
  const { evm, rpc } = sim.node;
  const bytes = rpc.requests
    .filter(({ method }) => method === SEND)
    .map(({ params }) => String(params[0]));
  const sent = [...new Set(bytes)].map((raw) => decodeRaw(raw));
  for (const { to, value, data, gas, maxFeePerGas } of sent) {
    expect([to, value]).toEqual([evm.contract, 0n]);
    expect(data).toMatch(/^0x(?:2a819728|dfc77223)[0-9a-f]{64}$/);
    expect(gas * maxFeePerGas <= MOST).toBe(true);
  }
  // A registration is in one block at the most, and a nonce is another transaction's.
  const hashes = new Set(sent.map(({ hash }) => hash));
  const mined = evm.mined().filter(({ transaction }) => hashes.has(transaction.hash));
  const done = mined.filter(({ ok }) => ok).map(({ transaction }) => transaction.data);
  expect(done).toEqual([...new Set(done)]);
  expect(sim.replicas().length).toBeLessThanOrEqual(1);
  const written = JSON.stringify(
    results.map(({ runner: { entries, outputs, saved, markdown } }) => [
      entries,
      outputs,
      saved,
      markdown,
    ]),
  );
  for (const form of [...formsOfKey(KEY), RPC_TOKEN, ...bytes]) expect(written).not.toContain(form);
  for (const { runner, exitCode } of results) {
    const errors = runner.entries.filter(({ kind }) => kind === "error").length;
    if (exitCode !== null) expect(errors).toBe(exitCode);
  }
}

describe("drawn worlds of chains", () => {
  it("have one replica, one transaction a registration, two functions, within the bound, no secret", async () => {
    const ends = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const played = await story(seed);
      try {
        lawful(played);
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
      }
      const { outputs } = (played.results.at(-2) as Result).runner;
      const end = `${outputs.outcome} ${outputs.error_code}`.trim();
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    // The draw is worth something: much goes well, and what can go wrong does.
    expect(ends.get("created") ?? 0).toBeGreaterThan(SEEDS / 3);
    for (const end of [
      "unchanged",
      "pending_approval ERR-01-005",
      "failed CHAIN",
      "failed REJECTED",
    ]) {
      expect([end, ends.has(end)]).toEqual([end, true]);
    }
  }, 120_000);
});
