import { APPROVAL_CODE } from "../phala/codes.ts";
import { isOurs, type Replica } from "../replicas/record.ts";
import type { Failure } from "./failure.ts";

export type Outcome =
  | "created"
  | "unchanged"
  | "dry_run"
  | "pending_approval"
  | "partial"
  | "timeout"
  | "cancelled"
  | "failed";

/** How a run ended, as its outputs, its annotation and its exit code tell it. */
export interface Verdict {
  readonly outcome: Outcome;
  /** Null: success, asked-for prepare, or cancelled. */
  readonly failure: Failure | null;
  readonly exitCode: 0 | 1;
}

/** The end of a run that came as far as creating and was not cancelled, from what became of each replica. */
export function judgeRun(replicas: readonly Replica[]): Verdict {
  const failed = replicas.filter((replica) => replica.failure !== null);
  const first = failed[0]?.failure ?? null;
  if (first === null) {
    return { outcome: replicas.some(isOurs) ? "created" : "unchanged", failure: null, exitCode: 0 };
  }
  if (replicas.some((replica) => isOurs(replica) && replica.failure === null))
    return { outcome: "partial", failure: first, exitCode: 1 };
  // Nothing was created, but the way on is known: approve, then commit.
  if (failed.every(({ failure }) => failure?.code === APPROVAL_CODE)) {
    return { outcome: "pending_approval", failure: first, exitCode: 1 };
  }
  const late = failed.every(({ failure }) => failure?.late === true);
  return { outcome: late ? "timeout" : "failed", failure: first, exitCode: 1 };
}

/** The failures of all replicas as one text, a line each. */
export function combinedText(replicas: readonly Replica[], nameOf: (r: Replica) => string): string {
  const failed = replicas.filter((replica) => replica.failure !== null);
  const [only] = failed;
  if (only?.failure && replicas.length === 1) return only.failure.text;
  const texts = new Map<string, string[]>();
  for (const replica of failed) {
    const text = replica.failure?.text ?? "";
    // What was not asked for has no name that anybody would look for; its number is said.
    if (replica.failure?.code === "") {
      texts.set(text, []);
      continue;
    }
    texts.set(text, [...(texts.get(text) ?? []), nameOf(replica)]);
  }
  const list = [...texts].map(([text, names]) => `\n- ${withNames(names, text)}`).join("");
  const unasked = failed.filter(({ failure }) => failure?.code === "").length;
  const rest = unasked === 0 ? "" : `, ${unasked} more were not asked for`;
  return `${failed.length - unasked} of ${replicas.length} replicas failed${rest}.${list}`;
}

/** Many texts begin with the replica's name already. */
function withNames(names: readonly string[], text: string): string {
  if (names.length === 0) return text;
  const [only] = names;
  const said = names.length === 1 && only !== undefined && text.startsWith(`${only} `);
  return said ? text : `${names.join(", ")}: ${text}`;
}
