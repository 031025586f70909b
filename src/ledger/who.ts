/** Who and where a replica is, as main knows it: by the answer that made it and by its row, which post has not. */
import { oneLine } from "../text/clean.ts";
import { NOBODY, type Replica } from "./replica.ts";
import type { Ident } from "./terms.ts";

/** Its UUID, dashed; null where it has none or was never made. */
export function uuidOf({ vm, cvm }: Replica): string | null {
  return cvm?.vmUuid ?? vm?.vmUuid ?? null;
}

/** What people call it, fit for printing. */
export function nameOf(replica: Replica): string {
  const { vm, cvm, slot } = replica;
  const made = cvm?.name ?? vm?.name ?? uuidOf(replica) ?? slot?.name ?? null;
  return made === null ? `replica ${(slot?.index ?? 0) + 1}` : oneLine(made, 80);
}

/** Where it is, as far as the answers or the request tell. */
export function nodeOf({ vm, cvm, slot }: Replica): {
  readonly id: number | null;
  readonly name: string | null;
} {
  return {
    id: vm?.teepodId ?? cvm?.nodeId ?? slot?.nodeId ?? null,
    name: vm?.teepodName ?? cvm?.nodeName ?? slot?.nodeName ?? null,
  };
}

/** As the API last told it; empty where it never did. */
export function currentStatus({ status, vm, cvm }: Replica): string {
  return status ?? cvm?.status ?? vm?.status ?? "";
}

/** Who it is, as far as the answers tell; by the name that people call it. */
export function whoIs(replica: Replica): Ident {
  const { vm, cvm } = replica;
  return {
    ...NOBODY,
    uuid: uuidOf(replica),
    name: nameOf(replica),
    nodeId: vm?.teepodId ?? cvm?.nodeId ?? null,
    nodeName: vm?.teepodName ?? cvm?.nodeName ?? null,
  };
}
