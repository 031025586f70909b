/** Planted defects in the rules of creating: what is sent again, when a run stops, what counts. */
import type { Mutant } from "./mutant.ts";

export const CREATING_MUTANTS: readonly Mutant[] = [
  {
    name: "sends a create again after a broken connection",
    file: "phala/verdict.ts",
    patch: [
      [
        'fault.network === "certificate" ? "unsent" : "lost"',
        'fault.network === "certificate" ? "unsent" : "put-off"',
      ],
    ],
  },
  {
    name: "sends a create again after a 5xx",
    file: "phala/verdict.ts",
    patch: [
      [
        'if (status === 408 || status >= 500) return "lost";',
        'if (status >= 500) return "put-off";',
      ],
    ],
  },
  {
    name: "takes an unreadable 200 for a refusal",
    file: "phala/verdict.ts",
    patch: [['return fault.status === APPROVAL_NEEDED ? "put-off" : "lost";', 'return "put-off";']],
  },
  {
    name: "sends a create again after a 503 without a look",
    file: "fleet/look-behind.ts",
    patch: [["if (isCertain(fault, asking)) return null;", "if (waitMs > 0) return null;"]],
  },
  {
    name: "sends a create again whatever the looks show",
    file: "fleet/look-behind.ts",
    patch: [["return showsNothing(settlement) ? null : settlement;", "return settlement && null;"]],
  },
  {
    tests: ["__tests__/commands/create/lost/looked-before.test.ts"],
    name: "sends a create again where nobody knows what was there before",
    file: "fleet/look-behind.ts",
    patch: [["&& !this.#search.possible;", "&& this.#search === null;"]],
  },
  {
    name: "a 503 is looked behind once, as a rate limit is",
    file: "fleet/plan/newcomers.ts",
    patch: [["fault.status === 503;", "fault.status === 599;"]],
  },
  {
    name: "a request in the pause after a 429 is closed in the state",
    file: "fleet/sending.ts",
    patch: [
      [
        'if (order.kind === "create" && isCertain(fault, asking)) {',
        'if (order.kind === "create") {',
      ],
    ],
  },
  {
    name: "forgets when the first try was sent that may have made it",
    file: "ledger/fold.ts",
    patch: [["replica.doubted || again ?", "again ?"]],
  },
  {
    name: "keeps the time of a try that certainly made nothing",
    file: "ledger/fold.ts",
    patch: [
      ["replica.doubted || again ? (replica.since ?? at) : at", "replica.tries[0]?.at ?? at"],
    ],
  },
  {
    tests: ["__tests__/fleet/asking.test.ts"],
    name: "says nothing of a try in doubt once another settled its request",
    file: "fleet/asking.ts",
    patch: [["if (this.doubted) this.append(", "if (this.since < 0) this.append("]],
  },
  {
    name: "a refusal is believed without a look",
    file: "fleet/sending.ts",
    patch: [
      [
        "if (makesNothing || isCertain(fault, asking)) return",
        'if (makesNothing || proofOf(fault) === "refused" || isCertain(fault, asking)) return',
      ],
    ],
  },
  {
    name: "adopts what a refused request can't have made",
    file: "fleet/look-behind.ts",
    patch: [["if (byName || asking.doubted) return", "if (byName || !byName) return"]],
  },
  {
    name: "an API that is busy is asked for ever",
    file: "phala/tries.ts",
    patch: [["const MOST_BUSY = 2;", "const MOST_BUSY = 200;"]],
  },
  {
    name: "no brake after requests of unknown fate",
    file: "fleet/plan/brake.ts",
    patch: [["const MOST_UNKNOWN = 2;", "const MOST_UNKNOWN = 200;"]],
    tests: ["__tests__/fleet/brake.test.ts"],
  },
  {
    name: "goes on after a refusal of the whole run",
    file: "fleet/plan/brake.ts",
    patch: [['scopeOf(one) === "run"', 'scopeOf(one) === "node" && scopeOf(one) === "request"']],
    tests: ["__tests__/fleet/brake.test.ts"],
  },
  {
    name: "goes on although the workspace has no balance",
    file: "phala/verdict.ts",
    patch: [
      ['const RUN_FAMILIES = ["04-", "05-"] as const;', 'const RUN_FAMILIES = ["05-"] as const;'],
    ],
  },
  {
    name: "goes on with a key that was rejected",
    file: "phala/verdict.ts",
    patch: [["[401, 402, 403, 429, 503]", "[402, 403, 429, 503]"]],
  },
  {
    name: "instances counts what is stopped",
    file: "fleet/plan/count.ts",
    patch: [["live: fitting.filter(isLive)", "live: fitting.filter((cvm) => isLive(cvm) || true)"]],
  },
  {
    name: "instances forgets the source",
    file: "fleet/plan/count.ts",
    patch: [["instances - live.length - dead.length", "instances + 1 - live.length - dead.length"]],
  },
  {
    name: "instances does not count dead ones",
    file: "fleet/plan/count.ts",
    patch: [["instances - live.length - dead.length", "instances - live.length"]],
  },
  {
    name: "says nothing of dead instances",
    file: "fleet/plan/create.ts",
    patch: [["for (const cvm of dead) take", "for (const cvm of dead.slice(dead.length)) take"]],
    tests: ["__tests__/commands/create/instances.test.ts"],
  },
  {
    name: "instances counts other nodes too",
    file: "fleet/plan/count.ts",
    patch: [
      ["fitsPlace(wanted.placements.flatMap(placesOf), nodeId)", "wanted.placements.length > 0"],
    ],
  },
  {
    name: "instances are dealt over the nodes as if none were there",
    file: "fleet/plan/count.ts",
    patch: [["if (bin !== null) bin.size += 1;", "if (bin !== null) bin.size += 0;"]],
  },
];
