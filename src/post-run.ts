import type { Edges } from "./edges.ts";
import { closeDeployments } from "./github/closing.ts";
import { maskSecrets } from "./inputs/masks.ts";
import { readApiKey } from "./inputs/read.ts";
import { rawInput } from "./inputs/reader.ts";
import type { PhalaClient } from "./phala/client.ts";
import { type Made, madeByMain, unsettled, wantsCleanup } from "./replicas/aftermath.ts";
import { deleteAll } from "./replicas/cleanup.ts";
import { openApi } from "./replicas/context.ts";
import { type Findings, searchUnsettled } from "./replicas/late-search.ts";
import { setTtl } from "./replicas/ttl.ts";
import { type Failure, internalFailure } from "./report/failure.ts";
import { postAnnotation } from "./report/post-annotation.ts";
import {
  cleanedUp,
  foundLate,
  mayStillExist,
  noneCreated,
  notFound,
  nothingToDo,
  notKnown,
  notToBeFound,
  notToldApart,
  staysBilled,
  wasGone,
} from "./report/post-lines.ts";
import { readSavedRun, type SavedRun } from "./state.ts";

/**
 * The post step: finds what a killed or cancelled main left behind, deletes what was to be deleted, and
 * says what keeps running. It works from the saved state alone and may run any number of times.
 *
 * @returns the process's exit code: 1 where something is billed that should not be, or where that can't be
 * told
 */
export async function runPost(edges: Edges): Promise<0 | 1> {
  maskSecrets(edges.env, edges.runner);
  try {
    const saved = readSavedRun(edges.runner);
    if (saved === null) {
      edges.runner.info(nothingToDo());
      return 0;
    }
    return await settleAndClean(edges, saved);
  } catch (error) {
    if (error instanceof Error) edges.runner.debug(error.stack ?? error.message);
    red(edges, [internalFailure(error)]);
    return 1;
  }
}

async function settleAndClean(edges: Edges, saved: SavedRun): Promise<0 | 1> {
  const { journal, outcome } = saved;
  const api = openApi(edges, {
    apiUrl: journal.apiUrl,
    apiKey: readApiKey(edges.env) ?? "",
    timeoutMs: journal.requestTimeoutMs,
  });
  const findings = await searchUnsettled(edges, api, saved);
  const made = [...madeByMain(saved), ...findings.found];
  const problems = describeFindings(edges, saved, findings);

  let gone: readonly Made[] = [];
  if (wantsCleanup(journal.cleanup, outcome)) {
    const survivors = await deleteAll(edges, api, journal, made);
    for (const survivor of survivors) {
      problems.push(mayStillExist(journal, survivor));
      // The backstop, where the deletion itself did not work.
      const failure = await limitLife(edges, api, saved, survivor);
      if (failure !== null) problems.push(failure);
    }
    gone = made.filter(({ vmUuid }) => !survivors.some((one) => one.vmUuid === vmUuid));
    if (survivors.length === 0 && made.length > 0) {
      edges.runner.info(cleanedUp(made.length));
    }
  } else {
    for (const one of made) {
      edges.runner.info(one.gone ? wasGone(one) : staysBilled(journal, one));
      if (one.gone) continue;
      const failure = await limitLife(edges, api, saved, one);
      if (failure !== null) problems.push(failure);
    }
  }
  if (made.length === 0 && unsettled(saved).length === 0) edges.runner.info(noneCreated());
  if (problems.length > 0) red(edges, problems);
  const token = rawInput(edges.env, "github_token");
  await closeDeployments(edges, { token }, new Set(gone.map(({ vmUuid }) => vmUuid)));
  return problems.length === 0 ? 0 : 1;
}

/** The one annotation, and in the log what has no room in it. */
function red(edges: Edges, problems: readonly Failure[]): void {
  const { text, title, rest } = postAnnotation(problems, edges);
  for (const line of rest) edges.runner.info(`- ${line}`);
  edges.runner.error(text, title);
}

/** Main may have been killed between the creation and the `ttl`. */
async function limitLife(
  edges: Edges,
  api: PhalaClient,
  { journal }: SavedRun,
  made: Made,
): Promise<Failure | null> {
  const { ttlMs, clockOffsetMs } = journal;
  return ttlMs === null || made.ttlSet ? null : setTtl(edges, api, made, { ttlMs, clockOffsetMs });
}

/** Logs what the search showed; returns what an on-call must look at. */
function describeFindings({ runner }: Edges, { journal }: SavedRun, findings: Findings): Failure[] {
  for (const one of findings.found) runner.warning(foundLate(journal, one));
  if (findings.nothing > 0) runner.info(notFound(journal, findings.nothing));
  const problems: Failure[] = [];
  if (findings.candidates.length > 0) problems.push(notToldApart(journal, findings.candidates));
  if (findings.blind !== null) problems.push(notKnown(journal, findings.blind));
  for (const name of findings.missing) problems.push(notToBeFound(journal, name));
  return problems;
}
