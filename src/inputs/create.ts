/** The inputs of the action itself, `create`: from the environment, and the files that it names. */
import { CLEANUP_MODES, type CleanupMode } from "../ledger/fact.ts";
import { MOST_REPLICAS } from "../ledger/terms.ts";
import { ALREADY_REGISTERED, parseAppId, parseHash, parseToken, parseUuid } from "../text/ids.ts";
import { readAttestation, readVerifyMode } from "./attestation.ts";
import { GUARDED_BY_CHAIN, readChain } from "./chain.ts";
import { beginReading, durationOf, flagOf, JOB_STATUS, lastChecks, within } from "./common.ts";
import { crossChecks } from "./create-checks.ts";
import { readDeploymentEnvironment } from "./deployments.ts";
import { readEncryptedEnv, readEnvs } from "./envs.ts";
import { NAMES_GUARDED, namesCrossChecks, readNamesInputs } from "./names.ts";
import { readNodes } from "./nodes.ts";
import type { Env, InputReader } from "./reader.ts";
import type { Inputs } from "./types.ts";
import { parseCount, parsePath, parseTransaction } from "./values.ts";

const LONGEST_TTL_MS = 366 * 24 * 3_600_000;

/** Where empty must not be taken for left out. */
const GUARDED = [...NAMES_GUARDED, ...GUARDED_BY_CHAIN, "verify", "expected_os"];

/**
 * Reads and checks all inputs.
 *
 * @returns the inputs, or every fault that was found, each naming the input, its value (never a secret's)
 * and the form expected.
 */
export function readCreateInputs(
  handed: Env,
): { readonly inputs: Inputs } | { readonly faults: readonly string[] } {
  const { read, env, apiKey, apiUrl } = beginReading(handed, GUARDED);
  const { appId, vmUuid, commitToken } = sourceOf(read);
  const placed = readNodes(read);
  const composeHash = read.optional("compose_hash", "64 hex digits", parseHash);
  const encryptedEnv = readEncryptedEnv(read);
  const { envs, maskedEnvs, notes } = readEnvs(read);
  const many = manyOf(read, env, placed.nodes.length);
  const inputs = {
    ...many,
    ...placed,
    composeHash,
    encryptedEnv,
    envs,
    maskedEnvs,
    commitToken,
    transactionHash: read.withDefault(
      "transaction_hash",
      ALREADY_REGISTERED,
      `0x and 64 hex digits, or ${ALREADY_REGISTERED}`,
      parseTransaction,
    ),
    chain: readChain(read, env, { masked: maskedEnvs, prepareOnly: many.prepareOnly }),
    ...runOf(read),
    ...waitingOf(read),
    ...endOf(read),
  };
  // The runner's word, for post alone; main only knows the input.
  read.text(JOB_STATUS, () => null);
  crossChecks(read, inputs);
  namesCrossChecks(read, inputs);
  const unknownNotes = lastChecks(read, env);
  if (read.faults.length > 0 || !apiKey || !apiUrl) return { faults: read.faults };
  return {
    inputs: { ...inputs, apiKey, apiUrl, appId, vmUuid, notes: [...notes, ...unknownNotes] },
  };
}

/** What is replicated, or what is committed. */
function sourceOf(read: InputReader) {
  const commitToken = read.secret("commit_token", "a commit token of an earlier step", parseToken);
  const appForm = "the app's 40 hex digits";
  const commits = read.given("commit_token");
  const appId =
    commits && (read.given("vm_uuid") || !read.given("name"))
      ? read.optional("app_id", appForm, parseAppId)
      : read.required("app_id", appForm, parseAppId);
  const uuidForm = "the source CVM's UUID";
  // A token without a name is its source's.
  const vmUuid =
    commits && !read.given("name")
      ? read.required("vm_uuid", uuidForm, parseUuid)
      : read.optional("vm_uuid", uuidForm, parseUuid);
  return { appId, vmUuid, commitToken };
}

/** How many there shall be, and of which names. @param places so many nodes are listed */
function manyOf(read: InputReader, env: Env, places: number) {
  const prepareOnly = flagOf(read)("prepare_only", false);
  const count = read.optional("count", `a whole number from 1 to ${MOST_REPLICAS}`, upTo);
  const instances = read.optional("instances", `a whole number from 1 to ${MOST_REPLICAS}`, upTo);
  const named = readNamesInputs(read, env);
  return {
    ...named,
    prepareOnly,
    instances,
    count: instances === null ? (named.names?.length ?? count ?? Math.max(1, places)) : null,
  };
}

/** How the step itself runs, and what it tells GitHub. */
function runOf(read: InputReader) {
  return {
    requestTimeoutMs: durationOf(read)("request_timeout", 60_000),
    dryRun: flagOf(read)("dry_run", false),
    summary: flagOf(read)("summary", true),
    deploymentEnvironment: readDeploymentEnvironment(read),
    githubToken: read.text("github_token", (text) => text),
  };
}

/** What each is to reach. */
function waitingOf(read: InputReader) {
  return {
    wait: flagOf(read)("wait", true),
    waitTimeoutMs: durationOf(read)("wait_timeout", 900_000),
    pollIntervalMs: durationOf(read)("poll_interval", 2_000, 100),
    healthCheck: read.optional("health_check", "a path such as /healthz", parsePath),
    verify: readVerifyMode(read),
    ...readAttestation(read),
  };
}

/** How long they last. */
function endOf(read: InputReader) {
  return {
    cleanup: read.withDefault<CleanupMode>(
      "cleanup",
      "never",
      "never, on_failure, on_job_failure or always",
      (text) => CLEANUP_MODES.find((mode) => mode === text) ?? null,
    ),
    exclusive: flagOf(read)("exclusive", false),
    ttlMs: read.optional(
      "ttl",
      "a duration such as 90m, 24h or 7d, at least 60s and at most 366d",
      within(60_000, LONGEST_TTL_MS),
    ),
  };
}

const upTo = (text: string) => parseCount(text, MOST_REPLICAS);
