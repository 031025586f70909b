/** What a step that gets an approval on chain leaves behind for its post: that it waits, and what it signed. */
import type { Runner } from "../action/edges.ts";
import type { SavedTransaction } from "../chain/trouble.ts";
import { numberAt, parseJson, stringAt } from "../text/json.ts";

type State = Readonly<Record<string, string>>;

export const WAITS = "approval";
export const TRANSACTION = "transaction_";
const WHATS = ["device", "compose-hash"] as const;

/** Whether it waits for an approval from now on. */
export function saveWaiting(runner: Runner, waits: boolean): void {
  runner.saveState(WAITS, String(waits));
}

/** Before its bytes leave. @param index from 0 */
export function saveTransaction(runner: Runner, index: number, saved: SavedTransaction): void {
  runner.saveState(TRANSACTION + index, JSON.stringify(saved));
}

/** Whether it waited for an approval when it was last heard of. */
export function readWaiting(state: State): boolean {
  return state[WAITS] === "true";
}

/** What it signed; whether it got into a block is the chain's to say. */
export function readTransactions(state: State): readonly SavedTransaction[] {
  return Object.entries(state)
    .filter(([name]) => name.startsWith(TRANSACTION))
    .map(([, text]) => readTransaction(parseJson(text)))
    .filter((transaction) => transaction !== null);
}

function readTransaction(value: unknown): SavedTransaction | null {
  const what = WHATS.find((one) => one === stringAt(value, "what"));
  const transaction = stringAt(value, "transaction") ?? "";
  const nonce = numberAt(value, "nonce");
  if (what === undefined || nonce === null || !/^0x[0-9a-f]{64}$/.test(transaction)) return null;
  return { what, transaction, nonce };
}
