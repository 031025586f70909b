import type { NoUrl } from "../../ledger/terms.ts";
import type { Fault } from "../../net/fault.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { builtInstanceUrl, gatewayDomain } from "../../phala/gateway.ts";
import { parseInstanceId } from "../../text/ids.ts";

/** The rule of a running replica's own URL: what is known, what to ask next, what to say. Pure. */

/** How long it is looked for where no health check waits for it, counted from when it runs. Ms. */
export const URL_WINDOW_MS = 60_000;
/** The same for what ran before this run began: what comes late for a newcomer is not to come any more. Ms. */
export const OLD_URL_WINDOW_MS = 15_000;

/** What comes by itself mostly comes within this time: rows fill in while a guest starts. Ms. */
const FIRST_ROUND_MS = 3_000;
const SLOWEST_ROUND_MS = 30_000;
/** With no endpoint either, the row is just late, for so long at least. Ms. */
export const ROW_IS_LATE_MS = 10_000;
/** A row that was read so long ago is read again. Ms. */
const ROW_IS_OLD_MS = 5_000;

/** What is known of one replica's address. Times in ms since the epoch. */
export interface AddressFacts {
  /** The newest row since it runs; null: none was read. */
  readonly row: Cvm | null;
  readonly rowReadAt: number | null;
  /** Known from elsewhere than the row: the platform's answer to the backfill, or the event log. */
  readonly instanceId: string | null;
  /** The platform was asked to fill the id in. */
  readonly backfilled: boolean;
  /** So many rounds in a row the API knew no such CVM by its own route. */
  readonly unknown: number;
  /** A look left it out that shows all there are, and its own route was not asked since. */
  readonly missed: boolean;
}

/** One round may meet a platform in trouble; this many in a row mean that it is gone. */
const ROUNDS_UNKNOWN = 2;

/**
 * Whether somebody deleted it, although a list goes on to show its row: for how long one does is not known
 * (API facts, unknown 13), but its own route answers 404 from then on ("Deleting").
 */
export function isGone({ unknown }: Pick<AddressFacts, "unknown">): boolean {
  return unknown >= ROUNDS_UNKNOWN;
}

/** The pause before round number `n` of the search, counted from 0: from 3 s, slowing to 30 s. */
export function pauseBeforeRound(n: number): number {
  return Math.min(FIRST_ROUND_MS * 2 ** n, SLOWEST_ROUND_MS);
}

export type AddressStep = "read" | "backfill" | "attest" | "none";

/**
 * What to ask next within one round. The id of a CVM that was there before is nothing that this run changes,
 * not even by filling a gap in.
 *
 * @param done what this round did already
 * @param ours this run made it
 */
export function nextAddressStep(
  { row, rowReadAt, instanceId, backfilled, unknown, missed }: AddressFacts,
  done: readonly AddressStep[],
  {
    ours,
    now,
    ranFrom,
  }: { readonly ours: boolean; readonly now: number; readonly ranFrom: number },
): AddressStep {
  // What was denied or left out once is asked for by itself, whatever a list shows.
  const old = unknown > 0 || missed || rowReadAt === null || now - rowReadAt >= ROW_IS_OLD_MS;
  const afterBackfill = done.at(-1) === "backfill";
  if ((old && !done.includes("read")) || afterBackfill) return "read";
  if (unknown > 0) return "none";
  // Whether the id is missing is known by a row alone, and so is what else a URL is made of.
  if (row === null || (instanceId ?? row.instanceId) !== null) return "none";
  if (row.appUrl === null && now - ranFrom < ROW_IS_LATE_MS) return "none";
  if (ours && !backfilled) return "backfill";
  return done.includes("attest") ? "none" : "attest";
}

/**
 * The row with the instance's id and URL filled in, as far as they can be made out.
 *
 * @param appId of the run, where the row does not tell its own
 * @param port whose endpoint is meant; null: the first
 */
export function addressed(
  listed: Cvm,
  instanceId: string | null,
  appId: string,
  port: number | null = null,
): Cvm {
  const row = onPort(listed, port);
  // The platform's row comes first: it is what everybody else goes by.
  const told = row.instanceId === null ? null : parseInstanceId(row.instanceId);
  const id = told ?? instanceId;
  const url =
    row.instanceUrl ??
    (id === null
      ? null
      : builtInstanceUrl(id, row.appUrl, row.appId ?? appId, gatewayDomain(row.raw)));
  return { ...row, instanceId: row.instanceId ?? instanceId, instanceUrl: url };
}

/** The row with the addresses of one port; none where it has no such endpoint. */
export function onPort(row: Cvm, port: number | null): Cvm {
  if (port === null) return row;
  const endpoint = row.endpoints.find((one) => one.port === port);
  return { ...row, instanceUrl: endpoint?.instance ?? null, appUrl: endpoint?.app ?? null };
}

/** Whether a row lists endpoints and none on this port: what it lists is all there is. Without any it is just late. */
export function lacksPort({ endpoints }: Cvm, port: number | null): port is number {
  return port !== null && endpoints.length > 0 && !endpoints.some((one) => one.port === port);
}

/**
 * Why a running replica has no URL.
 *
 * @param fault why the last reads failed; null: they did not
 */
export function whyNoUrl({ row, instanceId }: AddressFacts, fault: Fault | null): NoUrl {
  if (row === null) return { lacks: "row", fault };
  if ((row.instanceId ?? instanceId) === null) return { lacks: "instance-id", fault };
  return { lacks: row.appUrl === null ? "endpoint" : "gateway", fault };
}
