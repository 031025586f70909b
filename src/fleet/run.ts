import type { Edges } from "../action/edges.ts";
import type { Inputs } from "../inputs/types.ts";
import type { Note } from "../ledger/fact.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type PhalaClient, phalaClient } from "../phala/api.ts";
import type { ApiSettings } from "../phala/wire.ts";
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
  /** Told all that happens. */
  readonly ledger: Ledger;
}

/** Far more than is ever shown of a server's reason; to search more for secrets takes time. Characters. */
const MOST_SEARCHED = 20_000;

/** The API as main and post reach it, with the runner's secrets taken out of all that it says. */
export function openApi(
  { transport, runner }: Pick<Edges, "transport" | "runner">,
  access: Pick<ApiSettings, "apiUrl" | "apiKey" | "timeoutMs">,
): PhalaClient {
  return phalaClient(transport, {
    ...access,
    redact: (text) => runner.redact(text),
    redactPrinted: (text) => runner.redactPrinted(cut(text, MOST_SEARCHED)),
  });
}

/** Tells the log something that changes nothing. */
export function note({ ledger }: { readonly ledger: Ledger }, what: Note): void {
  ledger.append({ fact: "noted", note: what });
}
