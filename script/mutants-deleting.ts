/** Planted defects in how a deletion is asked for, first and again, and what proves that one is gone. */
import type { Mutant } from "./mutant.ts";

const DELETING = "fleet/deleting.ts";
const RETIRE = "fleet/retire.ts";
const PAGES = ["__tests__/commands/delete/pages.test.ts", "__tests__/commands/post/pages.test.ts"];
const OUR_OWN = ["__tests__/commands/delete/our-own.test.ts"];
const LINE = ["__tests__/commands/delete/line.test.ts", "__tests__/net/line.test.ts"];
const OTHERS_GO = ["__tests__/commands/delete/others-go.test.ts"];

export const DELETING_MUTANTS: readonly Mutant[] = [
  {
    tests: PAGES,
    name: "takes a proxy's 404 for the API's",
    file: "net/fault.ts",
    patch: [['fault.form === "json" || (bare', 'fault.form !== "none" || (bare']],
  },
  {
    tests: PAGES,
    name: "takes a bare 404 for the API's without a list beside it",
    file: RETIRE,
    patch: [["one.uuid, look, list.ok)", "one.uuid, look, true)"]],
  },
  {
    tests: PAGES,
    name: "takes a bare 404 for the API's where nobody looks afterwards",
    file: DELETING,
    patch: [["isUnknownToApi(fault, absenceMs > 0)", "isUnknownToApi(fault, true)"]],
  },
  {
    tests: OUR_OWN,
    name: "calls kept what it is deleting",
    file: DELETING,
    patch: [["if (why !== null && sent.open === null) {", "if (why !== null) {"]],
  },
  {
    tests: OUR_OWN,
    name: "calls kept what it may be deleting, its answer lost",
    file: "phala/deletion.ts",
    patch: [['isAway || proofOf(fault) === "lost";', "isAway;"]],
  },
  {
    tests: OUR_OWN,
    name: "asks again for what is not meant any more",
    file: DELETING,
    patch: [["if (why !== null && sent.open !== null) return standing(sent.open);", ""]],
  },
  {
    tests: LINE,
    name: "the time of a deletion runs while it waits for its turn",
    file: "net/line.ts",
    patch: [["newcomers--;\n            lastCame = clock.now();", "newcomers--;"]],
  },
  {
    tests: LINE,
    name: "sends what the line has left no time for",
    file: "net/persist.ts",
    patch: [["(tries > 1 && spentMs() >= budget.totalMs ? null : once())", "once()"]],
  },
  {
    tests: ["__tests__/commands/post/line.test.ts"],
    name: "the time of a ttl runs while it waits for its turn",
    file: "fleet/limit.ts",
    patch: [["Math.min(since(), latest)", "Math.min(since(), latest - withinMs + budget.totalMs)"]],
  },
  {
    tests: OTHERS_GO,
    name: "goes by the first list, however old it is",
    file: "fleet/last-look.ts",
    patch: [["STALE_MS = 5_000", "STALE_MS = 5_000_000"]],
  },
  {
    tests: OTHERS_GO,
    name: "reads the list before each deletion",
    file: "fleet/last-look.ts",
    patch: [["STALE_MS = 5_000", "STALE_MS = -1"]],
  },
  {
    tests: OTHERS_GO,
    name: "deletes where the list can't be read again",
    file: "fleet/last-look.ts",
    patch: [
      [
        "if (!list.ok && !isUnknownToApi(list.fault)) return list;",
        "if (!list.ok) return { ok: true, value: null };",
      ],
    ],
  },
  {
    tests: OTHERS_GO,
    name: "counts what was spared among what goes",
    file: "commands/delete.ts",
    patch: [["(spared(one) ? [] : [cvmKey(cvm)])", "[cvmKey(cvm)]"]],
  },
];
