/** The sentences of the log. Server text in them is made one printable line; nothing here does I/O. */

import type { Order } from "../../fleet/orders.ts";
import type { Stop } from "../../fleet/plan/brake.ts";
import type { Surplus } from "../../fleet/plan/count.ts";
import { nameOf, type Replica, type Slot, uuidOf } from "../../fleet/record.ts";
import type { Fault } from "../../net/fault.ts";
import type { Approval } from "../../phala/approval.ts";
import type { Cvm } from "../../phala/cvm.ts";
import type { PhalaNode } from "../../phala/nodes.ts";
import type { RequestParts } from "../../phala/requests.ts";
import { isBusyWithOthers, proofOf } from "../../phala/verdict.ts";
import { oneLine } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { appUrl } from "../../text/links.ts";
import { codeOf, reasonOf } from "../annotation/failure.ts";
import { whatToRegister } from "../words/approval.ts";
import { candidateList } from "../words/candidates.ts";

export * from "./naming.ts";

/** More names than this help nobody to choose. */
const MOST_NODES = 50;

export function placeOf(slot: Pick<Slot, "nodeId" | "nodeName">): string {
  if (slot.nodeId === null) return "a node of the platform's choice";
  return slot.nodeName === null
    ? `node ${slot.nodeId}`
    : `node ${oneLine(slot.nodeName, 80)} (${slot.nodeId})`;
}

/** `create replica 2 of 3 on node prod9 (26)`: what a request is for, in logs and failures alike. */
export function creating(slot: Slot, total: number): string {
  const which = total === 1 ? "a replica" : `replica ${slot.index + 1} of ${total}`;
  return `create ${which} on ${placeOf(slot)}`;
}

/** Before a request that may make a replica is sent again. */
export function waitingToRetry(
  { kind, what }: Pick<Order, "kind" | "what">,
  fault: Fault,
  waitMs: number,
  next: number,
): string {
  const trouble = `Could not ${what}: ${reasonOf(fault)}.`;
  const follows = `try ${next} follows in ${duration(waitMs)}`;
  if (proofOf(fault) === "unsent") return `${trouble} Nothing was sent; ${follows}.`;
  if (kind !== "create") return `${trouble} That makes no second replica: ${follows}.`;
  const busy = isBusyWithOthers(fault)
    ? " The API says so also when several creations run at once."
    : "";
  return `${trouble}${busy} The app is looked at first; if nothing new is there, ${follows}.`;
}

export function retrying(what: string, fault: Fault, waitMs: number, next: number): string {
  return `Could not ${what}: ${reasonOf(fault)}. Try ${next} follows in ${duration(waitMs)}.`;
}

export function created(replica: Replica, slot: Slot, tookMs: number): string {
  const id = uuidOf(replica) ?? "its UUID is not known yet";
  return `Created ${nameOf(replica)} (${id}) on ${nodeNamed(replica) ?? placeOf(slot)} in ${duration(tookMs)}. It is billed from now on.`;
}

/** The node that a replica is on, as far as its answers tell. */
function nodeNamed({ vm, cvm }: Replica): string | null {
  const nodeId = vm?.teepodId ?? cvm?.nodeId ?? null;
  if (nodeId === null) return null;
  return placeOf({ nodeId, nodeName: vm?.teepodName ?? cvm?.nodeName ?? null });
}

export function answerLost(what: string, fault: Fault): string {
  return `No usable answer to "${what}": ${reasonOf(fault)}. The replica may exist, so the request is not sent again; looking for it among the app's CVMs instead.`;
}

export function adopted(name: string, uuid: string | null): string {
  return `Found ${oneLine(name, 80)} (${uuid ?? "no UUID"}): most likely the replica of this step, and adopted as such. It is the only new CVM that fits the lost request in node, compose hash and time.`;
}

export function listUnreadable(fault: Fault): string {
  return `The app's CVMs can't be listed: ${reasonOf(fault)}. Going on without; should the answer to a create request get lost, it can't be told whether the replica exists.`;
}

/** The source as the look showed it. */
export function sourceLine(source: Cvm, live: number): string {
  const node = source.nodeName === null ? "" : ` on node ${oneLine(source.nodeName, 80)}`;
  const others = live === 1 ? "1 live instance" : `${live} live instances`;
  return `Source: ${oneLine(source.name ?? "unnamed", 80)} (${source.vmUuid}), ${oneLine(source.status || "unknown", 40)}${node}; the app has ${others}.`;
}

export function instancesNote(
  { live, dead }: { readonly live: number; readonly dead: number },
  wanted: number,
  missing: number,
): string {
  const there = `${live} live${dead === 0 ? "" : ` and ${dead} dead`} of ${wanted} asked for`;
  return missing === 0 ? `${there}: nothing to create.` : `${there}: ${missing} to create.`;
}

/** A node's name that is none, with the names that are. */
export function noSuchNode(name: string, nodes: readonly PhalaNode[]): string {
  const names = nodes.slice(0, MOST_NODES).map((node) => `${oneLine(node.name, 80)} (${node.id})`);
  const more = nodes.length > MOST_NODES ? ` and ${nodes.length - MOST_NODES} more` : "";
  return `no node is called ${name}; there are: ${names.join(", ") || "none"}${more}`;
}

export function ambiguousNode(name: string, matches: readonly PhalaNode[]): string {
  const ids = matches.slice(0, MOST_NODES).map(({ id }) => id);
  return `${matches.length} nodes are called ${name}; give one of the numbers ${ids.join(", ")}`;
}

/** An annotation is no inventory. */
const MOST_HASHES = 10;

/** Why no compose hash can be filled in, with the hashes to choose from. */
export function differingHashes(live: readonly Cvm[]): string {
  const byHash = new Map<string, string[]>();
  for (const cvm of live) {
    const hash = cvm.composeHash ?? "unknown";
    const name = `${oneLine(cvm.name ?? "unnamed", 80)} (${cvm.vmUuid ?? cvm.id})`;
    byHash.set(hash, [...(byHash.get(hash) ?? []), name]);
  }
  const list = [...byHash]
    .slice(0, MOST_HASHES)
    .map(([hash, names]) => {
      const more = names.length > MOST_HASHES ? ` and ${names.length - MOST_HASHES} more` : "";
      return `${hash}: ${names.slice(0, MOST_HASHES).join(", ")}${more}`;
    })
    .join("; ");
  return `compose_hash: the app has ${live.length} instances with different compose hashes, so say which one to replicate. ${list}.`;
}

/** A request of a dry run, exactly as it would go out; secrets by their length only. */
export function planned(apiUrl: string, request: RequestParts): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `, ${name}: ${value}`);
  const body = request.body === undefined ? "no body" : `body ${withoutBlob(request.body)}`;
  return `POST ${apiUrl}${request.path} (X-API-Key: not shown${headers.join("")}), ${body}`;
}

function withoutBlob(body: string): string {
  return body
    .replace(/"encrypted_env":"([^"]*)"/, (_, blob: string) => {
      return `"encrypted_env":"(${blob.length} hex digits, not shown)"`;
    })
    .replace(/"docker_compose_file":"((?:[^"\\]|\\.)*)"/, (_, file: string) => {
      return `"docker_compose_file":"(${file.length} characters, not shown)"`;
    })
    .replace(/"token":"(?:[^"\\]|\\.)*"/, '"token":"(not shown)"');
}

export function dryRunEnd(requests: number): string {
  if (requests === 0) return "Dry run: no request would be sent.";
  const what = requests === 1 ? "1 request" : `${requests} requests, in this order,`;
  return `Dry run: ${what} would be sent; none was.`;
}

/** Why a request was not sent. */
export function notAsked(stop: Stop | "cancelled"): string {
  if (stop === "cancelled") return "Not asked for: the step was cancelled.";
  if (stop.kind === "unknown") {
    return `Not asked for: what came of ${stop.inARow} requests in a row is not known, and each further one may be billed too.`;
  }
  const { refusal } = stop;
  if (refusal.kind === "answer" && refusal.status === 401) {
    return "Not asked for: the API key was rejected before.";
  }
  return `Not asked for: every further request would meet ${codeOf(refusal)} too.`;
}

/** More instances than were asked for. */
export function tooMany(
  { counted, others }: Surplus,
  wanted: number,
  { slug, appId }: { readonly slug: string | null; readonly appId: string },
): string {
  const which =
    others.length === 0
      ? `Look at ${appUrl(slug, appId)}`
      : `These came while this step ran, and not from it: ${candidateList(others, slug, appId)}.`;
  return `${counted} instances of the app count by now, ${wanted} were asked for: another job may have created some at the same time. Each is billed; delete what is not wanted. ${which}`;
}

/** @param why what came instead of the list */
export function notLookedAgain(why: string): string {
  return `Whether another job created instances at the same time is not known: the app's CVMs can't be listed: ${why}.`;
}

export function committingAtOnce(): string {
  return "The API wants an on-chain approval, and all is registered already: committing at once.";
}

export function sendingAgain(): string {
  return "No replica showed up. The commit is sent once more: its token makes one replica at the most.";
}

/** Names only: values are secrets. */
export function droppedNames(names: readonly string[]): string {
  const list = names.map((name) => oneLine(name, 100)).join(", ");
  return `envs: the app's allowed_envs does not have ${list}; the CVM silently ignores variables that are not listed there.`;
}

/** More names than this help nobody to find the variable. */
const MOST_VARIABLES = 20;

/** Never a value: only which variable it is. */
export function outputsDropped({
  variables,
  outputs,
}: {
  readonly variables: readonly string[];
  readonly outputs: readonly string[];
}): string {
  const more =
    variables.length > MOST_VARIABLES ? ` and ${variables.length - MOST_VARIABLES} more` : "";
  const names = variables.slice(0, MOST_VARIABLES).map((name) => oneLine(name, 100));
  return `envs: the masked value of ${names.join(", ")}${more} also occurs in the outputs ${outputs.join(", ")}. GitHub shows *** in its place and drops these outputs where they go to another job; later steps of this job get them. If it is no secret, move it to envs_plain.`;
}

export function approvalPending(approval: Approval): string {
  return `Approval is pending. ${whatToRegister(approval)} Then commit with the outputs of this step.`;
}

/** The next step's `commit_token` would be empty, and it would be a plain create. */
export function tokenMissing(): string {
  return "The API gave no commit token, so the output commit_token is empty and this prepared replica can't be committed by a later step. A step with an empty commit_token and an app_id would create a replica: check the output before you go on.";
}
