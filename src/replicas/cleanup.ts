import type { Edges } from "../edges.ts";
import type { PhalaClient } from "../phala/client.ts";
import { persist } from "../phala/persist.ts";
import type { Budget } from "../phala/retry.ts";
import { requestFailure } from "../report/failure.ts";
import { type Made, stillThere } from "./aftermath.ts";
import { repeatable } from "./context.ts";

const DELETE_BUDGET: Budget = { maxTries: 6, totalMs: 60_000 };
/** How long the platform may take to carry a deletion out; the answer only says that it began. */
const ABSENCE_WINDOW_MS = 120_000;
const ABSENCE_POLL_MS = 2_000;

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
  appId: string,
  made: readonly Made[],
): Promise<readonly Survivor[]> {
  const refused = new Map<string, string>();
  for (const one of made) {
    const what = `delete ${one.name} (${one.vmUuid})`;
    const result = await persist(edges, repeatable(edges, what, edges.cancel, DELETE_BUDGET), () =>
      api.deleteCvm(one.vmUuid, { signal: edges.cancel }),
    );
    if (result.ok) edges.runner.info(`Asked the platform to delete ${one.name} (${one.vmUuid}).`);
    else refused.set(one.vmUuid, requestFailure(what, result.fault, result.gaveUp).text);
  }
  const asked = made.filter(({ vmUuid }) => !refused.has(vmUuid));
  const lingering = await untilAbsent(edges, api, appId, asked);
  return [
    ...made
      .filter(({ vmUuid }) => refused.has(vmUuid))
      .map((one) => ({
        ...one,
        why: refused.get(one.vmUuid) ?? "",
      })),
    ...lingering,
  ];
}

async function untilAbsent(
  { clock, cancel, runner }: Edges,
  api: PhalaClient,
  appId: string,
  asked: readonly Made[],
): Promise<readonly Survivor[]> {
  const deadline = clock.now() + ABSENCE_WINDOW_MS;
  let left = asked;
  let why = "The deletion was accepted, but it is not known whether it was carried out.";
  while (left.length > 0 && clock.now() < deadline && !cancel.aborted) {
    const list = await api.listCvms(appId, { signal: cancel });
    if (list.ok) {
      const there = stillThere(left, list.value.cvms);
      for (const one of left) {
        if (!there.includes(one)) runner.info(`${one.name} (${one.vmUuid}) is gone.`);
      }
      left = there;
      why = "The deletion was accepted, but it is still in the app's list.";
    } else if (list.fault.kind === "answer" && list.fault.status === 404) {
      // The last CVM of an app takes the app along.
      return [];
    } else {
      why = requestFailure("see whether it is gone", list.fault).text;
    }
    if (left.length > 0) await clock.sleep(ABSENCE_POLL_MS, cancel);
  }
  return left.map((one) => ({ ...one, why }));
}
