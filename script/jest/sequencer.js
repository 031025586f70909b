import { relative } from "node:path";
import Sequencer from "@jest/test-sequencer";

/**
 * What mostly sits out real time, the longest first. Jest knows from earlier runs how long a file takes; in a fresh
 * clone it goes by the size of the files, and the longest came last.
 */
const FIRST = [
  "repository/at-work",
  "commands/rollout/golden",
  "commands/rollout/rollout",
  "commands/create/names/faults",
  "commands/create/waiting/bundle-health",
  "commands/create/lost/faults",
  "simulation/simulation",
  "net/proxy",
  "attest/fuzz",
  "live/live",
].map((name) => `__tests__/${name}.test.ts`);

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path, context }) => {
      const at = FIRST.indexOf(relative(context.config.rootDir, path));
      return at < 0 ? FIRST.length : at;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
