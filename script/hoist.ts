/**
 * Joins the action's own modules: `hoist.ts ENTRY FOLDER`. One for what every step needs and one for each part
 * that is loaded on demand, instead of some 270 that call each other through the bundler's tables: that costs a
 * twentieth of a step's start. The packages are left to the bundler, but for the toolkit, which every step needs a
 * third of: its summary alone, which `src/action/runner.ts` writes itself, makes Node load eight modules.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { rollup } from "rollup";

const TOOLKIT = "@actions/core";

const isToolkit = (id: string) => id.includes(`node_modules/${TOOLKIT}/`);

const [entry = "", folder = ""] = process.argv.slice(2);
const joined = await rollup({
  input: entry,
  external: (id) => !/^[./]/.test(id) && id !== TOOLKIT,
  plugins: [
    {
      name: "toolkit",
      resolveId: (id) => (id === TOOLKIT ? fileURLToPath(import.meta.resolve(id)) : null),
    },
  ],
  treeshake: { moduleSideEffects: (id) => !isToolkit(id) },
  onLog: (level, { message, id = "", ids = [id] }) => {
    if (ids.every(isToolkit)) return;
    // A circle, an export that is missing: nothing that a bundle should be made of.
    throw new Error(`${level}: ${message}`);
  },
});
await joined.write({ dir: folder, format: "es", chunkFileNames: "[name].js" });
await joined.close();
