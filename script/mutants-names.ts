/** Planted defects in the rules of names: who is looked for, what a name proves, where a replica may go. */
import type { Mutant } from "./mutant.ts";

const of = "names" as const;
/** In simulated time: a process would run the bundle, which has no defect planted. */
const CASES = [
  "__tests__/commands/create/names/cases.test.ts",
  "--testNamePattern=^(?!.*as a process)",
];
const NO_UUID = ["__tests__/commands/create/waiting/no-uuid.test.ts"];

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
  {
    tests: NO_UUID,
    name: "does not wait for what runs without a UUID",
    file: "commands/create.ts",
    patch: [["    cvm.vmUuid === null ||\n", ""]],
  },
  {
    tests: NO_UUID,
    name: "does not follow what is there without a UUID",
    file: "fleet/follow/follow.ts",
    patch: [
      [
        "({ trouble }) => trouble === null",
        "({ trouble, ident }) => trouble === null && ident.uuid !== null",
      ],
    ],
  },
  {
    tests: NO_UUID,
    name: "takes what runs for good although nothing can be asked of it",
    file: "fleet/follow/watch.ts",
    patch: [
      [
        'verdict === "running" && !this.settled && this.uuid !== null',
        'verdict === "running" && !this.settled',
      ],
    ],
  },
  {
    tests: NO_UUID,
    name: "looks at the batch route alone for what has no UUID",
    file: "fleet/follow/follow.ts",
    patch: [["pending.every(({ uuid }) => uuid === null)", "pending.length === 0"]],
  },
  {
    tests: NO_UUID,
    name: "says of what was there that its creation is unclear",
    file: "report/annotation/title.ts",
    patch: [['first?.trouble?.kind === "no-uuid"', "first?.trouble === null"]],
  },
  {
    tests: NO_UUID,
    name: "a name is nobody's as long as its row has no UUID",
    file: "fleet/taken.ts",
    patch: [["row.vmUuid !== null || (over && !ours)", "row.vmUuid !== null"]],
  },
  {
    tests: ["__tests__/fleet/row-of.test.ts"],
    name: "an id is enough to be another's row",
    file: "fleet/plan/row-of.ts",
    patch: [["return name === null ? id", "return row.id === id || name === null ? id"]],
  },
];
