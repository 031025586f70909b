/** Nothing is lost: every replica that our requests made is named, or its loss is reported loudly. */
import type { Cvm } from "../../../simulator/core.ts";
import { foundBy, isAnnounced } from "../evidence.ts";
import { rowsOf, toldBy } from "../facts.ts";
import { type Asked, errorsOf, openIn, printed, type Reading } from "../reading.ts";
import { hiddenIn, looksAfter, makerOf, searchesOf } from "../searches.ts";
import { fittingOpen } from "./adoption.ts";

export function* named(reading: Reading): Generator<string> {
  const open = reading.baseline === null ? [] : openIn(reading.main.runner.saved);
  const searches = searchesOf(reading.post).length;
  if (searches !== open.length) yield `post searched ${searches} times for ${open.length} requests`;
  yield* toldApart(reading);
  for (const cvm of reading.made) {
    if (isNamed(reading, cvm) || isGone(reading, cvm)) continue;
    if (nobodyCouldKnow(reading, cvm)) continue;
    if (wasShown(reading, cvm))
      yield `${cvm.vmUuid} was in a list that post read, and is not named`;
    else if (!isAnnounced(reading))
      yield `${cvm.vmUuid} is nowhere named, and nobody is told to look`;
  }
}

/** What an elimination from the newest request on has told apart to the end is found, and no mere candidate. */
function* toldApart(reading: Reading): Generator<string> {
  const { post, main } = reading;
  const looks = searchesOf(post).flat();
  // One that failed may have kept post from telling.
  if (reading.baseline === null || looks.some((one) => rowsOf(one) === null)) return;
  const alone: string[] = [];
  for (const attempt of openIn(main.runner.saved)) {
    const [before = [], now = []] = fittingOpen(reading, looks, attempt, alone).slice(-2);
    const [uuid] = now;
    if (uuid !== undefined && now.length === 1 && before.join() === uuid) alone.push(uuid);
  }
  const report = errorsOf(post).join("\n");
  const found = foundBy(post);
  for (const uuid of alone) {
    if (report.includes(uuid) && !found.includes(uuid)) {
      yield `${uuid} can be told to be ours, and is called a candidate`;
    }
  }
}

/** The request that made it. */
export function slotOf({ slots }: Reading, cvm: Cvm): Asked | undefined {
  return slots.find(({ posts }) => posts.some((one) => one.serverIndex === cvm.requestIndex));
}

export function isNamed({ main, run }: Reading, { vmUuid }: Cvm): boolean {
  const { outputs, saved } = main.runner;
  const texts = [...Object.values(outputs), ...Object.values(saved), ...run.posts.map(printed)];
  return [...texts, ...errorsOf(main)].some((text) => text.includes(vmUuid));
}

export function isGone({ run }: Reading, { vmUuid }: Cvm): boolean {
  return run.after.get(vmUuid)?.gone ?? true;
}

/** Another was the only one that fitted, and ours came to light later; or the server lied. */
export function nobodyCouldKnow(reading: Reading, cvm: Cvm): boolean {
  const slot = slotOf(reading, cvm);
  if (slot?.adopted !== null && slot?.adopted !== undefined) return true;
  if (reading.run.posts.some((post) => foundBy(post).length > 0)) return true;
  // What the API itself refused is looked for once; what was only put off post looks for again.
  const maker = makerOf(reading, cvm);
  if (maker === undefined || !["refused", "busy"].includes(toldBy(maker))) return false;
  const looked = looksAfter(reading, maker).some((one) => rowsOf(one) !== null);
  return looked && hiddenIn(reading).includes(cvm);
}

/** While post searched for it: what comes to light later, or beside, is not looked at any more. */
function wasShown(reading: Reading, cvm: Cvm): boolean {
  const index = slotOf(reading, cvm)?.index;
  const searches = searchesOf(reading.post);
  const mine = openIn(reading.main.runner.saved).flatMap((one, at) =>
    one.index === index ? (searches[at] ?? []) : [],
  );
  return mine.some((one) => rowsOf(one)?.some(({ uuid }) => uuid === cvm.vmUuid));
}
