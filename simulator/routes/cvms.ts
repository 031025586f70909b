import { coded, empty, json, plain } from "../errors.ts";
import { appById, cvmById } from "../lookup.ts";
import { queryInteger } from "../query.ts";
import type { Context, Route } from "../route.ts";
import { basicInfo, hostedCvm } from "../shapes-2025-10-28.ts";
import { cvmDetail, cvmInfo } from "../shapes-2026-01-21.ts";
import { vmShape } from "../shapes-vm.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { Fields, readBody } from "../validate.ts";
import { isFlat } from "../version.ts";

function idOf(context: Context): string {
  return context.params.cvm_id ?? "";
}

function listItem(context: Context, cvm: Cvm): Record<string, unknown> {
  return isFlat(context.version) ? hostedCvm(context.world, cvm) : cvmInfo(context.world, cvm);
}

/** CVMs that a list shows now, newest first: newcomers only after the world's list lag. */
function listed(context: Context, appId: string | null): Cvm[] {
  const { world } = context;
  const { listLagMs, listDeleted } = world.settings;
  return world.cvms
    .filter((cvm) => !cvm.foreign && (appId === null || cvm.appId === appId))
    .filter((cvm) => listDeleted || !world.view(cvm).gone)
    .filter((cvm) => cvm.origin === "seed" || world.now() >= cvm.createdAt + listLagMs)
    .sort((a, b) => b.createdAt - a.createdAt || b.id - a.id);
}

function list(context: Context): ApiAnswer {
  const appId = appById(context.world, context.params.app_id ?? "");
  return json(
    200,
    listed(context, appId).map((cvm) => listItem(context, cvm)),
  );
}

function paginated(context: Context): ApiAnswer {
  const page = queryInteger(context.query, "page", { min: 1, max: 100_000, fallback: 1 });
  const size = queryInteger(context.query, "page_size", { min: 1, max: 100, fallback: 20 });
  const all = listed(context, null);
  return json(200, {
    items: all.slice((page - 1) * size, page * size).map((cvm) => listItem(context, cvm)),
    total: all.length,
    page,
    page_size: size,
    pages: Math.ceil(all.length / size),
  });
}

function read(context: Context): ApiAnswer {
  const cvm = cvmById(context.world, idOf(context));
  return json(
    200,
    isFlat(context.version) ? basicInfo(context.world, cvm) : cvmDetail(context.world, cvm),
  );
}

/** A bare refusal, as for any operation in progress (API facts, section 9). */
function refuseBusy({ world }: Context, cvm: Cvm): void {
  if (world.now() >= cvm.createdAt + (cvm.plan.busyMs ?? 0)) return;
  throw plain(cvm.plan.busyStatus ?? 409, "An operation is in progress");
}

/** Deletion is only begun here: 204, then `removing` for a while, then 404 and off the lists. */
function remove(context: Context): ApiAnswer {
  const { world } = context;
  const cvm = cvmById(world, idOf(context));
  cvm.deletes += 1;
  if (cvm.deleteFailsLeft > 0) {
    cvm.deleteFailsLeft -= 1;
    throw plain(500, "Internal Server Error");
  }
  refuseBusy(context, cvm);
  if (world.view(cvm).removing) {
    if (world.settings.deleteAgain === 409) throw plain(409, "An operation is in progress");
    if (world.settings.deleteAgain === 404) throw coded(404, "ERR-03-001", "CVM not found");
    return empty(204);
  }
  cvm.deleteRequestedAt = world.now();
  return empty(204);
}

function scheduleDelete(context: Context): ApiAnswer {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], false));
  const at = fields.dateTime("scheduled_delete_at");
  fields.done();
  const cvm = cvmById(world, idOf(context));
  refuseBusy(context, cvm);
  if (world.view(cvm).removing) throw plain(409, "An operation is in progress");
  cvm.scheduledDeleteAt = at;
  return json(200, vmShape(world, cvm, context.version));
}

function rename(context: Context): ApiAnswer {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], false));
  const name = fields.text("name", true) ?? "";
  fields.done();
  // This route alone is known to take no other form of id (API facts, section 11).
  if (!idOf(context).startsWith("cvm_")) throw coded(404, "ERR-03-001", "CVM not found");
  const cvm = cvmById(world, idOf(context));
  if (!/^[a-z](?!.*--)[a-z0-9-]{3,61}[a-z0-9]$/i.test(name)) throw plain(422, "Invalid CVM name");
  if (world.cvms.some((other) => other !== cvm && other.name === name && !world.view(other).gone)) {
    throw coded(409, "ERR-01-004", `CVM name ${name} is taken`);
  }
  cvm.name = name;
  return empty(204);
}

/** Lists, reads and changes of CVMs. */
export const cvmRoutes: readonly Route[] = [
  { name: "list", method: "GET", path: "/apps/{app_id}/cvms", run: list },
  { name: "list-all", method: "GET", path: "/cvms/paginated", run: paginated },
  { name: "cvm", method: "GET", path: "/cvms/{cvm_id}", run: read },
  { name: "delete", method: "DELETE", path: "/cvms/{cvm_id}", run: remove },
  {
    name: "scheduled-delete",
    method: "PATCH",
    path: "/cvms/{cvm_id}/scheduled-delete",
    run: scheduleDelete,
  },
  { name: "rename", method: "PATCH", path: "/cvms/{cvm_id}/name", run: rename },
];
