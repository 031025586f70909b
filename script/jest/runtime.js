/**
 * How jest loads modules: Node does it. Node 24 reads TypeScript as it stands, so there is no second compiler whose
 * reading of the code could differ from the build's; and the sources and the simulator are loaded once a worker, not
 * once a file of tests, which took longer than most tests. What lies in `__tests__` is loaded anew for each file, as
 * jest does it, but for the simulated world: so helpers that register something at jest do it for that file.
 */
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { compileFunction, constants } from "node:vm";
import Runtime from "jest-runtime";

const GLOBALS = new URL("globals.js", import.meta.url).href;
const TESTS = new URL("../../__tests__/", import.meta.url).href;
/** Knows nothing of jest, and most files of tests use it. */
const SHARED = new URL("support/simulated/", TESTS).href;

/** Each file of tests has a number, which its own copies of modules carry in their address. */
let files = 0;
const ofFile = (url) => /\?file=\d+$/.exec(url ?? "")?.[0];

registerHooks({
  resolve(specifier, context, next) {
    const file = ofFile(context.parentURL);
    if (file === undefined) return next(specifier, context);
    if (specifier === "@jest/globals") return { url: GLOBALS + file, shortCircuit: true };
    const found = next(specifier, context);
    const own = found.url.startsWith(TESTS) && !found.url.startsWith(SHARED);
    return own ? { ...found, url: found.url + file } : found;
  },
});

/** Jest's own modules have their state in what they export: they are run for each file, and compiled once. */
const compiled = new Map();

class NodeRuntime extends Runtime {
  constructor(...given) {
    super(...given);
    const { executor } = this;
    executor.compile = (source, filename) => {
      const known = compiled.get(filename);
      if (known !== undefined) return known;
      const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
      const options = { filename, importModuleDynamically };
      const made = compileFunction(source, executor.injectedModuleParameters, options);
      compiled.set(filename, made);
      return made;
    };
  }

  unstable_shouldLoadAsEsm(path) {
    return path.endsWith(".ts") || super.unstable_shouldLoadAsEsm(path);
  }

  async unstable_importModule(path) {
    globalThis.jest = this.jestGlobals.jestObjectFor(path);
    // Jest asks for 100 lines of each error's stack, and errors are made wherever something is expected or refused.
    Error.stackTraceLimit = 10;
    files += 1;
    return await import(`${pathToFileURL(path)}?file=${files}`);
  }
}

// Jest takes what `require` answers, whole.
export { NodeRuntime as default, NodeRuntime as "module.exports" };
