import type { Cvm } from "./types.ts";
import type { World } from "./world.ts";

/** Path of the gateway on the simulator's own listener. */
export const GATEWAY_PATH = "/_gateway";

/** Base domain as the API would name it. Nothing listens there: clients have to use `endpoints`. */
export const GATEWAY_DOMAIN = "gateway.simulator.invalid";

/** Address of what the gateway knows by an id, in the form that the world's options choose. */
function gatewayUrl(world: World, id: string, port: number): string {
  return world.settings.gatewayForm === "host"
    ? `https://${id}-${port}.${GATEWAY_DOMAIN}`
    : `${world.origin}${GATEWAY_PATH}/${id}-${port}`;
}

/** URL that any healthy instance of the app may answer, on the first port that it publishes. */
export function appUrl(world: World, cvm: Cvm): string | null {
  const [port] = world.settings.ports;
  return port === undefined ? null : gatewayUrl(world, cvm.appId, port);
}

/** URL that reaches this instance alone; null, or one with `None` in it, while its row has no instance id. */
function instanceUrl(world: World, cvm: Cvm, port: number): string | null {
  const { instanceId } = world.view(cvm);
  if (instanceId !== null) return gatewayUrl(world, instanceId, port);
  return cvm.plan.instanceUrlNone === true ? `https://None-${port}.${GATEWAY_DOMAIN}` : null;
}

/** The `endpoints` (or `public_urls`) of a CVM, one a port: empty until it serves. */
export function endpointsOf(world: World, cvm: Cvm): { app: string; instance: string | null }[] {
  if (!world.view(cvm).reachable) return [];
  return world.settings.ports.map((port) => ({
    app: gatewayUrl(world, cvm.appId, port),
    instance: instanceUrl(world, cvm, port),
  }));
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
