import type { Edges } from "../action/edges.ts";
import type { Inputs } from "../inputs/types.ts";
import type { Attempt, Fault } from "../net/fault.ts";
import { type Persisted, persist } from "../net/persist.ts";
import { type Budget, judgeRepeatable, READ_BUDGET, type Verdict } from "../net/retry.ts";
import { type ApiSettings, PhalaClient } from "../phala/api.ts";
import { retrying } from "../report/log/making.ts";
import { cut } from "../text/cut.ts";

/**
 * The inputs of a run whose app and source are known, given or looked up. Where there are names, the source is
 * the instance that tells what the app's instances have in common; it is empty until the first look.
 */
export type Settings = Inputs & { readonly appId: string; readonly vmUuid: string };

/** What every step of a run works with. */
export interface Context {
  readonly edges: Edges;
  readonly api: PhalaClient;
  readonly inputs: Settings;
}

/** Far more than is ever shown of a server's reason; to search more for secrets takes time. Characters. */
const MOST_SEARCHED = 20_000;

/** The API as main and post reach it, with the runner's secrets taken out of all that it says. */
export function openApi(
  { transport, runner }: Pick<Edges, "transport" | "runner">,
  access: Pick<ApiSettings, "apiUrl" | "apiKey" | "timeoutMs">,
): PhalaClient {
  return new PhalaClient(transport, {
    ...access,
    redact: (text) => runner.redact(text),
    redactPrinted: (text) => runner.redactPrinted(cut(text, MOST_SEARCHED)),
  });
}

/**
 * Sends a request that can be repeated without harm, within its budget; each wait is logged.
 *
 * @param what what is tried: "list the app's CVMs"
 * @param attempt one try, told when to end and how long it may take in ms
 */
export function ask<T>(
  edges: Edges,
  what: string,
  attempt: (options: {
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
  }) => Promise<Attempt<T>>,
  rules: { readonly budget?: Budget; readonly judge?: (fault: Fault) => Verdict } = {},
): Promise<Persisted<T>> {
  const { budget = READ_BUDGET, judge = judgeRepeatable } = rules;
  const signal = edges.cancel;
  return persist(
    edges,
    {
      budget,
      judge,
      signal,
      onWait: (fault, waitMs, next) => edges.runner.info(retrying(what, fault, waitMs, next)),
    },
    (timeoutMs) => attempt({ signal, timeoutMs }),
  );
}
