/** The chain and the platform are of one world: what a block of the one registers, the other sees. */
import type { Chain } from "../chain.ts";
import type { World } from "../world.ts";
import type { Mined } from "./blocks.ts";
import { EvmChain, type EvmOptions } from "./chain.ts";

/** A chain with the contract of a world's app, which allows what the platform says that it does. */
export function chainOf(
  world: World,
  options: Omit<EvmOptions, "contract" | "now" | "devices" | "hashes" | "allowAnyDevice">,
): EvmChain {
  const { chain, nodes, cvms, appId } = world;
  const hashes = new Set(cvms.filter((cvm) => cvm.appId === appId).map((cvm) => cvm.composeHash));
  return new EvmChain({
    ...options,
    contract: `0x${appId}`,
    allowAnyDevice: chain.allowAnyDevice,
    devices: nodes
      .map(({ deviceId }) => deviceId)
      .filter((device) => chain.allowance("", device).device_id_allowed),
    hashes: [...hashes].filter((hash) => chain.allowance(hash, "").compose_hash_allowed),
    now: () => world.now(),
  });
}

/**
 * Carries over what was put into blocks since the last call, and takes back what a reorg took back. To be
 * called before the platform works on a request: neither of both has a clock of its own.
 */
export function mirror(evm: EvmChain, platform: Chain): () => void {
  const carried = new Map<string, Mined>();
  return () => {
    const mined = new Map(evm.mined().map((one) => [one.transaction.hash, one]));
    for (const [hash, one] of carried) {
      if (mined.has(hash)) continue;
      platform.revoke(registrationOf(one));
      carried.delete(hash);
    }
    for (const [hash, one] of mined) {
      if (carried.has(hash)) continue;
      carried.set(hash, one);
      const here = one.transaction.to === evm.contract;
      const outcome = !here ? "wrong-contract" : one.ok ? "ok" : "reverted";
      platform.register({ ...registrationOf(one), outcome, hash });
    }
  };
}

/** What a transaction registers, by its event. */
function registrationOf({ logs, transaction }: Mined): { composeHash?: string; deviceId?: string } {
  const [log] = logs;
  if (log === undefined) return {};
  return transaction.data.startsWith("0xdfc77223")
    ? { composeHash: log.data }
    : { deviceId: log.data };
}
