/** README's few figures, from those of `docs/benchmarks.json`. */

/** What README takes of them. */
export interface Measured {
  readonly versions: { readonly cli: string | null };
  readonly startup: {
    readonly rows: readonly { readonly program: string; readonly medianMs: number }[];
  };
  readonly downloads: readonly { readonly what: string; readonly bytes: number }[];
  readonly survival: readonly { readonly ours: string; readonly cli: string }[];
}

/** The row whose label begins with `name`. Throws when there is none: a figure must not be made up. */
function rowOf<Row>(rows: readonly Row[], label: (row: Row) => string, name: string): Row {
  const row = rows.find((one) => label(one).startsWith(name));
  if (row === undefined) throw new Error(`docs/benchmarks.json has no row for ${name}.`);
  return row;
}

/** Two significant digits, in MB of 1,000,000 bytes. */
function megabytes(bytes: number): string {
  return `${bytes < 1e6 ? Number((bytes / 1e6).toPrecision(2)) : Math.round(bytes / 1e6)} MB`;
}

/** The table, as Markdown. Throws when the figures lack a row. */
export function measuredTable({ versions, startup, downloads, survival }: Measured): string {
  const faults = (how: string): string => {
    const [ours, cli] = (["ours", "cli"] as const).map(
      (who) => survival.filter((row) => row[who] === how).length,
    );
    return `${ours} | ${cli}`;
  };
  const ms = (name: string): string => {
    const { medianMs } = rowOf(startup.rows, (row) => row.program, name);
    return `${new Intl.NumberFormat("en").format(medianMs)} ms`;
  };
  const size = (name: string): string => megabytes(rowOf(downloads, (row) => row.what, name).bytes);
  return [
    `| Measured, against the simulator | This action | Official command line, \`phala\` ${versions.cli} |`,
    "| --- | ---: | ---: |",
    `| of ${survival.length} faults at the create request: it succeeded, and named its one replica | ${faults("survived")} |`,
    `| it failed, and nothing exists that it did not name | ${faults("told")} |`,
    `| **a replica exists, is billed, and is named nowhere** | ${faults("lost")} |`,
    `| more than one replica exists | ${faults("twice")} |`,
    `| one create without waiting, from start to end of the process | ${ms("this action")} | ${ms("official CLI")} |`,
    `| what is fetched before it starts | ${size("this action")} | ${size("official CLI")} |`,
  ].join("\n");
}
