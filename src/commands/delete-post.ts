/**
 * The post step of `delete`. It deletes nothing: where main was cancelled or killed in the middle, it looks,
 * and says what is certainly gone and what is not.
 */
import type { Edges } from "../action/edges.ts";
import { askFor } from "../fleet/ask.ts";
import type { Bench } from "../fleet/bench.ts";
import { openApi } from "../fleet/run.ts";
import { readApiKey } from "../inputs/common.ts";
import { maskSecrets } from "../inputs/masks.ts";
import { Ledger, NO_PEN, type Pages } from "../ledger/ledger.ts";
import { readBack } from "../ledger/read-back.ts";
import type { Replica } from "../ledger/replica.ts";
import { isNotFound } from "../net/fault.ts";
import { inParallel } from "../net/parallel.ts";
import type { Budget } from "../net/retry.ts";
import {
  type AfterDelete,
  afterDelete,
  NOTHING_ASKED,
  toldByMain,
} from "../report/log/after-delete.ts";
import { writeSummary } from "./conclude.ts";

const BUDGET: Budget = { maxTries: 4, totalMs: 30_000, tryMs: 15_000 };
const AT_ONCE = 8;

/** @returns the process's exit code: 0, since nothing that it finds can be mended here */
export async function runDeletePost(edges: Edges): Promise<0 | 1> {
  const { runner } = edges;
  maskSecrets(edges.env, runner);
  try {
    const pages = readBack(runner.state());
    if (pages?.run.began == null) runner.info(NOTHING_ASKED);
    else if (pages.run.outcome !== null && pages.run.outcome !== "cancelled") {
      runner.info(toldByMain(pages.run.outcome));
    } else await say(edges, pages);
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown reason";
    runner.warning(`What became of the deletions could not be seen: ${why}`);
  }
  return 0;
}

async function say(edges: Edges, pages: Pages): Promise<void> {
  const { runner } = edges;
  const { began, surveyed } = pages.run;
  if (began === null) return;
  const ledger = new Ledger(() => edges.clock.now(), NO_PEN, pages);
  const place = { appId: began.appId, workspaceSlug: surveyed?.workspaceSlug ?? null };
  const meant = pages.replicas.filter(({ spared }) => spared === null);
  const apiKey = readApiKey(edges.env);
  const { apiUrl, requestTimeoutMs: timeoutMs } = began;
  const api = apiKey === null ? null : openApi(edges, { apiUrl, apiKey, timeoutMs });
  const bench = api && { edges, api, ledger, appId: began.appId };
  const fates = await fatesOf(bench, meant);
  const told = afterDelete(fates, place);
  for (const line of told.lines) runner.info(line);
  if (told.warning !== null) runner.warning(told.warning);
  if (began.summary) await writeSummary(edges, () => told.summary);
}

/** Gone is what the list does not show and its own route does not know (API facts, "Deleting"). */
async function fatesOf(
  bench: Bench | null,
  meant: readonly Replica[],
): Promise<readonly AfterDelete[]> {
  const open = meant.filter(({ fate }) => fate !== "gone");
  const known = meant.filter(({ fate }) => fate === "gone");
  const sure = known.map((replica): AfterDelete => ({ replica, is: "gone" }));
  if (bench === null || open.length === 0) {
    return [...sure, ...open.map((replica): AfterDelete => ({ replica, is: "unknown" }))];
  }
  const { api, appId } = bench;
  const list = await askFor(bench, { do: "list" }, (options) => api.listCvms(appId, options), {
    budget: BUDGET,
  });
  const listed = list.ok ? list.value.cvms : null;
  const looked = await inParallel(open, AT_ONCE, async (replica): Promise<AfterDelete> => {
    const uuid = replica.ident.uuid ?? "";
    const doing = { do: "read", replica: replica.ident } as const;
    const row = await askFor(bench, doing, (options) => api.getCvm(uuid, options), {
      budget: BUDGET,
    });
    if (row.ok) return { replica, is: "there" };
    const { fault } = row;
    if (!isNotFound(fault)) return { replica, is: "unknown" };
    // An app whose last CVM is gone may be unknown to the API as a whole.
    const noApp = !list.ok && isNotFound(list.fault);
    if (listed === null && !noApp) return { replica, is: "unknown" };
    const seen = listed?.some(({ vmUuid, deleted }) => vmUuid === uuid && !deleted) ?? false;
    return { replica, is: seen ? "there" : "gone" };
  });
  return [...sure, ...looked];
}
