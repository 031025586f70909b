/** The inputs of the action `rollout`. Pure: the environment is the only source. */
import type { EnvPair } from "../envs/limits.ts";
import { parseHash, parseUuid } from "../text/ids.ts";
import type { NamePattern } from "../text/pattern.ts";
import {
  type AttestationInputs,
  readAttestation,
  readVerifyMode,
  refuseUseless,
  type VerifyMode,
} from "./attestation.ts";
import { type ChainInputs, readChain } from "./chain.ts";
import {
  type CommonInputs,
  durationOf,
  flagOf,
  type Reading,
  readInputs,
  within,
} from "./common.ts";
import { readDeploymentEnvironment } from "./deployments.ts";
import { readEncryptedEnv, readEnvs, refuseTwoEnvironments } from "./envs.ts";
import { readPatterns, readUuids } from "./lists.ts";
import { type HealthInputs, readHealthExpect, readPort, refuseUselessHealth } from "./reach.ts";
import type { Env, InputReader } from "./reader.ts";
import { parseCount, parsePath } from "./values.ts";

/** A number, or a share of those selected. */
export type MaxUnavailable =
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "percent"; readonly percent: number };

const ON_FAILURE = ["stop", "rollback"] as const;

/** All inputs of `rollout`; ids in the form that the API wants, durations in ms. Null: not given. */
export interface RolloutInputs extends CommonInputs, AttestationInputs {
  readonly vmUuids: readonly string[] | null;
  readonly names: readonly NamePattern[] | null;
  readonly composeHash: string | null;
  readonly source: string | null;
  readonly maxUnavailable: MaxUnavailable;
  readonly encryptedEnv: string | null;
  readonly envs: readonly EnvPair[];
  /** Those of `envs` whose values are masked. */
  readonly maskedEnvs: readonly EnvPair[];
  readonly port: number | null;
  readonly healthCheck: string | null;
  readonly healthExpect: string | null;
  readonly healthForMs: number;
  /** Whether each is verified by its attestation, and what comes of one that fails. */
  readonly verify: VerifyMode;
  /** How an approval on chain is got. */
  readonly chain: ChainInputs;
  /** Record a GitHub deployment under this name for each that is updated; null: none. */
  readonly deploymentEnvironment: string | null;
  /** For deployments alone. */
  readonly githubToken: string | null;
  readonly instanceTimeoutMs: number;
  /** Null: the rounds times `instanceTimeoutMs`. */
  readonly waitTimeoutMs: number | null;
  readonly pollIntervalMs: number;
  readonly onFailure: (typeof ON_FAILURE)[number];
  readonly dryRun: boolean;
}

/** Silently empty, they would widen or weaken the step; `action.yml` gives them the default `unset`. */
export const ROLLOUT_GUARDED = [
  "vm_uuids",
  "name",
  "compose_hash",
  "source",
  "verify",
  "expected_os",
  "health_expect",
  "private_key",
  "on_failure",
  "dry_run",
] as const;

const LONGEST_MS = 7 * 24 * 3_600_000;
const MOST_UNAVAILABLE = 1_000;

/** @returns the inputs, or every fault that was found */
export function readRolloutInputs(
  handed: Env,
): { readonly inputs: RolloutInputs } | { readonly faults: readonly string[] } {
  return readInputs(handed, ROLLOUT_GUARDED, ownInputs);
}

function ownInputs({ read, env, cameOutEmpty, notes }: Reading) {
  const { envs, maskedEnvs, notes: ofEnvs } = readEnvs(read);
  notes.push(...ofEnvs);
  const own = {
    ...whichOf(read, env),
    ...healthOf(read),
    ...timesOf(read),
    encryptedEnv: readEncryptedEnv(read),
    envs,
    maskedEnvs,
    maxUnavailable: maxUnavailableOf(read),
    onFailure: onFailureOf(read),
    verify: readVerifyMode(read),
    ...readAttestation(read),
    chain: readChain(read, env, { masked: maskedEnvs, prepareOnly: null }),
    deploymentEnvironment: readDeploymentEnvironment(read),
    githubToken: read.text("github_token", (text) => text),
    dryRun: flagOf(read)("dry_run", false),
  };
  crossChecks(read, cameOutEmpty);
  healthChecks(read, own);
  attestationChecks(read, own);
  return own;
}

function maxUnavailableOf(read: InputReader): MaxUnavailable {
  return read.withDefault<MaxUnavailable>(
    "max_unavailable",
    { kind: "number", number: 1 },
    `a whole number from 1 to ${MOST_UNAVAILABLE}, or per cent from 1% to 100%`,
    parseShare,
  );
}

function onFailureOf(read: InputReader): RolloutInputs["onFailure"] {
  return read.withDefault<RolloutInputs["onFailure"]>(
    "on_failure",
    "stop",
    "stop or rollback",
    (text) => ON_FAILURE.find((word) => word === text) ?? null,
  );
}

function whichOf(read: InputReader, env: Env) {
  return {
    vmUuids: readUuids(read, "vm_uuids"),
    names: readPatterns(read, "name", env),
    composeHash: read.optional("compose_hash", "64 hex digits", parseHash),
    source: read.optional("source", "the UUID of an instance of the app", parseUuid),
  };
}

function healthOf(read: InputReader) {
  return {
    port: readPort(read),
    healthCheck: read.optional("health_check", "a path such as /healthz", parsePath),
    healthExpect: readHealthExpect(read),
    healthForMs: read.withDefault(
      "health_for",
      0,
      "a duration such as 30s or 2m, at most 7d",
      within(0, LONGEST_MS),
    ),
  };
}

function timesOf(read: InputReader) {
  const duration = durationOf(read);
  return {
    instanceTimeoutMs: duration("instance_timeout", 900_000),
    waitTimeoutMs: read.optional(
      "wait_timeout",
      "a duration such as 90m or 2h, above 0 and at most 7d",
      within(1, LONGEST_MS),
    ),
    pollIntervalMs: duration("poll_interval", 2_000, 100),
  };
}

/** @param cameOutEmpty that is said already, and is why something is missing */
function crossChecks(read: InputReader, cameOutEmpty: boolean): void {
  refuseTwoEnvironments(read);
  if (!read.given("compose_hash") && !read.given("source") && !cameOutEmpty) {
    read.faults.push(
      "compose_hash and source are both missing: give the revision to bring the instances to, or the UUID of the instance that has it.",
    );
  }
}

/** What could never come about: it would take one away, and then fail. */
function healthChecks(read: InputReader, own: HealthInputs & ReturnType<typeof timesOf>): void {
  refuseUselessHealth(read, own);
  if (!read.given("health_check")) return;
  const { healthForMs, instanceTimeoutMs, waitTimeoutMs } = own;
  if (healthForMs >= instanceTimeoutMs) {
    read.faults.push(
      "health_for must be shorter than instance_timeout, which bounds the time for one instance.",
    );
  }
  if (waitTimeoutMs !== null && healthForMs >= waitTimeoutMs) {
    read.faults.push(
      "health_for must be shorter than wait_timeout, which bounds the time for all.",
    );
  }
}

/** A green word that compared nothing would prove nothing. */
function attestationChecks(
  read: InputReader,
  own: Pick<RolloutInputs, "verify"> & AttestationInputs,
): void {
  refuseUseless(read, own.verify, own);
  if (own.verify !== "require" || read.given("source") || read.given("expected_os")) return;
  read.faults.push(
    "verify: require needs source or expected_os: without a reference a green word would prove nothing. verify: warn tells the line of expected_os to write.",
  );
}

/** A whole number from 1, or a share such as `20%`. */
export function parseShare(text: string): MaxUnavailable | null {
  const percent = /^(\d{1,3})\s?%$/.exec(text)?.[1];
  if (percent !== undefined) {
    const share = Number(percent);
    return share >= 1 && share <= 100 ? { kind: "percent", percent: share } : null;
  }
  const number = parseCount(text, MOST_UNAVAILABLE);
  return number === null ? null : { kind: "number", number };
}
