import { empty, json, plain } from "../errors.ts";
import { appById, cvmById } from "../lookup.ts";
import { pageOf, queryFlag } from "../query.ts";
import type { Context, Route } from "../route.ts";
import type { ApiAnswer, Cvm, Revision } from "../types.ts";
import { accepted, checkApproved, refuseBusy } from "../update.ts";
import { isoTime } from "../urls.ts";
import { Fields, readBody } from "../validate.ts";
import type { World } from "../world.ts";

function rowShape(world: World, row: Revision): Record<string, unknown> {
  const cvm = world.find(row.vmUuid);
  return {
    revision_id: row.id,
    app_id: row.appId,
    vm_uuid: row.vmUuid,
    compose_hash: row.composeHash,
    created_at: isoTime(world, row.createdAt),
    trace_id: null,
    operation_type: row.operation,
    triggered_by: {
      object_type: "user",
      id: world.user.hashId,
      username: world.user.username,
      avatar_url: null,
    },
    cvm:
      cvm === undefined
        ? null
        : { object_type: "cvm", vm_uuid: cvm.vmUuid, app_id: cvm.appId, name: cvm.name },
    workspace: { object_type: "workspace", ...world.workspace, avatar_url: null },
  };
}

function list(context: Context): ApiAnswer {
  const { world } = context;
  const appId = appById(world, context.params.app_id ?? "");
  const page = pageOf(context.query, world.revisions.of(appId), { max: 1000, fallback: 50 });
  return json(200, {
    revisions: page.items.map((row) => rowShape(world, row)),
    total: page.total,
    page: page.page,
    page_size: page.size,
    total_pages: page.pages,
  });
}

function revisionOf({ world, params }: Context, appId: string): Revision {
  const row = world.revisions.find(appId, params.revision_id ?? "");
  if (row === undefined) throw plain(404, "Revision not found");
  return row;
}

/** One revision with the app's sealed environment in it: nothing that may be logged. */
function one(context: Context): ApiAnswer {
  const { world } = context;
  const raw = queryFlag(context.query, "raw_compose_file") ?? false;
  const row = revisionOf(context, appById(world, context.params.app_id ?? ""));
  const file = {
    name: "web",
    manifest_version: 2,
    runner: "docker-compose",
    docker_compose_file: row.composeFile,
    allowed_envs: world.settings.allowedEnvs,
  };
  return json(200, {
    ...rowShape(world, row),
    compose_file: raw ? JSON.stringify(file) : file,
    encrypted_env: row.encryptedEnv ?? "",
    user_config: "",
  });
}

/**
 * Brings CVMs to a revision. All are checked before any is begun: whether the API does all or none of
 * several is not known.
 */
function redeploy(context: Context, cvms: readonly Cvm[], row: Revision): ApiAnswer {
  const { world, index } = context;
  for (const cvm of cvms) {
    refuseBusy(world, cvm);
    checkApproved(world, cvm, row.composeHash, context.query.get("transaction_hash") ?? "");
  }
  const begun = cvms.map((cvm) =>
    world.operate(cvm, "update", "redeploy", {
      composeHash: row.composeHash,
      composeFile: row.composeFile,
      ...(world.settings.redeployEnv === "revision" ? { encryptedEnv: row.encryptedEnv } : {}),
      requestIndex: index,
    }),
  );
  const [first] = begun;
  return first === undefined ? empty(202) : json(202, accepted(first));
}

function targets(context: Context, appId: string): Cvm[] {
  const { world } = context;
  const fields = new Fields(readBody(context.body, context.headers["content-type"], true));
  const wanted = fields.textsOrNull("vm_uuids");
  fields.done();
  if (wanted !== null && wanted.length > 0) {
    return wanted.map((id) => {
      const cvm = cvmById(world, id);
      if (cvm.appId !== appId) throw plain(404, "CVM not found in this app");
      return cvm;
    });
  }
  const all = world.cvms.filter((cvm) => cvm.appId === appId && !world.view(cvm).gone);
  if (all.length === 1) return all;
  throw plain(
    world.settings.redeployAmbiguous,
    all.length === 0 ? "App has no CVM" : "App has several CVMs: vm_uuids is required",
  );
}

/** Revisions of an app, and the way to bring its CVMs to one (API facts, section 13). */
export const revisionRoutes: readonly Route[] = [
  { name: "revisions", method: "GET", path: "/apps/{app_id}/revisions", run: list },
  { name: "revision", method: "GET", path: "/apps/{app_id}/revisions/{revision_id}", run: one },
  {
    name: "redeploy",
    method: "POST",
    path: "/apps/{app_id}/revisions/{revision_id}/redeploy",
    run: (context) => {
      const appId = appById(context.world, context.params.app_id ?? "");
      const row = revisionOf(context, appId);
      return redeploy(context, targets(context, appId), row);
    },
  },
  {
    name: "redeploy",
    method: "POST",
    path: "/cvms/{cvm_id}/revisions/{revision_id}/redeploy",
    run: (context) => {
      const cvm = cvmById(context.world, context.params.cvm_id ?? "");
      return redeploy(context, [cvm], revisionOf(context, cvm.appId));
    },
  },
  {
    name: "pending-updates",
    method: "GET",
    path: "/apps/{app_id}/pending-updates",
    run: (context) => {
      appById(context.world, context.params.app_id ?? "");
      return json(200, { items: [] });
    },
  },
];
