/** The inputs about an approval on chain: waiting for somebody's, or giving it with a key. */
import type { EnvPair } from "../envs/limits.ts";
import { parseEther } from "../text/ether.ts";
import { parseHash } from "../text/ids.ts";
import {
  isSameKey,
  type KeyProblem,
  type PrivateKey,
  parsePrivateKey,
} from "../text/private-key.ts";
import { parseRpcUrl } from "../text/rpc-url.ts";
import { within } from "./common.ts";
import type { Env, InputReader } from "./reader.ts";

/** How what needs an approval on chain gets it. */
export interface ChainInputs {
  /** The device that was reviewed, 64 digits: no other is approved. Null: not given. */
  readonly deviceId: string | null;
  /** How long to wait for somebody's approval, in ms; 0: not at all. */
  readonly approvalTimeoutMs: number;
  /** What registers it; null: nothing of ours. */
  readonly signing: Signing | null;
}

/** What a registration is signed and sent with. No part of it is ever saved or shown. */
export interface Signing {
  readonly key: PrivateKey;
  readonly rpcUrl: string;
  /** The most that one transaction may cost, gas times price, in wei. */
  readonly maxFee: bigint;
}

/** Inputs that would silently turn signing off if their expression came out empty. */
export const GUARDED_BY_CHAIN = ["private_key"] as const;

/** In wei: 0.01 ETH. */
const DEFAULT_MAX_FEE = 10n ** 16n;
const LONGEST_MS = 7 * 24 * 3_600_000;
/** A job on GitHub's own runners ends after 6 hours; what is made has to boot and be told of in the rest. */
const LONGEST_HOSTED_MS = (5 * 60 + 50) * 60_000;

const FORM = "64 hex digits, with or without 0x in front";

const KEY_ADVICE: Readonly<Record<KeyProblem, string>> = {
  address: `is an address, which is public: give the key behind it, ${FORM}`,
  phrase: `is a wallet's recovery phrase, which reaches more than one key: give the one key, ${FORM}`,
  "public-key": `is a public key: give the private one, ${FORM}`,
  "not-hex": `is not ${FORM}`,
  length: `is not ${FORM}: it has another length`,
  "out-of-range": "is no key: its number is out of the curve's range",
};

/**
 * @param masked the app's own secrets, as `envs` gives them
 * @param prepareOnly the step asks for an approval and waits for none; null: the action has no such step, nor
 *   one that commits
 */
export function readChain(
  read: InputReader,
  env: Env,
  {
    masked,
    prepareOnly,
  }: { readonly masked: readonly EnvPair[]; readonly prepareOnly: boolean | null },
): ChainInputs {
  const approvalTimeoutMs = read.withDefault(
    "approval_timeout",
    0,
    "a duration such as 45m or 5h (or a number of seconds), at most 7d",
    within(0, LONGEST_MS),
  );
  const deviceId = read.optional("device_id", "a device's 64 hex digits", parseHash);
  const signing = readSigning(read, masked);
  hostedBound(read, env, approvalTimeoutMs, prepareOnly === null ? RUN_AGAIN : TWO_JOBS);
  if (prepareOnly === null) return { deviceId, approvalTimeoutMs, signing };
  if (prepareOnly && (approvalTimeoutMs > 0 || read.given("private_key"))) {
    read.faults.push(
      "prepare_only can't be combined with approval_timeout or private_key: it asks what is to be approved, and ends.",
    );
  }
  read.exclude(
    "private_key",
    ["commit_token"],
    "the step that signs asks for its approval itself; leave commit_token out",
  );
  return { deviceId, approvalTimeoutMs, signing };
}

function readSigning(read: InputReader, masked: readonly EnvPair[]): Signing | null {
  const key = readKey(read, masked);
  const rpcUrl = read.secret(
    "rpc_url",
    "an https: URL (http: only to a loopback host) without credentials in front of the host and without a fragment",
    parseRpcUrl,
  );
  const maxFee = read.optional("max_fee", "an amount of ETH above 0, such as 0.01", parseEther);
  const [hasKey, hasUrl] = [read.given("private_key"), read.given("rpc_url")];
  if (hasKey && !hasUrl) {
    read.faults.push("private_key needs rpc_url: a node of the app's chain, to send it through.");
  }
  if (hasUrl && !hasKey) {
    read.faults.push(
      "rpc_url needs private_key: without a key this step registers nothing. A secret that came out empty leaves it so.",
    );
  }
  read.useless(
    "max_fee",
    // Of another form it has a fault already.
    { value: maxFee ?? DEFAULT_MAX_FEE, usual: DEFAULT_MAX_FEE },
    "private_key",
    "it bounds what this step's own transactions may cost, and without a key there are none",
  );
  if (key === null || rpcUrl === null) return null;
  return { key, rpcUrl, maxFee: maxFee ?? DEFAULT_MAX_FEE };
}

function readKey(read: InputReader, masked: readonly EnvPair[]): PrivateKey | null {
  return read.text("private_key", (text) => {
    const same = masked.find(({ value }) => isSameKey(text, value));
    if (same !== undefined) {
      read.faults.push(
        `private_key (not shown) is also the value of ${same.key} in envs: whoever gets into the app could then decide what may run as the app. Use a key for this alone.`,
      );
    }
    const parsed = parsePrivateKey(text);
    if (parsed.ok) return parsed.key;
    read.faults.push(`private_key (not shown) ${KEY_ADVICE[parsed.problem]}.`);
    return null;
  });
}

const TWO_JOBS =
  "for longer use two jobs, one with prepare_only, and one with commit_token behind the reviewers of an environment";
const RUN_AGAIN = "for longer run the step again once it is approved";

function hostedBound(
  read: InputReader,
  env: Env,
  approvalTimeoutMs: number,
  instead: string,
): void {
  if (env.RUNNER_ENVIRONMENT !== "github-hosted" || approvalTimeoutMs <= LONGEST_HOSTED_MS) return;
  read.faults.push(
    `approval_timeout is above 5h50m, and a job on GitHub's own runners ends after 6 hours: ${instead}.`,
  );
}
