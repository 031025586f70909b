import { json } from "../errors.ts";
import { cvmById } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import { vmId } from "../shapes-vm.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { Fields, readBody } from "../validate.ts";

type Status = "updated" | "unchanged" | "skipped" | "conflict" | "error";

interface Backfill {
  readonly overwrite: boolean;
  readonly dryRun: boolean;
}

/** Has the platform look an instance id up. Failure is a 200 as well (API facts, section 15). */
function backfill(
  context: Context,
  cvm: Cvm,
  identifier: string,
  { overwrite, dryRun }: Backfill,
): Record<string, unknown> & { readonly status: Status } {
  const { world } = context;
  const { instanceId, guestInstanceId } = world.view(cvm);
  const result = (status: Status, reason: string | null, found: string | null) => ({
    cvm_id: vmId(world, cvm, context.version),
    identifier,
    status,
    old_instance_id: instanceId,
    new_instance_id: found,
    source: found === null ? "none" : "teepod_state",
    verified_with_gateway: false,
    reason,
  });
  if (guestInstanceId === null) return result("skipped", "CVM has not booted", null);
  if (instanceId !== null) {
    const reason = overwrite ? null : "instance_id already set";
    return result("unchanged", reason, instanceId);
  }
  if (cvm.plan.backfill !== "updates") return result("skipped", "instance_id not found", null);
  if (!dryRun) cvm.backfilledAt = world.now();
  return result("updated", null, guestInstanceId);
}

function backfillOne(context: Context): ApiAnswer {
  const fields = new Fields(readBody(context.body, context.headers["content-type"], true));
  const overwrite = fields.flag("overwrite", false);
  const dryRun = fields.flag("dry_run", false);
  fields.done();
  const identifier = context.params.cvm_id ?? "";
  const cvm = cvmById(context.world, identifier);
  return json(200, backfill(context, cvm, identifier, { overwrite, dryRun }));
}

function backfillMany(context: Context): ApiAnswer {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], true));
  const wanted = fields.textsOrNull("cvm_ids");
  const runningOnly = fields.flag("running_only", true);
  const missingOnly = fields.flag("missing_only", true);
  const overwrite = fields.flag("overwrite", false);
  const limit = fields.integer("limit", { min: 1, max: 500 }) ?? 100;
  const dryRun = fields.flag("dry_run", false);
  fields.done();
  const chosen =
    wanted?.map((id) => cvmById(world, id)) ??
    world.cvms.filter((cvm) => !cvm.foreign && !world.view(cvm).gone);
  const scanned = chosen
    .filter((cvm) => !runningOnly || world.view(cvm).runningSince !== null)
    .filter((cvm) => !missingOnly || world.view(cvm).instanceId === null)
    .slice(0, limit);
  const items = scanned.map((cvm) => backfill(context, cvm, cvm.hashId, { overwrite, dryRun }));
  const count = (status: Status): number => items.filter((item) => item.status === status).length;
  return json(200, {
    total: chosen.length,
    scanned: items.length,
    updated: count("updated"),
    unchanged: count("unchanged"),
    skipped: count("skipped"),
    conflicts: count("conflict"),
    errors: count("error"),
    items,
  });
}

/** A CVM's instance id, filled in on demand. */
export const instanceRoutes: readonly Route[] = [
  { name: "instance-ids", method: "PATCH", path: "/cvms/instance-ids", run: backfillMany },
  { name: "instance-id", method: "PATCH", path: "/cvms/{cvm_id}/instance-id", run: backfillOne },
];
