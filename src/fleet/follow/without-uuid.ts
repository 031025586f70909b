/** What was there before, and whose row told no UUID: the app's list alone shows it, until it has one. */
import type { ReplicaKey } from "../../ledger/terms.ts";
import type { Told, Trouble } from "../../ledger/trouble.ts";
import { uuidOf } from "../../ledger/who.ts";
import type { Cvm } from "../../phala/cvm.ts";
import type { BootStatus } from "../../phala/status.ts";
import { rowOf } from "../plan/row-of.ts";
import type { Context } from "../run.ts";
import { type Look, statusOf } from "./lookout.ts";

/** What a look shows of a replica; null where it does not. */
interface Shown {
  readonly row: Cvm | null;
  readonly status: BootStatus | null;
}

export function shownIn(
  { statuses, cvms, listed = [] }: Look,
  { ledger, inputs }: Pick<Context, "ledger" | "inputs">,
  key: ReplicaKey,
): Shown {
  const replica = ledger.replica(key);
  const uuid = uuidOf(replica);
  if (uuid !== null) {
    return { row: cvms?.get(uuid) ?? null, status: statuses.get(uuid) ?? null };
  }
  const others = ledger.replicas().filter((other) => other.key !== key);
  const known = new Set(others.map(uuidOf).filter((one) => one !== null));
  const { cvm } = replica;
  const row = cvm === null ? null : rowOf(cvm, listed, { appId: inputs.appId, known });
  return { row, status: row === null ? null : statusOf(row) };
}

/** The trouble of one that had none in time. Where no look came through, or none showed it, that is told instead. */
export function withoutUuid(told: Told): Trouble {
  return { kind: told.never || told.last === null ? "late" : "no-uuid", told };
}
