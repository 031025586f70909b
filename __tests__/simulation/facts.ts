/**
 * What the rules of the issue say of a request and its answer, read from the wire alone: nothing of `src`
 * that decides is used here, so that both can't hold the same mistake.
 */
import type { Exchange } from "./wire.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * What an answer to a request that makes a replica tells the client.
 *
 * - `unsent`: nothing left the runner. `nothing`: the process died before it knew.
 * - `refused`: the API's own no. `busy`: one that it also gives when several creations run at once.
 * - `put-off`: "not now", which an edge may say in front of an API that did the work.
 */
export type Told =
  | "made"
  | "approval"
  | "unsent"
  | "refused"
  | "busy"
  | "put-off"
  | "uncertain"
  | "nothing";

const UNSENT = [
  "refused",
  "unresolved",
  "unreachable",
  "proxy",
  "certificate",
  "handshake",
  "connect-timeout",
];

export function toldBy({ to, answer, network }: Exchange): Told {
  if (to === null) return "nothing";
  if (network !== null) return UNSENT.includes(network) ? "unsent" : "uncertain";
  if (answer === null) return "nothing";
  const { status } = answer;
  const body = jsonOf(answer.body);
  const code = errorCodeOf(body);
  if (status >= 200 && status < 300) return namesVm(body) ? "made" : "uncertain";
  if (status === 465) return answer.breaksOff ? "put-off" : "approval";
  if (status === 429) return code !== null && retryAfterMs(answer) === null ? "refused" : "put-off";
  if (status === 409) return code !== null ? "refused" : "put-off";
  if (status === 503 && retryAfterMs(answer) !== null) return "put-off";
  if (status >= 500 || status === 408) return "uncertain";
  return status === 400 && code === "ERR-02-009" ? "busy" : "refused";
}

/** It may have made a replica whatever it says. */
export function isDoubtful(one: Exchange): boolean {
  return ["put-off", "uncertain", "nothing"].includes(toldBy(one));
}

/** It says for certain that nothing was made. */
export function isCertain(one: Exchange): boolean {
  return ["unsent", "refused", "busy"].includes(toldBy(one));
}

/**
 * From when on a CVM can be the replica of these tries, by the client's clock: the first one that may have
 * made it. A commit may have worked at any of its tries. Ms since the epoch.
 */
export function sinceOf(posts: readonly Exchange[]): number {
  const last = posts.at(-1);
  const tried = posts.filter(({ route }) => route === last?.route);
  const first = last?.route === "commit" ? tried[0] : tried.find(isDoubtful);
  return (first ?? last)?.from ?? 0;
}

/** Codes that speak of one node, or of one request, whatever their status. */
const OF_ONE = /^ERR-(?:01-00[145678]|02-0(?:0[2-9]|1[0-46])|03-00[679])$/;
/** Codes that speak of the workspace, or of the source that all requests name. */
const OF_ALL = /^ERR-(?:04-|05-|02-001|02-015|01-00[23]|03-00[123458]|03-010)/;

/** Whether a request's last answer would meet every further request of the run. */
export function speaksOfRun(one: Exchange): boolean {
  const told = toldBy(one);
  if (told === "unsent") return true;
  if (one.answer === null || !["refused", "busy", "put-off"].includes(told)) return false;
  const { status, body } = one.answer;
  const code = errorCodeOf(jsonOf(body)) ?? "";
  if (OF_ALL.test(code)) return true;
  if (OF_ONE.test(code)) return false;
  return [401, 402, 403, 429, 503].includes(status) || (status >= 300 && status < 400);
}

/** Nothing can have left before a connection stood, TLS included. */

function namesVm(body: unknown): boolean {
  if (!isObject(body)) return false;
  return (
    typeof body.vm_uuid === "string" || (body.id !== undefined && typeof body.name === "string")
  );
}

/** UUID and name of the replica that an answer names. */
export function vmOf({ answer }: Exchange): { uuid: string | null; name: string | null } {
  const body = jsonOf(answer?.body ?? "");
  const text = (key: string) =>
    isObject(body) && typeof body[key] === "string" ? body[key] : null;
  return { uuid: text("vm_uuid"), name: text("name") };
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What was read last: every check reads the same answers. */
const read = new Map<string, unknown>();
const MOST_READ = 1_000;

export function jsonOf(text: string): unknown {
  if (read.has(text)) return read.get(text);
  if (read.size >= MOST_READ) read.clear();
  const value = parsed(text);
  read.set(text, value);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorCodeOf(body: unknown): string | null {
  const nested = isObject(body) && isObject(body.detail) ? body.detail : body;
  return isObject(nested) && typeof nested.error_code === "string" ? nested.error_code : null;
}

/** `Retry-After` in ms: seconds, or a date against the server's own clock. */
export function retryAfterMs(answer: {
  readonly headers: Readonly<Record<string, string>>;
}): number | null {
  const text = answer.headers["retry-after"] ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = /^[A-Z][a-z][a-z], /.test(text) ? Date.parse(text) : Number.NaN;
  const now = Date.parse(answer.headers.date ?? "");
  if (Number.isNaN(date)) return null;
  return Number.isNaN(now) ? 0 : Math.max(0, date - now);
}

/** One row of the app's list, as far as the search for a lost replica goes. */
export interface Row {
  readonly uuid: string;
  readonly name: string;
  readonly nodeId: number | null;
  readonly hash: string | null;
  /** Ms since the epoch by the server's clock. */
  readonly createdAt: number;
  readonly deleted: boolean;
  readonly status: string;
}

const READ = new WeakMap<Exchange, readonly Row[] | null>();

/** The rows of a list that the client received whole; null where it got none. */
export function rowsOf(exchange: Exchange): readonly Row[] | null {
  // Asked for again and again, by every check.
  const known = READ.get(exchange);
  if (known !== undefined) return known;
  const rows = readRows(exchange);
  READ.set(exchange, rows);
  return rows;
}

function readRows({ route, answer, network }: Exchange): readonly Row[] | null {
  if (route !== "list" || answer === null || network !== null || answer.status !== 200) return null;
  const body = jsonOf(answer.body);
  return Array.isArray(body) ? body.filter(isObject).map(rowOf) : null;
}

function rowOf(row: Json): Row {
  const at = String(row.created_at);
  const node = isObject(row.node_info) ? row.node_info.id : null;
  return {
    uuid: String(row.vm_uuid),
    name: String(row.name),
    nodeId: typeof node === "number" ? node : null,
    hash: typeof row.compose_hash === "string" ? row.compose_hash : null,
    createdAt: Date.parse(at.endsWith("Z") ? at : `${at}Z`),
    deleted: typeof row.deleted_at === "string",
    status: String(row.status).toLowerCase(),
  };
}

/** Whether a row counts toward `instances`: what it does not tell contradicts nothing. */
export function counts(
  row: Row,
  wanted: { readonly hash: string | null; readonly nodeIds: readonly number[] },
): boolean {
  const { hash, nodeId } = row;
  if (wanted.hash !== null && hash !== null && hash !== wanted.hash) return false;
  const elsewhere = nodeId !== null && !wanted.nodeIds.includes(nodeId);
  if (wanted.nodeIds.length > 0 && elsewhere) return false;
  return isLive(row) || isDead(row);
}

/** Not stopped, failed or on its way out. */
export function isLive({ status, deleted }: Row): boolean {
  const dead = [
    "stopped",
    "stopping",
    "exited",
    "error",
    "failed",
    "removing",
    "deleting",
    "deleted",
  ];
  return !deleted && !dead.includes(status);
}

/** Came to nothing, and stays billed. */
export function isDead({ status, deleted }: Row): boolean {
  return !deleted && ["exited", "error", "failed"].includes(status);
}
