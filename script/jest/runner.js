/**
 * Two kinds of files of tests, each with workers of its own. What computes needs as many workers as there are cores: each
 * one more has to compile the sources once more. What sits out the time of processes needs more than that.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import TestRunner from "jest-runner";

/** What a file says that starts processes, or has tests which wait beside each other. */
const WAITS =
  /oncurrent|in(?:Its|Either|Both)Worlds?|spawn|execFile|\.suite\.ts|process: |startSimulator/;
const waits = ({ path }) => WAITS.test(readFileSync(path, "utf8"));

class TwoKinds extends TestRunner {
  #computing;

  constructor(config, context) {
    super(config, context);
    const maxWorkers = Math.min(config.maxWorkers, availableParallelism());
    this.#computing = new TestRunner({ ...config, maxWorkers }, context);
  }

  on(name, listener) {
    const off = [super.on(name, listener), this.#computing.on(name, listener)];
    return () => {
      for (const one of off) one();
    };
  }

  async runTests(tests, watcher, options) {
    if (options.serial) return super.runTests(tests, watcher, options);
    await Promise.all([
      super.runTests(tests.filter(waits), watcher, options),
      this.#computing.runTests(
        tests.filter((test) => !waits(test)),
        watcher,
        options,
      ),
    ]);
  }
}

// Jest takes what `require` answers, whole.
export { TwoKinds as default, TwoKinds as "module.exports" };
