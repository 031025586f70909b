import type { Edges } from "../action/edges.ts";
import type { Left } from "../fleet/left.ts";
import type { Ident } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { oneLineOf } from "../report/annotation/combined.ts";
import type { Failure } from "../report/annotation/failure.ts";
import { failureOf } from "../report/annotation/of-trouble.ts";
import { postAnnotation } from "../report/annotation/post.ts";
import type { Place } from "../report/log/line.ts";
import { postSummary, type SummaryRow } from "../report/summary/post.ts";
import { writeSummary } from "./conclude.ts";

/** Where the app is to be seen. */
export function placeOf({ workspaceSlug, began }: Left): Place & { readonly appId: string } {
  return { workspaceSlug, appId: began.appId };
}

type ReportEdges = Pick<Edges, "runner" | "env">;

/** What the post step found and did, told as it goes, and once more at its end. */
export class PostReport {
  readonly #edges: ReportEdges;
  readonly #place: Place;
  readonly #summary: boolean;
  readonly #rows = new Map<string, SummaryRow>();
  readonly #notes: string[] = [];
  readonly #problems: Trouble[] = [];
  #isNews = false;

  constructor(edges: ReportEdges, left: Left) {
    this.#edges = edges;
    this.#place = placeOf(left);
    this.#summary = left.began.summary;
  }

  /** For the log alone. */
  info(text: string): void {
    this.#edges.runner.info(text);
  }

  /** For the log and the summary. */
  note(text: string): void {
    this.#edges.runner.info(text);
    this.#notes.push(text);
    this.#isNews = true;
  }

  /** For the log and the summary: a replica that nobody has reported. */
  warning(text: string): void {
    this.#edges.runner.warning(text);
    this.#isNews = true;
  }

  /** What an on-call must look at: it makes the step red. */
  problem(trouble: Trouble): void {
    this.#problems.push(trouble);
    this.#isNews = true;
  }

  /** What came of one CVM; the latest counts. @param fate a few words */
  fate({ uuid: vmUuid, name }: Pick<Ident, "uuid" | "name">, fate: string): void {
    const row = { name: name ?? "unnamed", vmUuid, fate };
    this.#rows.set(vmUuid ?? row.name, row);
  }

  /** Something happened of which main's summary can't know. */
  happened(): void {
    this.#isNews = true;
  }

  /** @returns the exit code */
  async end(): Promise<0 | 1> {
    const { runner } = this.#edges;
    const problems: readonly Failure[] = this.#problems.map((trouble) =>
      failureOf(trouble, { replica: null, ...this.#place }),
    );
    if (problems.length > 0) {
      const { text, title, rest } = postAnnotation(problems, this.#edges);
      // What an annotation has no room for is in the log all the same.
      for (const line of rest) runner.info(`- ${line}`);
      runner.error(text, title);
    }
    if (this.#isNews && this.#summary) {
      writeSummary(this.#edges, () =>
        postSummary(this.#place, {
          rows: [...this.#rows.values()],
          notes: this.#notes,
          problems: problems.map(oneLineOf),
        }),
      );
    }
    return problems.length === 0 ? 0 : 1;
  }
}
