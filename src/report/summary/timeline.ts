import type { Replica } from "../../ledger/replica.ts";
import { nameOf } from "../../ledger/who.ts";

/** More than this and nobody can read the chart. */
const MOST_LINES = 20;
/** A bar of less than this share of the whole is a label without a bar. */
const SHORTEST_SHARE = 0.01;

export interface Phase {
  readonly name: string;
  /** Mermaid's marks: `done` is grey, `active` is blue, `crit` is red. */
  readonly look: "done" | "active" | "crit";
  /** Ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** The phases of one replica. */
export interface Section {
  readonly name: string;
  readonly phases: readonly Phase[];
}

/**
 * The phases of each replica as a Mermaid chart, which GitHub draws in job summaries: creating, booting,
 * health check, attestation; red where it was given up. Empty where nothing was waited for.
 */
export function timeline(replicas: readonly Replica[]): string {
  const waited = replicas
    .map((replica) => ({ name: nameOf(replica), phases: phasesOf(replica) }))
    .filter(({ phases }) => phases.length > 1);
  return chartOf("Phases since the first request (min:s)", waited);
}

/** A Mermaid chart, which GitHub draws in job summaries; empty where there is nothing to draw. */
export function chartOf(title: string, sections: readonly Section[]): string {
  const waited = sections.filter(({ phases }) => phases.length > 0);
  const charts = waited.slice(0, MOST_LINES);
  const all = charts.flatMap(({ phases }) => phases);
  if (all.length === 0) return "";
  const zero = Math.min(...all.map(({ from }) => from));
  const span = Math.max(...all.map(({ to }) => to)) - zero;
  const lines = charts.flatMap(({ name, phases }) => [
    `  section ${plain(name)}`,
    ...phases.filter(({ from, to }) => to - from >= span * SHORTEST_SHARE).map((p) => bar(p, zero)),
  ]);
  return [
    "```mermaid",
    "gantt",
    `  title ${title}`,
    "  dateFormat x",
    "  axisFormat %M:%S",
    `  tickInterval ${tickOf(span)}`,
    ...lines,
    "```",
    ...(waited.length > charts.length
      ? [
          "",
          `… and ${waited.length - charts.length} more replicas, which the chart has no room for.`,
        ]
      : []),
  ].join("\n");
}

function phasesOf({ times }: Replica): Phase[] {
  const { sent, made, running, healthy, verifying, verified, failed } = times;
  if (sent === undefined || made === undefined) return [];
  const phases: Phase[] = [{ name: "creating", look: "done", from: sent, to: made }];
  const booted = running ?? failed;
  if (booted === undefined) return phases;
  const look = running === undefined ? "crit" : "active";
  phases.push({ name: "booting", look, from: made, to: booted });
  // What failed after its attestation was asked for had no trouble with its health.
  const checked = healthy ?? (verifying === undefined ? failed : undefined);
  if (running !== undefined && checked !== undefined) {
    const result = healthy === undefined ? "crit" : "done";
    phases.push({ name: "health check", look: result, from: running, to: checked });
  }
  const attested = verified ?? failed;
  if (verifying !== undefined && attested !== undefined) {
    const look = verified === undefined ? "crit" : "done";
    phases.push({ name: "attestation", look, from: verifying, to: attested });
  }
  return phases;
}

function bar({ name, look, from, to }: Phase, zero: number): string {
  return `  ${name} :${look}, ${from - zero}, ${to - zero}`;
}

/** About ten ticks. @param span ms */
function tickOf(span: number): string {
  const seconds = span / 1_000;
  if (seconds <= 12) return "1second";
  if (seconds <= 60) return "5second";
  if (seconds <= 300) return "30second";
  if (seconds <= 900) return "1minute";
  return seconds <= 3_600 ? "5minute" : "30minute";
}

/** Mermaid has marks of its own (colons, semicolons, hashes); a name keeps letters, digits and dashes. */
function plain(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9-]+/g, " ")
      .trim()
      .slice(0, 63) || "replica"
  );
}
