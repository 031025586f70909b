import { json } from "../errors.ts";
import { cvmById } from "../lookup.ts";
import { queryInteger } from "../query.ts";
import type { Context, Route } from "../route.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { isoTime, spelled, uptimeText } from "../urls.ts";
import { Fields, readBody } from "../validate.ts";
import type { World } from "../world.ts";

/** State of a CVM. Fields without a value are left out: null breaks the official SDK's parser. */
export function stateShape(world: World, cvm: Cvm): Record<string, string> {
  const view = world.view(cvm);
  const since = view.runningSince;
  return {
    id: cvm.vmUuid.replaceAll("-", ""),
    name: cvm.name,
    status: spelled(world, view.status),
    ...(view.instanceId === null ? {} : { instance_id: view.instanceId }),
    ...(since === null ? {} : { uptime: uptimeText(world.now() - since) }),
    boot_progress: view.bootProgress,
    boot_error: view.bootError,
    ...(view.shutdownProgress === "" ? {} : { shutdown_progress: view.shutdownProgress }),
  };
}

function state(context: Context): ApiAnswer {
  const { world, query } = context;
  const interval = queryInteger(query, "interval", { min: 5, max: 30, fallback: 5 });
  const timeout = queryInteger(query, "timeout", { min: 10, max: 600, fallback: 300 });
  const cvm = cvmById(world, context.params.cvm_id ?? "");
  const target = query.get("target");
  if (target === null) return json(200, stateShape(world, cvm));
  return {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
    body: "",
    stream: {
      vmUuid: cvm.vmUuid,
      target,
      intervalMs: interval * 1000,
      timeoutMs: timeout * 1000,
    },
  };
}

function batch(context: Context): ApiAnswer {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], false));
  const wanted = fields.texts("vm_uuids");
  fields.done();
  const found: Record<string, unknown> = {};
  for (const text of wanted) {
    const bare = text.toLowerCase().replaceAll("-", "");
    const cvm = world.cvms.find((item) => item.vmUuid.replaceAll("-", "") === bare);
    // What is unknown, gone or foreign is left out of the map.
    if (cvm === undefined || cvm.foreign || world.view(cvm).gone) continue;
    const view = world.view(cvm);
    found[text] = {
      vm_uuid: text,
      status: spelled(world, view.status),
      uptime: view.runningSince === null ? "never" : uptimeText(world.now() - view.runningSince),
      in_progress: view.inProgress,
      boot_progress: view.bootProgress,
      boot_error: view.bootError,
      shutdown_progress: view.shutdownProgress,
      events: [{ event: "boot.progress", body: view.bootProgress, timestamp: cvm.createdAt }],
      operation_type: view.inProgress ? (view.removing ? "delete" : "create") : null,
      operation_started_at: view.inProgress
        ? isoTime(world, view.deletionStartedAt ?? cvm.createdAt)
        : null,
      correlation_id: view.inProgress ? `op-${cvm.id}` : null,
    };
  }
  return json(200, found);
}

function operations(context: Context): ApiAnswer {
  const { world } = context;
  const limit = queryInteger(context.query, "limit", { min: 1, max: 500, fallback: 50 });
  const cvm = cvmById(world, context.params.cvm_id ?? "");
  const view = world.view(cvm);
  const bootEnd = cvm.createdAt + cvm.plan.bootMs;
  const booted = world.now() >= bootEnd && view.bootError === "";
  const items = [
    operation(world, cvm, {
      type: "create",
      startedAt: cvm.createdAt,
      completedAt: booted ? bootEnd : null,
      error: view.bootError,
    }),
  ];
  if (view.deletionStartedAt !== null) {
    items.unshift(
      operation(world, cvm, {
        type: "delete",
        startedAt: view.deletionStartedAt,
        completedAt: null,
        error: "",
      }),
    );
  }
  return json(200, { items: items.slice(0, limit), next_cursor: null, total: items.length });
}

function operation(
  world: World,
  cvm: Cvm,
  about: { type: string; startedAt: number; completedAt: number | null; error: string },
): Record<string, unknown> {
  const done = about.completedAt !== null;
  return {
    correlation_id: `op-${cvm.id}`,
    operation_type: about.type,
    target_state: about.type === "delete" ? "deleted" : "running",
    triggered_by: world.user.id,
    triggered_by_username: world.user.username,
    triggered_by_email: null,
    started_at: isoTime(world, about.startedAt),
    completed_at: about.completedAt === null ? null : isoTime(world, about.completedAt),
    duration_ms: about.completedAt === null ? null : about.completedAt - about.startedAt,
    status: about.error !== "" ? "failed" : done ? "completed" : "in_progress",
    error_message: about.error === "" ? null : about.error,
    sub_operations: [about.type],
    events: [
      {
        event_type: `instance.${about.type}.start`,
        timestamp: isoTime(world, about.startedAt),
        state: about.type === "delete" ? "removing" : "provisioning",
      },
    ],
    instance_name: cvm.name,
    compose_hash: cvm.composeHash,
  };
}

/** How a CVM is doing. */
export const stateRoutes: readonly Route[] = [
  { name: "state", method: "GET", path: "/cvms/{cvm_id}/state", run: state },
  { name: "batch", method: "POST", path: "/status/batch", run: batch },
  { name: "operations", method: "GET", path: "/cvms/{cvm_id}/operations", run: operations },
];
