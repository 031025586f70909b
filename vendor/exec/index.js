/**
 * Stands in for @actions/exec, by the override in package.json. @actions/core imports it to ask the machine for
 * its name and version, which this action never does; with the real one, the bundle could start programs, and
 * Node would load what that takes at the start of every step.
 */

/** @throws always: this action starts no program */
export async function exec() {
  throw new Error("This action starts no program.");
}

/** @throws always, as `exec` */
export const getExecOutput = exec;
