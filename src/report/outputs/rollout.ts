/** The outputs of the action `rollout`. */
import type { Edges } from "../../action/edges.ts";
import type { RolloutInputs } from "../../inputs/rollout.ts";
import type { Attested } from "../../ledger/attested.ts";
import type { Judgement } from "../../ledger/judgement.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Replica } from "../../ledger/replica.ts";
import type { Approval } from "../../phala/approval.ts";
import { dashboardUrl } from "../../text/links.ts";
import { updateText } from "../words/update.ts";
import { revisionNow, updateOutcome } from "../words/updated.ts";
import { approvalOutputs } from "./approval.ts";

export const ROLLOUT_ARRAYS = ["replicas", "vm_uuids"] as const;

/** What is for the outputs alone: an approval's token and addresses have no place in the ledger. */
export interface RolloutHandover {
  wanted: string | null;
  /** On which an untouched one has all that it is to have: none where each gets an environment. */
  settled: string | null;
  previous: string | null;
  approval: Approval | null;
  /** Whether what needed an approval is allowed; null: nothing needed one. */
  isAllowed: boolean | null;
  /** What the source's attestation showed; null: nobody looked. */
  source: Attested | null;
}

/** What the report of a rollout is made of. */
export interface RolloutTold {
  /** Null: they were wrong. */
  readonly inputs: RolloutInputs | null;
  readonly ledger: Ledger;
  readonly judgement: Judgement;
  readonly message: string;
  readonly env: Edges["env"];
  readonly redactPrinted: (text: string) => string;
}

/** Its own outputs by name. */
export function rolloutOutputs(
  told: RolloutTold,
  handover: RolloutHandover,
): Readonly<Record<string, string>> {
  const replicas = told.ledger.replicas();
  const uuids = replicas.map(({ ident }) => ident.uuid).filter((uuid) => uuid !== null);
  return {
    replicas: JSON.stringify(replicas.map((replica) => entryOf(replica, told, handover))),
    vm_uuids: JSON.stringify(uuids),
    previous_compose_hash: handover.previous ?? "",
    ...approvalOf(handover),
  };
}

/** What an approval needs; the revision also where none is needed. */
export function approvalOf({
  wanted,
  approval,
  isAllowed,
}: RolloutHandover): Readonly<Record<string, string>> {
  return {
    ...approvalOutputs(approval, isAllowed),
    compose_hash: approval?.composeHash ?? wanted ?? "",
  };
}

/** As create's entries are, with what came of the update. */
function entryOf(
  replica: Replica,
  { ledger, inputs, redactPrinted }: RolloutTold,
  { wanted, settled }: RolloutHandover,
): Readonly<Record<string, unknown>> {
  const { ident, cvm, revision, trouble, status } = replica;
  const slug = ledger.run.surveyed?.workspaceSlug ?? null;
  const { uuid } = ident;
  const first = revision?.backTrouble ?? trouble;
  return {
    replica_id: ident.id,
    name: ident.name,
    status: status ?? null,
    node_id: ident.nodeId,
    node_name: ident.nodeName,
    vm_uuid: uuid,
    instance_id: ident.instanceId,
    app_url: cvm?.appUrl ?? null,
    instance_url: ident.url,
    endpoints: cvm?.endpoints ?? [],
    dashboard_url: uuid === null ? null : dashboardUrl(slug, inputs?.appId ?? null, uuid),
    compose_hash: revisionNow(replica),
    verified: replica.attested?.verified ?? null,
    // Only a `ttl` of create's sets one, which no read tells.
    deleted_at_latest: null,
    from: revision?.from ?? cvm?.composeHash ?? null,
    to: wanted,
    outcome: updateOutcome(replica, settled),
    error: first?.kind === "update" ? redactPrinted(updateText(first)) : null,
  };
}
