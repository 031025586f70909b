/** Planted defects in what a red step says. */
import type { Mutant } from "./mutant.ts";

export const WORD_MUTANTS: readonly Mutant[] = [
  {
    name: "forgets what GitHub shows of an annotation",
    file: "report/annotation/annotation.ts",
    patch: [["MAX_ANNOTATION = 4_096", "MAX_ANNOTATION = 40_960"]],
  },
  {
    name: "cuts an annotation without a number",
    file: "report/annotation/annotation.ts",
    patch: [["left.length === 0 ? shown : shown + more(left.length)", "shown"]],
  },
  {
    name: "tells nobody what found no room in the annotation",
    file: "commands/conclude.ts",
    patch: [["red?.annotation.rest ?? []", "red?.annotation.rest.slice(0, 0) ?? []"]],
    // Of the documents, a copy of the sources has none.
    tests: ["__tests__/report/said.test.ts", "--testNamePattern=^(?!the page of red logs)"],
  },
  {
    name: "an annotation without its code",
    file: "report/annotation/annotation.ts",
    patch: [['const named = code === ""', 'const named = code !== ""']],
  },
  {
    name: "an annotation without its link",
    file: "report/annotation/annotation.ts",
    patch: [["const link = sectionUrl(code, env);", 'const link = "";']],
  },
  {
    name: "an annotation without a title",
    file: "report/annotation/annotation.ts",
    patch: [["title: cut(clean(title), MAX_TITLE)", 'title: ""']],
  },
  {
    name: "error_message stays empty",
    file: "report/outputs/end.ts",
    patch: [["error_message: message", 'error_message: ""']],
  },
  {
    name: "nothing was created, it says, whatever is unclear",
    file: "report/words/billed.ts",
    patch: [["if (lost.length === 0) {", "if (lost.length >= 0) {"]],
  },
  {
    name: "does not name what exists where something failed",
    file: "report/words/billed.ts",
    patch: [["const billed = replicas.filter(isBilled);", "const billed = replicas.slice(0, 0);"]],
  },
  {
    name: "a summary without the code",
    file: "report/summary/reason.ts",
    patch: [['code === "" ? "" : `Error code', 'code !== "" ? "" : `Error code']],
  },
];
