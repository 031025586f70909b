import { invalid, json, plain } from "../errors.ts";
import { appById } from "../lookup.ts";
import { pageOf } from "../query.ts";
import type { Context, Route } from "../route.ts";
import { hostedCvm } from "../shapes-2025-10-28.ts";
import { cvmInfo } from "../shapes-2026-01-21.ts";
import { appRow, appShape } from "../shapes-apps.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { isFlat } from "../version.ts";

function listItem({ world, version }: Context, cvm: Cvm): Record<string, unknown> {
  return isFlat(version) ? hostedCvm(world, cvm) : cvmInfo(world, cvm, version);
}

/** CVMs that a list shows now, newest first: newcomers only after the world's list lag. */
function listed({ world }: Context, appId: string | null): Cvm[] {
  const { listLagMs, listDeleted } = world.settings;
  return world.cvms
    .filter((cvm) => !cvm.foreign && (appId === null || cvm.appId === appId))
    .filter((cvm) => listDeleted || !world.view(cvm).gone)
    .filter((cvm) => cvm.origin === "seed" || world.now() >= cvm.createdAt + listLagMs)
    .sort((a, b) => b.createdAt - a.createdAt || b.id - a.id);
}

function list(context: Context): ApiAnswer {
  const appId = appById(context.world, context.params.app_id ?? "");
  const found = listed(context, appId);
  if (found.length === 0 && context.world.settings.emptyApp === "404") {
    throw plain(404, "App not found");
  }
  return json(
    200,
    found.map((cvm) => listItem(context, cvm)),
  );
}

/** These two parameters are for administrators; what others get is not known. */
function refuseAdminFilters({ query }: Context): void {
  for (const name of ["user_id", "teepod_id"]) {
    if (query.has(name)) throw plain(403, `${name} is for administrators only`);
  }
}

function workspace(context: Context): ApiAnswer {
  refuseAdminFilters(context);
  return json(
    200,
    listed(context, null).map((cvm) => listItem(context, cvm)),
  );
}

function paginated(context: Context): ApiAnswer {
  refuseAdminFilters(context);
  const found = pageOf(context.query, listed(context, null), { max: 100, fallback: 30 });
  return json(200, {
    items: found.items.map((cvm) => listItem(context, cvm)),
    total: found.total,
    page: found.page,
    page_size: found.size,
    pages: found.pages,
  });
}

function app(context: Context): ApiAnswer {
  const { world } = context;
  const appId = appById(world, context.params.app_id ?? "");
  const cvms = listed(context, appId);
  return json(200, appShape(context, appId, { current: world.liveOf(appId)[0] ?? cvms[0], cvms }));
}

/** Whether an app is found by a text: by name, app id, UUID or instance id of any of its CVMs. */
function isFound({ world }: Context, cvms: readonly Cvm[], text: string): boolean {
  const wanted = text.toLowerCase();
  return cvms.some((cvm) =>
    [cvm.name, cvm.appId, cvm.vmUuid, world.view(cvm).instanceId ?? ""].some((field) =>
      field.toLowerCase().includes(wanted),
    ),
  );
}

function apps(context: Context): ApiAnswer {
  const { world, query } = context;
  const search = query.get("search");
  const statuses = query.getAll("status");
  const listedOnly = query.get("listed");
  if (listedOnly !== null && !["true", "false"].includes(listedOnly)) {
    const msg = "Input should be a valid boolean, unable to interpret input";
    throw invalid([{ type: "bool_parsing", loc: ["query", "listed"], msg, input: listedOnly }]);
  }
  const found = [world.appId, world.otherAppId]
    .map((appId) => ({ appId, cvms: listed(context, appId) }))
    .filter(({ cvms }) => search === null || isFound(context, cvms, search))
    .filter(
      ({ cvms }) =>
        statuses.length === 0 || cvms.some((cvm) => statuses.includes(world.view(cvm).status)),
    );
  const page = pageOf(context.query, found, { max: 100, fallback: 20 });
  return json(200, {
    dstack_apps: page.items.map(({ appId, cvms }) =>
      appRow(context, appId, { current: world.liveOf(appId)[0] ?? cvms[0], cvms }),
    ),
    page: page.page,
    page_size: page.size,
    total: page.total,
    total_pages: page.pages,
  });
}

function filterOptions({ world }: Context): ApiAnswer {
  const cvms = world.cvms.filter((cvm) => !cvm.foreign && !world.view(cvm).gone);
  const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
  return json(200, {
    statuses: distinct(cvms.map((cvm) => world.view(cvm).status)),
    image_versions: distinct(world.nodes.flatMap((node) => node.images)),
    instance_types: ["tdx.medium"],
    kms_slugs: [],
    kms_types: [],
    regions: distinct(world.nodes.map((node) => node.region)),
    nodes: distinct(world.nodes.map((node) => node.name)),
  });
}

/** Lists of CVMs and of apps (API facts, section 19). */
export const listRoutes: readonly Route[] = [
  { name: "list", method: "GET", path: "/apps/{app_id}/cvms", run: list },
  { name: "list-workspace", method: "GET", path: "/cvms", run: workspace },
  { name: "list-all", method: "GET", path: "/cvms/paginated", run: paginated },
  { name: "apps", method: "GET", path: "/apps", run: apps },
  { name: "app-filters", method: "GET", path: "/apps/filter-options", run: filterOptions },
  { name: "app", method: "GET", path: "/apps/{app_id}", run: app },
];
