import { json, plain } from "../errors.ts";
import { cvmById } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import { vmShape } from "../shapes-vm.ts";
import type { ApiAnswer, Cvm, OperationKind } from "../types.ts";
import { refuseBusy } from "../update.ts";
import { isoTime } from "../urls.ts";
import { Fields, readBody } from "../validate.ts";

const MOST_AT_ONCE = 50;

function cvmOf(context: Context): Cvm {
  return cvmById(context.world, context.params.cvm_id ?? "");
}

function power(context: Context, kind: OperationKind): ApiAnswer {
  const { world } = context;
  const cvm = cvmOf(context);
  // Stopping at once is like pulling the plug: it waits for nothing.
  if (kind === "stop") world.cancel(cvm);
  else refuseBusy(world, cvm);
  if (world.view(cvm).removing) throw plain(409, "Another operation is in progress");
  world.operate(cvm, kind, kind, { requestIndex: context.index });
  return json(200, vmShape(world, cvm, context.version));
}

function restart(context: Context): ApiAnswer {
  const fields = new Fields(readBody(context.body, context.headers["content-type"], true));
  fields.flag("force", false);
  fields.done();
  return power(context, "restart");
}

function batchStop(context: Context): ApiAnswer {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], false));
  const ids = fields.texts("cvm_ids");
  fields.done();
  if (ids.length > MOST_AT_ONCE) throw plain(400, `At most ${MOST_AT_ONCE} CVMs at once`);
  const errors: { cvm_id: string; error: string }[] = [];
  let stopped = 0;
  for (const id of ids) {
    const cvm = world.cvms.find(
      (one) => one.hashId === id && !one.foreign && !world.view(one).gone,
    );
    if (cvm === undefined) {
      errors.push({ cvm_id: id, error: "CVM not found" });
    } else if (!world.isBusy(cvm)) {
      world.operate(cvm, "stop", "stop", { requestIndex: context.index });
      stopped += 1;
    }
  }
  const skipped = ids.length - stopped - errors.length;
  return json(200, { total: ids.length, stopped, skipped, errors });
}

function cancel(context: Context): ApiAnswer {
  const { world } = context;
  const cvm = cvmOf(context);
  const view = world.view(cvm);
  const booting = view.inProgress && view.operation === null;
  if (view.removing || booting) throw plain(409, "This operation can't be cancelled");
  const operation = world.cancel(cvm);
  return json(200, {
    cancelled: operation !== undefined,
    correlation_id: operation?.id ?? null,
  });
}

/** The official document leaves this shape open. */
function operationStatus(context: Context): ApiAnswer {
  const { world } = context;
  const { operation } = world.view(cvmOf(context));
  if (operation === null) return json(200, { status: "idle" });
  return json(200, {
    status: "in_progress",
    operation_type: operation.kind,
    started_at: isoTime(world, operation.at),
    correlation_id: operation.id,
  });
}

function powerRoute(kind: OperationKind): Route {
  return {
    name: kind,
    method: "POST",
    path: `/cvms/{cvm_id}/${kind}`,
    run: (context) => power(context, kind),
  };
}

/** CVMs that are started, stopped and restarted (API facts, section 18). */
export const powerRoutes: readonly Route[] = [
  powerRoute("start"),
  powerRoute("stop"),
  powerRoute("shutdown"),
  { name: "restart", method: "POST", path: "/cvms/{cvm_id}/restart", run: restart },
  { name: "batch-stop", method: "POST", path: "/cvms/batch-stop", run: batchStop },
  {
    name: "cancel-operation",
    method: "POST",
    path: "/cvms/{cvm_id}/operations/cancel",
    run: cancel,
  },
  {
    name: "operation-status",
    method: "GET",
    path: "/cvms/{cvm_id}/operation-status",
    run: operationStatus,
  },
];
