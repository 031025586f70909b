/** The table of planted defects in `docs/simulation.md`: how many each list has, and who has to find them. */
import { MUTANT_LISTS, type MutantList } from "./mutants-all.ts";

/** The table, as Markdown. */
export function mutantsTable(lists: readonly MutantList[] = MUTANT_LISTS): string {
  const rows = lists.map(({ about, file, mutants }) => {
    const byTests = mutants.filter(({ tests }) => tests !== undefined).length;
    return [
      about,
      `\`script/${file}\``,
      mutants.length,
      mutants.length - byTests,
      byTests,
    ] as const;
  });
  const sum = (column: 2 | 3 | 4) => rows.reduce((total, row) => total + row[column], 0);
  const all = [...rows, ["**all**", "", sum(2), sum(3), sum(4)]];
  return [
    "| Defects of | List | How many | Found by a simulation | Found by tests |",
    "| --- | --- | ---: | ---: | ---: |",
    ...all.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");
}
