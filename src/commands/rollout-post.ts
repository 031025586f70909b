/**
 * The post step of `rollout`. It changes nothing: where main was cancelled or killed in the middle, it looks, and
 * says what state each instance is in and what the next run will do.
 */
import type { Edges } from "../action/edges.ts";
import { closeDeployments } from "../deployments/close.ts";
import { askFor } from "../fleet/ask.ts";
import { openApi } from "../fleet/run.ts";
import { readTransactions, readWaiting } from "../fleet/signed.ts";
import { readApiKey } from "../inputs/common.ts";
import { maskSecrets } from "../inputs/masks.ts";
import { rawInput } from "../inputs/reader.ts";
import { Ledger, NO_PEN, type Pages } from "../ledger/ledger.ts";
import { readBack } from "../ledger/read-back.ts";
import type { Budget } from "../net/retry.ts";
import type { Cvm } from "../phala/cvm.ts";
import { afterRollout, NOTHING_TOUCHED, toldByMain } from "../report/log/after-rollout.ts";
import { signedBefore } from "../report/log/approving.ts";
import { writeSummary } from "./conclude.ts";
import { DEPLOYMENT_WORDS } from "./telling-github.ts";

/** A rollout deletes nothing. */
const NONE_GONE: ReadonlySet<string> = new Set();
const BUDGET: Budget = { maxTries: 4, totalMs: 30_000, tryMs: 15_000 };

/** @returns the process's exit code: 0, since main was red already where something is wrong */
export async function runRolloutPost(edges: Edges): Promise<0 | 1> {
  const { runner } = edges;
  maskSecrets(edges.env, runner);
  try {
    const pages = readBack(runner.state());
    const outcome = pages?.run.outcome ?? null;
    if (pages?.run.began == null) runner.info(NOTHING_TOUCHED);
    else if (outcome !== null && outcome !== "cancelled") runner.info(toldByMain(outcome));
    else await say(edges, pages);
    const signed = readTransactions(runner.state());
    if (outcome !== "rolled_out" && signed.length > 0) runner.info(signedBefore(signed));
    await closeDeployments(
      edges,
      { token: rawInput(edges.env, "github_token") },
      NONE_GONE,
      DEPLOYMENT_WORDS,
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown reason";
    runner.warning(`What became of the rollout could not be seen: ${why}`);
  }
  return 0;
}

async function say(edges: Edges, pages: Pages): Promise<void> {
  const { began, surveyed } = pages.run;
  if (began === null) return;
  const { runner } = edges;
  const place = { appId: began.appId, workspaceSlug: surveyed?.workspaceSlug ?? null };
  const waited = readWaiting(runner.state());
  const told = afterRollout(pages.replicas, await rowsOf(edges, pages), { ...place, waited });
  for (const line of told.lines) runner.info(line);
  runner.warning(told.warning);
  if (began.summary) await writeSummary(edges, () => told.summary);
}

/** The app's CVMs as they are now; null: they can't be read. */
async function rowsOf(edges: Edges, pages: Pages): Promise<readonly Cvm[] | null> {
  const { began } = pages.run;
  const apiKey = readApiKey(edges.env);
  if (apiKey === null || began === null) return null;
  const { apiUrl, appId, requestTimeoutMs: timeoutMs } = began;
  const api = openApi(edges, { apiUrl, apiKey, timeoutMs });
  const ledger = new Ledger(() => edges.clock.now(), NO_PEN, pages);
  const list = await askFor(
    { edges, ledger },
    { do: "list" },
    (options) => api.listCvms(appId, options),
    { budget: BUDGET },
  );
  return list.ok ? list.value.cvms : null;
}
