/** Files that inputs speak of: the event of the run, and what lies in the workspace. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { parseJson } from "../text/json.ts";
import type { Env } from "./reader.ts";

/** More than this no compose file has; the API takes far less. Bytes. */
const LARGEST_FILE = 256 * 1024;

/** The payload of the event that started the run; undefined where it can't be read. */
export function eventOf(env: Env): unknown {
  try {
    return parseJson(readFileSync(env.GITHUB_EVENT_PATH ?? "", "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * A text file of the workspace. Nothing outside of it is read, by links either: what is read is sent to the API.
 *
 * @returns the text, or as part of a sentence why it can't be had
 */
export function workspaceFile(
  env: Env,
  path: string,
): { readonly text: string } | { readonly problem: string } {
  try {
    const workspace = realpathSync(env.GITHUB_WORKSPACE || ".");
    const file = realpathSync(resolve(workspace, path));
    const inside = relative(workspace, file);
    if (/^\.\.(?:[\\/]|$)/.test(inside) || isAbsolute(inside))
      return { problem: "lies outside of it" };
    const { size } = statSync(file);
    if (size > LARGEST_FILE)
      return { problem: `has ${size} bytes, at most ${LARGEST_FILE} are sent` };
    const text = readFileSync(file, "utf8");
    return text.trim() === "" ? { problem: "is empty" } : { text };
  } catch {
    return { problem: "can't be read: the repository has to be checked out first" };
  }
}
