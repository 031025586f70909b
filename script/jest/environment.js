import { ModuleMocker } from "jest-mock";

/**
 * Jest's environment for tests that run in Node's own realm: what a test makes and what the sources take apart are of
 * the same classes, as in a program, and what has become quick in one file of tests is quick in the next.
 */
export default class NodeRealm {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  fakeTimersModern = null;
  // Jest puts a guard of its own before it for each file.
  #exit = process.exit;

  async setup() {}

  async teardown() {
    process.exit = this.#exit;
  }

  exportConditions() {
    return ["node", "node-addons"];
  }

  /** There is none: see `compile` in runtime.js. */
  getVmContext() {
    return null;
  }
}
