/** How the update of one instance ends, as facts. */
import { identOf } from "../../ledger/replica.ts";
import type { Stage } from "../../ledger/terms.ts";
import type { Trouble, UpdateEnd } from "../../ledger/trouble.ts";
import type { Bench } from "../bench.ts";
import { newCourse } from "../plan/update-course.ts";
import type { Instance } from "./instance.ts";

/** It serves: on the revision, or on the one that it went back to. */
export function finish({ ledger }: Bench, one: Instance): void {
  const { key, under } = one;
  if (under === null) {
    one.fit = true;
    return;
  }
  one.under = null;
  one.ours = under.back ? "back-done" : "done";
  ledger.append({ replica: key, fact: "updated", to: under.target });
}

/** A stage on the way of an update; told once. */
export function reached({ ledger }: Bench, one: Instance, stage: Stage): void {
  const { key, under, isSource, url } = one;
  if (isSource || under === null || under.back) return;
  if (ledger.replica(key).times[stage] !== undefined) return;
  ledger.append({ replica: key, fact: "reached", stage, url: stage === "running" ? url : null });
}

/** It came to nothing. */
export function fail({ ledger, edges }: Bench, one: Instance, end: UpdateEnd): void {
  const { key, under } = one;
  const back = under?.back ?? false;
  const forth = under !== null || one.ours === "done";
  const stage = one.isSource ? "source" : !forth ? "there" : back ? "back" : "forth";
  one.under = null;
  one.end = end;
  if (end.why === "overtaken") one.ours = "overtaken";
  else one.ours = stage === "forth" ? "failed" : stage === "back" ? "back-failed" : "unfit";
  // The source is no member, so that it has no facts of its own.
  if (one.isSource) return;
  const elapsedMs = edges.clock.now() - (under?.startedAt ?? one.since);
  ledger.append({
    replica: key,
    fact: "failed",
    during: back ? "going-back" : "updating",
    trouble: { kind: "update", stage, replica: identOf(one.row), end, elapsedMs },
  });
}

/** It is as if we had not asked: somebody else brought it to the revision, or nothing may be sent any more. */
export function withdraw({ ledger, edges }: Bench, one: Instance, wanted: string): void {
  if (one.under?.sent === true) ledger.append({ replica: one.key, fact: "withdrawn" });
  one.under = null;
  one.ours = "untouched";
  one.from = null;
  one.since = edges.clock.now();
  one.course = newCourse(wanted, one.since, one.row.status);
}

/** Why the source does not serve; null: that is not known yet. */
export function sourceTrouble({ row, end, since }: Instance, now: number): Trouble | null {
  if (end === null) return null;
  return {
    kind: "update",
    stage: "source",
    replica: identOf(row),
    end,
    elapsedMs: now - since,
  };
}
