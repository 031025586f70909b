import { identOf, keyOfCvm } from "../../ledger/replica.ts";
import type { Trouble } from "../../ledger/trouble.ts";
import type { Cvm } from "../../phala/cvm.ts";
import type { Bench } from "../bench.ts";
import type { AppSeen } from "../look-to-roll-out.ts";
import { courseBefore } from "../plan/rollout-plan.ts";
import { sourceTrouble } from "./ends.ts";
import { Instance } from "./instance.ts";
import type { RollOut } from "./roll-out.ts";

/**
 * The source has to serve before anything is touched; an update of it that is under way is waited for.
 *
 * @returns why it does not; null: it does, or the step was cancelled
 */
export async function checkSource(
  { edges, ledger }: Bench,
  { revisions, clockOffsetMs }: AppSeen,
  source: Cvm,
  { rollOut, port }: { readonly rollOut: RollOut; readonly port: number | null },
): Promise<Trouble | null> {
  const now = edges.clock.now();
  const wanted = source.composeHash ?? "";
  const one = new Instance(keyOfCvm(source), source, { wanted, since: now, isSource: true, port });
  one.course = courseBefore(source, wanted, { revisions, clockOffsetMs, now, isSource: true });
  const serves = await rollOut.sourceServes(one);
  const ident = identOf(one.row);
  if (serves) ledger.append({ fact: "noted", note: { note: "source-serves", ident } });
  return serves ? null : sourceTrouble(one, edges.clock.now());
}
