import { arrayAt, parseJson, stringAt } from "../text/json.ts";

/** What the compose hash does not fix, of an app-compose text whose hash was measured. */
export interface ComposeGaps {
  /** Images named without `@sha256:`: their registry decides what they are. */
  readonly unpinnedImages: readonly string[];
  /** Variables whose values are not measured. */
  readonly allowedEnvs: readonly string[];
}

/** More than a report has room for. */
const MOST = 20;

/** Null where the text is no app-compose. */
export function composeGaps(text: string): ComposeGaps | null {
  const json = parseJson(text);
  const file = stringAt(json, "docker_compose_file");
  if (file === null) return null;
  // The file is YAML, which is not parsed for a remark: a line that names an image is enough, and one that this
  // does not see is not said to be fixed either.
  const images = [
    ...file.matchAll(/(?:^|[\s{,"'])image["']?\s*:\s*["']?((?:\$\{[^}\s]{0,99}\}|[^\s"',}])+)/g),
  ];
  const unpinned = images.map(([, name = ""]) => name).filter((name) => !name.includes("@sha256:"));
  const envs = arrayAt(json, "allowed_envs").filter((name) => typeof name === "string");
  return {
    unpinnedImages: [...new Set(unpinned)].slice(0, MOST),
    allowedEnvs: envs.slice(0, MOST),
  };
}
