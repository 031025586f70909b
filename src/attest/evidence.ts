import { type Attempt, type Fault as RequestFault, unreadable } from "../net/fault.ts";
import type { HttpAnswer } from "../net/transport.ts";
import { parseUuid } from "../text/ids.ts";
import {
  arrayAt,
  fieldOf,
  isObject,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from "../text/json.ts";
import { type CheckResult, type Made, refuse, Trail } from "./check.ts";
import { logEntries, MAX_EVENTS } from "./events.ts";
import { MAX_QUOTE_BYTES } from "./quote.ts";
import type { Proof } from "./verify.ts";

/**
 * What the platform shows of an instance. Both routes are read tolerantly: neither shape is in the official
 * document in full (API facts, "is-allowed and attestation").
 */
export interface Evidence {
  /** Dashed, lower-case; null where the entry has none. */
  readonly vmUuid: string | null;
  readonly instanceId: string | null;
  /** The id that its log claims, unverified; null where it claims none, or several. */
  readonly claimedId: string | null;
  readonly quote: string | null;
  readonly log: readonly unknown[] | null;
  readonly composeText: string | null;
  /** The platform's own words for why there is nothing. */
  readonly problem: string | null;
}

/** Who is looked for. */
export interface Who {
  readonly vmUuid: string;
  readonly instanceId: string | null;
}

/** The body of `GET /apps/{app_id}/attestations`: all instances of the app. Null for anything else. */
export function readAppEvidence(body: unknown): readonly Evidence[] | null {
  const instances = fieldOf(body, "instances");
  return Array.isArray(instances) ? instances.filter(isObject).map(readInstance) : null;
}

function readInstance(entry: unknown): Evidence {
  const tcbInfo = tcbInfoOf(entry);
  const log =
    fieldOf(tcbInfo, "event_log") ?? fieldOf(entry, "eventlog") ?? fieldOf(entry, "event_log");
  return {
    vmUuid: parseUuid(stringAt(entry, "vm_uuid") ?? ""),
    instanceId: bareId(stringAt(entry, "instance_id")),
    ...readLog(log),
    quote: stringAt(entry, "quote"),
    composeText: stringAt(tcbInfo, "app_compose"),
    problem: stringAt(entry, "error"),
  };
}

/** The body of `GET /cvms/{id}/attestation`, whose quote is the one in the guest's certificate. */
export function readCvmEvidence(body: unknown, { vmUuid, instanceId }: Who): Evidence | null {
  if (!isObject(body)) return null;
  const tcbInfo = tcbInfoOf(body);
  const leaf = arrayAt(body, "app_certificates").find(
    (one) => numberAt(one, "position_in_chain") === 0,
  );
  return {
    vmUuid,
    instanceId,
    ...readLog(fieldOf(tcbInfo, "event_log")),
    quote: stringAt(leaf, "quote"),
    composeText: stringAt(tcbInfo, "app_compose"),
    problem: stringAt(body, "error"),
  };
}

function tcbInfoOf(entry: unknown): unknown {
  const text = stringAt(entry, "tcb_info");
  return objectAt(entry, "tcb_info") ?? (text === null ? null : parseJson(text));
}

function readLog(value: unknown): Pick<Evidence, "log" | "claimedId"> {
  const log = logEntries(value);
  const claims = (log ?? []).filter((one) => stringAt(one, "event") === "instance-id");
  const claimedId = claims.length === 1 ? bareId(stringAt(claims[0], "event_payload")) : null;
  return { log, claimedId };
}

function bareId(text: string | null): string | null {
  return text?.toLowerCase().replace(/^0x/, "") ?? null;
}

/** A request's answer as evidence. @param read answers null for a shape that is none */
export function readBody<T>(answer: HttpAnswer, read: (json: unknown) => T | null): Attempt<T> {
  const value = read(parseJson(answer.body));
  if (value !== null) return { ok: true, value };
  return { ok: false, fault: unreadable(answer, "JSON without the fields of an attestation") };
}

/** The first check. @param work throws what it refuses */
function checkEvidence<T>(work: () => T): {
  readonly made: Made<T>;
  readonly checks: readonly CheckResult[];
} {
  const trail = new Trail();
  const expected = "a quote and a log of this instance alone";
  const made = trail.run(() =>
    trail.make("evidence", "api", () => ({ value: work(), expected, seen: expected })),
  );
  return { made, checks: trail.results };
}

/** The first check, failed: there was nothing to pick from. */
export function noEvidence(expected: string, seen: string, again: boolean): Picked {
  return checkEvidence(() => refuse(expected, seen, again));
}

/** The proof of one instance, or why there is none. */
export type Picked = ReturnType<typeof checkEvidence<Proof>>;

/**
 * The entry of an instance, by its UUID or else its instance id, and never by its position: an entry that is
 * somebody else's must not stand for it.
 */
export function pickEvidence(all: readonly Evidence[], who: Who): Picked {
  return checkEvidence(() => {
    const mine = entriesOf(all, who);
    const [entry] = mine;
    if (entry === undefined) refuse("an entry of this instance", "none", true);
    if (mine.length > 1) refuse("one entry of this instance", `${mine.length}`);
    const { quote, log, composeText } = entry;
    if (quote === null) refuse("a quote", entry.problem ?? "none yet", true);
    // A guest whose app-compose keeps its TCB info private may have no log for ever.
    if (log === null) refuse("an event log", "none: its TCB info may be private");
    checkSizes(quote, log);
    checkApart(
      { ...entry, quote },
      all.filter((one) => one !== entry),
    );
    return { quote, log, composeText };
  });
}

/** Whether the CVM's own route may know more: no entry, or a quote without the log that explains it. */
export function lacks(all: readonly Evidence[], who: Who): boolean {
  const [entry] = entriesOf(all, who);
  return entry === undefined || (entry.quote !== null && entry.log === null);
}

function entriesOf(all: readonly Evidence[], { vmUuid, instanceId }: Who): readonly Evidence[] {
  const named = all.filter((entry) => entry.vmUuid === vmUuid);
  if (named.length > 0 || instanceId === null) return named;
  return all.filter((entry) => entry.vmUuid === null && entry.instanceId === instanceId);
}

function checkSizes(quote: string, log: readonly unknown[]): void {
  const bytes = Math.ceil(quote.length / 2);
  if (bytes > MAX_QUOTE_BYTES + 1)
    refuse(`a quote of ${MAX_QUOTE_BYTES} bytes at most`, `${bytes}`);
  if (log.length > MAX_EVENTS) refuse(`${MAX_EVENTS} events at most`, `${log.length}`);
}

function checkApart(entry: Evidence & { quote: string }, others: readonly Evidence[]): void {
  const own = bare(entry.quote);
  for (const other of others) {
    if (other.quote === null) continue;
    const who = `the same as of ${other.vmUuid ?? "another"}`;
    if (own === bare(other.quote)) refuse("a quote of this instance alone", who);
    // Two quotes of one guest differ: its id tells that they are one's.
    const ids = [other.instanceId, other.claimedId];
    const twice = [entry.instanceId, entry.claimedId].some((id) => id !== null && ids.includes(id));
    if (twice) refuse("an instance id of its own", who);
  }
}

/** One quote in two spellings is one quote. */
function bare(quote: string): string {
  const digits = quote.toLowerCase().replace(/^0x/, "");
  // Counted by hand: a regular expression that looks for zeros at the end takes minutes over many that are not.
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}

/** Whether asking later may bring an answer: the platform may not know the instance everywhere yet. */
export function mayCome(fault: RequestFault): boolean {
  if (fault.kind !== "answer")
    return !(fault.kind === "network" && fault.network === "certificate");
  return [404, 408, 409, 425, 429].includes(fault.status) || fault.status >= 500;
}
