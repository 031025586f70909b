/**
 * Seeded disasters: a drawn chain, nodes, faults, other transactions, a reorg, kills and runs at the same
 * time. Whatever happened, what must hold does, and a last run in peace finds or makes all registrations.
 */
import { describe, expect, it } from "@jest/globals";
import type { ChainFault, ChainFaultKind } from "../../simulator/evm/faults.ts";
import { seededRandom } from "../../simulator/random.ts";
import { ChainWorld, COMPOSE_HASH, DEVICE_ID, OWNER, type Setting } from "./support.ts";

/** `CHAOS_SEEDS` of them, from `CHAOS_FROM` on. */
const SEEDS = Number(process.env.CHAOS_SEEDS ?? 60);
const FROM = Number(process.env.CHAOS_FROM ?? 1);

const METHODS = [
  "*",
  "eth_sendRawTransaction",
  "eth_sendRawTransaction",
  "eth_sendRawTransaction",
  "eth_getTransactionReceipt",
  "eth_getTransactionCount",
  "eth_call",
  "eth_getBlockByNumber",
  "eth_estimateGas",
];

type Pick = <T>(values: readonly T[]) => T;

function drawSetting(pick: Pick): Setting {
  const node = () => ({
    lag: pick([0, 0, 0, 1, 3]),
    tellsPending: pick([true, true, false]),
    suggestsTip: pick([true, false]),
    reverts: pick(["code-3", "words", "nethermind", "hardhat"] as const),
  });
  const byHash = pick([true, true, false]);
  const nodes = Array.from({ length: pick([1, 1, 2, 3]) }, () => ({
    ...node(),
    blockByHash: byHash,
  }));
  return {
    nodes,
    blockMs: pick([2_000, 2_000, 12_000, 500]),
    devices: pick([[], [], [DEVICE_ID]]),
    hashes: pick([[], [], [], [COMPOSE_HASH]]),
    allowAnyDevice: pick([false, false, false, true]),
    latencyMs: pick([5, 50, 400]),
  };
}

function drawFault(pick: Pick): ChainFault {
  const when = pick(["before", "after"] as const);
  const kinds: readonly ChainFaultKind[] = [
    { kind: "drop", when },
    { kind: "hang", when },
    { kind: "late", afterMs: pick([500, 9_000, 70_000]) },
    { kind: "delay", ms: pick([300, 15_000]), when },
    {
      kind: "status",
      when,
      status: pick([429, 500, 502, 503]),
      headers: pick([{}, { "retry-after": "3" }]),
    },
    {
      kind: "says",
      when,
      code: pick([-32000, -32005, -32603]),
      message: pick(["busy", "already known"]),
    },
    { kind: "says", when, code: -32000, message: pick(["nonce too low", "header not found"]) },
    { kind: "says", when, code: -32000, message: "replacement transaction underpriced" },
    { kind: "result", result: pick([null, "0x", {}, "0x00"]) },
    { kind: "garbage", form: pick(["html", "text", "null", "array"] as const) },
    { kind: "cut" },
    { kind: "other-id" },
  ];
  const method = pick(METHODS);
  const kind = pick(kinds);
  // A null receipt is what nodes say; elsewhere "0x" would be a contract that answers nothing.
  const lies = kind.kind === "result" && method !== "eth_getTransactionReceipt";
  const chosen: ChainFaultKind = lies ? { kind: "drop", when } : kind;
  return { method, nth: pick([1, 1, 2, 3, 5]), times: pick([1, 1, 2, 4]), ...chosen };
}

/** Things that happen within the first half minute. */
function disturb(world: ChainWorld, pick: Pick, random: () => number): void {
  const soon = () => Math.floor(random() * 30_000);
  const { chain } = world;
  if (pick([true, false, false])) world.after(3_000 + soon(), () => chain.reorg());
  for (let others = pick([0, 0, 1, 3]); others > 0; others--) {
    const told = pick([true, false]);
    world.after(soon(), () => void chain.addOther({ from: OWNER, told }));
  }
  if (pick([true, false, false, false])) {
    world.after(soon(), () => chain.change((state) => ({ ...state, devices: [DEVICE_ID] })));
  }
  if (pick([true, false, false])) {
    const every = pick([3, 7]);
    chain.includes = (_transaction, at) => Math.floor(at / 1_000) % every === 0;
  }
}

async function story(seed: number): Promise<string> {
  const random = seededRandom(seed);
  const pick: Pick = (values) =>
    values[Math.floor(random() * values.length)] as (typeof values)[number];
  const world = new ChainWorld(drawSetting(pick));
  for (let faults = pick([0, 1, 3, 6]); faults > 0; faults--) world.fault(drawFault(pick));
  disturb(world, pick, random);
  const first = world.start();
  const endAt = Math.floor(random() * 20_000);
  const how = pick(["kill", "cancel", "let", "let"] as const);
  if (how !== "let") world.after(endAt, () => (how === "kill" ? first.kill() : first.cancel()));
  const twin = pick([true, false, false, false]) ? world.start() : null;
  const ends = await world.clock.drive(Promise.all([first.finished, twin?.finished ?? null]));
  world.check();
  world.rpc.faults.clear();
  world.chain.includes = () => true;
  await world.pass(120_000);
  const last = await world.run();
  expect([seed, last.end]).toEqual([seed, "allowed"]);
  await world.pass(60_000);
  world.check();
  const each = world.registered().map(({ what }) => what);
  expect([seed, each]).toEqual([seed, [...new Set(each)]]);
  return ends.map((end) => end?.end ?? "-").join();
}

describe("seeded disasters", () => {
  it(`${SEEDS} of them`, async () => {
    const ends = new Set<string>();
    for (let seed = FROM; seed < FROM + SEEDS; seed++) ends.add(await story(seed));
    // The draw reaches all ends; one that never failed would prove little.
    for (const end of ["allowed,-", "failed,-", "cancelled,-", "-,-"])
      expect([...ends]).toContain(end);
  });
});
