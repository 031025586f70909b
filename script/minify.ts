/**
 * Minifies bundles in place: `minify.ts FILE...`. ncc's own `--minify` leaves the chunks as they are. Names of
 * functions stay: stack traces in red logs have them. ASCII alone: where one character is none, V8 holds the whole file
 * in twice the room, and is longer about reading it.
 *
 * What was minified before is kept in `node_modules/.cache`: most chunks are the same from one build to the next, and
 * nothing of a build takes longer.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { minify } from "terser";

const OPTIONS = {
  compress: {},
  mangle: {},
  keep_classnames: true,
  keep_fnames: true,
  ecma: 2022,
  format: { ascii_only: true },
} as const;

const KEPT = join(import.meta.dirname, "..", "node_modules", ".cache", "minified");
const { version } = createRequire(import.meta.url)("terser/package.json") as { version: string };

/** @throws where the text is none of JavaScript */
async function minified(text: string): Promise<string> {
  const how = JSON.stringify([version, OPTIONS, text]);
  const kept = join(KEPT, createHash("sha256").update(how).digest("hex"));
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  const { code } = await minify(text, OPTIONS);
  if (code === undefined) throw new Error("nothing is left of it");
  mkdirSync(KEPT, { recursive: true });
  // Whoever is ended in the middle of it leaves nothing that looks whole.
  writeFileSync(`${kept}.part`, code);
  renameSync(`${kept}.part`, kept);
  return code;
}

for (const file of process.argv.slice(2)) {
  writeFileSync(file, await minified(readFileSync(file, "utf8")));
}
