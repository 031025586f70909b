/** `{tag}`, `{ref}`, `{sha}`, `{pr}`, `{run}` in names: GitHub's values, fit for a name. Pure. */
import { numberAt, objectAt, stringAt } from "../text/json.ts";
import type { Env } from "./reader.ts";

export const PLACEHOLDERS = ["tag", "ref", "sha", "pr", "run"] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const SHA_DIGITS = 7;

/**
 * What GitHub has for it, with other characters than letters and digits turned into `-`; empty where it has
 * nothing. On a pull request `ref` and `sha` are the head's: its merge commit is nobody's.
 *
 * @param event the payload of the event that started the run, of any shape
 */
export function placeholderValue(name: Placeholder, env: Env, event: unknown): string {
  return nameable(rawValue(name, env, event));
}

function rawValue(name: Placeholder, env: Env, event: unknown): string {
  const pull = objectAt(event, "pull_request");
  switch (name) {
    case "tag":
      return env.GITHUB_REF_TYPE === "tag" ? (env.GITHUB_REF_NAME ?? "") : "";
    case "ref":
      return env.GITHUB_HEAD_REF || env.GITHUB_REF_NAME || "";
    case "sha":
      return (stringAt(objectAt(pull, "head"), "sha") ?? env.GITHUB_SHA ?? "").slice(0, SHA_DIGITS);
    case "pr":
      return `${numberAt(pull, "number") ?? numberOfComment(event) ?? numberOfRef(env)}`;
    case "run":
      return env.GITHUB_RUN_ID ?? "";
  }
}

/** A comment on a pull request comes as one on an issue. */
function numberOfComment(event: unknown): number | null {
  const issue = objectAt(event, "issue");
  return objectAt(issue, "pull_request") === null ? null : numberAt(issue, "number");
}

function numberOfRef(env: Env): string {
  return /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? "")?.[1] ?? "";
}

function nameable(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
