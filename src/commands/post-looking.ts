/**
 * What the post steps share that change nothing: where main was cancelled or killed in the middle, they look, and
 * say what became of what main had begun.
 */
import type { Edges } from "../action/edges.ts";
import type { Bench } from "../fleet/bench.ts";
import { openApi } from "../fleet/run.ts";
import { readApiKey } from "../inputs/common.ts";
import { maskSecrets } from "../inputs/masks.ts";
import { Ledger, NO_PEN, type Pages } from "../ledger/ledger.ts";
import { readBack } from "../ledger/read-back.ts";
import type { Replica } from "../ledger/replica.ts";
import type { RunSoFar } from "../ledger/run-so-far.ts";
import type { Budget } from "../net/retry.ts";
import { writeSummary } from "./conclude.ts";

/** What one look is tried for: a cancelled job has five minutes for all its post steps. */
export const POST_BUDGET: Budget = { maxTries: 4, totalMs: 30_000, tryMs: 15_000 };

/** What main left behind. */
export interface LeftBehind {
  readonly replicas: readonly Replica[];
  /** It waited for an approval on chain when it was last heard of. */
  readonly approving: boolean;
  readonly appId: string;
  readonly workspaceSlug: string | null;
  /** Null: there is no key that could be sent, so nothing can be looked at. */
  readonly bench: Bench | null;
}

/** What there is to say. */
export interface Said {
  readonly lines: readonly string[];
  readonly warning: string | null;
  /** Markdown. */
  readonly summary: string;
}

export interface LookingPost {
  /** What main was about, as in "what became of the rollout". */
  readonly subject: string;
  /** Where main had begun nothing. */
  readonly nothing: string;
  /** Where main came to its end. */
  readonly toldByMain: (outcome: string) => string;
  readonly look: (left: LeftBehind) => Promise<Said>;
  /** Whatever comes after, however main ended. @param run null: it left no record */
  readonly afterwards?: (run: RunSoFar | null) => Promise<void>;
}

/** @returns the process's exit code: 0, since nothing that it finds can be mended here */
export async function runLookingPost(edges: Edges, post: LookingPost): Promise<0> {
  const { runner } = edges;
  maskSecrets(edges.env, runner);
  try {
    const pages = readBack(runner.state());
    const outcome = pages?.run.outcome ?? null;
    const began = pages?.run.began ?? null;
    if (pages === null || began === null) runner.info(post.nothing);
    else if (outcome !== null && outcome !== "cancelled") runner.info(post.toldByMain(outcome));
    else await say(edges, pages, began, post);
    await post.afterwards?.(pages?.run ?? null);
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown reason";
    runner.warning(`What became of the ${post.subject} could not be seen: ${why}`);
  }
  return 0;
}

async function say(
  edges: Edges,
  pages: Pages,
  began: NonNullable<RunSoFar["began"]>,
  { look }: LookingPost,
): Promise<void> {
  const { runner } = edges;
  const { apiUrl, appId, requestTimeoutMs: timeoutMs } = began;
  const apiKey = readApiKey(edges.env);
  const ledger = new Ledger(() => edges.clock.now(), NO_PEN, pages);
  const api = apiKey === null ? null : openApi(edges, { apiUrl, apiKey, timeoutMs });
  const told = await look({
    replicas: pages.replicas,
    approving: pages.run.approving,
    appId,
    workspaceSlug: pages.run.surveyed?.workspaceSlug ?? null,
    bench: api && { edges, api, ledger, appId },
  });
  for (const line of told.lines) runner.info(line);
  if (told.warning !== null) runner.warning(told.warning);
  if (began.summary) writeSummary(edges, () => told.summary);
}
