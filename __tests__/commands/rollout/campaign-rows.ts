/** What a list tells of the instances, for the rules of the campaign. */

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
