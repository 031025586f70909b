/**
 * What the checks read in printed text, all in one place. No sentence is looked for: only what a text must
 * hold whatever its words are, which is the id of a CVM, or the address of the app's page.
 */
import type { Played } from "./play.ts";
import { attemptsIn, errorsOf, printed, type Reading } from "./reading.ts";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** CVMs that a post step says it found: it warns of each that main did not report. */
export function foundBy({ runner }: Played): string[] {
  return runner.entries
    .filter(({ kind }) => kind === "warning")
    .flatMap(({ text }) => text.match(UUID)?.slice(0, 1) ?? []);
}

/** Whether a text leads to the page with all CVMs of the app, which is more than the page of one. */
export function leadsToApp({ show }: Reading, text: string): boolean {
  const { appId, workspace } = show.sim.world;
  const pages = new RegExp(`/${workspace.slug}/apps/${appId}(?!/instances)|/cvms/app_${appId}`);
  return pages.test(text);
}

/** Whether a text names CVMs that might be ours: none that main reported, or was told of. */
export function namesCandidates({ main }: Reading, text: string): boolean {
  const known = new Set(attemptsIn(main.runner.saved).map(({ vmUuid }) => vmUuid));
  return (text.match(UUID) ?? []).some((uuid) => !known.has(uuid));
}

/** Somebody is told that a replica may exist: where to look, or which newcomers it may be. */
export function isAnnounced(reading: Reading): boolean {
  const errors = [...errorsOf(reading.main), ...errorsOf(reading.post)].join("\n");
  const said = [errors, printed(reading.post)].join("\n");
  return leadsToApp(reading, said) || namesCandidates(reading, errors);
}

/** What its annotation says: what has no room there is counted, and stands in the log. */
export function reportOf(one: Played): string {
  const said = errorsOf(one).join("\n");
  return isCut(said) ? printed(one) : said;
}

/** Whether an annotation says that the log has more. */
export function isCut(text: string): boolean {
  return /\n- … and \d+ more, in the step's log\n/.test(text);
}

/** The action's own mistakes: nothing else has a stack to show to who debugs. */
export function mistakesOf({ runner }: Played): string[] {
  return runner.entries.filter(({ kind }) => kind === "debug").map(({ text }) => text);
}
