import { plain } from "./errors.ts";

/** API versions that the facts name, oldest first. */
export const VERSIONS = [
  "2025-05-31",
  "2025-10-28",
  "2026-01-21",
  "2026-05-22",
  "2026-06-23",
] as const;

export type Version = (typeof VERSIONS)[number];

/**
 * The version that a request asks for.
 *
 * What the real API does with an unknown version is not known; refusing it is the case that a client
 * notices, so that is what happens here.
 *
 * @param header value of `X-Phala-Version`, if any
 * @param fallback the token's own version
 * @throws Refusal 400 for an unknown version
 */
export function versionOf(header: string | undefined, fallback: string): Version {
  const wanted = header ?? fallback;
  if (wanted.toLowerCase() === "latest") return "2026-06-23";
  const found = VERSIONS.find((version) => version === wanted);
  if (found === undefined) throw plain(400, `Unsupported API version: ${wanted}`);
  return found;
}

/** Whether answers have the flat, older shapes. */
export function isFlat(version: Version): boolean {
  return version <= "2025-10-28";
}

/** Whether ids of VM answers are hashed strings whatever the options say. */
export function hasHashedIds(version: Version): boolean {
  return version >= "2026-05-22";
}
