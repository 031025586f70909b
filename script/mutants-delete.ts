/** Planted defects in what delete may take, in which order, how it makes sure, and what it says of the rest. */
import type { Mutant } from "./mutant.ts";

const of = "delete" as const;
const SELECT = "fleet/plan/select.ts";
const RETIRE = "fleet/retire.ts";
/** In simulated time: a process would run the bundle, which has no defect planted. */
const CASES = [
  "__tests__/commands/delete/selectors.test.ts",
  "--testNamePattern=^(?!.*as a process)",
];
const TROUBLE = [
  "__tests__/commands/delete/trouble.test.ts",
  "--testNamePattern=^(?!.*as a process)",
];
const HOSTILE = [
  "__tests__/commands/delete/hostile.test.ts",
  "--testNamePattern=^(?!.*as a process)",
];

export const DELETE_MUTANTS: readonly Mutant[] = [
  {
    of,
    name: "deletes what a name does not mean",
    file: SELECT,
    patch: [["!names.some((pattern) => fitsPattern(pattern, cvm.name))", "names.length === 0"]],
  },
  {
    of,
    name: "deletes what vm_uuids does not name",
    file: SELECT,
    patch: [["vmUuids !== null && !vmUuids.includes(uuid)", 'vmUuids !== null && uuid === ""']],
  },
  {
    of,
    name: "takes one selector for enough",
    file: SELECT,
    patch: [
      [
        "if (status !== null && !hasAnyStatus(cvm, status)) return false;",
        "if (status !== null && names === null && !hasAnyStatus(cvm, status)) return false;",
      ],
    ],
  },
  {
    of,
    name: "deletes what is younger than older_than",
    file: SELECT,
    patch: [["now - cvm.createdAt >= (olderThanMs ?? 0)", "now - cvm.createdAt >= 0"]],
  },
  {
    of,
    name: "deletes what keep names",
    file: SELECT,
    patch: [['if (isKept(cvm, wishes)) return "keep";', "if (isKept(cvm, wishes)) return null;"]],
  },
  {
    tests: CASES,
    name: "keep protects no odd name",
    file: SELECT,
    patch: [
      [
        "entry.uuid === vmUuid : protectsName(entry, name)",
        "entry.uuid === vmUuid : fitsPattern(entry, name)",
      ],
    ],
  },
  {
    tests: CASES,
    name: "an odd name that keep names exactly is not there",
    file: SELECT,
    patch: [
      [
        "rows.some(({ name }) => protectsName(entry, name))",
        "rows.some(({ name }) => fitsPattern(entry, name))",
      ],
    ],
  },
  {
    of,
    name: "leave keeps one too few",
    file: SELECT,
    patch: [["oldestRunning(first, wishes.leave)", "oldestRunning(first, wishes.leave - 1)"]],
  },
  {
    of,
    name: "deletes the last running one",
    file: SELECT,
    patch: [["Math.max(0, atLeast - staying)", "Math.max(0, atLeast - 1 - staying)"]],
  },
  {
    of,
    name: "counts what is stopped among the running ones that stay",
    file: SELECT,
    patch: [["rows.filter(isRunning).length - going", "rows.length - going"]],
  },
  {
    of,
    name: "deletes one more than max_deletions",
    file: SELECT,
    patch: [
      ["if (would <= wishes.maxDeletions) return", "if (would <= wishes.maxDeletions + 1) return"],
    ],
  },
  {
    tests: CASES,
    name: "the newest running ones stay",
    file: SELECT,
    patch: [
      [
        "cvms.filter(isRunning).sort(oldestFirst).slice(0, count)",
        "cvms.filter(isRunning).sort((a, b) => oldestFirst(b, a)).slice(0, count)",
      ],
    ],
  },
  {
    tests: CASES,
    name: "deletes the newest before the dead",
    file: SELECT,
    patch: [["return dead === 0 ? oldestFirst(b, a) : dead;", "return oldestFirst(b, a) || dead;"]],
  },
  {
    tests: CASES,
    name: "what keep names and the app lacks is no slip",
    file: SELECT,
    patch: [["if (slips.length > 0) return nothing", "if (slips.length > 99) return nothing"]],
  },
  {
    tests: CASES,
    name: "says nothing of what stays under LIMIT",
    file: SELECT,
    patch: [
      ['for (const cvm of go) keep(cvm, "limit");', 'for (const cvm of []) keep(cvm, "limit");'],
    ],
  },
  {
    tests: CASES,
    name: "a name asked for exactly and kept is green",
    file: "commands/judge-delete.ts",
    patch: [['spared !== "leave" && cvm !== null &&', 'spared !== "leave" && cvm === null &&']],
  },
  {
    tests: CASES,
    name: "touches an app whose UUID is another's",
    file: "fleet/look-to-delete.ts",
    patch: [["if (elsewhere.length > 0) {", "if (elsewhere.length > 99) {"]],
  },
  {
    tests: TROUBLE,
    name: "a pattern takes what came after the step began",
    file: SELECT,
    patch: [
      ['return new_ && !isExact(cvm, wishes) ? "too-new" : null;', "return new_ ? null : null;"],
    ],
  },
  {
    tests: TROUBLE,
    name: "does not read again before it deletes",
    file: "fleet/deleting.ts",
    patch: [
      [
        "if (whyNot !== null) {\n    const list",
        "if (whyNot !== null && sent.count > 0) {\n    const list",
      ],
    ],
  },
  {
    of,
    name: "deletes what was renamed meanwhile",
    file: "fleet/plan/still-meant.ts",
    patch: [
      ["now.vmUuid !== before.vmUuid || now.name !== before.name", "now.vmUuid !== before.vmUuid"],
    ],
  },
  {
    of,
    name: "deletes what another app has by now",
    file: "fleet/plan/still-meant.ts",
    patch: [["(now.appId ?? before.appId) !== appId", "before.appId !== appId"]],
  },
  {
    of,
    name: "deletes what was brought back meanwhile",
    file: "fleet/plan/still-meant.ts",
    patch: [['return hasAnyStatus(now, status) ? null : "changed";', "return null;"]],
  },
  {
    of,
    name: "gone is what one look does not show",
    file: RETIRE,
    patch: [["const LOOKS_TO_BE_GONE = 2;", "const LOOKS_TO_BE_GONE = 1;"]],
  },
  {
    of,
    name: "gone is what the list leaves out",
    file: RETIRE,
    patch: [['if (own !== "gone" && !mute) {', 'if (said !== "gone" && own !== "gone") {']],
  },
  {
    tests: HOSTILE,
    name: "a row that another contradicts is believed",
    file: "fleet/plan/still-meant.ts",
    patch: [
      [
        "other === undefined || isSame(other, cvm) ? cvm : blurred(cvm)",
        "other === undefined || isSame(other, cvm) ? cvm : { ...cvm }",
      ],
    ],
  },
  {
    tests: HOSTILE,
    name: "a name that the platform would not give fits a pattern",
    file: "text/pattern.ts",
    patch: [["name !== null && NAME.test(name) && matches", "name !== null && matches"]],
  },
  {
    tests: ["__tests__/commands/delete/inputs.test.ts"],
    name: "a star alone needs no second word",
    file: "inputs/delete.ts",
    patch: [["if (all && !hasSecond) {", "if (all && !hasSecond && names === null) {"]],
  },
  {
    tests: ["__tests__/commands/delete/inputs.test.ts"],
    name: "a list whose entries are all empty means none",
    file: "inputs/lists.ts",
    patch: [
      [
        "if (written.length === 0 && !/^\\[\\s*\\]$/.test(text)) {",
        'if (items.length === 0 && text === "") {',
      ],
    ],
  },
];
