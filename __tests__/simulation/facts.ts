/**
 * What the rules of the issue say of a request and its answer, read from the wire alone: nothing of `src`
 * that decides is used here, so that both can't hold the same mistake.
 */
import type { Exchange } from "./wire.ts";

type Json = Readonly<Record<string, unknown>>;

/** What an answer to a request that makes a replica tells the client. */
export type Told = "made" | "approval" | "certain" | "final" | "uncertain" | "nothing";

/** `certain`: nothing was done and the request may go out again. `nothing`: the process died before. */
export function toldBy({ to, answer, network }: Exchange): Told {
  if (to === null) return "nothing";
  if (network !== null) {
    if (UNSENT.includes(network)) return "certain";
    return network === "certificate" ? "final" : "uncertain";
  }
  if (answer === null) return "nothing";
  const { status } = answer;
  const body = jsonOf(answer.body);
  const coded = errorCodeOf(body) !== null;
  if (status >= 200 && status < 300) return namesVm(body) ? "made" : "uncertain";
  if (status === 465) return answer.breaksOff ? "certain" : "approval";
  if (status === 429) return coded && retryAfterMs(answer) === null ? "final" : "certain";
  if (status === 409) return coded ? "final" : "certain";
  if (status === 503 && retryAfterMs(answer) !== null) return "certain";
  return status >= 500 || status === 408 ? "uncertain" : "final";
}

/** Nothing can have left before a connection stood, TLS included. */
const UNSENT = ["refused", "unresolved", "unreachable", "proxy", "handshake", "connect-timeout"];

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

export function jsonOf(text: string): unknown {
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

/** Not stopped, failed or on its way out. */
export function isLive({ status, deleted }: Row): boolean {
  const dead = ["stopped", "exited", "error", "failed", "removing", "deleting", "deleted"];
  return !deleted && !dead.includes(status);
}
