/**
 * What the main step leaves behind for `post`, which the runner starts even after main was killed. The
 * intent is saved before each create request and its result after it. Ids only: the key, the encrypted
 * environment and the commit token are never part of it.
 */
import type { Runner } from "./edges.ts";
import { CLEANUP_MODES, type CleanupMode } from "./inputs/types.ts";
import { arrayAt, booleanAt, isObject, numberAt, parseJson, stringAt } from "./phala/json.ts";

/** Saved once, before the first create request. */
export interface Journal {
  readonly apiUrl: string;
  readonly appId: string;
  /** The source CVM. */
  readonly vmUuid: string;
  readonly requestTimeoutMs: number;
  readonly cleanup: CleanupMode;
  /** What was there before the first request, by `cvmKey`; null: the list could not be read. */
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
  /** When the request was sent, our clock, ms since the epoch. */
  readonly sentAt: number;
  readonly vmUuid: string | null;
  readonly name: string | null;
  /** The platform knows of the `ttl`. */
  readonly ttlSet: boolean;
}

export interface SavedRun {
  readonly journal: Journal;
  readonly attempts: readonly AttemptRecord[];
  /** The outcome that main ended with; null: it was killed before it could say. */
  readonly outcome: string | null;
}

const JOURNAL = "journal";
const OUTCOME = "outcome";
const ATTEMPT = "attempt_";

export function saveJournal(runner: Runner, journal: Journal): void {
  runner.saveState(JOURNAL, JSON.stringify(journal));
}

/** One key an attempt, so that fifty replicas don't write fifty growing copies of everything. */
export function saveAttempt(runner: Runner, attempt: AttemptRecord): void {
  runner.saveState(ATTEMPT + attempt.index, JSON.stringify(attempt));
}

export function saveOutcome(runner: Runner, outcome: string): void {
  runner.saveState(OUTCOME, outcome);
}

/** What main saved, or null where it never came as far as a create request. */
export function readSavedRun(runner: Runner): SavedRun | null {
  const state = runner.state();
  const journal = readJournal(parseJson(state[JOURNAL] ?? ""));
  if (journal === null) return null;
  const attempts = Object.entries(state)
    .filter(([name]) => name.toLowerCase().startsWith(ATTEMPT))
    .map(([, text]) => readAttempt(parseJson(text)))
    .filter((attempt) => attempt !== null)
    .sort((a, b) => a.index - b.index);
  return { journal, attempts, outcome: state[OUTCOME] || null };
}

function readJournal(value: unknown): Journal | null {
  const apiUrl = stringAt(value, "apiUrl");
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
    baseline: Array.isArray(value.baseline)
      ? arrayAt(value, "baseline").filter((key) => typeof key === "string")
      : null,
    clockOffsetMs: numberAt(value, "clockOffsetMs"),
    workspaceSlug: stringAt(value, "workspaceSlug"),
    ttlMs: numberAt(value, "ttlMs"),
  };
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
    vmUuid: stringAt(value, "vmUuid"),
    name: stringAt(value, "name"),
    ttlSet: booleanAt(value, "ttlSet") ?? false,
  };
}
