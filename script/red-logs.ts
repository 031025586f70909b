/** Writes docs/red-logs.md: what an on-call reads, one red run for each code of our own, played in simulated time. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { playRed, RED_CASES } from "../__tests__/report/red.ts";

const INTRO = `# Red logs

What a red step of create or delete prints, one run for each of the action's own codes and some of the API's, played against the simulator in simulated time by \`script/red-logs\`; a test compares. Each has to tell whoever is woken by it what failed, what exists and is billed, and what to do next. [operations.md](operations.md) has more on each code.
`;

/** The whole page. */
export async function redLogs(): Promise<string> {
  const sections: string[] = [];
  for (const one of RED_CASES) {
    const { runner } = await playRed(one);
    const lines = runner.entries
      .filter(({ kind }) => kind !== "debug" && kind !== "endgroup")
      .map(({ kind, text, title }) => {
        const mark = kind === "info" ? "" : kind === "group" ? "▾ " : `${kind.toUpperCase()} `;
        return mark + (title === undefined ? text : `${title}\n${text}`);
      });
    sections.push(`## ${one.code}\n\n${one.what}\n\n\`\`\`\n${lines.join("\n")}\n\`\`\`\n`);
  }
  return [INTRO, ...sections].join("\n");
}

if (import.meta.main) {
  writeFileSync(join(import.meta.dirname, "../docs/red-logs.md"), await redLogs());
}
