import type { Edges } from "../action/edges.ts";
import { closeDeployments } from "../deployments/close.ts";
import { LateSearch } from "../fleet/late-search.ts";
import { earlierTries, type Left, readLeft } from "../fleet/left.ts";
import { cleansUnlessUntold, madeByMain, unsettled, wantsCleanup } from "../fleet/plan/cleanup.ts";
import { openApi } from "../fleet/run.ts";
import { hasJobFailed, readApiKey } from "../inputs/common.ts";
import { maskSecrets } from "../inputs/masks.ts";
import { rawInput } from "../inputs/reader.ts";
import { Ledger, NO_PEN } from "../ledger/ledger.ts";
import { endedBefore } from "../ledger/read-back.ts";
import { blankRun } from "../ledger/run-so-far.ts";
import type { PhalaClient } from "../phala/api.ts";
import { failureOf } from "../report/annotation/of-trouble.ts";
import { postAnnotation } from "../report/annotation/post.ts";
import { endedWaiting, signedBefore } from "../report/log/approving.ts";
import { createLine } from "../report/log/create.ts";
import {
  deletionLine,
  jobUntold,
  noneAsked,
  noneCreated,
  noRecord,
} from "../report/log/retiring.ts";
import { cleanUp, keep, tellWithoutKey } from "./after.ts";
import { internal } from "./internal.ts";
import { PostReport, placeOf } from "./post-report.ts";
import { DEPLOYMENT_WORDS } from "./telling-github.ts";
import { untold } from "./untold.ts";

/**
 * The post step: finds what a killed or cancelled main left behind, deletes what was to be deleted and is
 * proven to be its own, and says what keeps running. It works from the saved state alone and may run any
 * number of times.
 *
 * @returns the process's exit code: 1 where something is billed that should not be, or where that can't be
 * told
 */
export async function runPost(edges: Edges): Promise<0 | 1> {
  maskSecrets(edges.env, edges.runner);
  try {
    const read = readLeft(edges.runner.state());
    const jobFailed = hasJobFailed(edges.env);
    const left = read && { ...read, ...(jobFailed === null ? {} : { jobFailed }) };
    if (left === null) {
      const unasked = endedBefore(edges.runner.state()) !== null;
      edges.runner.info(unasked ? noneAsked() : noRecord());
      return 0;
    }
    const report = new PostReport(edges, left);
    const gone = await settleAndClean(edges, left, report);
    const exitCode = await report.end();
    const token = rawInput(edges.env, "github_token");
    await closeDeployments(edges, { token }, gone, DEPLOYMENT_WORDS);
    return exitCode;
  } catch (error) {
    if (error instanceof Error) edges.runner.debug(error.stack ?? error.message);
    const nowhere = { replica: null, workspaceSlug: null, appId: null };
    const { text, title } = postAnnotation([failureOf(internal(error), nowhere)], edges);
    edges.runner.error(text, title);
    return 1;
  }
}

/** @returns the UUIDs of what it has seen deleted */
async function settleAndClean(
  edges: Edges,
  left: Left,
  report: PostReport,
): Promise<ReadonlySet<string>> {
  // Main's own summary was never written.
  if (left.outcome === null) report.happened();
  const api = openKeyed(edges, left);
  if (api === null) {
    tellWithoutKey(left, report);
    return new Set();
  }
  const earlier = earlierTries(left).map(({ replica }) => replica);
  const pages = { run: blankRun, replicas: [...left.replicas, ...earlier] };
  const ledger = new Ledger(() => edges.clock.now(), NO_PEN, pages);
  const place = placeOf(left);
  ledger.subscribe((fact) => {
    const line = createLine(fact, place) ?? deletionLine(fact, ledger);
    if (line !== null) edges.runner[line.as](line.text);
  }, untold(edges.runner));
  const bench = { edges, api, ledger, appId: left.began.appId };
  const after = { ...bench, left, report, search: new LateSearch(bench, left) };
  tellApproval(left, report);
  const made = madeByMain(left);
  if (made.length === 0 && unsettled(left).length === 0) report.info(noneCreated());
  if (wantsCleanup(left.began.cleanup, left)) return cleanUp(after, made);
  if (cleansUnlessUntold(left) && made.length > 0) report.warning(jobUntold());
  return keep(after, made);
}

/** A step that ended while it waited, or registered, made nothing by that; what it signed may stand. */
function tellApproval({ outcome, waits, transactions }: Left, report: PostReport): void {
  if (outcome === null && waits) report.note(endedWaiting());
  const unfinished = outcome === null || outcome === "cancelled" || outcome === "failed";
  if (unfinished && transactions.length > 0) report.note(signedBefore(transactions));
}

/** Null: there is no key that could be sent, so nothing is. */
function openKeyed(edges: Edges, { began }: Left): PhalaClient | null {
  const apiKey = readApiKey(edges.env);
  if (apiKey === null) return null;
  const { apiUrl, requestTimeoutMs: timeoutMs } = began;
  return openApi(edges, { apiUrl, apiKey, timeoutMs });
}
