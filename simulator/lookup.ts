import { coded, plain } from "./errors.ts";
import type { Cvm } from "./types.ts";
import type { World } from "./world.ts";

const DASHED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The dashed form of 32 hex digits. */
function dashed(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

/** Every CVM that an identifier of `/cvms/{id}` may mean, those that are gone left out. */
function matches(world: World, text: string): Cvm[] {
  const here = world.cvms.filter((cvm) => !world.view(cvm).gone);
  const low = text.toLowerCase();
  if (DASHED.test(text)) return here.filter((cvm) => cvm.vmUuid === low);
  if (/^[0-9a-f]{32}$/.test(low)) return here.filter((cvm) => cvm.vmUuid === dashed(low));
  const app = /^app_([0-9a-f]{40})$/.exec(low)?.[1];
  if (app !== undefined) return here.filter((cvm) => cvm.appId === app);
  // A bare id of 40 digits is an instance's: apps need the prefix here (API facts, section 11).
  const instance = /^(?:instance_)?([0-9a-f]{40})$/.exec(low)?.[1];
  if (instance !== undefined) {
    return here.filter((cvm) => world.view(cvm).instanceId === instance);
  }
  if (text.startsWith("cvm_")) return here.filter((cvm) => cvm.hashId === text);
  if (/^\d{1,10}$/.test(text)) return here.filter((cvm) => cvm.id === Number(text));
  return here.filter((cvm) => cvm.name === text && !cvm.foreign);
}

/**
 * The CVM of a path such as `/cvms/{id}`: UUID with or without dashes, `app_…`, instance id, `cvm_…`,
 * old numeric id or name.
 *
 * @param anyone the caller needs no key (commit), so the workspace is not checked
 * @throws Refusal 404 (ERR-03-001) when there is none, 400 when several fit, 403 or 404 when foreign
 */
export function cvmById(world: World, id: string, anyone = false): Cvm {
  const found = matches(world, id);
  if (found.length > 1) {
    const isName = /^[a-z]/i.test(id) && !id.startsWith("app_");
    throw isName
      ? coded(400, "ERR-03-002", `Several CVMs are named ${id}`)
      : coded(400, "ERR-03-010", "The identifier matches several CVMs");
  }
  const cvm = found[0];
  if (cvm === undefined) throw coded(404, "ERR-03-001", "CVM not found");
  if (cvm.foreign && !anyone) throw foreignRefusal(world);
  return cvm;
}

/** What a caller gets for something of another workspace: sources disagree, so it is an option. */
function foreignRefusal(world: World): Error {
  return world.settings.foreignStatus === 403
    ? plain(403, "Not enough permissions")
    : coded(404, "ERR-03-004", "CVM not found");
}

/**
 * The app of a path such as `/apps/{id}`. Only the bare, lower-case form is known to work there
 * (API facts, section 11); option `lenientIds` takes the others as well.
 *
 * @returns the bare id
 * @throws Refusal 404 for an unknown app, 403 or 404 for a foreign one
 */
export function appById(world: World, id: string): string {
  const bare = world.settings.lenientIds ? id.toLowerCase().replace(/^(app_|0x)/, "") : id;
  if (bare === world.foreignAppId) throw foreignRefusal(world);
  if (bare !== world.appId && bare !== world.otherAppId) throw plain(404, "App not found");
  return bare;
}

/**
 * The source CVM of `/apps/{app_id}/cvms/{vm_uuid}/replicas`.
 *
 * @throws Refusal 404 (ERR-03-008) when the workspace does not see it, 400 when it belongs to another
 *   app, 403 or 404 when foreign
 */
export function sourceOf(world: World, appId: string, vmUuid: string): Cvm {
  const lenient = world.settings.lenientIds && /^[0-9a-f]{32}$/i.test(vmUuid);
  const wanted = lenient ? dashed(vmUuid.toLowerCase()) : vmUuid;
  const cvm = world.find(wanted);
  if (cvm === undefined || world.view(cvm).gone) {
    throw coded(404, "ERR-03-008", "Replica source not found in this workspace");
  }
  if (cvm.foreign) throw foreignRefusal(world);
  if (cvm.appId !== appId) throw plain(400, "app_id does not match the CVM");
  return cvm;
}
