import { reasonOf, requestFailure } from "../report/failure.ts";
import { heartbeat } from "../report/lines.ts";
import type { Context } from "./context.ts";
import { Lookout } from "./look.ts";
import { nameOf, type Replica, uuidOf } from "./record.ts";
import { Watch } from "./watch.ts";

const HEARTBEAT_MS = 60_000;

/**
 * Waits until every replica runs and, where asked, serves; each then holds its status, URLs and, if it
 * came to nothing, its failure. One request a look for all of them. A failed look is never the verdict:
 * only the deadline, a terminal state, or a rejected key is. Ends early, without verdicts, on cancel.
 */
export async function waitForAll(
  context: Context,
  replicas: readonly Replica[],
  workspaceSlug: string | null,
): Promise<void> {
  const { edges, inputs, api } = context;
  const { clock, cancel, runner } = edges;
  const begun = clock.now();
  const deadline = begun + inputs.waitTimeoutMs;
  let wake = new AbortController();
  const limits = { begun, deadline, workspaceSlug, wake: () => wake.abort() };
  const watches = replicas
    .filter((replica) => replica.failure === null && uuidOf(replica) !== null)
    .map((replica) => new Watch(context, replica, limits));
  const lookout = new Lookout(api, inputs.appId);
  const beat = heartbeats(begun);
  let lastTrouble = "";
  let hurry = false;

  for (;;) {
    const pending = watches.filter((watch) => !watch.settled);
    const now = clock.now();
    if (pending.length === 0) return;
    if (now >= deadline) {
      for (const watch of pending) watch.expire();
      return;
    }
    if (beat(now)) {
      const names = pending.map((watch) => nameOf(watch.replica));
      runner.info(heartbeat(names, watches.length, now - begun, inputs.waitTimeoutMs));
    }
    wake = new AbortController();
    const rows = needsRows(pending, inputs.healthCheck !== null);
    if (!hurry) {
      const pauseMs = Math.min(inputs.pollIntervalMs, deadline - now);
      await clock.sleep(pauseMs, AbortSignal.any([cancel, wake.signal]));
      if (cancel.aborted) return;
      if (wake.signal.aborted || clock.now() >= deadline) continue;
    }
    const uuids = pending.map((watch) => watch.uuid);
    const look = await lookout.look(uuids, rows, deadline - clock.now(), cancel);
    if (cancel.aborted) return;
    hurry = false;
    if (!look.ok) {
      if (look.fault.kind === "answer" && look.fault.status === 401) {
        const failure = requestFailure("follow the replicas' boot", look.fault);
        for (const watch of pending) watch.abandon(failure);
        return;
      }
      const trouble = reasonOf(look.fault);
      if (trouble !== lastTrouble) runner.info(`A look failed: ${trouble}. Waiting goes on.`);
      lastTrouble = trouble;
      continue;
    }
    lastTrouble = "";
    for (const watch of pending) watch.observe(look.value);
    // What has just come to run is read in full at once; everything else keeps the pace.
    hurry = !rows && needsRows(pending, inputs.healthCheck !== null);
  }
}

/**
 * Whether the next look must bring the full rows: for the URLs of what runs. Without a health check nobody
 * needs them before all run, so that many replicas cost one such read and not one each.
 */
function needsRows(watches: readonly Watch[], healthCheck: boolean): boolean {
  const pending = watches.filter((watch) => !watch.settled);
  if (healthCheck) return pending.some((watch) => watch.lacksDetails);
  return pending.length > 0 && pending.every((watch) => watch.lacksDetails);
}

/** Says true once in each `HEARTBEAT_MS`. */
function heartbeats(begun: number): (now: number) => boolean {
  let last = begun;
  return (now) => {
    if (now - last < HEARTBEAT_MS) return false;
    last = now;
    return true;
  };
}
