import { nameOf, type Replica } from "../replicas/record.ts";

/** More than this and nobody can read the chart. */
const MOST_LINES = 20;

/**
 * The phases of each replica as a Mermaid chart, which GitHub draws in job summaries: created, booting,
 * running, healthy. Empty where nothing was waited for.
 */
export function timeline(replicas: readonly Replica[]): string {
  const timed = replicas.filter(
    ({ times }) => times.sent !== undefined && times.running !== undefined,
  );
  if (timed.length === 0) return "";
  const zero = Math.min(...timed.map(({ times }) => times.sent ?? 0));
  const sections = timed.slice(0, MOST_LINES).flatMap((replica) => section(replica, zero));
  return [
    "```mermaid",
    "gantt",
    "  title Phases since the first request (min:s)",
    "  dateFormat x",
    "  axisFormat %M:%S",
    ...sections,
    "```",
  ].join("\n");
}

function section(replica: Replica, zero: number): string[] {
  const { sent = zero, made = sent, running = made, healthy } = replica.times;
  const lines = [
    bar("creating", "done", sent, made, zero),
    bar("booting", "active", made, running, zero),
  ];
  if (healthy !== undefined) lines.push(bar("health check", "crit", running, healthy, zero));
  return [`  section ${plain(nameOf(replica))}`, ...lines];
}

/** A bar of no length is not drawn at all, so each has a millisecond at the least. */
function bar(name: string, look: string, from: number, to: number, zero: number): string {
  return `  ${name} :${look}, ${from - zero}, ${Math.max(to, from + 1) - zero}`;
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
