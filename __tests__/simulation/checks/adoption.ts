/**
 * Which newcomers may be taken for ours. A stranger's can be, where it is the only one that fits in two
 * looks in a row: nobody could tell the difference. Anything less is a violation.
 */
import { foundBy } from "../evidence.ts";
import { isCertain, isDoubtful, type Row, rowsOf, sinceOf, toldBy, vmOf } from "../facts.ts";
import type { Played } from "../play.ts";
import { type Asked, attemptsIn, nodeOf, openIn, type Reading, type Saved } from "../reading.ts";
import { looksAfter } from "../searches.ts";
import type { Exchange } from "../wire.ts";

/** Allowance for clocks: `Date` headers have whole seconds, and a database has a clock of its own. */
const SLACK_MS = 2_000;

interface Criteria {
  readonly nodeId: number | null;
  readonly hash: string | null;
  readonly name: string | null;
  /** By the server's clock, ms since the epoch. */
  readonly notBefore: number;
  /** The same, where another try followed; null: no end. */
  readonly notAfter: number | null;
  readonly known: ReadonlySet<string>;
}

export function* adoption(reading: Reading): Generator<string> {
  for (const slot of reading.slots) {
    if (slot.adopted === null) continue;
    const why = adoptedByMain(reading, slot, slot.adopted);
    if (why !== null) yield `replica ${slot.index + 1} adopted ${slot.adopted}: ${why}`;
  }
  for (const post of reading.run.posts) {
    const found = foundBy(post);
    if (new Set(found).size < found.length) yield "post found the same CVM for two requests";
    for (const uuid of found) {
      const why = adoptedByPost(reading, post, uuid);
      if (why !== null) yield `post took ${uuid} for ours: ${why}`;
    }
  }
}

function adoptedByMain(reading: Reading, slot: Asked, uuid: string): string | null {
  const never = neverAdopted(reading);
  if (never !== null) return never;
  const last = slot.posts.at(-1);
  if (last === undefined) return "no request was sent for it";
  // What the API refused it has hardly done: such a newcomer is somebody else's.
  if (slot.posts.every(isCertain)) return "every answer was a certain no";
  const looks = looksAfter(reading, last);
  return twoLooks(fitting(reading, slot, looks), uuid, true);
}

/** What fits a lost request in each of main's looks that could be read. */
export function fitting(reading: Reading, slot: Asked, looks: readonly Exchange[]): string[][] {
  const answer = slot.posts.map(vmOf).findLast(({ name }) => name !== null);
  return fits(looks, criteriaOf(reading, slot.index, sinceOf(slot.posts), answer?.name ?? null));
}

/** Runs whose lost requests made nothing, or nothing that could be told from the rest. */
function neverAdopted({ wish, baseline }: Reading): string | null {
  if (wish.kind === "prepare") return "a prepare makes nothing";
  return baseline === null ? "nobody knows what was there before" : null;
}

function adoptedByPost(reading: Reading, post: Played, uuid: string): string | null {
  const never = neverAdopted(reading);
  if (never !== null) return never;
  const open = openIn(reading.main.runner.saved);
  const reasons = open.map((attempt) => postTookIt(reading, post, attempt, uuid));
  if (reasons.includes(null)) return null;
  return reasons[0] ?? "no request was left open";
}

function postTookIt(reading: Reading, post: Played, attempt: Saved, uuid: string): string | null {
  const found = foundBy(post);
  const earlier = found.slice(0, found.indexOf(uuid));
  const looks = fittingOpen(reading, post.exchanges, attempt, earlier);
  const alone = twoLooks(looks, uuid, false);
  return alone !== null && takenTogether(reading, post, uuid) ? null : alone;
}

/**
 * What fits a request that main left open, in each look that could be read.
 *
 * @param taken found for others
 */
export function fittingOpen(
  reading: Reading,
  looks: readonly Exchange[],
  attempt: Saved,
  taken: readonly string[] = [],
): string[][] {
  const slot = reading.slots.find(({ index }) => index === attempt.index);
  const answer = (slot?.posts ?? []).map(vmOf).findLast(({ name }) => name !== null);
  const name = attempt.stage === "made" ? (answer?.name ?? null) : null;
  const criteria = criteriaOf(reading, attempt.index, attempt.sentAt, name);
  // A try in doubt is another's than the one that settled its request.
  const settled = attemptsIn(reading.main.runner.saved).map(({ vmUuid }) => vmUuid ?? "");
  const known = new Set([...criteria.known, ...taken, ...settled]);
  const notAfter =
    attempt.nextAt === null ? null : attempt.nextAt + reading.clockOffsetMs + SLACK_MS;
  return fits(looks, { ...criteria, known, notAfter });
}

/**
 * Where nobody else creates any, newcomers that can't be told apart are ours if there are no more of them than
 * requests, in two looks in a row.
 */
function takenTogether(reading: Reading, post: Played, uuid: string): boolean {
  if (!reading.wish.exclusive) return false;
  const open = openIn(reading.main.runner.saved);
  const looks = open.map((attempt) => fittingOpen(reading, post.exchanges, attempt));
  const all = (looks[0] ?? []).map((_, n) => new Set(looks.flatMap((some) => some[n] ?? [])));
  const good = all.map((some) => some.has(uuid) && some.size <= open.length);
  return good.some((now, n) => now && good[n - 1] === true);
}

function criteriaOf(
  reading: Reading,
  index: number,
  sentAt: number,
  name: string | null,
): Criteria {
  const { main, baseline, slots, clockOffsetMs, wish, show } = reading;
  const attempts = attemptsIn(main.runner.saved);
  const claimed = attempts.filter((attempt) => attempt.index !== index).map(({ vmUuid }) => vmUuid);
  const before = (baseline ?? []).map(({ uuid }) => uuid);
  const slot = slots.find((one) => one.index === index);
  const told = slots.filter((one) => one.index !== index).flatMap((one) => toldByName(one, show));
  const source = show.sim.world.source.vmUuid;
  const sharedHash = baseline?.find(({ uuid }) => uuid === source)?.hash ?? null;
  return {
    // Of alternatives, the one that was asked for last.
    nodeId:
      wish.names.length > 0
        ? (slot?.nodeId ?? null)
        : nodeOf(wish, index, baseline, show.sim.world.source.composeHash),
    // A process that died before it sent the request had decided on the hash already.
    hash: slot === undefined && wish.kind !== "commit" ? sharedHash : (slot?.hash ?? null),
    name,
    notBefore: sentAt + clockOffsetMs - SLACK_MS,
    notAfter: null,
    known: new Set([...before, ...told, ...claimed.filter((uuid) => uuid !== null)]),
  };
}

/** Another request's, by the name in an answer that told no UUID. */
function toldByName({ posts }: Asked, { sim }: Reading["show"]): string[] {
  const answers = posts.map(vmOf).filter(({ uuid, name }) => uuid === null && name !== null);
  return sim.world.cvms
    .filter((cvm) => answers.some(({ name }) => name === cvm.name))
    .map(({ vmUuid }) => vmUuid);
}

function fits(looks: readonly Exchange[], criteria: Criteria): string[][] {
  const seen = looks.map(rowsOf).filter((rows) => rows !== null);
  return seen.map((rows) => rows.filter((row) => fit(row, criteria)).map((row) => row.uuid));
}

/** Null: two looks in a row showed it, and nothing else that fits. */
function twoLooks(
  found: readonly (readonly string[])[],
  uuid: string,
  atTheEnd: boolean,
): string | null {
  const alone = found.map((uuids) => uuids.length === 1 && uuids[0] === uuid);
  const pairs = alone.map((now, index) => now && alone[index - 1] === true);
  if (atTheEnd ? pairs.at(-1) === true : pairs.includes(true)) return null;
  if (found.length < 2) return "fewer than two looks";
  return `looks in a row showed ${found.map((uuids) => uuids.length).join(", ")} that fit`;
}

function fit(row: Row, { nodeId, hash, name, notBefore, notAfter, known }: Criteria): boolean {
  if (row.deleted || known.has(row.uuid) || row.createdAt < notBefore) return false;
  if (notAfter !== null && row.createdAt > notAfter) return false;
  if (nodeId !== null && row.nodeId !== nodeId) return false;
  if (name !== null && row.name !== name) return false;
  return hash === null || row.hash === hash;
}

/** What main and post took for this run's own: made with an answer, or adopted by the rules. */
export function ours(reading: Reading): ReadonlySet<string> {
  const made = reading.made.map(({ vmUuid }) => vmUuid);
  return new Set([...made, ...eliminated(reading)]);
}

/**
 * What may be deleted: what an answer to this run's own requests named, by UUID or by name, and where nobody else
 * creates any, what elimination finds.
 */
export function proven(reading: Reading): ReadonlySet<string> {
  const { slots, baseline, show, wish } = reading;
  const before = new Set([
    show.sim.world.source.vmUuid,
    ...(baseline ?? []).map(({ uuid }) => uuid),
  ]);
  const answers = slots.flatMap(({ posts }) => posts).filter((one) => toldBy(one) === "made");
  const told = answers.flatMap((one) => {
    const { uuid, name } = vmOf(one);
    if (uuid !== null) return [uuid];
    return show.sim.world.cvms.filter((cvm) => cvm.name === name).map(({ vmUuid }) => vmUuid);
  });
  const found = wish.exclusive ? eliminated(reading) : [];
  const fresh = [...told, ...bearingName(reading)].filter((uuid) => !before.has(uuid));
  return new Set([...fresh, ...found]);
}

/** What bears a name that a request asked for and may have got, one that a killed process was about to send too. */
function bearingName({ slots, wish, show, main }: Reading): string[] {
  // Where nobody else creates any, what the API refused and is there all the same is ours as well.
  const doubted = slots.filter(({ posts }) => wish.exclusive || posts.some(isDoubtful));
  const open = openIn(main.runner.saved).filter(({ stage }) => stage === "open");
  const names = [...doubted, ...open].map(({ index }) => wish.names[index]);
  return show.sim.world.cvms
    .filter(({ name }) => names.includes(name.toLowerCase()))
    .map(({ vmUuid }) => vmUuid);
}

/** What main or post took for ours without an answer that named it, by the rules. */
export function eliminated(reading: Reading): string[] {
  const adopted = reading.slots.flatMap((slot) =>
    slot.adopted !== null && adoptedByMain(reading, slot, slot.adopted) === null
      ? [slot.adopted]
      : [],
  );
  const found = reading.run.posts.flatMap((post) =>
    foundBy(post).filter((uuid) => adoptedByPost(reading, post, uuid) === null),
  );
  return [...adopted, ...found];
}
