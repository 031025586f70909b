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

/** Registers what is given; what is registered already keeps its time. */
function note(registered: Map<string, number>, hex: string | undefined, at: number): void {
  if (hex === undefined) return;
  const bare = bareHex(hex);
  if (!registered.has(bare)) registered.set(bare, at);
}

/** The app's contract on a simulated chain. */
export class Chain {
  /** What is registered, with the epoch ms since when. */
  readonly #hashes = new Map<string, number>();
  readonly #devices = new Map<string, number>();
  readonly #transactions = new Map<string, Transaction>();
  readonly #random: Random;
  readonly #now: () => number;
  allowAnyDevice: boolean;

  /** @param now epoch ms of the world's clock */
  constructor(random: Random, allowAnyDevice: boolean, now: () => number = () => 0) {
    this.#random = random;
    this.allowAnyDevice = allowAnyDevice;
    this.#now = now;
  }

  /**
   * Registers what is given and returns the hash of the transaction (`0x` and 64 digits).
   *
   * @param change `composeHash` and `deviceId` with or without `0x`; `outcome` other than `ok`
   *   changes nothing on the contract; `missing` look-ups find no receipt yet; `at` since when, in epoch ms;
   *   `hash` of the transaction, where it has one already
   */
  register(change: {
    composeHash?: string;
    deviceId?: string;
    outcome?: Transaction["outcome"];
    missing?: number;
    at?: number;
    hash?: string;
  }): string {
    const at = change.at ?? this.#now();
    const outcome = change.outcome ?? "ok";
    if (outcome === "ok") {
      note(this.#hashes, change.composeHash, at);
      note(this.#devices, change.deviceId, at);
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

  /** What the contract says now, or said `agoMs` ago as far as it has been added to since. */
  allowance(composeHash: string, deviceId: string, agoMs = 0): Allowance {
    const by = this.#now() - agoMs;
    const has = (registered: ReadonlyMap<string, number>, hex: string): boolean =>
      (registered.get(bareHex(hex)) ?? Number.POSITIVE_INFINITY) <= by;
    const hash = has(this.#hashes, composeHash);
    const device = this.allowAnyDevice || has(this.#devices, deviceId);
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
