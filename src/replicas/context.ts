import type { Edges } from "../edges.ts";
import type { Inputs } from "../inputs/types.ts";
import type { PhalaClient } from "../phala/client.ts";
import type { Fault } from "../phala/fault.ts";
import type { Persistence } from "../phala/persist.ts";
import { type Budget, judgeRepeatable, READ_BUDGET } from "../phala/retry.ts";
import { retryingRead } from "../report/lines.ts";

/** The inputs of a run whose app is known, given or looked up. */
export type Settings = Inputs & { readonly appId: string };

/** What every step of a run works with. */
export interface Context {
  readonly edges: Edges;
  readonly api: PhalaClient;
  readonly inputs: Settings;
}

/** How reads and other repeatable requests are tried: each wait is logged. */
export function repeatable(
  edges: Pick<Edges, "runner">,
  what: string,
  signal: AbortSignal,
  budget: Budget = READ_BUDGET,
): Persistence {
  return {
    budget,
    judge: judgeRepeatable,
    signal,
    onWait: (fault: Fault, waitMs, next) =>
      edges.runner.info(retryingRead(what, fault, waitMs, next)),
  };
}
