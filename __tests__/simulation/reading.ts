/** A played run, read for the checks: which request belongs to which replica, who made and adopted what. */
import type { Cvm } from "../../simulator/core.ts";
import { counts, isObject, jsonOf, type Row, rowsOf, type Told, toldBy, vmOf } from "./facts.ts";
import type { Performance, Played, PlayedRun } from "./play.ts";
import { DEFAULTS, nodeIdOf, type Wish } from "./story.ts";
import type { Exchange } from "./wire.ts";

/** One create request as it was saved for post. */
export interface Saved {
  readonly index: number;
  readonly stage: string;
  readonly vmUuid: string | null;
  /** Ms since the epoch, the client's clock. */
  readonly sentAt: number;
  /** When another try was sent in its place; null: none was. */
  readonly nextAt: number | null;
  readonly ttlSet: boolean;
  /** No answer named it. */
  readonly adopted: boolean;
}

/** All requests for one replica. */
export interface Asked {
  readonly index: number;
  /** Create and commit requests in order. */
  readonly posts: readonly Exchange[];
  /** Of the last one. */
  readonly told: Told;
  readonly nodeId: number | null;
  /** What its replica carries; null: not known. */
  readonly hash: string | null;
  /** What came of it by the saved state. */
  readonly saved: Saved | null;
  /** Taken for ours although no answer named it. */
  readonly adopted: string | null;
}

export interface Reading {
  readonly show: Performance;
  readonly run: PlayedRun;
  readonly wish: Wish;
  readonly limits: { waitTimeoutMs: number; pollMs: number; requestTimeoutMs: number };
  readonly main: Played;
  /** The post step that came through. */
  readonly post: Played;
  /** The app's rows before the first create request; null: not read. */
  readonly baseline: readonly Row[] | null;
  /** The server's clock minus the client's in ms, as that look told it. */
  readonly clockOffsetMs: number;
  /** How many replicas the run was to make; null: can't be told, since nothing could be read. */
  readonly asked: number | null;
  readonly slots: readonly Asked[];
  /** Replicas that this run's requests really made. */
  readonly made: readonly Cvm[];
  /** Entries of the output `replicas`. */
  readonly entries: readonly Readonly<Record<string, unknown>>[];
}

const GOING = ["removing", "deleting", "deleted"];

export function isPaying({ route }: Exchange): boolean {
  return route === "create" || route === "commit" || route === "instances";
}

export function read(show: Performance): Reading[] {
  return show.runs.map((run) => readRun(show, run));
}

function readRun(show: Performance, run: PlayedRun): Reading {
  const { wish, main, posts } = run;
  const post = posts.at(-1);
  if (post === undefined) throw new Error("a run without post");
  const paying = main.exchanges.filter(isPaying);
  const firstPost = paying[0] ?? null;
  const look = main.exchanges
    .filter((one) => firstPost === null || precedes(one, firstPost, main))
    .findLast((one) => rowsOf(one) !== null);
  const baseline = look === undefined ? null : rowsOf(look);
  const indexes = new Set(paying.map(({ serverIndex }) => serverIndex));
  const made = show.sim.world.cvms.filter(
    ({ origin, requestIndex }) =>
      origin === "replica" && requestIndex !== null && indexes.has(requestIndex),
  );
  const limits = {
    waitTimeoutMs: wish.waitTimeoutMs ?? DEFAULTS.waitTimeoutMs,
    pollMs: wish.pollMs ?? DEFAULTS.pollMs,
    requestTimeoutMs: wish.requestTimeoutMs ?? DEFAULTS.requestTimeoutMs,
  };
  const entries = jsonOf(main.runner.outputs.replicas ?? "[]");
  return {
    show,
    run,
    wish,
    limits,
    main,
    post,
    baseline,
    clockOffsetMs: Date.parse(look?.answer?.headers.date ?? "") - (look?.to ?? 0),
    asked: askedOf(wish, baseline, show.sim.world.source.composeHash),
    slots: slotsOf(wish, main, paying, baseline, show.sim.world.source),
    made,
    entries: Array.isArray(entries) ? entries.filter(isObject) : [],
  };
}

function precedes(one: Exchange, first: Exchange, { exchanges }: Played): boolean {
  return exchanges.indexOf(one) < exchanges.indexOf(first);
}

function askedOf(wish: Wish, baseline: readonly Row[] | null, hash: string): number | null {
  if (wish.kind === "dry-run" || wish.kind === "bad-input") return 0;
  if (wish.names.length > 0) {
    return baseline === null ? null : wish.names.length - standing(wish, baseline).length;
  }
  if (wish.instances === null) return wish.count ?? Math.max(1, wish.nodes.length);
  if (baseline === null) return null;
  return Math.max(0, wish.instances - countedIn(wish, baseline, hash).length);
}

/** The rows that bear a name that is asked for, and are not on their way out. */
export function standing({ names }: Wish, rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ name, deleted, status }) => {
    return !deleted && !GOING.includes(status) && names.includes(name.toLowerCase());
  });
}

/** The rows that count toward `instances`. @param hash what the run gives, if it gives one */
export function countedIn(wish: Wish, rows: readonly Row[], hash: string): readonly Row[] {
  const measure = { hash: wish.giveHash ? hash : null, nodeIds: wish.nodes.map(nodeIdOf) };
  return rows.filter((row) => counts(row, measure));
}

function slotsOf(
  wish: Wish,
  main: Played,
  paying: readonly Exchange[],
  baseline: readonly Row[] | null,
  { vmUuid: sourceUuid, composeHash: sourceHash }: Pick<Cvm, "vmUuid" | "composeHash">,
): Asked[] {
  const bySlot = new Map<number, Exchange[]>();
  for (const one of paying) {
    const last = Math.max(-1, ...attemptsIn(one.saved).map((attempt) => attempt.index));
    const index = wish.names.length > 0 ? indexByName(wish, one) : last;
    bySlot.set(index, [...(bySlot.get(index) ?? []), one]);
  }
  const final = attemptsIn(main.runner.saved);
  return [...bySlot].map(([index, posts]) => {
    const last = posts.at(-1);
    const saved = final.find((attempt) => attempt.index === index) ?? null;
    const named = posts.map((one) => vmOf(one).uuid);
    const uuid = saved?.stage === "made" ? saved.vmUuid : null;
    return {
      index,
      posts,
      told: last === undefined ? "nothing" : toldBy(last),
      nodeId: wish.names.length > 0 ? nodeIn(last) : nodeOf(wish, index, baseline, sourceHash),
      hash: hashOf(posts, baseline, sourceUuid),
      saved,
      adopted: uuid !== null && !named.includes(uuid) ? uuid : null,
    };
  });
}

/**
 * The node that request number `index` asks for; null: the platform's choice. They are dealt over the listed
 * nodes in turn; with `instances` each goes where the fewest count by then, the first listed of several.
 */
export function nodeOf(
  wish: Wish,
  index: number,
  baseline: readonly Row[] | null,
  hash: string,
): number | null {
  const listed = wish.nodes.map(nodeIdOf);
  if (wish.instances === null) return listed[index % Math.max(1, listed.length)] ?? null;
  const there = listed.map(() => 0);
  const place = (among: (nodeId: number) => boolean): number => {
    const open = there.map((size, at) => (among(listed[at] ?? -1) ? size : Infinity));
    const at = open.indexOf(Math.min(...open));
    if (open[at] !== undefined && open[at] < Infinity) there[at] = open[at] + 1;
    return at;
  };
  for (const row of countedIn(wish, baseline ?? [], hash)) place((id) => id === row.nodeId);
  const places = Array.from({ length: index + 1 }, () => listed[place(() => true)] ?? null);
  return places.at(-1) ?? null;
}

/** Several named ones are under way at a time, so it is the name that tells whose request it is. */
function indexByName({ names }: Wish, { request }: Exchange): number {
  const body = jsonOf(request.body ?? "");
  return isObject(body) ? Math.max(0, names.indexOf(String(body.name))) : 0;
}

/** The node that a request names; null: none. */
export function nodeIn(one: Exchange | undefined): number | null {
  const body = jsonOf(one?.request.body ?? "");
  const nodeId = isObject(body) ? (body.node_id ?? body.teepod_id) : null;
  return typeof nodeId === "number" ? nodeId : null;
}

function hashOf(
  posts: readonly Exchange[],
  baseline: readonly Row[] | null,
  sourceUuid: string,
): string | null {
  const body = jsonOf(posts[0]?.request.body ?? "");
  if (isObject(body) && typeof body.compose_hash === "string") return body.compose_hash;
  if (posts[0]?.route === "commit") return null;
  return baseline?.find(({ uuid }) => uuid === sourceUuid)?.hash ?? null;
}

/** What the state says of each request of the run. */
export function attemptsIn(saved: Readonly<Record<string, string>>): Saved[] {
  return askedIn(saved).map((replica) => ({
    index: indexOf(replica),
    stage: stageOf(replica),
    vmUuid: uuidIn(replica),
    sentAt: Number(replica.since),
    nextAt: null,
    ttlSet: typeof replica.until === "number",
    adopted: replica.proof !== "answer" && replica.proof !== "name",
  }));
}

/** The name that was asked for is taken by what was made, so no other try of the request makes one. */
function hasItsName({ slot, ident }: SavedReplica): boolean {
  const asked = isObject(slot) ? slot.name : undefined;
  const has = isObject(ident) ? ident.name : undefined;
  return typeof asked === "string" && asked.toLowerCase() === String(has).toLowerCase();
}

/** Tries in doubt of requests that another try settled, and that nothing has kept from being carried out. */
function earlierIn(saved: Readonly<Record<string, string>>): Saved[] {
  return askedIn(saved).flatMap((replica) => {
    if (hasItsName(replica)) return [];
    const earlier = Array.isArray(replica.earlier) ? replica.earlier.filter(isObject) : [];
    return earlier.map(({ since, nextAt }) => ({
      index: indexOf(replica),
      stage: "unknown",
      vmUuid: null,
      sentAt: Number(since),
      nextAt: Number(nextAt),
      ttlSet: false,
      adopted: false,
    }));
  });
}

/** The outcome that was saved for post. */
export function outcomeIn(saved: Readonly<Record<string, string>>): unknown {
  const run = jsonOf(saved.run ?? "");
  return isObject(run) ? (run.outcome ?? undefined) : undefined;
}

/** Whether post would know which app it is, and what was there before. */
export function hasBegun(saved: Readonly<Record<string, string>>): boolean {
  const run = jsonOf(saved.run ?? "");
  return isObject(run) && isObject(run.began) && isObject(run.surveyed);
}

type SavedReplica = Readonly<Record<string, unknown>>;

/** Those of this run, and what came of them. */
function askedIn(saved: Readonly<Record<string, string>>): SavedReplica[] {
  return Object.entries(saved)
    .filter(([name]) => /^replica_\d+$/.test(name))
    .map(([, text]) => jsonOf(text))
    .filter(isObject)
    .filter(({ slot, asked }) => isObject(slot) && isObject(asked));
}

function indexOf({ slot }: SavedReplica): number {
  return isObject(slot) ? Number(slot.index) : -1;
}

function uuidIn({ ident }: SavedReplica): string | null {
  return isObject(ident) && typeof ident.uuid === "string" ? ident.uuid : null;
}

function stageOf({ fate, origin }: SavedReplica): string {
  if (fate === "open" || fate === "unknown") return fate;
  const made = (fate === "there" || fate === "gone") && origin !== "existing";
  return made ? "made" : "none";
}

/**
 * Requests whose replica main did not find, or was stopped before it could, in the order in which post looks for
 * them: those whose answer told a name, then the newest first.
 */
export function openIn(saved: Readonly<Record<string, string>>): Saved[] {
  const byName = ({ stage }: Saved) => (stage === "made" ? 0 : 1);
  return [...attemptsIn(saved), ...earlierIn(saved)]
    .filter(({ stage, vmUuid }) => stage !== "none" && (stage !== "made" || vmUuid === null))
    .sort((a, b) => byName(a) - byName(b) || b.sentAt - a.sentAt || b.index - a.index);
}

/** The requests of main from one moment on until `ends` says stop; a `ttl` is set beside whatever goes on. */
export function following(
  { exchanges }: Played,
  after: Exchange,
  ends: (one: Exchange) => boolean,
): Exchange[] {
  const later = exchanges
    .slice(exchanges.indexOf(after) + 1)
    .filter(({ route }) => route !== "scheduled-delete");
  const end = later.findIndex(ends);
  return end < 0 ? later : later.slice(0, end);
}

/** Everything that a process printed, one line an entry. */
export function printed({ runner }: Played): string {
  return runner.entries.map(({ text }) => text).join("\n");
}

export function errorsOf({ runner }: Played): string[] {
  return runner.entries.filter(({ kind }) => kind === "error").map(({ text }) => text);
}
