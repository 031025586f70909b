import type { Edges } from "../edges.ts";
import type { PhalaClient } from "../phala/client.ts";
import type { Fault } from "../phala/fault.ts";
import { persist } from "../phala/persist.ts";
import { type Budget, judgeRepeatable } from "../phala/retry.ts";
import { requestFailure } from "../report/failure.ts";
import { askedToDelete, isGone } from "../report/post-lines.ts";
import { type Made, stillThere } from "./aftermath.ts";
import { repeatable } from "./context.ts";
import { LOOK_TIMEOUT_MS } from "./newcomers.ts";

const DELETE_BUDGET: Budget = { maxTries: 6, totalMs: 60_000 };
/** How long the platform may take to carry a deletion out; the answer only says that it began. */
const ABSENCE_WINDOW_MS = 120_000;
const ABSENCE_POLL_MS = 2_000;

/** The app, and the CVM that was replicated. */
export interface App {
  readonly appId: string;
  readonly vmUuid: string;
}

export interface Survivor extends Made {
  readonly why: string;
}

/**
 * Deletes exactly these CVMs and proves that they are gone. Deletions are asked for one after another,
 * then one look at the list serves all.
 *
 * @returns those of which it can't be shown that they are gone
 */
export async function deleteAll(
  edges: Edges,
  api: PhalaClient,
  app: App,
  made: readonly Made[],
): Promise<readonly Survivor[]> {
  const refused: Survivor[] = [];
  const doubtful = new Map<string, string>();
  for (const one of made) {
    const what = `delete ${one.name} (${one.vmUuid})`;
    const result = await persist(
      edges,
      repeatable(edges, what, edges.cancel, DELETE_BUDGET),
      (timeoutMs) => api.deleteCvm(one.vmUuid, { signal: edges.cancel, timeoutMs }),
    );
    if (result.ok) {
      edges.runner.info(askedToDelete(one));
      continue;
    }
    const why = requestFailure(what, result.fault, result.gaveUp).text;
    if (judgeRepeatable(result.fault) === "final") refused.push({ ...one, why });
    // It may be under way all the same: the answer that said so may have been lost.
    else doubtful.set(one.vmUuid, why);
  }
  const asked = made.filter((one) => !refused.some(({ vmUuid }) => vmUuid === one.vmUuid));
  const left = await untilAbsent(edges, api, app, asked);
  return [...refused, ...left.map((one) => ({ ...one, why: doubtful.get(one.vmUuid) ?? one.why }))];
}

async function untilAbsent(
  { clock, cancel, runner }: Edges,
  api: PhalaClient,
  app: App,
  made: readonly Made[],
): Promise<readonly Survivor[]> {
  const deadline = clock.now() + ABSENCE_WINDOW_MS;
  const listed = new Set<string>();
  let left = made;
  let why = "";
  while (left.length > 0 && clock.now() < deadline && !cancel.aborted) {
    const seen = await whoIsThere(api, app, left, listed, cancel);
    why = seen.why;
    for (const one of left) {
      if (!seen.there.includes(one)) runner.info(isGone(one));
    }
    left = seen.there;
    if (left.length > 0) await clock.sleep(ABSENCE_POLL_MS, cancel);
  }
  return left.map((one) => ({ ...one, why }));
}

/**
 * Which of these can't be said to be gone, and why. What a list has shown is gone when it is gone from the
 * list; for the others only their own 404 proves it, since a list may show newcomers late (API facts,
 * unknown 13), and one that is not found may only be out of the key's sight.
 *
 * @param listed what a list has shown; added to
 */
async function whoIsThere(
  api: PhalaClient,
  app: App,
  made: readonly Made[],
  listed: Set<string>,
  signal: AbortSignal,
): Promise<{ readonly there: readonly Made[]; readonly why: string }> {
  const look = { signal, timeoutMs: LOOK_TIMEOUT_MS };
  const list = await api.listCvms(app.appId, look);
  if (!list.ok && !isNotFound(list.fault)) {
    return { there: made, why: requestFailure("see whether it is gone", list.fault).text };
  }
  const cvms = list.ok ? list.value.cvms : [];
  // The source lives in the same app: a list without it (a proxy's empty one) proves nothing.
  const trusted = cvms.some(({ vmUuid }) => vmUuid === app.vmUuid);
  const inList = new Set(stillThere(made, cvms));
  for (const { vmUuid } of inList) listed.add(vmUuid);
  const there: Made[] = [];
  for (const one of made) {
    const unclear = !trusted || !listed.has(one.vmUuid);
    if (inList.has(one) || (unclear && !(await isNotThere(api, one, look)))) there.push(one);
  }
  return { there, why: "The deletion was accepted, but it is still there." };
}

/** Whether the API says that it knows no such CVM. */
async function isNotThere(
  api: PhalaClient,
  { vmUuid }: Made,
  look: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<boolean> {
  const cvm = await api.getCvm(vmUuid, look);
  return !cvm.ok && isNotFound(cvm.fault);
}

function isNotFound(fault: Fault): boolean {
  return fault.kind === "answer" && fault.status === 404;
}
