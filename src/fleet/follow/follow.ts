import type { Replica } from "../../ledger/replica.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import { nameOf, uuidOf } from "../../ledger/who.ts";
import { type Fault, sameFault } from "../../net/fault.ts";
import { type LastLook, nextLook, pauseBefore } from "../plan/next-look.ts";
import { type Context, note } from "../run.ts";
import { Lookout } from "./lookout.ts";
import { type Blindness, Watch } from "./watch.ts";

const HEARTBEAT_MS = 60_000;

/**
 * Waits until every replica runs and, where asked, serves; each then holds its status, URLs and, if it
 * came to nothing, its failure. One request a look for all of them. A failed look is never the verdict:
 * only the deadline, a terminal state, or a rejected key is. Ends early, without verdicts, on cancel.
 */
export async function waitForAll(context: Context, replicas: readonly Replica[]): Promise<void> {
  const { edges, inputs, api } = context;
  const { clock, cancel } = edges;
  const begun = clock.now();
  const deadline = begun + inputs.waitTimeoutMs;
  let wake = new AbortController();
  const faults = new Map<LastLook["kind"], Fault>();
  let lookedWell = false;
  const blind = (): Blindness | null => {
    const fault = [...faults.values()].at(-1) ?? null;
    return fault === null ? null : { fault, never: !lookedWell };
  };
  const finished = new AbortController();
  const onChange = () => {
    wake.abort();
    // A look that is under way could only hold the end up.
    if (watches.every(({ settled }) => settled)) finished.abort();
  };
  const limits = { begun, deadline, wake: onChange, blind };
  const watches = replicas
    .filter((replica) => replica.trouble === null && uuidOf(replica) !== null)
    .map((replica) => new Watch(context, replica.key, limits));
  const lookout = new Lookout(api, inputs.appId);
  void heartbeats(context, watches, begun, finished.signal);
  let last: LastLook = { kind: "none", someRan: false, poor: false };

  try {
    for (;;) {
      const pending = watches.filter((watch) => !watch.settled);
      const now = clock.now();
      if (pending.length === 0) return;
      if (now >= deadline) {
        for (const watch of pending) watch.expire();
        return;
      }
      wake = new AbortController();
      const lacking = pending.filter((watch) => watch.lacksDetails).length;
      const next = nextLook(pending.length, lacking, inputs.healthCheck !== null, last);
      if (!next.atOnce) {
        const pauseMs = pauseBefore(deadline - now, inputs.pollIntervalMs, last.kind !== "none");
        await clock.sleep(pauseMs, AbortSignal.any([cancel, wake.signal]));
        if (cancel.aborted) return;
        if (wake.signal.aborted || clock.now() >= deadline) continue;
      }
      const uuids = pending.map((watch) => watch.uuid);
      const signal = AbortSignal.any([cancel, finished.signal]);
      const look = await lookout.look(uuids, next.rows, () => deadline - clock.now(), signal);
      if (signal.aborted) return;
      const wanted = next.rows ? "rows" : "batch";
      if (!look.ok) {
        last = { kind: wanted, someRan: false, poor: true };
        if (look.rejected) {
          for (const watch of pending) watch.abandon(rejected(look.fault));
          return;
        }
        const { fault } = look;
        const before = faults.get(wanted);
        // Said once for each kind of trouble, not at each look.
        if (before === undefined || !sameFault(before, fault)) {
          note(context, { note: "look-failed", fault });
        }
        faults.delete(wanted);
        faults.set(wanted, fault);
        continue;
      }
      lookedWell = true;
      faults.delete(wanted);
      for (const watch of pending) watch.observe(look.value);
      const someRan = pending.filter((watch) => watch.lacksDetails).length > lacking;
      const poor = uuids.some((uuid) => !look.value.statuses.has(uuid));
      last = { kind: look.value.cvms === null ? "batch" : "rows", someRan, poor };
    }
  } finally {
    finished.abort();
  }
}

/** A line a minute, whatever the looks do, so that a long wait never looks dead. */
async function heartbeats(
  context: Context,
  watches: readonly Watch[],
  begun: number,
  finished: AbortSignal,
): Promise<void> {
  const { clock } = context.edges;
  const limitMs = context.inputs.waitTimeoutMs;
  for (let beat = 1; ; beat++) {
    await clock.sleep(Math.max(0, begun + beat * HEARTBEAT_MS - clock.now()), finished);
    const names = watches.filter(({ settled }) => !settled).map(({ replica }) => nameOf(replica));
    if (finished.aborted || names.length === 0) return;
    const sinceMs = clock.now() - begun;
    const total = watches.length;
    note(context, { note: "still-waiting", names, total, sinceMs, limitMs });
  }
}

function rejected(fault: Fault): Trouble {
  return { kind: "request", doing: { do: "follow" }, fault, gaveUp: null };
}
