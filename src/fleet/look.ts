import { requestFailed } from "../ledger/request-failed.ts";
import type { Doing, Misfit, Trouble } from "../ledger/trouble.ts";
import type { Fault } from "../net/fault.ts";
import type { Persisted } from "../net/persist.ts";
import { neverSent } from "../net/transport.ts";
import { type Cvm, cvmKeys, isLive, isOnChain } from "../phala/cvm.ts";
import type { PhalaNode } from "../phala/nodes.ts";
import { askFor } from "./ask.ts";
import { type Placement, resolveNodes } from "./plan/placement.ts";
import { type ChosenSource, chooseSource } from "./plan/source.ts";
import { readRows } from "./rows.ts";
import { type Context, note } from "./run.ts";

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
  | { readonly ok: false; readonly trouble: Trouble };

/**
 * Looks before anything is paid: one read of the app's CVMs, and one of the nodes where a node is named.
 * An unreadable list is a warning, since the create itself may still work, unless something depends on it.
 *
 * @param vmUuid the source, as it was given; null: it is to be found
 */
export async function survey(context: Context, vmUuid: string | null): Promise<Surveyed> {
  const { inputs } = context;
  const [list, nodes] = await Promise.all([readList(context), readNodeNames(context)]);
  if (!list.ok && isFinalForRun(list.fault)) {
    return failed({ do: "list" }, list);
  }
  if (!nodes.ok) return nodes;
  const resolved = resolveNodes(inputs.nodes, nodes.value);
  if (!resolved.ok) {
    const { problems } = resolved;
    return unfit({ input: "node_id", problems, nodes: nodes.value ?? [] });
  }
  if (!list.ok) {
    const need = neededFor(inputs, vmUuid);
    if (need !== null) return failed({ do: need }, list);
    note(context, { note: "list-unreadable", fault: list.fault });
    const source = await readSource(context);
    const blank = { cvms: null, source, live: [], clockOffsetMs: null };
    const workspaceSlug = source?.workspaceSlug ?? null;
    return { ok: true, survey: { ...blank, workspaceSlug, placements: resolved.placements } };
  }
  const { cvms } = list.value;
  const chosen = chooseSource(cvms, { ...inputs, vmUuid });
  if (!chosen.ok) {
    return unfit(withoutSource(chosen, { ...inputs, vmUuid: vmUuid ?? "" }));
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

type Failed = { readonly ok: false; readonly trouble: Trouble };

function failed(doing: Doing, read: Persisted<never> & { ok: false }): Failed {
  return { ok: false, trouble: requestFailed(doing, read) };
}

function unfit(misfit: Misfit): Failed {
  return { ok: false, trouble: { kind: "misfit", misfit } };
}

/** Why a run has nothing to replicate. */
function withoutSource(
  { why, there }: ChosenSource & { ok: false },
  { vmUuid, appId, composeHash }: Pick<Context["inputs"], "vmUuid" | "appId" | "composeHash">,
): Misfit {
  switch (why) {
    case "not-of-the-app":
      return { input: "vm_uuid", why, uuid: vmUuid, appId, found: there.length };
    case "no-source":
      return { input: "vm_uuid", why: "none-runs", composeHash, there };
    case "no-instance":
      return { input: "app_id", why };
  }
}

/** What can't be done without the list; null: all can. */
function neededFor(
  { instances, names, maxInstances }: Context["inputs"],
  vmUuid: string | null,
): "find-names" | "count" | "find-source" | null {
  if (names !== null) return "find-names";
  if (instances !== null || maxInstances !== null) return "count";
  return vmUuid === null ? "find-source" : null;
}

/** What was there before, for the search of lost replicas; null where nobody knows. */
export function baselineOf({ cvms }: Survey): readonly string[] | null {
  return cvms?.flatMap(cvmKeys) ?? null;
}

/**
 * Faults of the first read that the create would meet too, or that make it unwise to send the key again.
 * Everything else (forbidden, a failing server) may concern the list alone.
 */
function isFinalForRun(fault: Fault): boolean {
  if (fault.kind === "unreadable") return fault.page;
  if (fault.kind === "network") {
    return neverSent(fault.network) || ["certificate", "cancelled"].includes(fault.network);
  }
  return (
    fault.status === 401 || fault.status === 404 || (fault.status >= 300 && fault.status < 400)
  );
}

function readList(context: Context) {
  return readRows({ ...context, appId: context.inputs.appId });
}

/**
 * The source by its own route, which a key may read that must not list the app's CVMs: from the second
 * request on the API wants to be told its revision. A run that fails to read it goes on without.
 */
async function readSource(context: Context): Promise<Cvm | null> {
  const { api, inputs } = context;
  const sendsMore = (inputs.count ?? 1) > 1 && inputs.commitToken === null;
  if (!sendsMore || inputs.composeHash !== null) return null;
  const doing = { do: "read-source" } as const;
  const cvm = await askFor(context, doing, (options) => api.getCvm(inputs.vmUuid, options));
  return cvm.ok ? cvm.value : null;
}

async function readNodeNames(
  context: Context,
): Promise<{ readonly ok: true; readonly value: readonly PhalaNode[] | null } | Failed> {
  const { api, inputs } = context;
  const all = inputs.nodes.flatMap((node) => [node, ...(node.or ?? [])]);
  if (!all.some(({ kind }) => kind === "name")) return { ok: true, value: null };
  const doing = { do: "find-nodes" } as const;
  const nodes = await askFor(context, doing, (options) => api.listNodes(options));
  return nodes.ok ? nodes : failed(doing, nodes);
}

/**
 * Whether `prepare_only` is safe. For an app without an on-chain KMS the API would ignore the header and
 * create a billed replica (API facts, 1.3), so anything but a clear yes is a no.
 */
export async function refusePrepare(context: Context, { source }: Survey): Promise<Trouble | null> {
  const { api, inputs } = context;
  let onChain = source === null ? null : isOnChain(source);
  if (onChain === null) {
    const doing = { do: "read-kms" } as const;
    const cvm = await askFor(context, doing, (options) => api.getCvm(inputs.vmUuid, options));
    if (!cvm.ok) return failed(doing, cvm).trouble;
    onChain = isOnChain(cvm.value);
  }
  if (onChain === true) return null;
  const why = onChain === false ? "not-on-chain" : "not-told";
  return { kind: "misfit", misfit: { input: "prepare_only", why } };
}
