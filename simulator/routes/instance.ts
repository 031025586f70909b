import { createHash } from "node:crypto";
import { json } from "../errors.ts";
import { cvmById } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import { COMPOSE_FILE, vmId } from "../shapes-vm.ts";
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

/** An event that the guest extends RTMR3 with. Digests are made up: nothing here is measured. */
function guestEvent(event: string, payload: string): Record<string, unknown> {
  const digest = createHash("sha384").update(`${event}:${payload}`).digest("hex");
  return { imr: 3, event_type: 134217729, digest, event, event_payload: payload };
}

function tcbInfo(cvm: Cvm, instanceId: string): Record<string, unknown> {
  const register = (name: string): string => createHash("sha384").update(name).digest("hex");
  return {
    mrtd: register("mrtd"),
    rootfs_hash: null,
    rtmr0: register("rtmr0"),
    rtmr1: register("rtmr1"),
    rtmr2: register("rtmr2"),
    rtmr3: register(`rtmr3 ${instanceId}`),
    event_log: [
      guestEvent("app-id", cvm.appId),
      guestEvent("compose-hash", cvm.composeHash),
      ...(cvm.plan.attestationEvent === false ? [] : [guestEvent("instance-id", instanceId)]),
    ],
    app_compose: JSON.stringify({ name: cvm.name, docker_compose_file: COMPOSE_FILE }),
  };
}

/** What the guest says of itself; while it is offline, a 200 with an `error` (API facts, section 7). */
function attestation(context: Context): ApiAnswer {
  const cvm = cvmById(context.world, context.params.cvm_id ?? "");
  const { guestInstanceId, runningSince } = context.world.view(cvm);
  const online = runningSince !== null && guestInstanceId !== null;
  return json(200, {
    is_online: online,
    is_public: true,
    error: online ? null : "CVM is offline",
    name: cvm.name,
    app_certificates: online ? [] : null,
    tcb_info: online ? tcbInfo(cvm, guestInstanceId) : null,
    compose_file: null,
  });
}

/** A CVM's instance id: filled in on demand, and told by its guest. */
export const instanceRoutes: readonly Route[] = [
  { name: "instance-ids", method: "PATCH", path: "/cvms/instance-ids", run: backfillMany },
  { name: "instance-id", method: "PATCH", path: "/cvms/{cvm_id}/instance-id", run: backfillOne },
  { name: "attestation", method: "GET", path: "/cvms/{cvm_id}/attestation", run: attestation },
];
