/** A story and what happened in it, for people. */
import type { Violation } from "./check.ts";
import { toldBy } from "./facts.ts";
import type { Performance, Played } from "./play.ts";
import { isPaying } from "./reading.ts";
import { PLAIN_WISH, type Run, type Story } from "./story.ts";
import type { Exchange } from "./wire.ts";

/** The story without what is as always, one line each. */
export function tellStory(story: Story): string {
  const { seed, world, fates, latencyMs, faults, outages, strangers, approval, runs, github } =
    story;
  const lines = [
    `seed ${seed}, latency ${latencyMs} ms, world ${JSON.stringify({ ...world, nodes: undefined })}`,
  ];
  const list = (name: string, items: readonly unknown[]) => {
    for (const item of items) lines.push(`${name} ${JSON.stringify(item)}`);
  };
  list("fault", faults);
  list("outage", outages);
  list("stranger", strangers);
  list("github", runs.some(({ wish }) => wish.environment !== null) ? [github] : []);
  for (const [index, fate] of fates.entries()) {
    if (Object.keys(fate).length > 0)
      lines.push(`fate of replica ${index + 1} ${JSON.stringify(fate)}`);
  }
  if (runs.some(({ wish }) => wish.kind === "prepare")) lines.push(`approval ${approval}`);
  for (const [index, { beside, ...run }] of runs.entries()) {
    lines.push(`run ${index + 1} ${tellRun(run)}`);
    if (beside !== undefined) lines.push(`  and beside it ${tellRun(beside)}`);
  }
  return lines.join("\n");
}

function tellRun({ wish, ...run }: Run): string {
  const given = Object.entries(wish).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Object(PLAIN_WISH)[name]),
  );
  return JSON.stringify({ ...Object.fromEntries(given), ...run });
}

/** What happened, in order, with simulated seconds since the story's start. */
export function tellPlay({ runs, sim }: Performance): string {
  const lines: { at: number; text: string }[] = [];
  const add = (at: number, text: string) => lines.push({ at, text });
  for (const [index, { main, posts }] of runs.entries()) {
    for (const one of [main, ...posts]) {
      const who = `${one.kind}${runs.length > 1 ? ` ${index + 1}` : ""}`;
      add(one.startedAt, `${who} begins`);
      for (const exchange of [...one.exchanges, ...one.github])
        add(exchange.from, `${who} ${tellExchange(exchange, sim.startAt)}`);
      for (const { kind, text, at } of one.runner.entries) {
        if (kind !== "endgroup" && kind !== "debug")
          add(at, `${who} ${kind}: ${text.slice(0, 230)}`);
      }
      if (one.cancelledAt !== null) add(one.cancelledAt, `${who} is cancelled`);
      add(one.endedAt, one.exitCode === null ? `${who} is killed` : `${who} ends: ${end(one)}`);
    }
  }
  for (const cvm of sim.world.cvms) {
    const at = cvm.createdAt - sim.world.settings.clockSkewMs;
    if (cvm.origin !== "seed")
      add(at, `   ${cvm.origin} ${cvm.vmUuid} comes into being on node ${cvm.nodeId}`);
  }
  const sorted = lines.sort((a, b) => a.at - b.at);
  return sorted
    .filter((_, index) => !isMoreOfTheSame(sorted, index))
    .map(({ at, text }) => `${((at - sim.startAt) / 1000).toFixed(3).padStart(10)} ${text}`)
    .join("\n");
}

/** One of many looks: only the first and the last of a long row tell something. */
function isMoreOfTheSame(lines: readonly { text: string }[], index: number): boolean {
  const look = /→ (POST batch|GET list|GET gateway) = \d+ |Still waiting for/;
  const near = lines.slice(Math.max(0, index - 3), index + 3);
  return near.length === 6 && near.every(({ text }) => look.test(text));
}

function end({ exitCode, runner }: Played): string {
  const { outcome, error_code: code } = runner.outputs;
  return [`exit ${exitCode}`, outcome, code].filter((part) => part).join(", ");
}

function tellExchange(exchange: Exchange, startAt: number): string {
  const { route, request, to, answer, network } = exchange;
  const at = to === null ? "never" : `at ${((to - startAt) / 1000).toFixed(3)}`;
  const what = network ?? answer?.status ?? "no answer";
  const told = isPaying(exchange) ? ` (${toldBy(exchange)})` : "";
  return `→ ${request.method} ${route} = ${what} ${at}${told}`;
}

export function tellViolations(violations: readonly Violation[]): string {
  return violations.map(({ rule, run, what }) => `run ${run}: ${rule}: ${what}`).join("\n");
}
