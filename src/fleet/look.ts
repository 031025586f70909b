import type { Fault } from "../net/fault.ts";
import { neverSent } from "../net/transport.ts";
import { type Cvm, cvmKeys, isLive, isOnChain } from "../phala/cvm.ts";
import type { PhalaNode } from "../phala/nodes.ts";
import { type Failure, misfitFailure, requestFailure } from "../report/annotation/failure.ts";
import { listUnreadable, withoutSource } from "../report/log/making.ts";
import { type Placement, resolveNodes } from "./plan/placement.ts";
import { chooseSource } from "./plan/source.ts";
import { ask, type Context } from "./run.ts";

/** What is known before the first create request. */
export interface Survey {
  /** Null: the list could not be read. */
  readonly cvms: readonly Cvm[] | null;
  readonly source: Cvm | null;
  readonly live: readonly Cvm[];
  /** The server's clock minus ours, in ms; null where it is not known. */
  readonly clockOffsetMs: number | null;
  readonly workspaceSlug: string | null;
  readonly placements: readonly Placement[];
}

export type Surveyed =
  | { readonly ok: true; readonly survey: Survey }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Looks before anything is paid: one read of the app's CVMs, and one of the nodes where a node is named.
 * An unreadable list is a warning, since the create itself may still work, unless something depends on it.
 *
 * @param vmUuid the source, as it was given; null: it is to be found
 */
export async function survey(context: Context, vmUuid: string | null): Promise<Surveyed> {
  const { inputs, edges } = context;
  const [list, nodes] = await Promise.all([readList(context), readNodeNames(context)]);
  if (!list.ok && isFinalForRun(list.fault)) {
    return { ok: false, failure: requestFailure("list the app's CVMs", list.fault, list.gaveUp) };
  }
  if (!nodes.ok) return nodes;
  const resolved = resolveNodes(inputs.nodes, nodes.value);
  if (!resolved.ok) {
    return { ok: false, failure: misfitFailure(`node_id: ${resolved.problems.join("; ")}.`) };
  }
  if (!list.ok) {
    const need = neededFor(inputs, vmUuid);
    if (need !== null) {
      return { ok: false, failure: requestFailure(need, list.fault, list.gaveUp) };
    }
    edges.runner.warning(listUnreadable(list.fault));
    const source = await readSource(context);
    const blank = { cvms: null, source, live: [], clockOffsetMs: null };
    const workspaceSlug = source?.workspaceSlug ?? null;
    return { ok: true, survey: { ...blank, workspaceSlug, placements: resolved.placements } };
  }
  const { cvms } = list.value;
  const chosen = chooseSource(cvms, { ...inputs, vmUuid });
  if (!chosen.ok) {
    const text = withoutSource(chosen.why, chosen.there, { ...inputs, vmUuid: vmUuid ?? "" });
    return { ok: false, failure: misfitFailure(text) };
  }
  const { source } = chosen;
  return {
    ok: true,
    survey: {
      cvms,
      source,
      live: cvms.filter(isLive),
      clockOffsetMs: list.value.clockOffsetMs,
      workspaceSlug: source.workspaceSlug,
      placements: resolved.placements,
    },
  };
}

/** What can't be done without the list; null: all can. */
function neededFor(
  { instances, names, maxInstances }: Context["inputs"],
  vmUuid: string | null,
): string | null {
  if (names !== null) return "look for the names among the app's CVMs";
  if (instances !== null || maxInstances !== null) return "count the app's instances";
  return vmUuid === null ? "look for a source among the app's CVMs" : null;
}

/** What was there before, for the search of lost replicas; null where nobody knows. */
export function baselineOf({ cvms }: Survey): readonly string[] | null {
  return cvms?.flatMap(cvmKeys) ?? null;
}

/**
 * Faults of the first read that the create would meet too, or that make it unwise to send the key again.
 * Everything else (forbidden, a failing server) may concern the list alone.
 */
export function isFinalForRun(fault: Fault): boolean {
  if (fault.kind === "unreadable") return fault.page;
  if (fault.kind === "network") {
    return neverSent(fault.network) || ["certificate", "cancelled"].includes(fault.network);
  }
  return (
    fault.status === 401 || fault.status === 404 || (fault.status >= 300 && fault.status < 400)
  );
}

/** A `Date` that is further from our clock tells nothing of the server's. */
const MOST_OFFSET_MS = 24 * 3_600_000;

/** The server's clock minus ours in ms; null where it does not tell, or nothing believable. */
export function clockOffset(serverTime: number | null, now: number): number | null {
  const offset = serverTime === null ? null : serverTime - now;
  return offset === null || Math.abs(offset) > MOST_OFFSET_MS ? null : offset;
}

async function readList({ api, edges, inputs }: Context) {
  const what = "list the app's CVMs";
  return ask(edges, what, async (options) => {
    const list = await api.listCvms(inputs.appId, options);
    if (!list.ok) return list;
    const { serverTime, cvms } = list.value;
    const clockOffsetMs = clockOffset(serverTime, edges.clock.now());
    return { ok: true, value: { cvms, clockOffsetMs } };
  });
}

/**
 * The source by its own route, which a key may read that must not list the app's CVMs: from the second
 * request on the API wants to be told its revision. A run that fails to read it goes on without.
 */
async function readSource({ api, edges, inputs }: Context): Promise<Cvm | null> {
  const sendsMore = (inputs.count ?? 1) > 1 && inputs.commitToken === null;
  if (!sendsMore || inputs.composeHash !== null) return null;
  const what = "read the source CVM";
  const cvm = await ask(edges, what, (options) => api.getCvm(inputs.vmUuid, options));
  return cvm.ok ? cvm.value : null;
}

async function readNodeNames({
  api,
  edges,
  inputs,
}: Context): Promise<
  | { readonly ok: true; readonly value: readonly PhalaNode[] | null }
  | { readonly ok: false; readonly failure: Failure }
> {
  const all = inputs.nodes.flatMap((node) => [node, ...(node.or ?? [])]);
  if (!all.some(({ kind }) => kind === "name")) return { ok: true, value: null };
  const what = "look the nodes' names up";
  const nodes = await ask(edges, what, (options) => api.listNodes(options));
  if (nodes.ok) return nodes;
  return { ok: false, failure: requestFailure(what, nodes.fault, nodes.gaveUp) };
}

/**
 * Whether `prepare_only` is safe. For an app without an on-chain KMS the API would ignore the header and
 * create a billed replica (API facts, 1.3), so anything but a clear yes is a no.
 */
export async function refusePrepare(context: Context, { source }: Survey): Promise<Failure | null> {
  const { api, edges, inputs } = context;
  let onChain = source === null ? null : isOnChain(source);
  if (onChain === null) {
    const what = "see whether the app's KMS is on-chain";
    const cvm = await ask(edges, what, (options) => api.getCvm(inputs.vmUuid, options));
    if (!cvm.ok) return requestFailure(what, cvm.fault, cvm.gaveUp);
    onChain = isOnChain(cvm.value);
  }
  if (onChain === true) return null;
  const why =
    onChain === false
      ? "the app's KMS is not on-chain, so there is nothing to approve, and the API would create a billed replica at once"
      : "the API does not tell whether the app's KMS is on-chain, and for one that is not it would create a billed replica at once";
  return misfitFailure(`prepare_only: ${why}. Leave prepare_only out to create a replica.`);
}
