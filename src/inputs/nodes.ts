/** Where new replicas are to run. */
import { MOST_REPLICAS } from "../ledger/terms.ts";
import type { InputReader } from "./reader.ts";
import type { Inputs, NodeChoice } from "./types.ts";
import { parseList, parseWhole } from "./values.ts";

/** `node_id`, or its deprecated alias; none given: none. */
export function readNodes(read: InputReader): Pick<Inputs, "nodes" | "nodeField"> {
  read.exclude("teepod_id", ["node_id"], "it is the deprecated alias of node_id; keep node_id");
  const teepod = read.optional("teepod_id", "a node's number", parseWhole);
  const form = `a node's number or name, or up to ${MOST_REPLICAS} of them separated by commas or lines, alternatives by |`;
  const nodes = read.optional("node_id", form, parseNodes) ?? [];
  if (teepod === null) return { nodes, nodeField: "node_id" };
  return { nodes: [{ kind: "id", id: teepod }], nodeField: "teepod_id" };
}

/** All digits: a number, as the official CLI takes it; everything else is a name. */
function parseNodes(text: string): readonly NodeChoice[] | null {
  const nodes = (parseList(text) ?? []).map(parseAlternatives);
  if (nodes.length === 0 || nodes.length > MOST_REPLICAS || nodes.includes(null)) return null;
  return nodes as NodeChoice[];
}

/** `prod5 | prod9 | any`: behind the platform's choice nothing else could come. */
function parseAlternatives(text: string): NodeChoice | null {
  const [first = null, ...rest] = text.split("|").map((one) => parseNode(one.trim()));
  const or = rest.filter((one) => one !== null);
  if (first === null || or.length < rest.length) return null;
  if ([first, ...or].slice(0, -1).some(({ kind }) => kind === "any")) return null;
  return or.length === 0 ? first : { ...first, or };
}

function parseNode(text: string): NodeChoice | null {
  if (text.toLowerCase() === "any") return { kind: "any" };
  if (/^\d+(?:\.0+)?$/.test(text)) {
    const id = parseWhole(text);
    return id === null ? null : { kind: "id", id };
  }
  // A name that holds something else than letters, digits and the usual marks is a slip (a negative
  // number, a quote too many); no node is called that.
  return /^[a-z\d][\w .()-]{0,127}$/i.test(text) ? { kind: "name", name: text } : null;
}
