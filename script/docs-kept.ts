/** The words of `why` in delete's output `kept`, from the action's own text. */
import { SPARED_WHYS } from "../src/ledger/terms.ts";
import { sparedText } from "../src/report/words/spared.ts";

/** Rollout passes stopped ones over; create's clean-up leaves what is not proven. */
const OF_OTHERS: readonly string[] = ["stopped", "not-running", "unproven"];

/** The table, as Markdown. */
export function keptTable(): string {
  const whys = SPARED_WHYS.filter((why) => !OF_OTHERS.includes(why));
  const rows = whys.map((why) => `| \`${why}\` | ${sparedText(why)} |`);
  return ["| `why` | It stays because |", "| --- | --- |", ...rows].join("\n");
}
