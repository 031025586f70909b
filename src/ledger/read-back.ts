/**
 * Reads the saved form of a ledger back, for post: field by field, never by a cast. Text that is cut, foreign
 * or of another version is no record.
 */
import type { SavedTransaction } from "../chain/trouble.ts";
import { parseHash } from "../text/ids.ts";
import {
  arrayAt,
  booleanAt,
  fieldOf,
  isObject,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from "../text/json.ts";
import { parseApiUrl } from "../text/url.ts";
import { CLEANUP_MODES, type CommandName } from "./fact.ts";
import type { Pages } from "./ledger.ts";
import { blankReplica, type Doubt, NOBODY, type Replica, type Try } from "./replica.ts";
import { blankRun, type RunSoFar } from "./run-so-far.ts";
import { KEYS_A_PART, KNOWN, REPLICA, RUN, VERSION } from "./saved.ts";
import { type Ident, type ReplicaKey, type Slot, SPARED_WHYS } from "./terms.ts";

type State = Readonly<Record<string, string>>;

/** What main left; null: it has no record, or none of this version. */
export function readBack(state: State): Pages | null {
  const run = readRun(parseJson(state[RUN] ?? ""), state);
  if (run === null) return null;
  const replicas = Object.entries(state)
    .filter(([name]) => /^replica_\d+$/.test(name))
    .sort(([a], [b]) => Number(a.slice(REPLICA.length)) - Number(b.slice(REPLICA.length)))
    .map(([, text]) => readReplica(parseJson(text)))
    .filter((replica) => replica !== null);
  return { run, replicas };
}

/** The outcome of a main step that ended before it asked for anything; null: it has none, or began. */
export function endedBefore(state: State): string | null {
  const run = parseJson(state[RUN] ?? "");
  const unbegun = numberAt(run, "v") === VERSION && objectAt(run, "began") === null;
  return unbegun ? stringAt(run, "outcome") : null;
}

const COMMANDS: readonly CommandName[] = ["create", "delete", "rollout", "verify"];

function readRun(value: unknown, state: State): RunSoFar | null {
  if (numberAt(value, "v") !== VERSION) return null;
  const saved = objectAt(value, "began");
  const command = COMMANDS.find((name) => name === stringAt(saved, "command"));
  // The key goes there, so it is held to what an input is held to.
  const apiUrl = parseApiUrl(stringAt(saved, "apiUrl") ?? "");
  const appId = stringAt(saved, "appId");
  if (saved === null || command === undefined || apiUrl === null || appId === null) return null;
  return {
    ...blankRun,
    began: {
      fact: "began",
      command,
      apiUrl,
      appId,
      source: stringAt(saved, "source"),
      requestTimeoutMs: numberAt(saved, "requestTimeoutMs") ?? 60_000,
      cleanup: CLEANUP_MODES.find((mode) => mode === stringAt(saved, "cleanup")) ?? "never",
      exclusive: booleanAt(saved, "exclusive") ?? false,
      ttlMs: numberAt(saved, "ttlMs"),
      summary: booleanAt(saved, "summary") ?? true,
    },
    surveyed: readSurveyed(objectAt(value, "surveyed"), state),
    approving: booleanAt(value, "approving") ?? false,
    signed: arrayAt(value, "signed")
      .map(readTransaction)
      .filter((transaction) => transaction !== null),
    outcome: stringAt(value, "outcome"),
    ownFailure: booleanAt(value, "ownFailure"),
  };
}

const WHATS = ["device", "compose-hash"] as const;

function readTransaction(saved: unknown): SavedTransaction | null {
  const what = oneOf(WHATS, stringAt(saved, "what"));
  const transaction = stringAt(saved, "transaction") ?? "";
  const nonce = numberAt(saved, "nonce");
  if (what === null || nonce === null || !/^0x[0-9a-f]{64}$/.test(transaction)) return null;
  return { what, transaction, nonce };
}

function readSurveyed(saved: unknown, state: State): RunSoFar["surveyed"] {
  if (!isObject(saved)) return null;
  return {
    fact: "surveyed",
    known: readKnown(numberAt(saved, "known"), state),
    clockOffsetMs: numberAt(saved, "clockOffsetMs"),
    workspaceSlug: stringAt(saved, "workspaceSlug"),
  };
}

/** Null also where a part is missing: what was there before is then not known. */
function readKnown(length: number | null, state: State): readonly string[] | null {
  const keys: unknown[] = [];
  for (let part = 0; part * KEYS_A_PART < (length ?? 0); part++) {
    const saved = parseJson(state[KNOWN + part] ?? "");
    if (Array.isArray(saved)) keys.push(...saved);
  }
  const known = keys.filter((key) => typeof key === "string");
  return known.length === length ? known : null;
}

const FATES = ["unasked", "open", "nothing", "there", "unknown", "going", "gone"] as const;
const ORIGINS = ["none", "created", "adopted", "existing"] as const;
const PROOFS = ["answer", "name", "elimination"] as const;
const GONE_BY = ["us", "somebody"] as const;
const VIAS = ["create", "prepare", "commit"] as const;

function readReplica(value: unknown): Replica | null {
  const key = stringAt(value, "key");
  const fate = oneOf(FATES, stringAt(value, "fate"));
  const origin = oneOf(ORIGINS, stringAt(value, "origin"));
  if (numberAt(value, "v") !== VERSION || !isKey(key) || fate === null || origin === null)
    return null;
  const asked = readTry(objectAt(value, "asked"));
  return {
    ...blankReplica(key),
    slot: readSlot(objectAt(value, "slot")),
    ident: readIdent(objectAt(value, "ident")),
    fate,
    origin,
    proof: oneOf(PROOFS, stringAt(value, "proof")),
    goneBy: oneOf(GONE_BY, stringAt(value, "goneBy")),
    since: numberAt(value, "since"),
    doubted: booleanAt(value, "doubted") ?? false,
    earlier: arrayAt(value, "earlier")
      .map(readDoubt)
      .filter((doubt) => doubt !== null),
    endsAt: numberAt(value, "endsAt"),
    until: numberAt(value, "until"),
    revision: readUpdate(objectAt(value, "revision")),
    spared: oneOf(SPARED_WHYS, stringAt(value, "spared")),
    tries: asked === null ? [] : [asked],
  };
}

const BACKS = ["asked", "done", "failed"] as const;

function readUpdate(saved: unknown): Replica["revision"] {
  const to = parseHash(stringAt(saved, "to") ?? "");
  if (to === null) return null;
  return {
    from: parseHash(stringAt(saved, "from") ?? ""),
    to,
    done: booleanAt(saved, "done") ?? false,
    back: oneOf(BACKS, stringAt(saved, "back")),
    backTrouble: null,
  };
}

function readDoubt(saved: unknown): Doubt | null {
  const since = numberAt(saved, "since");
  const nextAt = numberAt(saved, "nextAt");
  return since === null || nextAt === null ? null : { since, nextAt };
}

function readTry(saved: unknown): Try | null {
  const at = numberAt(saved, "at");
  const via = oneOf(VIAS, stringAt(saved, "via"));
  if (at === null || via === null) return null;
  return { at, via, place: readPlace(fieldOf(saved, "place")), fault: null };
}

function readPlace(saved: unknown): {
  readonly nodeId: number | null;
  readonly name: string | null;
} {
  return { nodeId: numberAt(saved, "nodeId"), name: stringAt(saved, "name") };
}

function readSlot(saved: unknown): Slot | null {
  const index = numberAt(saved, "index");
  if (index === null) return null;
  const name = stringAt(saved, "name");
  return {
    index,
    nodeId: numberAt(saved, "nodeId"),
    nodeName: stringAt(saved, "nodeName"),
    composeHash: stringAt(saved, "composeHash"),
    expectedHash: stringAt(saved, "expectedHash"),
    ...(name === null ? {} : { name }),
  };
}

function readIdent(saved: unknown): Ident {
  if (!isObject(saved)) return NOBODY;
  return {
    id: numberAt(saved, "id") ?? stringAt(saved, "id"),
    uuid: stringAt(saved, "uuid"),
    name: stringAt(saved, "name"),
    nodeId: numberAt(saved, "nodeId"),
    nodeName: stringAt(saved, "nodeName"),
    instanceId: stringAt(saved, "instanceId"),
    url: stringAt(saved, "url"),
  };
}

function isKey(text: string | null): text is ReplicaKey {
  return text !== null && /^(?:new-\d+|cvm-.+)$/.test(text);
}

function oneOf<T extends string>(words: readonly T[], text: string | null): T | null {
  return words.find((word) => word === text) ?? null;
}
