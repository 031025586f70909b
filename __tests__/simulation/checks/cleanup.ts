/** With `cleanup`, what was made is gone or loudly reported; nothing else is ever deleted. */
import type { Cvm } from "../../../simulator/core.ts";
import { isAnnounced, leadsToApp, reportOf } from "../evidence.ts";
import { rowsOf } from "../facts.ts";
import { openIn, type Reading } from "../reading.ts";
import type { Exchange } from "../wire.ts";
import { ours } from "./adoption.ts";
import { isNamed, nobodyCouldKnow, slotOf } from "./named.ts";

const DONE = [200, 202, 204, 404];
/** A deletion that the API agreed to gets so long before it is asked for again. */
const PATIENCE_MS = 20_000;

export function* cleanup(reading: Reading): Generator<string> {
  const { main, run, post } = reading;
  if (main.exchanges.some(isDelete)) yield "main deleted something";
  const wanted = wantsCleanup(reading);
  const own = ours(reading);
  for (const { exchanges } of run.posts) {
    const deletes = exchanges.filter(isDelete);
    if (deletes.length > 0 && !wanted) yield "something was deleted although nobody asked for it";
    for (const [index, one] of deletes.entries()) {
      const uuid = targetOf(one);
      if (!own.has(uuid)) yield `${uuid} was deleted, which is not ours`;
      const agreed = deletes
        .slice(0, index)
        .filter((other) => targetOf(other) === uuid && DONE.includes(other.answer?.status ?? 0))
        .at(-1);
      if (agreed === undefined) continue;
      const waited = one.from - (agreed.to ?? agreed.from);
      const look = exchanges.filter(
        ({ route, to }) => route === "list" && (to ?? Infinity) <= one.from,
      );
      if (waited < PATIENCE_MS) yield `${uuid} was deleted again after ${waited} ms`;
      if (!showsStanding(look.at(-1), uuid)) yield `${uuid} was deleted again, and on its way out`;
    }
  }
  if (!wanted) return;
  const report = reportOf(post);
  const { world } = reading.show.sim;
  for (const cvm of world.cvms.filter(({ vmUuid }) => own.has(vmUuid))) {
    if (run.after.get(cvm.vmUuid)?.gone ?? true) continue;
    if (report.includes(cvm.vmUuid)) continue;
    // Post could not see, and says where somebody else can.
    if (isOpen(reading, cvm) && leadsToApp(reading, report)) continue;
    // Nobody could see it; whether that was said loudly enough is the check of names.
    if (!isNamed(reading, cvm) && (isAnnounced(reading) || nobodyCouldKnow(reading, cvm))) continue;
    yield `${cvm.vmUuid} was to be deleted, exists, and post does not say so`;
  }
}

/** The look shows it, and not on its way out. */
function showsStanding(look: Exchange | undefined, uuid: string): boolean {
  const row = (look && rowsOf(look))?.find((one) => one.uuid === uuid);
  return row !== undefined && !/^(?:removing|deleting|deleted)$/i.test(String(row.status));
}

/** Main did not come to know of it. */
function isOpen(reading: Reading, cvm: Cvm): boolean {
  const index = slotOf(reading, cvm)?.index;
  return openIn(reading.main.runner.saved).some((one) => one.index === index);
}

export function isDelete({ request }: Exchange): boolean {
  return request.method === "DELETE";
}

export function targetOf({ request }: Exchange): string {
  return /\/cvms\/([^/]+)/.exec(new URL(request.url).pathname)?.[1] ?? "";
}

/** By the interface, from what main ended with. */
export function wantsCleanup({ wish, main }: Reading): boolean {
  if (wish.cleanup === "always") return true;
  if (wish.cleanup !== "on_failure") return false;
  // One that is killed while it still tells GitHub has said already how it ended. What waits for an
  // approval has made nothing.
  const good = ["created", "unchanged", "dry_run", "pending_approval"];
  return !good.includes(main.runner.outputs.outcome ?? "");
}
