import type { Inputs } from "../../inputs/types.ts";
import { MOST_REPLICAS, type Rerun } from "../../ledger/terms.ts";
import type { Survey } from "../look.ts";
import type { Counted } from "./count.ts";

/**
 * What to write in a later run so that it creates what this one was to and did not. Pure.
 *
 * @param counted what counts toward `instances`, as it was before
 */
export function rerunWith(
  inputs: Pick<Inputs, "instances" | "count" | "commitToken" | "prepareOnly" | "names">,
  { cvms }: Pick<Survey, "cvms">,
  counted: Counted,
): Rerun {
  if (inputs.names !== null) return { kind: "names" };
  if (inputs.commitToken !== null) return { kind: "token" };
  if (inputs.prepareOnly) return { kind: "prepare" };
  if (cvms === null) return { kind: "blind" };
  const there = counted.live.length + counted.dead.length;
  const instances = inputs.instances ?? there + (inputs.count ?? 1);
  return instances > MOST_REPLICAS ? { kind: "blind" } : { kind: "instances", instances };
}
