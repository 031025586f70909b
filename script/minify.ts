/**
 * Minifies bundles in place: `minify.ts FILE...`. ncc's own `--minify` leaves the chunks as they are. Names of
 * functions stay: stack traces in red logs have them. ASCII alone: where one character is none, V8 holds the whole file
 * in twice the room, and is longer about reading it.
 */
import { readFileSync, writeFileSync } from "node:fs";
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

for (const file of process.argv.slice(2)) {
  const { code } = await minify(readFileSync(file, "utf8"), OPTIONS);
  if (code === undefined) throw new Error(`${file} could not be minified`);
  writeFileSync(file, code);
}
