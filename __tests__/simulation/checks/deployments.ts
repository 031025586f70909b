/** GitHub deployments: one a replica, in the end as the replica is, and never in the way of anything. */
import { foundBy } from "../evidence.ts";
import { isObject, jsonOf, retryAfterMs } from "../facts.ts";
import { type Deployment, GITHUB_TOKEN } from "../github.ts";
import { BLOB } from "../inputs.ts";
import type { Played } from "../play.ts";
import { errorsOf, type Reading } from "../reading.ts";
import type { Exchange } from "../wire.ts";
import { wantsCleanup } from "./cleanup.ts";

const GOOD = ["created", "adopted"];

export function* deployments(reading: Reading): Generator<string> {
  const { main, run, wish } = reading;
  const asked = wish.environment !== null && ["create", "commit"].includes(wish.kind);
  for (const one of [main, ...run.posts]) {
    if (!asked && one.github.length > 0) yield `${one.kind}: GitHub was asked for nothing`;
    yield* travelling(one);
    yield* manners(one);
  }
  if (run.posts.some(({ github }) => github.some(({ route }) => route === "deployment"))) {
    yield "post made a deployment";
  }
  for (const { github, exchanges } of run.posts) {
    const busy = exchanges.some(({ to }) => (to ?? 0) > (github[0]?.from ?? Infinity));
    if (busy) yield "post told GitHub before the replicas were seen to";
  }
  const own = madeBy(reading);
  yield* oneEach(reading, own);
  for (const deployment of own) yield* endsWell(reading, deployment);
}

/** Each secret stays with the server that it is for. */
function* travelling({ kind, exchanges, github }: Played): Generator<string> {
  for (const { request } of exchanges) {
    if (JSON.stringify(request).includes(GITHUB_TOKEN)) {
      yield `${kind}: GitHub's token went to ${new URL(request.url).origin}`;
    }
  }
  // That the API key and the values of envs stay away is the check of secrets.
  for (const { request } of github) {
    if (JSON.stringify(request).includes(BLOB)) yield `${kind}: a secret went to GitHub`;
    if (request.method !== "POST") yield `${kind}: a ${request.method} at GitHub`;
  }
}

/** One request at a time, as patient as GitHub asks, and no deployment asked for twice. */
function* manners({ kind, github }: Played): Generator<string> {
  for (const [index, one] of github.entries()) {
    const next = github[index + 1];
    if (next === undefined) continue;
    if (one.to === null || next.from < one.to) yield `${kind}: two requests at GitHub at once`;
    const asked = one.answer === null ? null : retryAfterMs(one.answer);
    const again = isAgain(one, next);
    const paused = next.from - (one.to ?? 0);
    if (again && asked !== null && paused < asked) yield `${kind}: GitHub again after ${paused} ms`;
    if (again && one.route === "deployment" && mayHaveMade(one)) {
      yield `${kind}: a deployment was asked for again although GitHub may have made it`;
    }
  }
}

function isAgain(one: Exchange, next: Exchange): boolean {
  return one.request.url === next.request.url && one.request.body === next.request.body;
}

/** No answer came although the request may have arrived, or one that says that it was done. */
function mayHaveMade({ answer, network }: Exchange): boolean {
  if (network !== null) return !["refused", "unresolved", "unreachable", "proxy"].includes(network);
  return answer === null || answer.status < 300;
}

/** Deployments whose answer reached this run's main step, as GitHub holds them. */
export function madeBy({ main, show }: Reading): Deployment[] {
  return main.github
    .filter(({ route, network, answer }) => {
      return route === "deployment" && network === null && answer?.status === 201;
    })
    .map(({ answer }) => {
      const body = jsonOf(answer?.body ?? "");
      return show.github.deployments.find(({ id }) => isObject(body) && body.id === id);
    })
    .filter((deployment) => deployment !== undefined);
}

function* oneEach(reading: Reading, own: readonly Deployment[]): Generator<string> {
  const uuids = own.map(({ vmUuid }) => vmUuid).filter((uuid) => uuid !== null);
  if (new Set(uuids).size < uuids.length) yield "a replica has two deployments";
  if (own.length > Math.max(reading.slots.length, wishesOf(reading))) {
    yield `${own.length} deployments of ${reading.slots.length} replicas`;
  }
  for (const { environment } of own) {
    if (environment !== reading.wish.environment) yield `deployed to ${environment}`;
  }
}

/** What was wished for and was not there, also what was not sent in the end, such as for a name that is not free. */
function wishesOf({ entries }: Reading): number {
  return entries.filter(({ outcome }) => outcome !== "existing").length;
}

function* endsWell(reading: Reading, deployment: Deployment): Generator<string> {
  const { id, vmUuid, states } = deployment;
  const { main, run, post } = reading;
  const last = states.at(-1) ?? "nothing";
  const gone = vmUuid !== null && (run.after.get(vmUuid)?.gone ?? true);
  if (states.includes("inactive") && !gone) yield `deployment ${id} is inactive, ${vmUuid} is not`;
  if (endsOf(reading, deployment).includes(last)) return;
  if (!(`deployment_${id}` in main.runner.saved)) {
    yield `deployment ${id} was made and is not in the state`;
  }
  // The warnings of post that name no replica speak of GitHub.
  const warnings = post.runner.entries.filter(({ kind }) => kind === "warning").length;
  if (warnings === foundBy(post).length) {
    yield `deployment ${id} of ${vmUuid} ends as ${last}, and post does not say why`;
  }
}

/** The states that tell the truth about the replica. */
function endsOf(reading: Reading, { vmUuid }: Deployment): string[] {
  const { run, post } = reading;
  const gone = vmUuid !== null && (run.after.get(vmUuid)?.gone ?? true);
  const deleted = gone && wantsCleanup(reading);
  // One that could not be seen to be gone may be, by now.
  const survives = vmUuid !== null && errorsOf(post).some((text) => text.includes(vmUuid));
  if (deleted && !survives) return ["inactive"];
  return [...livingEnds(reading, vmUuid), ...(deleted ? ["inactive"] : [])];
}

function livingEnds({ main, entries }: Reading, vmUuid: string | null): string[] {
  const { concludedAt } = main.runner;
  if (concludedAt === null) return ["error"];
  const entry = entries.find(({ vm_uuid }) => vm_uuid === vmUuid);
  if (vmUuid === null || !GOOD.includes(String(entry?.outcome))) return ["failure", "error"];
  // Killed in the same moment, main could not save what it had just said.
  const atOnce = main.exitCode === null && main.endedAt === concludedAt;
  const open = atOnce || main.runner.outputs.outcome === "cancelled";
  return open ? ["success", "error"] : ["success"];
}
