import { CLEANUP_MODES, type CleanupMode } from "../ledger/fact.ts";
import { MOST_REPLICAS } from "../ledger/terms.ts";
import { parseEnvironment } from "../text/environment.ts";
import { ALREADY_REGISTERED, parseAppId, parseHash, parseToken, parseUuid } from "../text/ids.ts";
import {
  type AttestationInputs,
  readAttestation,
  readVerifyMode,
  refuseUseless,
} from "./attestation.ts";
import { GUARDED_BY_CHAIN, readChain } from "./chain.ts";
import {
  durationOf,
  flagOf,
  JOB_STATUS,
  lastChecks,
  readApiUrl,
  requireApiKey,
  within,
  withoutUnset,
} from "./common.ts";
import { readEnvs } from "./envs.ts";
import { NAMES_GUARDED, namesCrossChecks, readNamesInputs } from "./names.ts";
import { type Env, InputReader } from "./reader.ts";
import type { Inputs, NodeChoice } from "./types.ts";
import { parseHexBlob, parseList, parsePath, parseTransaction, parseWhole } from "./values.ts";

const LONGEST_TTL_MS = 366 * 24 * 3_600_000;

/** Where empty must not be taken for left out. */
const GUARDED = [...NAMES_GUARDED, ...GUARDED_BY_CHAIN, "verify", "expected_os"];

/**
 * Reads and checks all inputs: from the environment, and the files that it names.
 *
 * @returns the inputs, or every fault that was found, each naming the input, its value (never a secret's)
 * and the form expected.
 */
export function readInputs(
  handed: Env,
): { readonly inputs: Inputs } | { readonly faults: readonly string[] } {
  const { env, faults: empty } = withoutUnset(handed, GUARDED);
  const read = new InputReader(env);
  read.faults.push(...empty);
  const duration = durationOf(read);
  const flag = flagOf(read);
  const apiKey = requireApiKey(read, env);
  const apiUrl = readApiUrl(read, env);
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
  const { nodes, nodeField } = readNodes(read);
  const composeHash = read.optional("compose_hash", "64 hex digits", parseHash);
  const encryptedEnv = read.secret(
    "encrypted_env",
    "a hex blob of an even number of digits",
    parseHexBlob,
  );
  const { envs, maskedEnvs, notes } = readEnvs(read);
  const prepareOnly = flag("prepare_only", false);
  const count = read.optional("count", `a whole number from 1 to ${MOST_REPLICAS}`, upTo);
  const instances = read.optional("instances", `a whole number from 1 to ${MOST_REPLICAS}`, upTo);
  const named = readNamesInputs(read, env);
  const inputs = {
    ...named,
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
    nodes,
    nodeField,
    prepareOnly,
    chain: readChain(read, env, { masked: maskedEnvs, prepareOnly }),
    instances,
    count: instances === null ? (named.names?.length ?? count ?? Math.max(1, nodes.length)) : null,
    requestTimeoutMs: duration("request_timeout", 60_000),
    dryRun: flag("dry_run", false),
    summary: flag("summary", true),
    deploymentEnvironment: read.optional(
      "deployment_environment",
      "the name of a GitHub environment, at most 255 characters on one line",
      parseEnvironment,
    ),
    githubToken: read.text("github_token", (text) => text),
    wait: flag("wait", true),
    waitTimeoutMs: duration("wait_timeout", 900_000),
    pollIntervalMs: duration("poll_interval", 2_000, 100),
    healthCheck: read.optional("health_check", "a path such as /healthz", parsePath),
    verify: readVerifyMode(read),
    ...readAttestation(read),
    cleanup: read.withDefault<CleanupMode>(
      "cleanup",
      "never",
      "never, on_failure, on_job_failure or always",
      (text) => CLEANUP_MODES.find((mode) => mode === text) ?? null,
    ),
    exclusive: flag("exclusive", false),
    ttlMs: read.optional(
      "ttl",
      "a duration such as 90m, 24h or 7d, at least 60s and at most 366d",
      within(60_000, LONGEST_TTL_MS),
    ),
  };
  // The runner's word, for post alone; main only knows the input.
  read.text(JOB_STATUS, () => null);
  crossChecks(read, inputs);
  namesCrossChecks(read, inputs);
  const unknownNotes = lastChecks(read, env);
  if (read.faults.length > 0 || !apiKey || !apiUrl) {
    return { faults: read.faults };
  }
  return {
    inputs: { ...inputs, apiKey, apiUrl, appId, vmUuid, notes: [...notes, ...unknownNotes] },
  };
}

function readNodes(read: InputReader): Pick<Inputs, "nodes" | "nodeField"> {
  read.exclude("teepod_id", ["node_id"], "it is the deprecated alias of node_id; keep node_id");
  const teepod = read.optional("teepod_id", "a node's number", parseWhole);
  const form = `a node's number or name, or up to ${MOST_REPLICAS} of them separated by commas or lines, alternatives by |`;
  const nodes = read.optional("node_id", form, parseNodes) ?? [];
  if (teepod === null) return { nodes, nodeField: "node_id" };
  return { nodes: [{ kind: "id", id: teepod }], nodeField: "teepod_id" };
}

/** All digits: a number, as the official CLI takes it; everything else is a name. */
function parseNodes(text: string): readonly NodeChoice[] | null {
  const nodes = (parseList(text) ?? []).map(parseAlternatives);
  if (nodes.length === 0 || nodes.length > MOST_REPLICAS || nodes.includes(null)) return null;
  return nodes as NodeChoice[];
}

/** `prod5 | prod9 | any`: behind the platform's choice nothing else could come. */
function parseAlternatives(text: string): NodeChoice | null {
  const [first = null, ...rest] = text.split("|").map((one) => parseNode(one.trim()));
  const or = rest.filter((one) => one !== null);
  if (first === null || or.length < rest.length) return null;
  if ([first, ...or].slice(0, -1).some(({ kind }) => kind === "any")) return null;
  return or.length === 0 ? first : { ...first, or };
}

function parseNode(text: string): NodeChoice | null {
  if (text.toLowerCase() === "any") return { kind: "any" };
  if (/^\d+(?:\.0+)?$/.test(text)) {
    const id = parseWhole(text);
    return id === null ? null : { kind: "id", id };
  }
  // A name that holds something else than letters, digits and the usual marks is a slip (a negative
  // number, a quote too many); no node is called that.
  return /^[a-z\d][\w .()-]{0,127}$/i.test(text) ? { kind: "name", name: text } : null;
}

function crossChecks(
  read: InputReader,
  inputs: Pick<Inputs, "prepareOnly" | "wait" | "healthCheck" | "nodes" | "verify"> &
    AttestationInputs & { count: number | null },
): void {
  for (const name of ["envs", "envs_plain"]) {
    read.exclude(name, ["encrypted_env"], "one is encrypted by this action, the other is already");
  }
  read.exclude(
    "commit_token",
    ["count", "instances", "node_id", "teepod_id", "envs", "envs_plain", "encrypted_env"],
    "what is committed was decided when it was prepared",
  );
  // An empty commit_token is a fault already.
  if (!read.cameOutEmpty("commit_token")) {
    read.useless(
      "transaction_hash",
      ALREADY_REGISTERED,
      "commit_token",
      "a job output that was to fill it came out empty (misspelt, or dropped by GitHub), and without it this step would ask for another replica",
    );
  }
  if (read.given("commit_token") && inputs.prepareOnly) {
    read.faults.push(
      "commit_token can't be combined with prepare_only: prepare first, then commit.",
    );
  }
  read.exclude(
    "instances",
    ["count"],
    "one says how many to create, the other how many there shall be",
  );
  if (inputs.prepareOnly) {
    if (read.given("instances")) {
      read.faults.push("prepare_only can't be combined with instances: it prepares one replica.");
    } else if ((inputs.count ?? 1) > 1 && !read.given("name")) {
      read.faults.push("prepare_only prepares one replica: give count 1 and one node at the most.");
    }
  }
  refuseUseless(read, inputs.verify, inputs);
  if (inputs.verify !== "off" && (!inputs.wait || inputs.prepareOnly)) {
    const other = inputs.wait ? "prepare_only" : "wait: false";
    read.faults.push(
      `verify can't be combined with ${other}: only a running replica shows what it is.`,
    );
  }
  if (inputs.healthCheck !== null && !inputs.wait) {
    read.faults.push("health_check needs wait: true, since only a running replica can answer.");
  }
}

function upTo(text: string): number | null {
  const number = parseWhole(text);
  return number !== null && number >= 1 && number <= MOST_REPLICAS ? number : null;
}
