/** The inputs of the action `delete`. Pure: the environment is the only source. */
import { parseUuid } from "../text/ids.ts";
import { type NamePattern, parsePattern } from "../text/pattern.ts";
import {
  type CommonInputs,
  durationOf,
  flagOf,
  type Reading,
  readInputs,
  within,
} from "./common.ts";
import { readDeploymentEnvironment } from "./deployments.ts";
import { MOST_ENTRIES, readEntries, readPatterns, readUuids } from "./lists.ts";
import type { Env, InputReader } from "./reader.ts";
import { parseWhole } from "./values.ts";

/** All inputs of `delete`; ids in the form that the API wants, durations in ms. Null: not given. */
export interface DeleteInputs extends CommonInputs {
  readonly vmUuids: readonly string[] | null;
  readonly names: readonly NamePattern[] | null;
  readonly deploymentEnvironment: string | null;
  /** For deployments alone; masked by the caller. */
  readonly githubToken: string | null;
  /** `dead`, or exact words in lower case. */
  readonly status: readonly string[] | null;
  readonly olderThanMs: number | null;
  readonly keep: readonly (NamePattern | { readonly uuid: string })[];
  readonly leave: number;
  readonly keepAtLeast: number;
  readonly maxDeletions: number;
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly waitTimeoutMs: number;
  readonly pollIntervalMs: number;
}

const SELECTORS = ["vm_uuids", "name", "deployment_environment", "status"] as const;
/** Empty, they would widen what is deleted; `action.yml` gives them the default `unset`. */
export const GUARDED = [
  ...SELECTORS,
  "older_than",
  "keep",
  "leave",
  "keep_at_least",
  "max_deletions",
  "dry_run",
] as const;

const LONGEST_AGE_MS = 3_660 * 24 * 3_600_000;

/** @returns the inputs, or every fault that was found */
export function readDeleteInputs(
  handed: Env,
): { readonly inputs: DeleteInputs } | { readonly faults: readonly string[] } {
  return readInputs(handed, GUARDED, ownInputs);
}

function ownInputs({ read, env, cameOutEmpty }: Reading) {
  const duration = durationOf(read);
  const flag = flagOf(read);
  const whole = (name: string, fallback: number) =>
    read.withDefault(name, fallback, `a whole number from 0 to ${MOST_ENTRIES}`, upTo);
  const own = {
    ...selectorsOf(read, env),
    keep: readEntries(read, "keep", "UUIDs, names or patterns with *", parseKept, env) ?? [],
    leave: whole("leave", 0),
    keepAtLeast: whole("keep_at_least", 1),
    maxDeletions: whole("max_deletions", 10),
    dryRun: flag("dry_run", false),
    githubToken: read.text("github_token", (text) => text),
    wait: flag("wait", true),
    waitTimeoutMs: duration("wait_timeout", 600_000),
    pollIntervalMs: duration("poll_interval", 2_000, 100),
  };
  selectionChecks(read, env, own, cameOutEmpty);
  if (own.deploymentEnvironment !== null && own.githubToken === null) {
    read.faults.push(
      "github_token is empty, and deployment_environment is read with it: leave it out, or give a token.",
    );
  }
  return own;
}

function selectorsOf(read: InputReader, env: Env) {
  return {
    vmUuids: readUuids(read, "vm_uuids"),
    names: readPatterns(read, "name", env),
    deploymentEnvironment: readDeploymentEnvironment(read),
    status: readEntries(read, "status", "dead, or words such as stopped", parseStatus),
    olderThanMs: read.optional(
      "older_than",
      "a duration such as 90m, 24h or 7d (or a number of seconds), above 0",
      within(1, LONGEST_AGE_MS),
    ),
  };
}

function parseKept(item: string): DeleteInputs["keep"][number] | null {
  const uuid = parseUuid(item);
  return uuid === null ? parsePattern(item) : { uuid };
}

function parseStatus(text: string): string | null {
  return /^[a-z][a-z_ -]{0,39}$/i.test(text) ? text.toLowerCase() : null;
}

function upTo(text: string): number | null {
  const number = parseWhole(text);
  return number !== null && number <= MOST_ENTRIES ? number : null;
}

type Selectors = ReturnType<typeof selectorsOf>;

/** Nothing may be selected by what was left out, nor everything by one character. */
function selectionChecks(
  read: InputReader,
  env: Env,
  { names, deploymentEnvironment }: Selectors,
  cameOutEmpty: boolean,
): void {
  if (!SELECTORS.some((name) => read.given(name))) {
    if (!cameOutEmpty) {
      read.faults.push(
        `nothing says what to delete: give ${SELECTORS.slice(0, -1).join(", ")} or ${SELECTORS.at(-1)}.`,
      );
    }
    return;
  }
  const second = ["vm_uuids", "status", "older_than", "max_deletions"];
  const hasSecond = second.some((name) => read.given(name));
  const words = `${second.slice(0, -1).join(", ")} or ${second.at(-1)}`;
  const all = names?.some((pattern) => pattern.all) ?? false;
  if (all && !hasSecond) {
    read.faults.push(`name is a pattern that fits every name: it needs ${words} beside it.`);
  }
  const narrow = names !== null && !all;
  if (deploymentEnvironment !== null && !isPullRequest(env) && !hasSecond && !narrow) {
    read.faults.push(
      `deployment_environment, where no pull request started the run, means every deployment of the environment: it needs name, ${words} beside it.`,
    );
  }
}

/** Whether the run is for a pull request, whose own deployments are meant then. */
export function isPullRequest(env: Env): boolean {
  return ["pull_request", "pull_request_target"].includes(env.GITHUB_EVENT_NAME ?? "");
}
