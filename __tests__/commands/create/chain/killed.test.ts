/** A step that signs, killed at each moment, then run again: no second registration, and one replica. */
import { describe, expect, it } from "@jest/globals";
import type { ChainFault } from "../../../../simulator/evm/faults.ts";
import { accountOf } from "../../../../simulator/evm/raw.ts";
import { formsOfKey } from "../../../../src/text/private-key.ts";
import { hasBegun, outcomeIn } from "../../../simulation/reading.ts";
import { type ChainSetting, SIMULATED_RPC } from "../../../support/simulated/chain.ts";
import { Simulation } from "../../../support/simulated/simulation.ts";

const KEY = "c0ffee".padEnd(64, "5");
const OWNER = accountOf(Buffer.from(KEY, "hex"));
const SEND = "eth_sendRawTransaction";
const INPUTS = { private_key: KEY, rpc_url: SIMULATED_RPC, wait: "false" };

interface Story {
  readonly name: string;
  /** Each how manieth moment is played: some stories have hundreds. */
  readonly every: number;
  readonly evm?: Partial<ChainSetting>;
  readonly fault?: ChainFault;
  readonly blow: "kill" | "cancel";
}

const STORIES: readonly Story[] = [
  { name: "killed, an honest node", every: 1, blow: "kill" },
  { name: "cancelled, an honest node", every: 2, blow: "cancel" },
  {
    name: "killed, the answers to transactions are lost",
    every: 2,
    blow: "kill",
    fault: { method: SEND, times: 2, kind: "drop", when: "after" },
  },
  {
    name: "killed, a node that knows of nothing pending",
    every: 2,
    blow: "kill",
    evm: { nodes: [{ tellsPending: false }] },
  },
];

async function played({ evm, fault, blow }: Story, step: number | null) {
  const sim = new Simulation({
    onChain: true,
    chainHashes: "none",
    chainDevices: "none",
    evm: { owner: OWNER, ...evm },
  });
  if (fault !== undefined) sim.node.rpc.faults.add(fault);
  const process = sim.start(INPUTS);
  if (step !== null) sim.clock.beforeStep(step, () => process[blow]());
  const main = await process.finished;
  return { sim, main, steps: sim.clock.steps };
}

/** What registered something. */
function registrations(sim: Simulation): string[] {
  const mined = sim.node.evm.mined();
  return mined.flatMap(({ ok, transaction }) => (ok ? [transaction.data] : []));
}

describe("a step that signs", () => {
  it.each(STORIES)(
    "$name",
    async (story) => {
      const { steps } = await played(story, null);
      expect(steps / story.every).toBeGreaterThanOrEqual(30);
      for (let step = 0; step < steps; step += story.every) {
        const { sim, main } = await played(story, step);
        const post = await sim.post(main);
        const made = sim.replicas().length;
        const inputs = made === 0 ? INPUTS : { ...INPUTS, instances: "2" };
        const again = await sim.main(inputs);
        const told = `step ${step}: ${again.runner.outputs.error_message}`;
        expect([told, again.exitCode]).toEqual([told, 0]);
        expect([step, sim.replicas().length]).toEqual([step, 1]);
        const done = registrations(sim);
        expect([step, done.length]).toEqual([step, 2]);
        expect(new Set(done).size).toBe(2);
        const results = [main, post, again].map(
          ({ runner: { entries, outputs, saved, markdown } }) => [
            entries,
            outputs,
            saved,
            markdown,
          ],
        );
        const written = JSON.stringify([results, sim.node.rpc.requests]);
        for (const form of formsOfKey(KEY)) expect(written).not.toContain(form);
        tellsOfWhatItSigned(main.runner.saved, main.exitCode, JSON.stringify(post.runner.entries));
      }
    },
    120_000,
  );
});

/** Post of a killed step names each transaction that was saved. */
function tellsOfWhatItSigned(
  saved: Readonly<Record<string, string>>,
  exitCode: number | null,
  log: string,
): void {
  if (exitCode !== null || !hasBegun(saved) || outcomeIn(saved) !== undefined) return;
  for (const [name, text] of Object.entries(saved)) {
    if (!name.startsWith("transaction_")) continue;
    expect(log).toContain((JSON.parse(text) as { transaction: string }).transaction);
  }
}
