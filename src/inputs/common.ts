/** What the inputs of all actions have in common: access to the API, forms, and the checks that come last. */
import { parseAppId } from "../text/ids.ts";
import { unusableProxy } from "../text/proxy.ts";
import { parseApiUrl } from "../text/url.ts";
import { type Env, InputReader, rawInput, shownUrl } from "./reader.ts";
import { judgeUnknown } from "./unknown.ts";
import { parseApiKey, parseBoolean, parseDuration, withoutQuotes } from "./values.ts";

export const DEFAULT_API_URL = "https://cloud-api.phala.com/api/v1";
const LONGEST_MS = 7 * 24 * 3_600_000;

const BOOLEAN_FORM = "true or false";
const DURATION_FORM =
  "a duration such as 90s, 15m or 1h30m (or a number of seconds), above 0 and at most 7d";

/** What every command needs; ids in the form that the API wants, durations in ms. */
export interface CommonInputs {
  readonly apiKey: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly appId: string;
  readonly requestTimeoutMs: number;
  /** Whether to write the job summary. */
  readonly summary: boolean;
  /** What is not wrong but worth a warning. */
  readonly notes: readonly string[];
}

/** Reads a duration with a default in ms. */
export function durationOf(read: InputReader) {
  return (name: string, fallbackMs: number, leastMs = 1): number =>
    read.withDefault(name, fallbackMs, DURATION_FORM, within(leastMs, LONGEST_MS));
}

/** Reads a boolean with a default. */
export function flagOf(read: InputReader) {
  return (name: string, fallback: boolean): boolean =>
    read.withDefault(name, fallback, BOOLEAN_FORM, parseBoolean);
}

/** Parses a duration within bounds, both in ms. */
export function within(leastMs: number, mostMs: number): (text: string) => number | null {
  return (text) => {
    const ms = parseDuration(text);
    return ms !== null && ms >= leastMs && ms <= mostMs ? ms : null;
  };
}

const PROXY_FORM =
  "names no proxy that can be used, and nothing is sent around it: it must be the host and port of an HTTP proxy, with the scheme http or https in front, or none";

/** Proxies and input names: what can be judged once all inputs were read. @returns notes */
export function lastChecks(read: InputReader, env: Env): readonly string[] {
  const unusable = unusableProxy(env);
  if (unusable !== null) read.faults.push(`${unusable} (not shown) ${PROXY_FORM}.`);
  const unknown = judgeUnknown(env, read.asked);
  read.faults.push(...unknown.faults);
  return unknown.notes;
}

/** What `action.yml` has as default where "empty" must be told from "left out". */
export const UNSET = "unset";

/**
 * Tells an input that was left out from one whose expression came out empty. The runner fills in a default only
 * where the key is missing in `with:`, so these inputs have the default `unset`; a runner that hands no variable
 * at all leaves it out too.
 *
 * @param guarded inputs that would widen or weaken the step if they were silently empty
 * @returns the environment without what stands for "left out", and a fault for each that is empty
 */
export function withoutUnset(
  env: Env,
  guarded: readonly string[],
): { readonly env: Env; readonly faults: readonly string[] } {
  const unset = guarded
    .map((name) => `INPUT_${name.toUpperCase()}`)
    .filter((variable) => env[variable]?.trim() === UNSET);
  const faults: string[] = [];
  for (const name of guarded) {
    const text = env[`INPUT_${name.toUpperCase()}`];
    if (text !== undefined && text.trim() === "") {
      faults.push(
        `${name} is empty: its expression came out empty; leave the line out to mean none.`,
      );
    }
  }
  const clean = Object.entries(env).filter(([variable]) => !unset.includes(variable));
  return { env: unset.length === 0 ? env : Object.fromEntries(clean), faults };
}

/**
 * How every action begins to read: what came out empty, then access to the API.
 *
 * @param guarded as for `withoutUnset`
 */
export function beginReading(handed: Env, guarded: readonly string[]) {
  const { env, faults } = withoutUnset(handed, guarded);
  const read = new InputReader(env);
  read.faults.push(...faults);
  const apiKey = requireApiKey(read, env);
  const apiUrl = readApiUrl(read, env);
  return { read, env, cameOutEmpty: faults.length > 0, apiKey, apiUrl };
}

/** What a command reads its own inputs with. */
export interface Reading {
  readonly read: InputReader;
  readonly env: Env;
  /** Whether something came out empty: that is said already. */
  readonly cameOutEmpty: boolean;
  /** What is not wrong but worth a warning; the command adds its own. */
  readonly notes: string[];
}

/**
 * Reads what all commands have, around what is one command's own. Pure.
 *
 * @param guarded as for `withoutUnset`
 * @param own reads the rest, and adds what is wrong with it to `read.faults`
 * @returns the inputs, or every fault that was found
 */
export function readInputs<T extends object>(
  handed: Env,
  guarded: readonly string[],
  own: (reading: Reading) => T,
): { readonly inputs: T & CommonInputs } | { readonly faults: readonly string[] } {
  const { read, env, cameOutEmpty, apiKey, apiUrl } = beginReading(handed, guarded);
  const appId = read.required("app_id", "the app's 40 hex digits", parseAppId);
  const notes: string[] = [];
  const inputs = own({ read, env, cameOutEmpty, notes });
  const requestTimeoutMs = durationOf(read)("request_timeout", 60_000);
  const summary = flagOf(read)("summary", true);
  notes.push(...lastChecks(read, env));
  if (read.faults.length > 0 || !apiKey || !apiUrl || !appId) return { faults: read.faults };
  return { inputs: { ...inputs, apiKey, apiUrl, appId, requestTimeoutMs, summary, notes } };
}

/** Whether to write the job summary: the one input that counts also where others are wrong. */
export function wantsSummary(env: Env): boolean {
  return parseBoolean(rawInput(env, "summary") ?? "") ?? true;
}

/** What the runner evaluates anew for post: its default is the job's status by then. */
export const JOB_STATUS = "job_status";

/**
 * Whether the job has failed, or was cancelled, by the time that post runs; null: not told, since the input came out
 * empty, or says something that is no job's status.
 */
export function hasJobFailed(env: Env): boolean | null {
  const status = rawInput(env, JOB_STATUS);
  if (status === "failure" || status === "cancelled") return true;
  return status === "success" ? false : null;
}

/** The key alone, as post needs it; null where there is none that could be sent. */
export function readApiKey(env: Env): string | null {
  return requireApiKey(new InputReader(env), env);
}

/** The key, or a fault. */
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

/** The API's address, or a fault. */
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
