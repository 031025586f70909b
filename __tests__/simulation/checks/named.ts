/** Nothing is lost: every replica that our requests made is named, or its loss is reported loudly. */
import type { Cvm } from "../../../simulator/core.ts";
import { rowsOf, toldBy } from "../facts.ts";
import { type Asked, errorsOf, printed, type Reading } from "../reading.ts";

export function* named(reading: Reading): Generator<string> {
  for (const cvm of reading.made) {
    if (isNamed(reading, cvm) || isGone(reading, cvm)) continue;
    if (nobodyCouldKnow(reading, cvm)) continue;
    if (wasShown(reading, cvm))
      yield `${cvm.vmUuid} was in a list that post read, and is not named`;
    else if (!announced(reading))
      yield `${cvm.vmUuid} is nowhere named, and nobody is told to look`;
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

function isGone({ run }: Reading, { vmUuid }: Cvm): boolean {
  return run.after.get(vmUuid)?.gone ?? true;
}

/** Another was the only one that fitted, and ours came to light later; or the server lied. */
export function nobodyCouldKnow(reading: Reading, cvm: Cvm): boolean {
  const slot = slotOf(reading, cvm);
  if (slot?.adopted !== null && slot?.adopted !== undefined) return true;
  const found = "Found a replica that the main step did not report";
  if (reading.run.posts.some((post) => printed(post).includes(found))) return true;
  const maker = slot?.posts.find(({ serverIndex }) => serverIndex === cvm.requestIndex);
  return maker !== undefined && toldBy(maker) === "certain";
}

/** While post searched for it: what comes to light later, or beside, is not looked at any more. */
function wasShown(reading: Reading, cvm: Cvm): boolean {
  const { post } = reading;
  const index = slotOf(reading, cvm)?.index ?? 0;
  const starts = post.runner.entries.filter(({ text }) =>
    text.startsWith("Looking for the replica"),
  );
  const mine = starts.findIndex(({ text }) => text.includes(`create request ${index + 1}.`));
  const from = starts[mine]?.at ?? Number.POSITIVE_INFINITY;
  const until = starts[mine + 1]?.at ?? Number.POSITIVE_INFINITY;
  const end = post.exchanges.findIndex(({ request }) => request.method !== "GET");
  const looks = (end < 0 ? post.exchanges : post.exchanges.slice(0, end)).filter(
    (one) => one.from >= from && one.from < until,
  );
  return looks.some((one) => rowsOf(one)?.some(({ uuid }) => uuid === cvm.vmUuid));
}

/** Somebody is told that a replica may exist. */
export function announced({ main, post }: Reading): boolean {
  if (post.exitCode === 1 || printed(post).includes("did not show up in the app's list"))
    return true;
  return errorsOf(main).some((text) => text.includes("It is unclear whether"));
}
