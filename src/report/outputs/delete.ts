/** The outputs of the action `delete`. */
import type { Edges } from "../../action/edges.ts";
import type { DeleteInputs } from "../../inputs/delete.ts";
import type { Judgement } from "../../ledger/judgement.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { isDeleted, type Replica } from "../../ledger/replica.ts";

export const DELETE_ARRAYS = ["selected", "deleted", "kept"] as const;

/** What the report of a delete is made of. */
export interface DeleteTold {
  /** Null: they were wrong. */
  readonly inputs: DeleteInputs | null;
  readonly ledger: Ledger;
  readonly judgement: Judgement;
  readonly message: string;
  readonly env: Edges["env"];
}

/** Its own outputs by name. */
export function deleteOutputs(told: DeleteTold): Readonly<Record<string, string>> {
  const selected = told.ledger.replicas();
  const list = (replicas: readonly Replica[]) => JSON.stringify(replicas.map(entryOf));
  return {
    selected: list(selected),
    deleted: list(selected.filter(isDeleted)),
    kept: list(selected.filter(({ spared }) => spared !== null)),
  };
}

/** As the CVM was when it was selected. */
function entryOf({ ident, cvm, spared }: Replica): Readonly<Record<string, string | null>> {
  const createdAt = cvm?.createdAt ?? null;
  return {
    vm_uuid: ident.uuid,
    name: ident.name,
    status: cvm?.status ?? null,
    node_name: ident.nodeName,
    created_at: createdAt === null ? null : new Date(createdAt).toISOString(),
    why: spared,
  };
}
