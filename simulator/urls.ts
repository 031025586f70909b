import type { Cvm } from "./types.ts";
import type { World } from "./world.ts";

/** Port that the simulated app publishes; part of the gateway's host names. */
const APP_PORT = 8080;

/** Path of the gateway on the simulator's own listener. */
export const GATEWAY_PATH = "/_gateway";

/** Base domain as the API would name it. Nothing listens there: clients have to use `endpoints`. */
export const GATEWAY_DOMAIN = "gateway.simulator.invalid";

/** Address of what the gateway knows by an id, in the form that the world's options choose. */
function gatewayUrl(world: World, id: string): string {
  return world.settings.gatewayForm === "host"
    ? `https://${id}-${APP_PORT}.${GATEWAY_DOMAIN}`
    : `${world.origin}${GATEWAY_PATH}/${id}-${APP_PORT}`;
}

/** URL that any healthy instance of the app may answer. */
export function appUrl(world: World, cvm: Cvm): string {
  return gatewayUrl(world, cvm.appId);
}

/** URL that reaches this instance alone; null, or one with `None` in it, while its row has no instance id. */
function instanceUrl(world: World, cvm: Cvm): string | null {
  const { instanceId } = world.view(cvm);
  if (instanceId !== null) return gatewayUrl(world, instanceId);
  return cvm.plan.instanceUrlNone === true ? `https://None-${APP_PORT}.${GATEWAY_DOMAIN}` : null;
}

/** The `endpoints` (or `public_urls`) of a CVM: empty until it serves. */
export function endpointsOf(world: World, cvm: Cvm): { app: string; instance: string | null }[] {
  if (!world.view(cvm).reachable) return [];
  return [{ app: appUrl(world, cvm), instance: instanceUrl(world, cvm) }];
}

/** The base domain as rows tell it, or null where they don't. */
export function gatewayDomain(world: World): string | null {
  return world.settings.gatewayInRow ? GATEWAY_DOMAIN : null;
}

/**
 * A time as the API prints it, by the world's option: whole seconds (`2026-07-02T08:15:09Z`), ms, or
 * without a zone.
 *
 * @param at epoch ms
 */
export function isoTime(world: World, at: number): string {
  const full = new Date(at).toISOString();
  switch (world.settings.createdAtForm) {
    case "millis":
      return full;
    case "naive":
      return full.slice(0, -1);
    case "seconds":
      return `${full.slice(0, 19)}Z`;
  }
}

/** A status in the spelling of the world. */
export function spelled(world: World, status: string): string {
  return world.settings.titleCase ? status.charAt(0).toUpperCase() + status.slice(1) : status;
}

/** A relative duration such as `3m 2s`, as `uptime` has it. */
export function uptimeText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts: string[] = [];
  if (seconds >= 3600) parts.push(`${Math.floor(seconds / 3600)}h`);
  if (seconds >= 60) parts.push(`${Math.floor((seconds % 3600) / 60)}m`);
  parts.push(`${seconds % 60}s`);
  return parts.join(" ");
}
