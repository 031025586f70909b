import { parseAppId, undashed } from "./ids.ts";

export const DASHBOARD = "https://cloud.phala.com";

/**
 * The dashboard's page of one instance (API facts, "URLs"). Without the workspace's slug, the address that
 * redirects to it.
 */
export function dashboardUrl(slug: string | null, appId: string | null, vmUuid: string): string {
  const id = undashed(vmUuid);
  // Some sources print app ids with a prefix (API facts, "Identifiers").
  const app = parseAppId(appId ?? "");
  return slug !== null && app !== null
    ? `${DASHBOARD}/${encodeURIComponent(slug)}/apps/${app}/instances/${id}`
    : `${DASHBOARD}/dashboard/cvms/${id}`;
}

/** Where all CVMs of an app are to be seen. */
export function appUrl(slug: string | null, appId: string): string {
  return slug === null
    ? `${DASHBOARD}/dashboard/cvms/app_${encodeURIComponent(appId)}`
    : `${DASHBOARD}/${encodeURIComponent(slug)}/apps/${encodeURIComponent(appId)}`;
}
