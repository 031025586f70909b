/** Planted defects in the rules of names: who is looked for, what a name proves, where a replica may go. */
import type { Mutant } from "./mutant.ts";

const of = "names" as const;
/** In simulated time: a process would run the bundle, which has no defect planted. */
const CASES = [
  "__tests__/commands/create/names/cases.test.ts",
  "--testNamePattern=^(?!.*as a process)",
];

export const NAMES_MUTANTS: readonly Mutant[] = [
  {
    tests: CASES,
    name: "a name that nobody shows is refused for good at once",
    file: "fleet/sending.ts",
    patch: [['if (met.kind !== "free" && !hidden)', 'if (met.kind !== "free")']],
  },
  {
    tests: ["__tests__/commands/create/names/approval.test.ts"],
    name: "a commit lost under a name that was passed over is a refusal",
    file: "fleet/sending.ts",
    patch: [
      [
        "byName && asking.doubted && !this.#search.namesHold",
        "byName && lost && !this.#search.namesHold",
      ],
    ],
  },
  {
    name: "what was not asked for is the first failure",
    file: "commands/judge.ts",
    patch: [
      [
        'troubles.find((trouble) => codeOf(trouble) !== "") ?? troubles[0]',
        'troubles.find((trouble) => codeOf(trouble) !== "?") ?? troubles[0]',
      ],
    ],
  },
  {
    of,
    name: "asks for a name that is there",
    file: "fleet/plan/names.ts",
    patch: [
      [
        "wanted: [...rows.filter(({ cvm }) => cvm === null), ...going]",
        "wanted: [...rows.filter(({ cvm }) => cvm?.status !== null), ...going]",
      ],
    ],
  },
  {
    tests: CASES,
    name: "sends a name again before any name was seen to hold",
    file: "fleet/sending.ts",
    patch: [["(byName && this.#search.namesHold)", "(byName && !cancel.aborted)"]],
  },
  {
    of,
    name: "takes another name for a proof that names hold",
    file: "fleet/search.ts",
    patch: [['sameName(bears, asked) ? "hold" : "ignored"', 'asked !== bears ? "hold" : "hold"']],
  },
  {
    of,
    name: "looks for the name alone while nobody knows whether names hold",
    file: "fleet/look-behind.ts",
    patch: [
      [
        "return sure || !showsNothing(settlement) ? settlement",
        "return sure || settlement !== null ? settlement",
      ],
    ],
  },
  {
    of,
    name: "what bears another name is ours by the name",
    file: "fleet/look-behind.ts",
    patch: [
      ["return name === null || sameName(cvm.name, name);", "return cvm.name !== name || true;"],
    ],
  },
  {
    of,
    name: "what bears the name after a refusal is proven to be ours",
    file: "fleet/arrivals.ts",
    patch: [["const proof = named && asking.doubted &&", "const proof = named &&"]],
  },
  {
    of,
    name: "post takes what bears the name after a refusal for proven",
    file: "fleet/late-search.ts",
    patch: [["isNamed(replica) && !isRefused(replica)", "isNamed(replica)"]],
  },
  {
    of,
    name: "post takes what is new for proven, whatever it is called",
    file: "fleet/late-search.ts",
    patch: [
      [
        'return others.kind === "adopted" ? { kind: "several", cvms: [others.cvm] } : others;',
        "return others;",
      ],
    ],
  },
  {
    tests: CASES,
    name: "who was quicker is this step's",
    file: "fleet/taken.ts",
    patch: [["return asking.doubted && this", "return asking.doubted || this"]],
  },
  {
    tests: CASES,
    name: "does not know that a name is taken",
    file: "phala/names.ts",
    patch: [
      ["if (fault.errorCode === NAME_TAKEN) return true;", ""],
      ["return [400, 409].includes(fault.status) && words;", "return words && fault.status === 0;"],
    ],
  },
  {
    of,
    name: "goes to another node whatever the reason",
    file: "fleet/make-all.ts",
    patch: [['if (scope !== "node" || !sure) {', "if (!sure) {"]],
  },
  {
    tests: CASES,
    name: "goes by names after the API was seen to ignore them",
    file: "fleet/search.ts",
    patch: [
      ["return this.namesIgnored ? null : (slot.name ?? null);", "return slot.name ?? null;"],
    ],
  },
  {
    name: "what comes late under a name that is free again is not looked for",
    file: "fleet/plan/cleanup.ts",
    patch: [["heldBy !== null && isGone(heldBy));", "heldBy !== null && heldBy === null);"]],
    tests: ["__tests__/commands/post/freed-name.test.ts"],
  },
  {
    name: "what bears a name that was free again is deleted as this step's",
    file: "fleet/late-search.ts",
    patch: [["&& !isRefused(replica) && lost.heldBy === null;", "&& !isRefused(replica);"]],
    tests: ["__tests__/commands/post/freed-name.test.ts"],
  },
  {
    name: "of two lost tries of a name the one that made nothing is forgotten",
    file: "fleet/arrivals.ts",
    patch: [["if (named && asking.lostTries > 1) asking.leaveDoubt();", ""]],
    tests: ["__tests__/commands/post/freed-name.test.ts"],
  },
  {
    name: "a named create that is answered settles the try before it",
    file: "fleet/arrivals.ts",
    patch: [['if (order.kind === "create") asking.leaveDoubt();', ""]],
    tests: ["__tests__/commands/post/freed-name.test.ts"],
  },
];
