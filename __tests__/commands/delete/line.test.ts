/** Many deletions at a slow API: who waits long for its turn has as many tries as the first. In simulated time. */
import { expect } from "@jest/globals";
import { type Case, describeCases } from "../../support/play.ts";
import { alone, ended, listed, sent } from "./support.ts";

const MANY = { liveInstances: 41, latencyMs: 1_000 } as const;
const all = { name: "web-*", max_deletions: "50" };

const FAULTS = [
  ["a 502 when it is read", { route: "cvm", kind: "status", when: "before", status: 502 }],
  ["a 409 to the DELETE", { route: "delete", kind: "status", when: "before", status: 409 }],
  ["a 503 to the DELETE", { route: "delete", kind: "status", when: "before", status: 503 }],
] as const;

const single = FAULTS.flatMap(([what, fault]) =>
  [1, 38].flatMap((nth) =>
    ["true", "false"].map(
      (wait): Omit<Case, "command"> => ({
        name: `${what} of number ${nth} of 40, wait: ${wait}`,
        api: MANY,
        given: (cloud) => cloud.fault({ ...fault, nth }),
        inputs: alone({ ...all, wait }),
        expects: (seen) => {
          expect(ended(seen)).toEqual([0, "deleted", ""]);
          expect(listed(seen, "deleted")).toHaveLength(40);
          expect(new Set(sent(seen)).size).toBe(40);
        },
      }),
    ),
  ),
);

const cases: readonly Omit<Case, "command">[] = [
  ...single,
  {
    name: "never answered: each is tried in its turn, and then for 80 s together, no longer",
    api: { liveInstances: 11 },
    given: (cloud) =>
      cloud.fault({ route: "delete", kind: "hang", when: "before", times: "always" }),
    inputs: alone({ ...all, wait: "false" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "timeout", "TIMEOUT"]);
      expect(new Set(sent(seen)).size).toBe(10);
      const times = seen.requests.filter(({ method }) => method === "DELETE").map(({ at }) => at);
      // 15 s for each first try, of which the last begins after 135 s.
      expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(215_000);
    },
  },
];

describeCases(
  "a line of deletions",
  cases.map((each): Case => ({ ...each, command: "delete", only: "simulated" })),
);
