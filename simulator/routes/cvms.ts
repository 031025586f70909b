import { coded, empty, json, plain } from "../errors.ts";
import { cvmById } from "../lookup.ts";
import { alreadyInUse, holderOf, isName } from "../names.ts";
import type { Context, Route } from "../route.ts";
import { basicInfo } from "../shapes-2025-10-28.ts";
import { cvmDetail } from "../shapes-2026-01-21.ts";
import { vmShape } from "../shapes-vm.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { Fields, readBody } from "../validate.ts";
import { isFlat } from "../version.ts";

function idOf(context: Context): string {
  return context.params.cvm_id ?? "";
}

function read(context: Context): ApiAnswer {
  const cvm = cvmById(context.world, idOf(context));
  return json(
    200,
    isFlat(context.version)
      ? basicInfo(context.world, cvm)
      : cvmDetail(context.world, cvm, context.version),
  );
}

/** A bare refusal while it is still being made (API facts, section 9). */
function refuseYoung({ world }: Context, cvm: Cvm): void {
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
  refuseYoung(context, cvm);
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
  refuseYoung(context, cvm);
  if (world.view(cvm).removing) throw plain(409, "An operation is in progress");
  cvm.scheduledDeleteAt = at;
  return json(200, vmShape(world, cvm, context.version));
}

function rename(context: Context): ApiAnswer {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], false));
  const name = fields.text("name", true) ?? "";
  fields.done();
  // This route alone is known to take no other form of id (API facts, section 14).
  if (!idOf(context).startsWith("cvm_")) throw coded(404, "ERR-03-001", "CVM not found");
  const cvm = cvmById(world, idOf(context));
  if (!isName(name)) throw plain(422, "Invalid CVM name");
  const holder = holderOf(world, name);
  if (holder !== undefined && holder !== cvm) throw alreadyInUse(name);
  cvm.name = name;
  return empty(204);
}

/** Reads and changes of single CVMs. */
export const cvmRoutes: readonly Route[] = [
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
