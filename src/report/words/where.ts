import type { Replica } from "../../ledger/replica.ts";
import { uuidOf } from "../../ledger/who.ts";
import { dashboardUrl } from "../../text/links.ts";

/** The dashboard's page of a replica; null where its UUID is not known. @param appId of the inputs */
export function replicaUrl(
  replica: Replica,
  slug: string | null,
  appId: string | null,
): string | null {
  const uuid = uuidOf(replica);
  const app = replica.cvm?.appId ?? replica.vm?.appId ?? appId;
  return uuid === null ? null : dashboardUrl(slug, app, uuid);
}
