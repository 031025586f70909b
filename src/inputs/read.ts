import { parseEnvironment } from "../deployments/end.ts";
import { unusableProxy } from "../net/proxy.ts";
import { ALREADY_REGISTERED } from "../phala/codes.ts";
import { parseAppId, parseHash, parseToken, parseUuid } from "../text/ids.ts";
import { parseApiUrl } from "../text/url.ts";
import { readEnvs } from "./envs.ts";
import { type Env, InputReader, rawInput, shownUrl } from "./reader.ts";
import { CLEANUP_MODES, type CleanupMode, type Inputs, type NodeChoice } from "./types.ts";
import { judgeUnknown } from "./unknown.ts";
import {
  parseApiKey,
  parseBoolean,
  parseDuration,
  parseHexBlob,
  parseList,
  parsePath,
  parseTransaction,
  parseWhole,
  withoutQuotes,
} from "./values.ts";

export const DEFAULT_API_URL = "https://cloud-api.phala.com/api/v1";
/** A slip of the finger must not order a thousand billed CVMs. */
export const MOST_REPLICAS = 100;
const LONGEST_MS = 7 * 24 * 3_600_000;
const LONGEST_TTL_MS = 366 * 24 * 3_600_000;

const BOOLEAN_FORM = "true or false";
const DURATION_FORM =
  "a duration such as 90s, 15m or 1h30m (or a number of seconds), above 0 and at most 7d";

const PROXY_FORM =
  "names no proxy that can be used, and nothing is sent around it: it must be the host and port of an HTTP proxy, with the scheme http or https in front, or none";

/**
 * Reads and checks all inputs. Pure: the environment is the only source.
 *
 * @returns the inputs, or every fault that was found, each naming the input, its value (never a secret's)
 * and the form expected.
 */
export function readInputs(
  env: Env,
): { readonly inputs: Inputs } | { readonly faults: readonly string[] } {
  const read = new InputReader(env);
  const duration = (name: string, fallbackMs: number, leastMs = 1) =>
    read.withDefault(name, fallbackMs, DURATION_FORM, within(leastMs, LONGEST_MS));
  const flag = (name: string, fallback: boolean) =>
    read.withDefault(name, fallback, BOOLEAN_FORM, parseBoolean);

  const apiKey = requireApiKey(read, env);
  const apiUrl = readApiUrl(read, env);
  const commitToken = read.secret("commit_token", "a commit token of an earlier step", parseToken);
  const appForm = "the app's 40 hex digits";
  const appId = read.given("commit_token")
    ? read.optional("app_id", appForm, parseAppId)
    : read.required("app_id", appForm, parseAppId);
  const vmUuid = read.required("vm_uuid", "the source CVM's UUID", parseUuid);
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
  const inputs = {
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
    instances,
    count: instances === null ? (count ?? Math.max(1, nodes.length)) : null,
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
    cleanup: read.withDefault<CleanupMode>(
      "cleanup",
      "never",
      "never, on_failure or always",
      (text) => CLEANUP_MODES.find((mode) => mode === text) ?? null,
    ),
    exclusive: flag("exclusive", false),
    ttlMs: read.optional(
      "ttl",
      "a duration such as 90m, 24h or 7d, at least 60s and at most 366d",
      within(60_000, LONGEST_TTL_MS),
    ),
  };
  crossChecks(read, inputs);
  const unusable = unusableProxy(env);
  if (unusable !== null) read.faults.push(`${unusable} (not shown) ${PROXY_FORM}.`);
  const unknown = judgeUnknown(env, read.asked);
  read.faults.push(...unknown.faults);
  if (read.faults.length > 0 || !apiKey || !apiUrl || !vmUuid) {
    return { faults: read.faults };
  }
  return {
    inputs: { ...inputs, apiKey, apiUrl, appId, vmUuid, notes: [...notes, ...unknown.notes] },
  };
}

/** Whether to write the job summary: the one input that counts also where others are wrong. */
export function wantsSummary(env: Env): boolean {
  return parseBoolean(rawInput(env, "summary") ?? "") ?? true;
}

/** The key alone, as post needs it; null where there is none that could be sent. */
export function readApiKey(env: Env): string | null {
  return requireApiKey(new InputReader(env), env);
}

function requireApiKey(read: InputReader, env: Env): string | null {
  const name = read.given("api_key") ? "api_key" : "PHALA_CLOUD_API_KEY";
  const text = rawInput(env, "api_key") ?? env.PHALA_CLOUD_API_KEY?.trim() ?? "";
  if (text === "") {
    read.faults.push(
      "api_key is missing: give it from a secret, as input or in the environment variable PHALA_CLOUD_API_KEY. (Workflows from forks and Dependabot do not get secrets.)",
    );
    return null;
  }
  if (withoutQuotes(text) !== null) {
    read.faults.push(
      `${name} (not shown) begins and ends with a quote, which is no part of the key: store the key alone.`,
    );
    return null;
  }
  const key = parseApiKey(text);
  const form = "an API key of Phala Cloud (visible characters, no spaces)";
  if (key === null) read.faults.push(`${name} (not shown) is not ${form}.`);
  return key;
}

function readApiUrl(read: InputReader, env: Env): string | null {
  const form =
    "an https: URL (http: only to a loopback host) without credentials, query or fragment";
  if (read.given("api_url")) return read.url("api_url", form, parseApiUrl);
  const fallback = env.PHALA_CLOUD_API_PREFIX?.trim() ?? "";
  if (fallback === "") return DEFAULT_API_URL;
  const url = parseApiUrl(fallback);
  if (url === null) {
    read.faults.push(`PHALA_CLOUD_API_PREFIX is ${shownUrl(fallback)}: it must be ${form}.`);
  }
  return url;
}

function readNodes(read: InputReader): Pick<Inputs, "nodes" | "nodeField"> {
  read.exclude("teepod_id", ["node_id"], "it is the deprecated alias of node_id; keep node_id");
  const teepod = read.optional("teepod_id", "a node's number", parseWhole);
  const form = `a node's number or name, or up to ${MOST_REPLICAS} of them separated by commas or lines`;
  const nodes = read.optional("node_id", form, parseNodes) ?? [];
  if (teepod === null) return { nodes, nodeField: "node_id" };
  return { nodes: [{ kind: "id", id: teepod }], nodeField: "teepod_id" };
}

/** All digits: a number, as the official CLI takes it; everything else is a name. */
function parseNodes(text: string): readonly NodeChoice[] | null {
  const nodes = (parseList(text) ?? []).map(parseNode);
  if (nodes.length === 0 || nodes.length > MOST_REPLICAS || nodes.includes(null)) return null;
  return nodes as NodeChoice[];
}

function parseNode(text: string): NodeChoice | null {
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
  inputs: Pick<Inputs, "prepareOnly" | "wait" | "healthCheck" | "nodes"> & { count: number | null },
): void {
  for (const name of ["envs", "envs_plain"]) {
    read.exclude(name, ["encrypted_env"], "one is encrypted by this action, the other is already");
  }
  read.exclude(
    "commit_token",
    ["count", "instances", "node_id", "teepod_id", "envs", "envs_plain", "encrypted_env"],
    "what is committed was decided when it was prepared",
  );
  read.useless(
    "transaction_hash",
    ALREADY_REGISTERED,
    "commit_token",
    "a job output that was to fill it came out empty (misspelt, or dropped by GitHub), and without it this step would ask for another replica",
  );
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
    } else if ((inputs.count ?? 1) > 1) {
      read.faults.push("prepare_only prepares one replica: give count 1 and one node at the most.");
    }
  }
  if (inputs.healthCheck !== null && !inputs.wait) {
    read.faults.push("health_check needs wait: true, since only a running replica can answer.");
  }
}

function within(leastMs: number, mostMs: number): (text: string) => number | null {
  return (text) => {
    const ms = parseDuration(text);
    return ms !== null && ms >= leastMs && ms <= mostMs ? ms : null;
  };
}

function upTo(text: string): number | null {
  const number = parseWhole(text);
  return number !== null && number >= 1 && number <= MOST_REPLICAS ? number : null;
}
