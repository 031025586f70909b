/** What a list tells of the instances, and what a request is about, for the rules of the campaign. */
import type { RecordedRequest } from "../../../simulator/record.ts";
import type { Simulation } from "../../support/simulated/simulation.ts";

/** A row as the API told it. */
export interface Row {
  readonly vm_uuid: string;
  readonly status: string;
  readonly in_progress: boolean;
  readonly compose_hash: string;
  readonly progress: { readonly target: string | null } | null;
}

/** Whether it tells of one that serves, as far as a list can. */
export function told(row: Row): boolean {
  return row.status.toLowerCase() === "running" && !isBusy(row);
}

export function isBusy({ in_progress, progress }: Row): boolean {
  return in_progress || (progress?.target ?? null) !== null;
}

/** Stopped, or about to be. */
export function isParked({ status }: Row): boolean {
  return ["stopped", "shutting_down", "stopping"].includes(status.toLowerCase());
}

/** Which CVM a request is for. */
export function targetOf({ route, path, body }: RecordedRequest): string {
  if (route === "envs") return /cvms\/([0-9a-f-]{36})\//.exec(path)?.[1] ?? "";
  return (JSON.parse(body) as { vm_uuids: string[] }).vm_uuids.join(" ");
}

/** To which revision it brings that. */
export function hashOf(
  revisions: Simulation["world"]["revisions"],
  { path }: RecordedRequest,
): string | null {
  const [, appId = "", id = ""] = /apps\/([^/]+)\/revisions\/([^/]+)\/redeploy/.exec(path) ?? [];
  return revisions.find(appId, id)?.composeHash ?? null;
}
