import { json, plain } from "../errors.ts";
import { appById } from "../lookup.ts";
import { queryFlag, queryInteger } from "../query.ts";
import type { Context, Route } from "../route.ts";
import { nodeRef } from "../shapes-2026-01-21.ts";
import { appKmsInfo, kmsDetails, kmsInfo, kmsList, kmsSlug, kmsType } from "../shapes-kms.ts";
import type { ApiAnswer } from "../types.ts";
import { isFlat } from "../version.ts";
import type { World } from "../world.ts";

function me(context: Context): ApiAnswer {
  const { user, workspace } = context.world;
  const email = "simulated-user@simulator.invalid";
  if (isFlat(context.version)) {
    return json(200, {
      username: user.username,
      email,
      credits: 100,
      granted_credits: 0,
      avatar: "",
      team_name: workspace.name,
      team_tier: "pro",
    });
  }
  return json(200, {
    user: {
      username: user.username,
      email,
      role: "user",
      avatar: "",
      email_verified: true,
      totp_enabled: false,
      has_backup_codes: false,
      flag_has_password: true,
    },
    workspace: { ...workspace, tier: "pro", role: "owner", avatar: null },
    credits: {
      balance: "100.00",
      granted_balance: "0",
      is_post_paid: false,
      outstanding_amount: null,
    },
  });
}

function availableNodes(context: Context): ApiAnswer {
  const { world } = context;
  const nodes = world.nodes
    .filter((node) => node.listed && !node.forbidden)
    .map((node) => ({
      teepod_id: node.id,
      name: node.name,
      listed: node.listed,
      resource_score: world.freeSlots(node) > 0 ? 80.5 : 0,
      remaining_vcpu: world.freeSlots(node) * 2,
      remaining_memory: world.freeSlots(node) * 4096,
      remaining_cvm_slots: world.freeSlots(node),
      images: node.images.map((name) => ({
        name,
        is_dev: false,
        version: [0, 5, 9],
        os_image_hash: null,
      })),
      support_onchain_kms: true,
      fmspc: null,
      device_id: node.deviceId,
      region_identifier: node.region,
      default_kms: kmsSlug(world),
      kms_list: [kmsSlug(world)],
    }));
  return json(200, {
    tier: "pro",
    capacity: { max_instances: 100, max_vcpu: 200, max_memory: 409600, max_disk: 4000 },
    nodes,
    kms_list: [kmsInfo(world)],
  });
}

function knownKms(context: Context): void {
  const { world } = context;
  const id = context.params.kms_id ?? "";
  if (id === world.kmsId || id === kmsSlug(world)) return;
  // Users report that the type's name (`base`) does not resolve, although the CLI sends it.
  if (world.settings.kmsTypeResolves && id === kmsType(world)) return;
  throw plain(404, "KMS not found");
}

function pubkey(context: Context): ApiAnswer {
  const appId = context.params.app_id ?? "";
  if (!/^(0x)?[0-9a-f]{40}$/i.test(appId)) throw plain(400, "Invalid app_id");
  knownKms(context);
  return json(200, context.world.kms.served(appId.replace(/^0x/i, "").toLowerCase()));
}

function kmsPage(context: Context): ApiAnswer {
  const page = queryInteger(context.query, "page", { min: 1, max: 100_000, fallback: 1 });
  const size = queryInteger(context.query, "page_size", { min: 1, max: 100, fallback: 20 });
  const only = queryFlag(context.query, "is_onchain");
  const all = kmsList(context.world, context.version).filter(
    () => only === null || only === context.world.settings.onChain,
  );
  return json(200, {
    items: all.slice((page - 1) * size, page * size),
    total: all.length,
    page,
    page_size: size,
    pages: Math.ceil(all.length / size),
  });
}

function publicNodes(world: World): ApiAnswer {
  return json(
    200,
    world.nodes.map((node) => nodeRef(world, node.id)),
  );
}

/** The workspace, its nodes and the key management service. */
export const platformRoutes: readonly Route[] = [
  { name: "me", method: "GET", path: "/auth/me", run: me },
  { name: "nodes", method: "GET", path: "/teepods/available", run: availableNodes },
  {
    name: "public-nodes",
    method: "GET",
    path: "/attestations/nodes",
    open: true,
    run: (context) => publicNodes(context.world),
  },
  { name: "kms-list", method: "GET", path: "/kms", run: kmsPage },
  {
    name: "kms",
    method: "GET",
    path: "/kms/{kms_id}",
    run: (context) => {
      knownKms(context);
      return json(200, kmsInfo(context.world));
    },
  },
  { name: "kms-pubkey", method: "GET", path: "/kms/{kms_id}/pubkey/{app_id}", run: pubkey },
  {
    name: "kms-info",
    method: "GET",
    path: "/kms/{kms_id}/info",
    run: (context) => {
      knownKms(context);
      return json(200, kmsDetails(context.world));
    },
  },
  {
    name: "app-kms-info",
    method: "GET",
    path: "/apps/{app_id}/kms-info",
    run: (context) => {
      const appId = appById(context.world, context.params.app_id ?? "");
      return json(200, appKmsInfo(context.world, appId));
    },
  },
];
