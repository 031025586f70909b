/** What one look shows of each instance: by the app's list, and by its own route where that does not tell. */
import { isUnknownToApi } from "../../net/fault.ts";
import { AT_ONCE, inParallel } from "../../net/parallel.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { isGoing } from "../../phala/status.ts";
import type { Bench } from "../bench.ts";
import { LOOK_TIMEOUT_MS } from "../plan/newcomers.ts";
import { toldRows } from "../plan/told-rows.ts";

/** Its row; or `gone`: the app has no such CVM any more, says the API. `unseen`: nobody tells. */
export type Sight = Cvm | "gone" | "unseen";

/**
 * Gone is what both say (API facts, "Deleting"): a list alone may have left it out this once.
 *
 * @param cvms the app's list
 */
export async function sightsOf(
  bench: Bench,
  cvms: readonly Cvm[],
  uuids: readonly string[],
): Promise<ReadonlyMap<string, Sight>> {
  const sights = new Map<string, Sight>();
  for (const cvm of toldRows(cvms, bench.appId).rows) {
    if (cvm.vmUuid !== null) sights.set(cvm.vmUuid, sightOf(cvm));
  }
  const untold = [...new Set(uuids)].filter((uuid) => !sights.has(uuid));
  await inParallel(untold, AT_ONCE, async (uuid) => {
    const unlisted = !cvms.some(({ vmUuid }) => vmUuid === uuid);
    sights.set(uuid, await ownSight(bench, uuid, unlisted));
  });
  return sights;
}

/** By its own route. A proxy's page is no proof, nor is an answer about another one. */
async function ownSight(
  { api, appId, edges }: Bench,
  uuid: string,
  unlisted: boolean,
): Promise<Sight> {
  const read = await api.getCvm(uuid, { signal: edges.cancel, timeoutMs: LOOK_TIMEOUT_MS });
  if (!read.ok) return isUnknownToApi(read.fault, unlisted) ? "gone" : "unseen";
  const cvm = read.value;
  if (cvm.vmUuid !== uuid) return "unseen";
  // It was moved to another app: to this one it is gone.
  return (cvm.appId ?? appId) === appId ? sightOf(cvm) : "gone";
}

function sightOf(cvm: Cvm): Sight {
  return cvm.deleted || isGoing(cvm.status) ? "gone" : cvm;
}
