/** What a red create says. Loaded where something went wrong; a green step needs not a word of it. */
import type { Edges } from "../action/edges.ts";
import { codeOf } from "../ledger/code.ts";
import type { Verdict } from "../ledger/judgement.ts";
import { exists, type Replica } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Approval } from "../phala/approval.ts";
import {
  type Annotation,
  annotationOf,
  NOTHING_SAID,
  type Saying,
  type Words,
} from "../report/annotation/annotation.ts";
import { combinedWords, oneLineOf, saidOf, wordsOf } from "../report/annotation/combined.ts";
import { failureOf } from "../report/annotation/of-trouble.ts";
import { titleOf } from "../report/annotation/title.ts";
import { reasonOf } from "../report/summary/reason.ts";
import { whatToRegister } from "../report/words/approval.ts";
import { billing } from "../report/words/billed.ts";
import type { ErrorCode } from "../report/words/error-code.ts";
import { allOf, type Ending, madeBy, placeOf } from "./ending.ts";

/** A red step, for the log and for its job summary. */
export interface Red {
  readonly annotation: Annotation;
  /** Markdown. */
  readonly why: string;
}

/**
 * Why the step is red, and what exists.
 *
 * @param trouble what ended the run before or outside its replicas; null: the replicas tell
 * @param lost what could not be written at the end; null: all was, as far as is known by now
 */
export function redOf(
  edges: Edges,
  ending: Ending,
  verdict: Verdict,
  { trouble, lost }: { readonly trouble: Trouble | null; readonly lost: Trouble | null },
): Red {
  const said = sayingOf(ending, verdict, trouble, lost);
  return { annotation: annotationOf(said, edges), why: reasonOf(said, edges.env) };
}

/** What is put out of a replica's trouble: a text for people, which may quote what the guest says. */
export function errorOf(
  replica: Replica,
  place: ReturnType<typeof placeOf>,
  runner: Pick<Edges["runner"], "redactPrinted">,
): string {
  const { failure } = saidOf(replica, place);
  return failure === null ? "" : runner.redactPrinted(oneLineOf(failure));
}

/** Where nothing of the run can be told any more. */
export function internalAnnotation(
  trouble: Trouble,
  edges: Edges,
): Annotation & { readonly code: string } {
  const failure = failureOf(trouble, { replica: null, workspaceSlug: null, appId: null });
  const { code } = failure;
  const title = titleOf("failed", code, []);
  const said = { title, code, failed: wordsOf(failure), exists: NOTHING_SAID };
  return { ...annotationOf(said, edges), code };
}

/** @param lost what could not be written at the end; null: all was */
function sayingOf(
  ending: Ending,
  verdict: Verdict,
  trouble: Trouble | null,
  lost: Trouble | null,
): Saying {
  const { inputs, survey } = ending;
  const { outcome } = verdict;
  const bill = {
    replicas: madeBy(ending),
    cleanup: inputs?.cleanup ?? "never",
    workspaceSlug: survey?.workspaceSlug ?? null,
    appId: inputs?.appId ?? null,
  };
  const code = (verdict.trouble === null ? "" : codeOf(verdict.trouble)) as ErrorCode;
  const failed = failedWords(ending, verdict, trouble, lost);
  const exists = billing(bill, [failed.text, ...failed.list].join("\n"));
  return { title: titleOf(outcome, code, allOf(ending)), code, failed, exists };
}

function failedWords(
  ending: Ending,
  { outcome, trouble: first }: Verdict,
  trouble: Trouble | null,
  lost: Trouble | null,
): Words {
  const { approval } = ending;
  const place = placeOf(ending);
  const told = (one: Trouble) => wordsOf(failureOf(one, { replica: null, ...place }));
  // All else was well.
  if (lost !== null && first === lost) return told(lost);
  const words =
    outcome === "cancelled"
      ? cancelledWords(madeBy(ending), approval)
      : trouble === null
        ? combinedWords(allOf(ending).map((one) => saidOf(one, place)))
        : told(trouble);
  return lost === null ? words : { ...words, text: `${words.text} ${told(lost).text}` };
}

function cancelledWords(replicas: readonly Replica[], approval: Approval | null): Words {
  const open = replicas.some((replica) => !exists(replica) && replica.trouble === null);
  const sequel = open ? " One request had no answer yet; the post step looks for its replica." : "";
  const needed =
    approval === null
      ? ""
      : ` It had no on-chain approval yet. ${whatToRegister(approval)} Then run it again; the approval outputs are set for a later job.`;
  return { text: `The step was cancelled.${sequel}${needed}`, list: [] };
}
