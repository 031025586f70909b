/**
 * What the main step leaves behind for `post`, which the runner starts even after main was killed. The
 * intent is saved before each create request and its result after it. Ids only: the key, the encrypted
 * environment and the commit token are never part of it.
 */
import type { Runner } from "../action/edges.ts";
import type { SavedTransaction } from "../chain/trouble.ts";
import { CLEANUP_MODES, type CleanupMode } from "../ledger/fact.ts";
import { KNOWN, REPLICA, RUN } from "../ledger/saved.ts";
import { booleanAt, isObject, numberAt, parseJson, stringAt } from "../text/json.ts";
import { parseApiUrl } from "../text/url.ts";
import { readTransactions, readWaiting, TRANSACTION, WAITS } from "./signed.ts";

/** Saved once, before the first create request. */
export interface Journal {
  readonly apiUrl: string;
  readonly appId: string;
  /** The source CVM. */
  readonly vmUuid: string;
  readonly requestTimeoutMs: number;
  readonly cleanup: CleanupMode;
  /** Nothing else creates instances of the app: what elimination finds is proven to be ours. */
  readonly exclusive: boolean;
  /** Whether post adds to the job summary. */
  readonly summary: boolean;
  /** What was there before the first request, by `cvmKeys`; null: the list could not be read. */
  readonly baseline: readonly string[] | null;
  /** The server's clock minus ours, in ms; null where the server does not tell. */
  readonly clockOffsetMs: number | null;
  readonly workspaceSlug: string | null;
  /** When the platform shall delete each replica, in ms after its creation; null: not asked for. */
  readonly ttlMs: number | null;
}

export const ATTEMPT_STAGES = ["open", "made", "unknown", "none"] as const;

/** One create request. Saved before it (`open`) and after it. */
export interface AttemptRecord {
  readonly index: number;
  /**
   * `open`: sent, or about to be; `made`: the replica exists; `unknown`: main could not find out;
   * `none`: certain that nothing was created.
   */
  readonly stage: (typeof ATTEMPT_STAGES)[number];
  readonly nodeId: number | null;
  /** What a replica of ours would carry; null: not known. */
  readonly composeHash: string | null;
  /** When the first try was sent that may have made it, our clock, ms since the epoch. */
  readonly sentAt: number;
  /** When the try was sent that settled the request in its place; null: there is none. As `sentAt`. */
  readonly nextAt: number | null;
  readonly vmUuid: string | null;
  readonly name: string | null;
  /** The name that it was asked for by; null: none, or names are not honoured. */
  readonly asked?: string | null;
  /**
   * Nothing proves it to be this step's: found by elimination after a lost answer, or not found yet although the API
   * refused each try.
   */
  readonly adopted: boolean;
  /** When its `ttl` ends it, by the platform's clock, ms since the epoch; null: none, or not known yet. */
  readonly endsAt: number | null;
  /** The platform knows of that end. */
  readonly ttlSet: boolean;
  /** Main saw that somebody deleted it. */
  readonly gone: boolean;
}

export interface SavedRun {
  /** The job failed or was cancelled by its end; left out: not told. */
  readonly jobFailed?: boolean;
  readonly journal: Journal;
  readonly attempts: readonly AttemptRecord[];
  /** The outcome that main ended with; null: it was killed before it could say. */
  readonly outcome: string | null;
  /** Whether something of this run's own failed; null: not told. */
  readonly ownFailure: boolean | null;
  /** It waited for an approval when it was last heard of. */
  readonly waits: boolean;
  /** What it signed, each saved before its bytes left; whether it got into a block is the chain's to say. */
  readonly transactions: readonly SavedTransaction[];
}

const JOURNAL = "journal";
const BASELINE = "baseline_";
const OUTCOME = "outcome";
const OWN_FAILURE = "own_failure";
const ATTEMPT = "attempt_";
/** Behind the name of an attempt. */
const EARLIER = "_earlier";

/**
 * The state reaches post as environment variables, which Windows bounds to 32 Ki characters each, Linux to
 * 128 KiB: beyond that post could not be started. A key has some 40 characters.
 */
const KEYS_A_PART = 500;

/** More instances than an app has, and than `vm_uuids` takes. */
const MOST_SAVED = 2_000;

export function saveJournal(runner: Runner, { baseline, ...rest }: Journal): void {
  for (let from = 0; from < (baseline?.length ?? 0); from += KEYS_A_PART) {
    const part = baseline?.slice(from, from + KEYS_A_PART);
    runner.saveState(BASELINE + from / KEYS_A_PART, JSON.stringify(part));
  }
  // Last: where it is, the rest is there too.
  const known = baseline === null ? null : baseline.length;
  runner.saveState(JOURNAL, JSON.stringify({ ...rest, baseline: known }));
}

/** One key an attempt, so that fifty replicas don't write fifty growing copies of everything. */
export function saveAttempt(runner: Runner, attempt: AttemptRecord): void {
  runner.saveState(ATTEMPT + attempt.index, JSON.stringify(attempt));
}

/** An earlier try of the same request, which may have made a replica that no look has shown. */
export function saveEarlier(runner: Runner, attempt: AttemptRecord): void {
  runner.saveState(`${ATTEMPT}${attempt.index}${EARLIER}`, JSON.stringify(attempt));
}

/** @param ownFailure whether something of this run's own failed, and not only what was there before */
export function saveOutcome(runner: Runner, outcome: string, ownFailure: boolean): void {
  // First: where the outcome is, this is there too.
  runner.saveState(OWN_FAILURE, String(ownFailure));
  runner.saveState(OUTCOME, outcome);
}

/** What main saved, or null where there is no record of it. */
export function readSavedRun(runner: Runner): SavedRun | null {
  const state = runner.state();
  const journal = readJournal(parseJson(state[JOURNAL] ?? ""), state);
  if (journal === null) return null;
  const attempts = Object.entries(state)
    .filter(([name]) => name.startsWith(ATTEMPT))
    .map(([, text]) => readAttempt(parseJson(text)))
    .filter((attempt) => attempt !== null)
    .sort((a, b) => a.index - b.index);
  const ownFailure = parseJson(state[OWN_FAILURE] ?? "");
  return {
    journal,
    attempts,
    outcome: state[OUTCOME] || null,
    ownFailure: typeof ownFailure === "boolean" ? ownFailure : null,
    waits: readWaiting(state),
    transactions: readTransactions(state),
  };
}

/**
 * The names that `get` has a value for, of all that main may save but deployments, whose names nobody can
 * guess. For runners that answer when they are asked for a name, and show no list of them.
 */
export function stateByName(get: (name: string) => string): Record<string, string> {
  const found: Record<string, string> = {};
  const take = (name: string) => {
    const value = get(name);
    if (value !== "") found[name] = value;
    return value !== "";
  };
  for (const name of [JOURNAL, OUTCOME, OWN_FAILURE, WAITS, RUN]) take(name);
  // Of those that a rollout or a delete found, some may never have been written: a gap is no end.
  for (let n = 0; n < MOST_SAVED; n++) take(REPLICA + n);
  for (const prefix of [BASELINE, ATTEMPT, KNOWN]) {
    for (let n = 0; take(prefix + n); n++) take(`${prefix}${n}${EARLIER}`);
  }
  for (let n = 0; take(TRANSACTION + n); n++);
  return found;
}

type State = Readonly<Record<string, string>>;

function readJournal(value: unknown, state: State): Journal | null {
  // The key goes there, so it is held to what an input is held to.
  const apiUrl = parseApiUrl(stringAt(value, "apiUrl") ?? "");
  const appId = stringAt(value, "appId");
  const vmUuid = stringAt(value, "vmUuid");
  if (!isObject(value) || apiUrl === null || appId === null || vmUuid === null) return null;
  const cleanup = stringAt(value, "cleanup");
  return {
    apiUrl,
    appId,
    vmUuid,
    requestTimeoutMs: numberAt(value, "requestTimeoutMs") ?? 60_000,
    cleanup: CLEANUP_MODES.find((mode) => mode === cleanup) ?? "never",
    exclusive: booleanAt(value, "exclusive") ?? false,
    summary: booleanAt(value, "summary") ?? true,
    baseline: readBaseline(numberAt(value, "baseline"), state),
    clockOffsetMs: numberAt(value, "clockOffsetMs"),
    workspaceSlug: stringAt(value, "workspaceSlug"),
    ttlMs: numberAt(value, "ttlMs"),
  };
}

/** Null also where a part is missing: what was there before is then not known. */
function readBaseline(length: number | null, state: State): readonly string[] | null {
  const keys: unknown[] = [];
  for (let part = 0; part * KEYS_A_PART < (length ?? 0); part++) {
    const saved = parseJson(state[BASELINE + part] ?? "");
    if (Array.isArray(saved)) keys.push(...saved);
  }
  const baseline = keys.filter((key) => typeof key === "string");
  return baseline.length === length ? baseline : null;
}

function readAttempt(value: unknown): AttemptRecord | null {
  const index = numberAt(value, "index");
  const stage = ATTEMPT_STAGES.find((known) => known === stringAt(value, "stage"));
  const sentAt = numberAt(value, "sentAt");
  if (index === null || stage === undefined || sentAt === null) return null;
  return {
    index,
    stage,
    nodeId: numberAt(value, "nodeId"),
    composeHash: stringAt(value, "composeHash"),
    sentAt,
    nextAt: numberAt(value, "nextAt"),
    vmUuid: stringAt(value, "vmUuid"),
    name: stringAt(value, "name"),
    asked: stringAt(value, "asked"),
    // Proof is what the state says, not what it leaves out.
    adopted: booleanAt(value, "adopted") ?? true,
    endsAt: numberAt(value, "endsAt"),
    ttlSet: booleanAt(value, "ttlSet") ?? false,
    gone: booleanAt(value, "gone") ?? false,
  };
}
