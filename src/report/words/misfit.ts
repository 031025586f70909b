/** Inputs that don't fit what the API knows, in words; found before anything is asked for. */
import type { Misfit } from "../../ledger/trouble.ts";
import type { Cvm } from "../../phala/cvm.ts";
import type { PhalaNode } from "../../phala/nodes.ts";
import { oneLine } from "../../text/clean.ts";

/** A sentence that begins with the input's name. */
export function misfitText(misfit: Misfit): string {
  switch (misfit.input) {
    case "node_id":
      return `node_id: ${nodeProblems(misfit).join("; ")}.`;
    case "vm_uuid":
      if (misfit.why === "none-runs") return noSource(misfit.there, misfit.composeHash);
      return `vm_uuid: the CVM ${misfit.uuid} is not one of the app's (${misfit.found} found for app_id ${misfit.appId}); check that both belong together.`;
    case "app_id":
      return misfit.why === "not-told"
        ? "app_id: the source CVM does not tell its app; give it."
        : "app_id: the app has no instance at all, and the API makes a named one as a copy of one that is there. Deploy the first instance of the app by other means.";
    case "compose_hash":
      return differingHashes(misfit.live);
    case "prepare_only":
      return `prepare_only: ${whyNotPrepared(misfit.why)}. Leave prepare_only out to create a replica.`;
    case "verify":
      return `verify: the source is ${oneLine(misfit.status, 40)}, so it can't show what replicas have to equal. Name a running one in vm_uuid, or give expected_os.`;
    case "envs":
      return `envs: ${envsText(misfit)}`;
  }
}

type Of<I extends Misfit["input"]> = Extract<Misfit, { input: I }>;

function whyNotPrepared(why: Of<"prepare_only">["why"]): string {
  return why === "not-on-chain"
    ? "the app's KMS is not on-chain, so there is nothing to approve, and the API would create a billed replica at once"
    : "the API does not tell whether the app's KMS is on-chain, and for one that is not it would create a billed replica at once";
}

/** More names than this help nobody to choose. */
const MOST_NODES = 50;

function nodeProblems({ problems, nodes }: Of<"node_id">): readonly string[] {
  return problems.map(({ name, ids }) =>
    ids.length === 0 ? noSuchNode(name, nodes) : ambiguousNode(name, ids),
  );
}

/** A node's name that is none, with the names that are. */
function noSuchNode(name: string, nodes: readonly PhalaNode[]): string {
  const names = nodes.slice(0, MOST_NODES).map((node) => `${oneLine(node.name, 80)} (${node.id})`);
  const more = nodes.length > MOST_NODES ? ` and ${nodes.length - MOST_NODES} more` : "";
  return `no node is called ${name}; there are: ${names.join(", ") || "none"}${more}`;
}

function ambiguousNode(name: string, ids: readonly number[]): string {
  return `${ids.length} nodes are called ${name}; give one of the numbers ${ids.slice(0, MOST_NODES).join(", ")}`;
}

/** An annotation is no inventory. */
const MOST_HASHES = 10;

/** Why no compose hash can be filled in, with the hashes to choose from. */
function differingHashes(live: readonly Cvm[]): string {
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

/** More than this nobody reads through. */
const MOST_LISTED = 10;

/** No instance could be replicated: which there are. */
function noSource(cvms: readonly Cvm[], composeHash: string | null): string {
  const wanted = composeHash === null ? "" : ` with the compose hash ${composeHash}`;
  const listed = cvms.slice(0, MOST_LISTED).map((cvm) => {
    const hash = cvm.composeHash ?? "an unknown compose hash";
    return `${oneLine(cvm.name ?? "unnamed", 80)} (${cvm.vmUuid}), ${oneLine(cvm.status || "unknown", 40)}, ${hash}`;
  });
  const more = cvms.length > MOST_LISTED ? ` and ${cvms.length - MOST_LISTED} more` : "";
  const there = cvms.length === 0 ? "it has none" : `there are: ${listed.join("; ")}${more}`;
  return `vm_uuid is not given, and the app has no running instance${wanted} to replicate; ${there}.`;
}

function envsText({ why, detail }: Of<"envs">): string {
  switch (why) {
    case "kms-not-told":
      return "the API does not tell which KMS the app has.";
    case "key-not-told":
      return "the API does not tell the app's encryption key.";
    case "key-disowned":
      return untrusted("the chain names another root key than the KMS itself");
    case "key-unsigned":
      return untrusted(detail ?? "it is not signed");
    case "key-unusable":
      return `${detail ?? "the app's encryption key can't be used"}.`;
  }
}

function untrusted(why: string): string {
  return `the app's encryption key can't be trusted (${why}), so nothing was encrypted or sent. Someone may be in between: check api_url, and report it.`;
}
