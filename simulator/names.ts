import { coded, plain } from "./errors.ts";
import type { Cvm } from "./types.ts";
import type { World } from "./world.ts";

/** Whether a text may be a CVM's name (API facts, section 11). */
export function isName(text: string): boolean {
  return /^[a-z][a-z0-9-]{4,62}$/i.test(text);
}

/** The CVM of the workspace that has a name, in whatever app and status; one that is gone has none. */
export function holderOf(world: World, name: string): Cvm | undefined {
  const { foldNames, nameFreeWhileGoing, nameHeldMs } = world.settings;
  const folded = (text: string): string => (foldNames ? text.toLowerCase() : text);
  return world.cvms.find((cvm) => {
    const view = world.view(cvm);
    const began = view.deletionStartedAt ?? Number.NEGATIVE_INFINITY;
    const goneAt = Math.max(began + world.settings.removeMs, cvm.vanishedAt ?? 0);
    const held = world.now() < goneAt + nameHeldMs;
    const free = (view.gone && !held) || (nameFreeWhileGoing && view.removing);
    return !cvm.foreign && !free && folded(cvm.name) === folded(name);
  });
}

/** The refusal of a taken name as the rename route has it, seen live (API facts, section 14). */
export function alreadyInUse(name: string): Error {
  return plain(400, `CVM name "${name}" is already in use in this workspace`);
}

/**
 * Refuses a name that a CVM of the workspace has. Which form comes from the route of named instances has
 * not been seen: it is an option.
 *
 * @throws Refusal 409 (ERR-01-004) or a bare 400
 */
export function checkFree(world: World, name: string): void {
  if (holderOf(world, name) === undefined) return;
  if (world.settings.takenName === "detail") throw alreadyInUse(name);
  throw coded(409, "ERR-01-004", `CVM name ${name} is already taken in this workspace`);
}
