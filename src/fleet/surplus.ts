import type { Replica } from "../ledger/replica.ts";
import { identOf } from "../ledger/replica.ts";
import { cvmKeys } from "../phala/cvm.ts";
import { baselineOf, type Survey } from "./look.ts";
import { surplusOf } from "./plan/count.ts";
import { LOOK_TIMEOUT_MS } from "./plan/newcomers.ts";
import { type Context, note } from "./run.ts";

/**
 * Looks at the app once more after all is done: two jobs that count at the same time create both, and
 * neither can know before. What is too much is a warning; nothing is removed.
 *
 * @param instances how many were asked for
 * @param replicas those of this run
 */
export async function lookOnceMore(
  context: Context,
  survey: Survey,
  instances: number,
  replicas: readonly Replica[],
): Promise<void> {
  const { api, edges, inputs } = context;
  const options = { timeoutMs: LOOK_TIMEOUT_MS, signal: edges.cancel };
  const list = await api.listCvms(inputs.appId, options);
  if (edges.cancel.aborted) return;
  if (!list.ok) {
    note(context, { note: "not-looked-again", fault: list.fault });
    return;
  }
  const { composeHash } = inputs;
  const own = replicas.flatMap(({ vm, cvm }) => [
    ...(vm === null ? [] : cvmKeys(vm)),
    ...(cvm === null ? [] : cvmKeys(cvm)),
  ]);
  const known = new Set([...(baselineOf(survey) ?? []), ...own]);
  const measure = { composeHash, placements: survey.placements };
  const surplus = surplusOf(list.value.cvms, measure, instances, known);
  if (surplus === null) return;
  const { counted } = surplus;
  const others = surplus.others.map(identOf);
  note(context, { note: "too-many", counted, wanted: instances, others });
}
