import vm from "node:vm";
import { TestEnvironment } from "jest-environment-node";
import Runtime from "jest-runtime";

// Jest takes a file for idle while it goes from one of its tests to the next, and refuses an `import()` then. Those
// that run at the same time go on, though, and what they try loads parts of itself.
Runtime.prototype.leaveTestCode = () => undefined;

/**
 * Jest's environment for Node, with a global object as programs have it. Jest's own is a proxy, through which each use
 * of `Object`, `Array`, `JSON` or `Math` goes: code that computes took several times as long as without jest.
 */
export default class PlainEnvironment extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}
