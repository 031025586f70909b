/** What went on in a simulation, as a person reads it. */
import type { Result, Simulation } from "./simulation.ts";

/** So much of a body tells which request it is. Characters. */
const MOST_OF_A_BODY = 80;

/** A line a request, and one a line of the logs, in order; times in seconds since the start. */
export function linesOf(sim: Simulation, results: readonly Result[]): readonly string[] {
  const second = (at: number) => ((at - sim.startAt) / 1_000).toFixed(3).padStart(9);
  const sent = sim.requests.map(({ at, method, path, status, fault, body }) => {
    const what = [method, path, "=", status ?? "none", fault ?? "", body.slice(0, MOST_OF_A_BODY)];
    return { at, line: `${second(at)}   ${what.join(" ").trimEnd()}` };
  });
  const said = results.flatMap(({ runner }) =>
    runner.entries.map(({ at, kind, text }) => ({ at, line: `${second(at)} ${kind}: ${text}` })),
  );
  return [...sent, ...said].sort((a, b) => a.at - b.at).map(({ line }) => line);
}
