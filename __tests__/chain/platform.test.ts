/**
 * The whole way by real HTTP: the platform asks for an approval, `register` gives it on the chain, and the
 * platform commits with its transaction.
 */
import { describe, expect, it } from "@jest/globals";
import { chainOf, mirror } from "../../simulator/evm/platform.ts";
import { accountOf } from "../../simulator/evm/raw.ts";
import { listenFor } from "../../simulator/evm/server.ts";
import { startSimulator } from "../../simulator/index.ts";
import { realClock } from "../../src/action/clock.ts";
import { register } from "../../src/chain/register.ts";
import type { RegisterEdges } from "../../src/chain/registration.ts";
import { createTransport } from "../../src/net/http.ts";
import { phalaClient } from "../../src/phala/api.ts";
import { parseHash } from "../../src/text/ids.ts";
import { parsePrivateKey } from "../../src/text/private-key.ts";

const KEY = "c0ffee".padEnd(64, "5");

it("an approval with a key, by real HTTP", async () => {
  const sim = await startSimulator({ onChain: true, chainHashes: "none", chainDevices: "none" });
  const owner = accountOf(Buffer.from(KEY, "hex"));
  const now = () => sim.world.now();
  const evm = chainOf(sim.world, { owner, blockMs: 200 });
  const chain = await listenFor(evm, now);
  const sync = mirror(evm, sim.chain);
  for (const route of ["create", "commit"]) sim.on("before-work", route, async () => sync());
  try {
    const transport = createTransport("test");
    const api = phalaClient(transport, {
      apiUrl: sim.apiUrl,
      apiKey: sim.apiKey,
      timeoutMs: 10_000,
      redact: String,
      redactPrinted: String,
    });
    const { appId, vmUuid } = sim;
    const asked = await api.createReplica({ appId, vmUuid, body: {}, prepareOnly: false });
    if (asked.kind !== "approval") throw new Error(asked.kind);
    const { approval } = asked;
    const parsed = parsePrivateKey(KEY);
    if (!parsed.ok) throw new Error(parsed.problem);
    const order = {
      appId,
      chainId: Number(approval.kmsInfo?.chain_id),
      composeHash: parseHash(approval.composeHash ?? "") ?? "",
      deviceId: parseHash(approval.deviceId ?? ""),
      key: parsed.key,
      maxFee: 10n ** 16n,
    };
    const edges: RegisterEdges = {
      transport,
      clock: realClock,
      random: Math.random,
      signal: new AbortController().signal,
      url: chain.url,
      timeoutMs: 10_000,
      redact: String,
      save: () => undefined,
      tell: () => undefined,
    };
    const registered = await register(order, edges);
    if (registered.end !== "allowed") throw new Error(JSON.stringify(registered));
    expect(registered.sent.map(({ what }) => what)).toEqual(["device", "compose-hash"]);
    const committed = await api.commitReplica({
      vmUuid,
      token: approval.commitToken ?? "",
      composeHash: order.composeHash,
      transactionHash: registered.transaction ?? "",
    });
    expect(committed.kind).toBe("created");
    expect(sim.replicas()).toHaveLength(1);
  } finally {
    await Promise.all([sim.close(), chain.close()]);
  }
});

describe("what happens on the chain", () => {
  it("shows on the platform, and no longer once its block is taken back", async () => {
    let now = Date.UTC(2026, 6, 2);
    const sim = await startSimulator({ onChain: true, chainHashes: "none", now: () => now });
    try {
      const evm = chainOf(sim.world, { owner: accountOf(Buffer.from(KEY, "hex")) });
      const device = sim.nodes[0]?.deviceId ?? "";
      const { owner, ...allowed } = evm.head().contract;
      expect(allowed).toEqual({ hashes: [], devices: [device], allowAnyDevice: false });
      const sync = mirror(evm, sim.chain);
      const hash = "cd".repeat(32);
      const seen = (): boolean => {
        sync();
        return sim.chain.allowance(hash, device).is_allowed;
      };
      const { hash: transaction } = evm.addOther({ from: owner, data: `0xdfc77223${hash}` });
      expect([seen(), sim.chain.receipt(transaction)]).toEqual([false, "missing"]);
      now += 2_000;
      expect([seen(), sim.chain.receipt(transaction)]).toEqual([true, "ok"]);
      evm.reorg();
      expect(seen()).toBe(false);
      now += 2_000;
      expect(seen()).toBe(true);
      const elsewhere = evm.addOther({ from: owner });
      const refused = evm.addOther({ from: owner, data: "0x12345678" });
      now += 2_000;
      sync();
      expect(sim.chain.receipt(elsewhere.hash)).toBe("wrong-contract");
      expect(sim.chain.receipt(refused.hash)).toBe("reverted");
    } finally {
      await sim.close();
    }
  });
});
