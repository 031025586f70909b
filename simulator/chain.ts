import { type Random, randomHex } from "./random.ts";

/** What the app's contract says about one compose hash on one device. */
export interface Allowance {
  readonly compose_hash_allowed: boolean;
  readonly device_id_allowed: boolean;
  readonly is_allowed: boolean;
}

/** A transaction as the RPC node of the API sees it. */
export interface Transaction {
  readonly outcome: "ok" | "reverted" | "wrong-contract";
  /** This many look-ups find no receipt yet: the RPC node lags. */
  missing: number;
}

/** `0x` and case taken away. */
export function bareHex(text: string): string {
  return text.replace(/^0x/i, "").toLowerCase();
}

/** The app's contract on a simulated chain. */
export class Chain {
  readonly #hashes = new Set<string>();
  readonly #devices = new Set<string>();
  readonly #transactions = new Map<string, Transaction>();
  readonly #random: Random;
  allowAnyDevice: boolean;

  constructor(random: Random, allowAnyDevice: boolean) {
    this.#random = random;
    this.allowAnyDevice = allowAnyDevice;
  }

  /**
   * Registers what is given and returns the hash of the transaction (`0x` and 64 digits).
   *
   * @param change `composeHash` and `deviceId` with or without `0x`; `outcome` other than `ok`
   *   changes nothing on the contract; `missing` look-ups find no receipt yet; `hash` of the transaction,
   *   where it has one already
   */
  register(change: {
    composeHash?: string;
    deviceId?: string;
    outcome?: Transaction["outcome"];
    missing?: number;
    hash?: string;
  }): string {
    const outcome = change.outcome ?? "ok";
    if (outcome === "ok") {
      if (change.composeHash !== undefined) this.#hashes.add(bareHex(change.composeHash));
      if (change.deviceId !== undefined) this.#devices.add(bareHex(change.deviceId));
    }
    const hash = change.hash ?? `0x${randomHex(this.#random, 64)}`;
    this.#transactions.set(hash, { outcome, missing: change.missing ?? 0 });
    return hash;
  }

  /** Takes a compose hash or a device off the contract. */
  revoke(change: { composeHash?: string; deviceId?: string }): void {
    if (change.composeHash !== undefined) this.#hashes.delete(bareHex(change.composeHash));
    if (change.deviceId !== undefined) this.#devices.delete(bareHex(change.deviceId));
  }

  /** What the contract says now. */
  allowance(composeHash: string, deviceId: string): Allowance {
    const hash = this.#hashes.has(bareHex(composeHash));
    const device = this.allowAnyDevice || this.#devices.has(bareHex(deviceId));
    return {
      compose_hash_allowed: hash,
      device_id_allowed: device,
      is_allowed: hash && device,
    };
  }

  /** Looks a receipt up, as the API's RPC node would: a lagging one counts down. */
  receipt(transactionHash: string): "ok" | "missing" | "reverted" | "wrong-contract" {
    const found = this.#transactions.get(transactionHash.toLowerCase());
    if (found === undefined) return "missing";
    if (found.missing > 0) {
      found.missing -= 1;
      return "missing";
    }
    return found.outcome;
  }
}
