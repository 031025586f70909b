/** A waited replica that runs has its own URL, or a word says why not; what it is, is what was asked for. */
import type { Cvm } from "../../../simulator/core.ts";
import { isObject, jsonOf } from "../facts.ts";
import { waitBegan } from "../moments.ts";
import { isPaying, type Reading } from "../reading.ts";
import type { Exchange } from "../wire.ts";

/** How long a URL is looked for where no health check waits for it. */
const WINDOW_MS = 60_000;
/** The last request of the search may take so long beyond that. */
const LAST_REQUEST_MS = 5_000;
/** Between two tries to find one out there may be so much; the last try is a second before the end. */
const SLACK_MS = 15_000;
/** Between two tries that find nothing out there is so much in the end, and a few come quicker at first. */
const SLOW_MS = 30_000;
const QUICK_TRIES = 6;
const HOLE = /https?:\/\/[^"\s]*(?<![a-z0-9])(?:none|null|undefined)(?![a-z0-9])/i;
const READS = ["batch", "list", "cvm"];
const SOURCES = ["list", "cvm", "instance-id", "attestation"];

export function* addresses(reading: Reading): Generator<string> {
  const { main } = reading;
  yield* requests(reading);
  for (const [name, value] of Object.entries(main.runner.outputs)) {
    const hole = HOLE.exec(value)?.[0];
    if (hole !== undefined) yield `output ${name} holds ${hole}`;
  }
  if (main.exitCode === null || main.cancelledAt !== null) return;
  for (const [index, entry] of reading.entries.entries()) {
    const cvm = reading.show.sim.world.find(String(entry.vm_uuid));
    if (cvm === undefined) continue;
    yield* identity(reading, index, entry, cvm);
    yield* url(reading, entry, cvm);
  }
  yield* rejection(reading);
}

/** Each replica's gap is filled in once, nobody else's is, and no source is asked without end. */
function* requests({ main, made, slots, limits }: Reading): Generator<string> {
  const ours = new Set([
    ...made.map(({ vmUuid }) => vmUuid),
    ...slots.map(({ adopted }) => adopted),
  ]);
  const most = QUICK_TRIES + limits.waitTimeoutMs / SLOW_MS;
  const asked = new Map<string, number>();
  for (const { route, request } of main.exchanges) {
    if (route !== "instance-id" && route !== "attestation") continue;
    const uuid = new URL(request.url).pathname.split("/").at(-2) ?? "";
    const count = (asked.get(route + uuid) ?? 0) + 1;
    asked.set(route + uuid, count);
    if (route === "instance-id" && count > 1) yield `the id of ${uuid} is filled in ${count} times`;
    if (route === "instance-id" && !ours.has(uuid)) yield `the id of ${uuid} is filled in`;
    if (count > most) yield `the event log of ${uuid} is read ${count} times`;
  }
}

type Entry = Reading["entries"][number];

/** What stands in an entry is true of its CVM, and green is what was asked for. */
function* identity(
  { slots, wish }: Reading,
  index: number,
  entry: Entry,
  cvm: Cvm,
): Generator<string> {
  const { vmUuid } = cvm;
  const { instance_id: id, instance_url: own } = entry;
  if (typeof id === "string" && id !== cvm.futureInstanceId) yield `${vmUuid} has another id`;
  if (typeof own === "string" && !own.includes(cvm.futureInstanceId)) {
    yield `${own} is not the URL of ${vmUuid}`;
  }
  const slot = slots.find((one) => one.index === index);
  if (slot === undefined || !["created", "adopted"].includes(String(entry.outcome))) return;
  const { compose_hash: hash } = Object(jsonOf(slot.posts[0]?.request.body ?? ""));
  if (slot.nodeId !== null && wish.kind === "create" && cvm.nodeId !== slot.nodeId) {
    yield `${vmUuid} is on node ${cvm.nodeId}, asked for ${slot.nodeId}`;
  }
  // Its row was read where it has a URL.
  if (typeof own === "string" && typeof hash === "string" && cvm.composeHash !== hash) {
    yield `${vmUuid} is of revision ${cvm.composeHash}, asked for ${hash}`;
  }
}

/** When a word said that it has no URL, in ms since the epoch; null: none did. */
function saidAt({ main }: Reading, { vmUuid }: Cvm): number | null {
  const page = vmUuid.replaceAll("-", "");
  const word = main.runner.entries.find(
    ({ kind, text }) => kind === "warning" && text.includes("NO_URL") && text.includes(page),
  );
  return word?.at ?? null;
}

function* url(reading: Reading, entry: Entry, cvm: Cvm): Generator<string> {
  const { main, wish, limits } = reading;
  const began = waitBegan(reading);
  const { outcome, status } = entry;
  if (!wish.wait || wish.kind === "dry-run" || outcome === "failed" || status !== "running") return;
  // A run that was red before it came to wait has looked for no address.
  if (began === null && main.exitCode !== 0) return;
  const { vmUuid } = cvm;
  const said = saidAt(reading, cvm);
  if (typeof entry.instance_url === "string") {
    if (said !== null) yield `${vmUuid} has a URL, and is said to have none`;
    return;
  }
  if (said === null) {
    yield `green without a URL of ${vmUuid}, and without a word`;
    return;
  }
  if (outcome === "existing" || began === null) return;
  if (wish.health) yield `${vmUuid} was never asked for its health, and is green`;
  const ran = ranFrom(reading, cvm, began);
  const due = Math.min(began + limits.waitTimeoutMs, ran.least + WINDOW_MS);
  if (said < due) yield `${vmUuid} was given up ${due - said} ms too early`;
  if (ran.most !== null && said > ran.most + WINDOW_MS + LAST_REQUEST_MS) {
    yield `${vmUuid} was given up after ${said - ran.most} ms`;
  }
  if (main.endedAt >= said && hadOne(reading, cvm, said)) yield `${vmUuid} had a URL`;
}

/**
 * When it came to run, by the client's clock: not before `least`, and an answer said so at `most` (null
 * where it may have run more than once).
 */
function ranFrom(
  { main, show }: Reading,
  { createdAt, plan, changes, vmUuid }: Cvm,
  began: number,
): { least: number; most: number | null } {
  const skew = show.sim.world.settings.clockSkewMs;
  const scripted = (plan.steps ?? []).length > 0 || changes.length > 0;
  const told = main.exchanges.find((one) => one.from >= began && tellsThatItRuns(one, vmUuid));
  return {
    least: scripted ? 0 : createdAt + plan.bootMs - skew,
    most: scripted ? null : (told?.to ?? null),
  };
}

function tellsThatItRuns({ route, answer, network }: Exchange, uuid: string): boolean {
  if (!READS.includes(route) || network !== null || answer?.status !== 200) return false;
  const body = jsonOf(answer.body);
  const rows = Array.isArray(body) ? body : isObject(body) ? [body, ...Object.values(body)] : [];
  return rows.some(
    (row) =>
      isObject(row) &&
      row.vm_uuid === uuid &&
      String(row.status).toLowerCase() === "running" &&
      row.in_progress !== true,
  );
}

/** There was one to be found out well before `said`, and every source answered. */
function hadOne({ main, show }: Reading, cvm: Cvm, said: number): boolean {
  const { plan, changes, createdAt } = cvm;
  if ((plan.steps ?? []).length > 0 || changes.length > 0 || plan.endpointsNever) return false;
  const told = plan.instanceIdNull !== true || plan.backfill === "updates";
  if (!told && plan.attestationEvent === false) return false;
  const { clockSkewMs, gatewayForm, gatewayInRow } = show.sim.world.settings;
  // Without the id in its row, a URL takes the domain: the row's, or the one of the app's URL.
  if (plan.instanceIdNull && !gatewayInRow && gatewayForm !== "host") return false;
  const since = createdAt + plan.bootMs + (plan.endpointsLagMs ?? 0) - clockSkewMs;
  const bad = main.exchanges.some(
    ({ route, from, answer, network }) =>
      SOURCES.includes(route) && from >= since && (network !== null || answer?.status !== 200),
  );
  const slow = main.exchanges.some(({ from, to }) => to === null || to - from > SLACK_MS / 3);
  return said > since + SLACK_MS && !bad && !slow;
}

/** That the key is none is believed where two routes say so. */
function* rejection(reading: Reading): Generator<string> {
  const { main, entries } = reading;
  const began = waitBegan(reading);
  const [failed] = entries.filter(({ outcome }) => outcome === "failed");
  if (main.runner.outputs.error_code !== "HTTP-401" || began === null) return;
  if (typeof failed?.vm_uuid !== "string") return;
  const denied = main.exchanges.filter(({ answer }) => answer?.status === 401);
  // It was a create or a ttl that failed so.
  if (denied.some((one) => isPaying(one) || one.route === "scheduled-delete")) return;
  const routes = new Set(denied.filter(({ from }) => from >= began).map(({ route }) => route));
  if (READS.filter((route) => routes.has(route)).length < 2) {
    yield `the key is none by the word of ${[...routes].join()} alone`;
  }
}
