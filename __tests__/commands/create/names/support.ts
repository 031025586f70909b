import type { CvmSummary } from "../../../../simulator/record.ts";
import type { Step } from "../../../support/play.ts";

/** No source: named ones need none. An input that is blank counts as not given. */
export const NAMED = { vm_uuid: "" };

export interface Entry {
  readonly name: string | null;
  readonly outcome: string;
  readonly vm_uuid: string | null;
  readonly error: string | null;
  readonly node_name: string | null;
}

/** The output `replicas`. */
export function entries({ outputs }: Step): readonly Entry[] {
  return JSON.parse(outputs.replicas || "[]") as Entry[];
}

export function namesOf(cvms: readonly CvmSummary[]): readonly string[] {
  return cvms.map(({ name }) => name).sort();
}
