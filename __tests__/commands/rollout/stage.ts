/** A cloud whose source was brought to a new revision by somebody's deploy, and what a rollout did to it. */
import type { Cloud, Seen } from "../../support/play.ts";
import type { Simulation } from "../../support/simulated/simulation.ts";

/** A revision that no instance has at the start. */
export const NEW = "77ab".repeat(16);

const HOUR_MS = 3_600_000;

/** The source was brought to the new revision an hour ago. */
export function deployed({ world }: Pick<Cloud, "world">, composeHash = NEW): void {
  const { source } = world;
  const at = world.now() - HOUR_MS;
  source.composeHash = composeHash;
  source.booted = [...source.booted, { at, composeHash }];
  world.revisions.note(source, "update", at);
}

export const toSource = (cloud: Cloud) => ({ source: cloud.vmUuid });

export interface Entry {
  readonly vm_uuid: string;
  readonly status: string;
  readonly instance_id: string | null;
  readonly instance_url: string | null;
  readonly app_url: string | null;
  readonly outcome: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly compose_hash: string | null;
  readonly error: string | null;
  readonly verified: boolean | null;
}

export function entriesOf({ main }: Seen): readonly Entry[] {
  return JSON.parse(main.outputs.replicas ?? "null") as Entry[];
}

/** Of the app's instances, oldest first. */
export function hashesOf({ cloud }: Seen): readonly string[] {
  return cloud
    .cvms()
    .filter(({ appId, deleted }) => appId === cloud.appId && !deleted)
    .map(({ vmUuid }) => cloud.world.find(vmUuid)?.composeHash ?? "");
}

export function redeploysOf({ requests }: Seen) {
  return requests.filter(({ route }) => route === "redeploy");
}

/** By the body of a redeploy: which CVM it is for. */
export function targetsOf(seen: Seen): readonly string[] {
  return redeploysOf(seen).map(({ body }) => {
    const { vm_uuids: uuids } = JSON.parse(body) as { vm_uuids: string[] };
    return uuids.join(" ");
  });
}

/** The app's CVMs, oldest first. */
export function instancesOf({ world }: Pick<Cloud, "world">) {
  return world.cvms.filter(({ appId }) => appId === world.appId);
}

/** From now on the API tells this of how long each guest is up, such as `9m`; `never`: nothing that can be read. */
export function tellUptime(sim: Pick<Simulation, "on">, uptime: string): void {
  sim.on("after-work", "batch", ({ answer }) => {
    if (answer === undefined) return;
    const body = answer.body.replace(/"uptime":"[^"]*"/g, `"uptime":"${uptime}"`);
    Object.assign(answer, { body });
  });
}
