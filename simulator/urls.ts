import type { Cvm } from "./types.ts";
import type { World } from "./world.ts";

/** Port that the simulated app publishes; part of the gateway's host names. */
const APP_PORT = 8080;

/** Path of the gateway on the simulator's own listener. */
export const GATEWAY_PATH = "/_gateway";

/** Base domain as the API would name it. Nothing listens there: clients have to use `endpoints`. */
export const GATEWAY_DOMAIN = "gateway.simulator.invalid";

/** URL that any healthy instance of the app may answer. */
export function appUrl(world: World, cvm: Cvm): string {
  return `${world.origin}${GATEWAY_PATH}/${cvm.appId}-${APP_PORT}`;
}

/** URL that reaches this instance alone; null until the guest has its id. */
export function instanceUrl(world: World, cvm: Cvm): string | null {
  const { instanceId, reachable } = world.view(cvm);
  return reachable && instanceId !== null
    ? `${world.origin}${GATEWAY_PATH}/${instanceId}-${APP_PORT}`
    : null;
}

/** The `endpoints` (or `public_urls`) of a CVM: empty until it serves. */
export function endpointsOf(world: World, cvm: Cvm): { app: string; instance: string }[] {
  const instance = instanceUrl(world, cvm);
  return instance === null ? [] : [{ app: appUrl(world, cvm), instance }];
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
