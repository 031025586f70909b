/** The sentences about names, sources, nodes that are full. */
import type { Cvm } from "../../phala/cvm.ts";
import { oneLine } from "../../text/clean.ts";
import { duration, timeOfDay } from "../../text/duration.ts";

/** A replica as it is called. */
export interface Called {
  readonly name: string;
  readonly uuid: string | null;
}

/** More than this nobody reads through. */
const MOST_LISTED = 10;

/** Why a run has nothing to replicate. @param there the app's CVMs */
export function withoutSource(
  why: "not-of-the-app" | "no-source" | "no-instance",
  there: readonly Cvm[],
  {
    vmUuid,
    appId,
    composeHash,
  }: {
    readonly vmUuid: string;
    readonly appId: string;
    readonly composeHash: string | null;
  },
): string {
  switch (why) {
    case "not-of-the-app":
      return `vm_uuid: the CVM ${vmUuid} is not one of the app's (${there.length} found for app_id ${appId}); check that both belong together.`;
    case "no-source":
      return noSource(there, composeHash);
    case "no-instance":
      return "app_id: the app has no instance at all, and the API makes a named one as a copy of one that is there. Deploy the first instance of the app by other means.";
  }
}

/** No instance could be replicated: which there are. */
function noSource(cvms: readonly Cvm[], composeHash: string | null): string {
  const wanted = composeHash === null ? "" : ` with the compose hash ${composeHash}`;
  const listed = cvms.slice(0, MOST_LISTED).map((cvm) => {
    const hash = cvm.composeHash ?? "an unknown compose hash";
    return `${oneLine(cvm.name ?? "unnamed", 80)} (${cvm.vmUuid}), ${oneLine(cvm.status || "unknown", 40)}, ${hash}`;
  });
  const more = cvms.length > MOST_LISTED ? ` and ${cvms.length - MOST_LISTED} more` : "";
  const there = cvms.length === 0 ? "it has none" : `there are: ${listed.join("; ")}${more}`;
  return `vm_uuid is not given, and the app has no running instance${wanted} to replicate; ${there}.`;
}

export function namesNote(standing: number, wanted: number): string {
  const there = `Of the names, ${standing} of ${standing + wanted} there already`;
  return wanted === 0 ? `${there}: nothing to create.` : `${there}: ${wanted} to create.`;
}

/** One of that name is there, so nothing is asked for. */
export function stands({ name, uuid }: Called): string {
  return `${name} (${uuid ?? "no UUID"}) is there already; it is left as it is.`;
}

/** Its environment can't be read. */
export function environmentKept(name: string): string {
  return `${name} is there already: its environment can't be read, and was neither compared with what was given nor changed.`;
}

/** The search found the name. */
export function foundByName({ name, uuid }: Called): string {
  return `Found ${name} (${uuid ?? "no UUID"}) by its name, which nothing in the app had before: it is this step's.`;
}

/** The API refused the request, and its name is there: the work was done, or another run was quicker. */
export function foundAfterRefusal({ name, uuid }: Called): string {
  return `The API refused the request, but ${name} (${uuid ?? "no UUID"}) is there, and was not before: it is used. Another run may have created it, so without exclusive neither cleanup nor a ttl ends it.`;
}

/** The API made one, and called it otherwise. */
export function namedOtherwise({ name, uuid }: Called, asked: string): string {
  return `The API created ${name} (${uuid ?? "no UUID"}) although it was asked for the name ${asked}: it does not honour names. The replica is this step's and is used, but a step that is run again would not find it by its name and would create another.`;
}

export function waitingForName(name: string, status: string): string {
  return `A CVM called ${name} is on its way out (${oneLine(status, 40)}): waiting until it is gone.`;
}

/** Before a request whose name makes one at most goes out once more. */
export function sendingNameAgain(name: string): string {
  return `${name} did not show up. The request is sent once more: names hold, so it makes one replica at the most.`;
}

/** A node had no room, or was unfit, and there is another. @param from with the answer's code */
export function goingElsewhere(name: string, from: string, to: string): string {
  return `${name}: nothing was made on ${from}; trying ${to}.`;
}

/** All nodes that would do are full. Times in ms; `until` since the epoch. */
export function waitingForRoom(
  name: string,
  tried: readonly string[],
  waitMs: number,
  until: number,
): string {
  return `${name}: no room on ${tried.join(", on ")}. Trying again in ${duration(waitMs)}, until ${timeOfDay(until)} (capacity_wait).`;
}
