/**
 * The contract of one app (DstackApp): what it holds, and what it makes of a call (API facts, "Chain").
 * Selectors and topics are computed from the signatures, so that no table is shared with a client.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";

/** What it holds at one block. Words are 64 hex digits, addresses 40 with `0x` in front. */
export interface ContractState {
  readonly owner: string;
  readonly allowAnyDevice: boolean;
  readonly devices: readonly string[];
  readonly hashes: readonly string[];
}

export interface Log {
  readonly topic: string;
  /** The event's one argument, which is not indexed. */
  readonly data: string;
}

export type Outcome =
  | {
      readonly ok: true;
      readonly state: ContractState;
      readonly result: string;
      readonly logs: readonly Log[];
    }
  /** `data`: the reason, as Solidity encodes it; empty where there is no such function. */
  | { readonly ok: false; readonly data: string };

const SELECTORS = {
  allowAnyDevice: selector("allowAnyDevice()"),
  owner: selector("owner()"),
  allowedDeviceIds: selector("allowedDeviceIds(bytes32)"),
  allowedComposeHashes: selector("allowedComposeHashes(bytes32)"),
  addDevice: selector("addDevice(bytes32)"),
  addComposeHash: selector("addComposeHash(bytes32)"),
};

/** Carries a call out on a state. @param from who calls, with `0x` @param data calldata with `0x` */
export function execute(state: ContractState, from: string, data: string): Outcome {
  const word = data.slice(10);
  const called = data.slice(0, 10).toLowerCase();
  const reads = (result: string): Outcome => ({ ok: true, state, result: `0x${result}`, logs: [] });
  switch (called) {
    case SELECTORS.allowAnyDevice:
      return reads(bool(state.allowAnyDevice));
    case SELECTORS.owner:
      return reads(state.owner.slice(2).padStart(64, "0"));
  }
  // A call without its whole argument never gets past the decoder.
  if (!/^[0-9a-f]{64}$/i.test(word)) return { ok: false, data: "0x" };
  const argument = word.toLowerCase();
  switch (called) {
    case SELECTORS.allowedDeviceIds:
      return reads(bool(state.devices.includes(argument)));
    case SELECTORS.allowedComposeHashes:
      return reads(bool(state.hashes.includes(argument)));
    case SELECTORS.addDevice:
      return owned(state, from, "DeviceAdded(bytes32)", argument, {
        ...state,
        devices: [...new Set([...state.devices, argument])],
      });
    case SELECTORS.addComposeHash:
      return owned(state, from, "ComposeHashAdded(bytes32)", argument, {
        ...state,
        hashes: [...new Set([...state.hashes, argument])],
      });
    default:
      return { ok: false, data: "0x" };
  }
}

/** A write, which is the owner's alone. */
function owned(
  before: ContractState,
  from: string,
  event: string,
  argument: string,
  state: ContractState,
): Outcome {
  if (from !== before.owner) {
    const error = selector("OwnableUnauthorizedAccount(address)");
    return { ok: false, data: `${error}${from.slice(2).padStart(64, "0")}` };
  }
  return { ok: true, state, result: "0x", logs: [{ topic: hash(event), data: `0x${argument}` }] };
}

/** `Error(string)` of Solidity, for contracts that refuse in words. */
export function revertText(text: string): string {
  const bytes = Buffer.from(text, "utf8").toString("hex");
  const length = (bytes.length / 2).toString(16).padStart(64, "0");
  const padded = bytes.padEnd(Math.ceil(bytes.length / 64) * 64, "0");
  return `${selector("Error(string)")}${"20".padStart(64, "0")}${length}${padded}`;
}

function bool(value: boolean): string {
  return (value ? "1" : "0").padStart(64, "0");
}

function selector(signature: string): string {
  return hash(signature).slice(0, 10);
}

function hash(text: string): string {
  return `0x${Buffer.from(keccak_256(Buffer.from(text, "ascii"))).toString("hex")}`;
}
