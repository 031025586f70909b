/** The log of a rollout: the plan, and a line a change of state. */

import { codeOf } from "../../ledger/code.ts";
import type { Fact, Note } from "../../ledger/fact.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Replica } from "../../ledger/replica.ts";
import type { ReplicaKey } from "../../ledger/terms.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { verdictText } from "../words/attested.ts";
import { whoText } from "../words/doing.ts";
import { reasonOf } from "../words/reason.ts";
import { sparedText } from "../words/spared.ts";
import { problemText, shortHash, updateText } from "../words/update.ts";
import { timesOf } from "../words/updated.ts";

/** The lines of one fact; none for what is told elsewhere. */
export function updatingLines(fact: Fact, ledger: Ledger): readonly string[] {
  switch (fact.fact) {
    case "noted":
      return noteLines(fact.note, ledger);
    case "updating":
      return [
        fact.back
          ? `Bringing ${name(ledger, fact.replica)} back to ${shortHash(fact.to)}.`
          : `Updating ${name(ledger, fact.replica)}: ${shortHash(fact.from)} → ${shortHash(fact.to)}.`,
      ];
    case "seen": {
      const { status, inProgress } = fact.status;
      const busy = inProgress && status === "running" ? ", an operation in progress" : "";
      return [`${name(ledger, fact.replica)}: ${oneLine(status, 40) || "no status told"}${busy}`];
    }
    case "withdrawn":
      return [`${name(ledger, fact.replica)} was not updated by this step.`];
    case "updated":
      return [updatedLine(fact, ledger)];
    case "vanished":
      return [`${whoText(ledger.replica(fact.replica).ident)} is gone already.`];
    case "warned":
    case "failed":
      return fact.trouble.kind === "update"
        ? [`${updateText(fact.trouble)} (${codeOf(fact.trouble)})`]
        : [];
    default:
      return [];
  }
}

function updatedLine({ replica: key }: Extract<Fact, { fact: "updated" }>, ledger: Ledger): string {
  const replica = ledger.replica(key);
  const { from, back } = replica.revision ?? { from: null, back: null };
  if (back === "done") return `${name(ledger, key)} is back at ${shortHash(from)}.`;
  const { took } = timesOf(replica);
  const after = took === null ? "" : ` after ${duration(took)}`;
  return `${name(ledger, key)} serves the revision${after} (${progress(ledger)}).`;
}

/** `3/8`: those on the revision of all that were selected. */
function progress(ledger: Ledger): string {
  const replicas = ledger.replicas();
  const to = replicas.find(({ revision }) => revision !== null)?.revision?.to ?? null;
  const isThere = ({ revision, cvm, trouble }: Replica) =>
    trouble === null && (revision === null ? cvm?.composeHash === to : revision.done);
  return `${replicas.filter(isThere).length}/${replicas.length}`;
}

function noteLines(note: Note, ledger: Ledger): readonly string[] {
  switch (note.note) {
    case "rollout":
      return planLines(note, ledger);
    case "skipped":
      return [`${whoText(note.ident)} is left: ${sparedText(note.why)}.`];
    case "source-serves":
      return [`The source ${whoText(note.ident)} serves.`];
    case "source-awaited":
      return [
        `Waiting for the source ${whoText(note.ident)} to serve, for at most ${duration(note.limitMs)}. In the first minutes after an update, what the API tells may still be the state before it.`,
      ];
    case "source-attested":
      return [`The source ${whoText(note.ident)}: ${verdictText(note.attested)}.`];
    case "going-back":
      return [
        `Rolling back ${note.count === 1 ? "the one" : `the ${note.count}`} that this run changed.`,
      ];
    case "look-failed":
      return [`A look at the app failed: ${reasonOf(note.fault)}. It goes on.`];
    case "unseen":
      return [
        `The app's list does not tell how ${whoText(note.ident)} is, nor does its own route: it counts as away until one does.`,
      ];
    case "not-healthy":
      return [`${name(ledger, note.replica)} is not healthy yet: it ${problemText(note.problem)}.`];
    default:
      return [];
  }
}

/** More lines than this nobody reads; the summary has them all. */
const MOST_LINES = 50;

function planLines(note: Extract<Note, { note: "rollout" }>, ledger: Ledger): readonly string[] {
  const { order, there, wanted, maxUnavailable, envs } = note;
  const total = order.length + there.length;
  const what = envs ? " with a new environment" : "";
  const list = (keys: readonly ReplicaKey[], say: (key: ReplicaKey) => string) => [
    ...keys.slice(0, MOST_LINES).map(say),
    ...(keys.length > MOST_LINES ? [`- … and ${keys.length - MOST_LINES} more`] : []),
  ];
  const revision = (key: ReplicaKey) => shortHash(ledger.replica(key).cvm?.composeHash ?? null);
  const head = `Revision ${wanted}${what}: ${order.length} of ${total} to be brought along, ${maxUnavailable} at a time.`;
  return [
    head,
    ...list(order, (key) => `- ${who(ledger, key)}: has ${revision(key)}`),
    ...list(there, (key) => `- ${who(ledger, key)}: is on it already`),
  ];
}

function who(ledger: Ledger, key: ReplicaKey): string {
  return whoText(ledger.replica(key).ident);
}

function name(ledger: Ledger, key: ReplicaKey): string {
  const { name: called, uuid } = ledger.replica(key).ident;
  return oneLine(called ?? uuid ?? "unnamed", 80);
}

/** What is not wrong but worth a warning before anything is touched. */
export function sharedWarnings(
  plan: { readonly leavesNone: boolean; readonly order: readonly ReplicaKey[] },
  inputs: { readonly onFailure: "stop" | "rollback" },
  envs: boolean,
): readonly string[] {
  const warnings: string[] = [];
  if (plan.leavesNone) {
    warnings.push(
      "There will be a time in which no instance of the app serves: as many are updated at once as serve. A lower max_unavailable, or one more instance, avoids that.",
    );
  }
  if (envs && inputs.onFailure === "rollback" && plan.order.length > 0) {
    warnings.push(
      "on_failure: rollback brings revisions back, but not environments, since those that the instances have can't be read.",
    );
  }
  return warnings;
}
