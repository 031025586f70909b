/**
 * Joins the action's own modules: `hoist.ts ENTRY FOLDER`. One for what every step needs and one for each part
 * that is loaded on demand, instead of some 270 that call each other through the bundler's tables: that costs a
 * twentieth of a step's start. The packages are left to the bundler.
 */
import process from "node:process";
import { rollup } from "rollup";

const [entry = "", folder = ""] = process.argv.slice(2);
const joined = await rollup({
  input: entry,
  external: (id) => !/^[./]/.test(id),
  onLog: (level, { message }) => {
    // A circle, an export that is missing: nothing that a bundle should be made of.
    throw new Error(`${level}: ${message}`);
  },
});
await joined.write({ dir: folder, format: "es", chunkFileNames: "[name].js" });
await joined.close();
