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

  /** Jest would begin the concurrent tests of a file block by block, and what they wait for would not overlap. */
  handleTestEvent({ name }, { rootDescribeBlock: root }) {
    if (name === "run_start") root.children = [...takeConcurrent(root), ...root.children];
  }

  exportConditions() {
    return ["node", "node-addons"];
  }

  /** There is none: see `compile` in runtime.js. */
  getVmContext() {
    return null;
  }
}

/** Takes the concurrent tests out of a block and those in it; each still knows the block that names it. */
function takeConcurrent(block) {
  const isConcurrent = ({ type, concurrent }) => type === "test" && concurrent;
  const inner = block.children.filter(({ type }) => type === "describeBlock");
  const own = block.children.filter(isConcurrent);
  block.children = block.children.filter((child) => !isConcurrent(child));
  return [...own, ...inner.flatMap(takeConcurrent)];
}
