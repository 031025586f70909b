/**
 * Drawn worlds of chains: nodes with their faults, fees that climb, a platform that fails now and then, somebody who
 * may approve, another program with the same key, and steps that sign or wait, killed or cancelled anywhere and run
 * again. Whatever happens, the same must hold.
 */
import type { ChainFault, ChainFaultKind } from "../../../../simulator/evm/faults.ts";
import type { NodeOptions } from "../../../../simulator/evm/node.ts";
import { accountOf, decodeRaw } from "../../../../simulator/evm/raw.ts";
import { seededRandom } from "../../../../simulator/random.ts";
import { formsOfKey } from "../../../../src/text/private-key.ts";
import { type ChainSetting, RPC_TOKEN, SIMULATED_RPC } from "../../../support/simulated/chain.ts";
import { type Result, Simulation } from "../../../support/simulated/simulation.ts";

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
  const blockMs = dice.pick([0, 500, 2_000, 12_000]);
  const node = (): NodeOptions => ({
    // On a chain that makes blocks for transactions alone, one that is behind would be so for ever.
    lag: blockMs === 0 ? 0 : dice.pick([0, 0, 0, 1, 2]),
    tellsPending: dice.chance(0.8),
    blockByHash: dice.chance(0.8),
    suggestsTip: dice.chance(0.9),
    pendingFails: dice.chance(0.1),
    estimatesForPayers: dice.chance(0.1),
  });
  const baseFee = BigInt(dice.pick([7, 10_000_000, 2_000_000_000, 30_000_000_000]));
  // It climbs beyond what was offered, and comes down again, or not.
  const [from, to] = dice.chance(0.2)
    ? [dice.whole(1_000, 1_006), dice.whole(1_010, 2_000)]
    : [0, 0];
  return {
    owner: OWNER,
    blockMs,
    baseFee: (block) => (block > from && block < to ? baseFee * 5n : baseFee),
    ...(dice.chance(0.05) ? { balances: { [OWNER]: 1_000_000n } } : {}),
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
  const { evm } = sim.node;
  if (dice.chance(0.2)) sim.after(dice.whole(1, 60) * 1_000, () => evm.reorg());
  // Another program signs with the same key: before, or in between.
  for (let n = dice.chance(0.2) ? dice.whole(1, 2) : 0; n > 0; n--) {
    const told = dice.chance(0.6);
    const maxFeePerGas = dice.chance(0.1) ? 1n : 10n ** 11n;
    sim.after(
      dice.whole(0, 20) * 500,
      () => void evm.addOther({ from: OWNER, told, maxFeePerGas }),
    );
  }
  // The pool forgets what waits.
  if (dice.chance(0.15)) sim.after(dice.whole(1, 30) * 500, () => forgetAll(sim));
  return sim;
}

function forgetAll({ node: { evm, rpc } }: Simulation): void {
  const sent = rpc.requests.filter(({ method }) => method === SEND);
  for (const { params } of sent) evm.forget(decodeRaw(String(params[0])).hash);
}

const SIGN = { private_key: KEY, rpc_url: SIMULATED_RPC, max_fee: "0.001" };

/** Some runs that are ended anywhere, then one that is left alone; a post step after each. */
export async function story(seed: number): Promise<{ sim: Simulation; results: Result[] }> {
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

/** Transactions that left, each once. */
function sentIn({ node: { rpc } }: Simulation) {
  const bytes = rpc.requests
    .filter(({ method }) => method === SEND)
    .map(({ params }) => String(params[0]));
  return [...new Set(bytes)].map((raw) => ({ raw, ...decodeRaw(raw) }));
}

/** The nonces that a run signed, by what it saved. */
function noncesOf({ saved }: Result["runner"]): number[] {
  return Object.entries(saved)
    .filter(([name]) => name.startsWith("transaction_"))
    .map(([, text]) => (JSON.parse(text) as { readonly nonce: number }).nonce);
}

/** What a played seed breaks, in words; none where all holds. */
export function broken({ sim, results }: Awaited<ReturnType<typeof story>>): readonly string[] {
  const { evm } = sim.node;
  const found: string[] = [];
  const demand = (good: boolean, what: string) => good || found.push(what);
  const sent = sentIn(sim);
  for (const { to, value, data, gas, maxFeePerGas } of sent) {
    demand(to === evm.contract && value === 0n, `a transaction to ${to} with ${value} wei`);
    demand(/^0x(?:2a819728|dfc77223)[0-9a-f]{64}$/.test(data), `another call: ${data}`);
    demand(gas * maxFeePerGas <= MOST, `a fee of ${gas * maxFeePerGas} wei`);
  }
  // A registration is in one block at the most, and a nonce is one transaction's of a run.
  const hashes = new Set(sent.map(({ hash }) => hash));
  const mined = evm.mined().filter(({ transaction }) => hashes.has(transaction.hash));
  const done = mined.filter(({ ok }) => ok).map(({ transaction }) => transaction.data);
  demand(done.length === new Set(done).size, "a registration that was made twice");
  for (const { runner } of results) {
    const nonces = noncesOf(runner);
    demand(nonces.length === new Set(nonces).size, `a nonce that was signed twice: ${nonces}`);
  }
  const saved = results.map(({ runner }) => JSON.stringify(runner.saved)).join();
  for (const { hash } of sent) demand(saved.includes(hash), `${hash} left and was not saved`);
  demand(sim.replicas().length <= 1, `${sim.replicas().length} replicas`);
  const written = JSON.stringify(
    results.map(({ runner: { entries, outputs, markdown } }) => [entries, outputs, markdown]),
  );
  for (const form of [...formsOfKey(KEY), RPC_TOKEN, ...sent.map(({ raw }) => raw)]) {
    demand(!(written + saved).includes(form), "a secret that was written");
  }
  for (const { runner, exitCode } of results) {
    const errors = runner.entries.filter(({ kind }) => kind === "error").length;
    demand(exitCode === null || errors === exitCode, `${errors} annotations, exit ${exitCode}`);
  }
  return found;
}

/** How the last run of a story ended: its outcome and its code. */
export function endOf({ results }: Awaited<ReturnType<typeof story>>): string {
  const { outputs } = (results.at(-2) as Result).runner;
  return `${outputs.outcome} ${outputs.error_code}`.trim();
}

export async function breaks(seed: number): Promise<readonly string[]> {
  return broken(await story(seed));
}

/** What its steps wrote, what the nodes were asked, and what is on the chain. */
export async function explain(seed: number): Promise<string> {
  const told = await story(seed);
  const { sim, results } = told;
  const { evm, rpc } = sim.node;
  const at = (time: number) => `${time - sim.startAt} ms`;
  return [
    ...results.flatMap(({ runner, exitCode, endedAt }) => [
      ...runner.entries.map(({ kind, text }) => `  ${kind}: ${text}`),
      `exit ${exitCode} at ${at(endedAt)}, ${runner.outputs.outcome} ${runner.outputs.error_code}`,
    ]),
    ...rpc.requests.map((one) => `  ${at(one.at)} ${one.method} ${one.fault ?? ""}`),
    ...evm.mined().map(({ ok, transaction }) => `  nonce ${transaction.nonce}, ok ${ok}`),
  ].join("\n");
}
