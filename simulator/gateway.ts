import type { GatewayRequest } from "./record.ts";
import type { Cvm } from "./types.ts";
import { GATEWAY_DOMAIN, GATEWAY_PATH } from "./urls.ts";
import type { World } from "./world.ts";

/** What the gateway does with one request: an answer, or silence, or a reset. */
export type GatewayAct =
  | {
      readonly act: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly act: "hang" }
  | { readonly act: "drop" };

/** Decision on one gateway request. */
export interface GatewayDecision {
  readonly act: GatewayAct;
  readonly target: GatewayRequest["target"];
  readonly vmUuid: string | null;
}

function answer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): GatewayAct {
  return { act: "answer", status, body, headers: { "content-type": "text/plain", ...headers } };
}

function reachable(world: World, cvm: Cvm): boolean {
  const view = world.view(cvm);
  return view.runningSince !== null && !view.gone;
}

function actOf(world: World, cvm: Cvm, target: "app" | "instance"): GatewayAct {
  const { health } = cvm;
  const asked = cvm.healthAsked;
  cvm.healthAsked += 1;
  const ok = answer(200, `ok from ${world.view(cvm).guestInstanceId}`);
  switch (health.kind) {
    case "ok":
      return ok;
    case "status":
      return answer(health.status, `status ${health.status}`);
    case "flap": {
      const status = health.statuses[asked % Math.max(1, health.statuses.length)] ?? 200;
      return answer(status, `status ${status}`);
    }
    case "app-only":
      return target === "app" ? ok : answer(502, "Bad Gateway");
    case "hang":
      return { act: "hang" };
    case "drop":
      return { act: "drop" };
    case "answer":
      return answer(health.status, health.body, health.headers);
    case "ok-after": {
      const since = world.view(cvm).runningSince ?? world.now();
      return world.now() >= since + health.okAfterMs ? ok : answer(503, "Service Unavailable");
    }
  }
}

/**
 * The path below `/_gateway/` that a URL of the form `https://{id}-{port}.{base domain}/…` stands for; null
 * for any other address.
 */
export function gatewayPathOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname, pathname, search } = new URL(url);
  if (!hostname.endsWith(`.${GATEWAY_DOMAIN}`)) return null;
  return `${GATEWAY_PATH}/${hostname.slice(0, -GATEWAY_DOMAIN.length - 1)}${pathname}${search}`;
}

/**
 * Decides on a request below `/_gateway/{id}-{port}`. An instance id reaches that instance alone; an
 * app id is answered by the longest-running instance, which is usually an old one.
 *
 * @param path path of the request, query included
 */
export function gateway(world: World, path: string): GatewayDecision {
  const host = path.slice(GATEWAY_PATH.length + 1).split(/[/?]/)[0] ?? "";
  const id = /^([0-9a-f]{40})(-\d{1,5})?[sg]?$/.exec(host)?.[1];
  if (id === undefined) {
    return { act: answer(404, "unknown host"), target: "unknown", vmUuid: null };
  }
  const instance = world.cvms.find((cvm) => cvm.futureInstanceId === id);
  if (instance !== undefined) {
    return reachable(world, instance)
      ? { act: actOf(world, instance, "instance"), target: "instance", vmUuid: instance.vmUuid }
      : { act: answer(502, "Bad Gateway"), target: "instance", vmUuid: null };
  }
  const serving = world.cvms
    .filter((cvm) => cvm.appId === id && reachable(world, cvm))
    .sort((a, b) => a.createdAt - b.createdAt)[0];
  return serving === undefined
    ? { act: answer(502, "Bad Gateway"), target: "app", vmUuid: null }
    : { act: actOf(world, serving, "app"), target: "app", vmUuid: serving.vmUuid };
}
