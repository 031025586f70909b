/** A run's wish as the inputs that a workflow would write, units and spellings included. */
import { KEY } from "./draw-faults.ts";
import { GITHUB_TOKEN } from "./github.ts";
import type { Wish } from "./story.ts";

/** A sealed environment that no guest can open; secret all the same. */
export const BLOB = "5ec7e7".repeat(40);
export const ENV_VALUES = ["quiet-mode-of-ours", "t0k3n-for-the-guest"] as const;
/** Never in a log, a summary, an output or the state. */
export const SECRETS = [KEY, BLOB, ...ENV_VALUES, GITHUB_TOKEN] as const;

/** What only the world and the run before can tell. */
export interface Given {
  readonly composeHash: string;
  readonly commitToken: string;
}

export function inputsOf(wish: Wish, given: Given): Record<string, string> {
  const inputs: Record<string, string> = {
    ...optional("cleanup", wish.cleanup),
    ...optional("ttl", wish.ttlMs, duration),
    ...optional("wait_timeout", wish.waitTimeoutMs, duration),
    ...optional("poll_interval", wish.pollMs, duration),
    ...optional("request_timeout", wish.requestTimeoutMs, duration),
    ...optional("deployment_environment", wish.environment),
    // The source is the action's affair then.
    ...(wish.names.length > 0 ? { name: wish.names.join(), vm_uuid: "" } : {}),
    ...(wish.exclusive ? { exclusive: "True" } : {}),
    ...(wish.wait ? {} : { wait: "False" }),
    ...(wish.health ? { health_check: "/healthz" } : {}),
    ...(wish.giveHash ? { compose_hash: `0x${given.composeHash}` } : {}),
    ...(wish.env === "blob" ? { encrypted_env: BLOB } : {}),
    ...(wish.env === "pairs" ? { envs: envLines() } : {}),
  };
  if (wish.kind === "commit") {
    // Without the hash the app is left out as well: both are allowed, and the source tells.
    const app = wish.giveHash || wish.names.length > 0 ? {} : { app_id: "" };
    return { ...inputs, ...app, commit_token: given.commitToken };
  }
  return {
    ...inputs,
    ...optional("count", wish.count),
    ...optional("instances", wish.instances),
    ...(wish.nodes.length > 0 ? { node_id: wish.nodes.join(", ") } : {}),
    ...(wish.kind === "prepare" ? { prepare_only: "true" } : {}),
    ...(wish.kind === "dry-run" ? { dry_run: "TRUE" } : {}),
    ...(wish.kind === "bad-input" ? { count: "0", poll_interval: "soon" } : {}),
  };
}

function envLines(): string {
  return `APP_MODE=${ENV_VALUES[0]}\nTOKEN="${ENV_VALUES[1]}"`;
}

function optional<T extends string | number>(
  name: string,
  value: T | null,
  text: (value: T) => string = String,
): Record<string, string> {
  return value === null ? {} : { [name]: text(value) };
}

/** Hours and minutes where they come out even, else a bare number of seconds or `7.5s`. */
function duration(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1_000 === 0 ? `${ms / 1_000}` : `${ms / 1_000}s`;
}
