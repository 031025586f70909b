/** What was tried, as the end of "Could not …". */
import type { Ident, Place } from "../../ledger/terms.ts";
import type { Doing } from "../../ledger/trouble.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";

const PLAIN: Readonly<Record<Extract<Doing, { do: string }>["do"] & string, string>> = {
  list: "list the app's CVMs",
  count: "count the app's instances",
  "find-names": "look for the names among the app's CVMs",
  "find-source": "look for a source among the app's CVMs",
  "find-nodes": "look the nodes' names up",
  "read-app": "read the source CVM",
  "read-source": "read the source CVM",
  "read-kms": "see whether the app's KMS is on-chain",
  "read-key": "read the app's encryption key",
  "read-root-key": "read the KMS's root key",
  "read-revisions": "read the app's revisions",
  "read-deployments": "read the GitHub deployments",
  collateral: "fetch what Intel publishes",
  follow: "follow the replicas' boot",
  "ask-allowance": "ask whether it is approved",
  prepare: "prepare a replica",
  commit: "commit the prepared replica",
  "ask-approver": "read who can approve",
  "ask-approval": "ask whether it is approved on chain",
  create: "create a replica",
  limit: "set the ttl",
  delete: "delete",
  read: "read",
  attest: "read the attestation of",
  redeploy: "redeploy the revision to",
  "replace-envs": "replace the environment of",
  "instance-id": "have the instance id filled in of",
  record: "record a GitHub deployment",
  tell: "tell GitHub of a deployment",
};

/** `delete web-1 (uuid)`: for logs and annotations alike. */
export function doingText(doing: Doing): string {
  switch (doing.do) {
    case "create": {
      const { index, of, place } = doing;
      return `create ${of === 1 ? "a replica" : `replica ${index + 1} of ${of}`} on ${placeText(place)}`;
    }
    case "limit":
      return `set the ttl (${duration(doing.ttlMs)}) of ${whoText(doing.replica)}`;
    case "delete":
    case "read":
    case "attest":
    case "redeploy":
    case "replace-envs":
    case "instance-id":
      return `${PLAIN[doing.do]} ${whoText(doing.replica)}`;
    case "collateral":
      return doing.what;
    case "record":
      return `record a GitHub deployment of ${oneLine(doing.name, 80)}`;
    case "tell":
      return `set GitHub deployment ${doing.deployment} to ${doing.state}`;
    default:
      return PLAIN[doing.do];
  }
}

/** A CVM as people call it, with its UUID. */
export function whoText({ name, uuid, id }: Ident): string {
  const called = oneLine(name ?? "unnamed", 80);
  if (uuid !== null) return `${called} (${uuid})`;
  return id === null ? `${called} (no UUID)` : `${called} (id ${oneLine(String(id), 80)})`;
}

/** `node prod9 (26)`. */
export function placeText({ nodeId, name }: Place): string {
  if (nodeId === null) return "a node of the platform's choice";
  return name === null ? `node ${nodeId}` : `node ${oneLine(name, 80)} (${nodeId})`;
}
