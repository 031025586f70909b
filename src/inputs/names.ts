/** Inputs of named replicas, and of what came with them: room, reach, a compose file, the most there may be. */
import { MOST_REPLICAS } from "../ledger/terms.ts";
import { oneLine } from "../text/clean.ts";
import { within } from "./common.ts";
import { workspaceFile } from "./files.ts";
import { filledIn } from "./filled.ts";
import { type HealthInputs, readHealthExpect, readPort, refuseUselessHealth } from "./reach.ts";
import type { Env, InputReader } from "./reader.ts";
import { parseCount, parseList } from "./values.ts";

/** Where empty must not be taken for left out (`withoutUnset`). */
export const NAMES_GUARDED = [
  "name",
  "commit_token",
  "max_instances",
  "health_expect",
  "dry_run",
  "prepare_only",
] as const;

export interface NamesInputs {
  /** The replicas' names, in order; null: the platform names them. */
  readonly names: readonly string[] | null;
  /** The text of the compose file that the new ones run; null: a revision of the app. */
  readonly composeFile: string | null;
  /** The most instances that the app may have afterwards; null: any number. */
  readonly maxInstances: number | null;
  /** How long to keep trying where no alternative has room, in ms. */
  readonly capacityWaitMs: number;
  /** Which port's URL is the instance's; null: the first endpoint's. */
  readonly port: number | null;
  /** What the bodies of healthy answers must hold. */
  readonly healthExpect: string | null;
  /** How long a healthy replica must stay so, in ms. */
  readonly healthForMs: number;
}

const LONGEST_MS = 7 * 24 * 3_600_000;

/** As the API's clients have it (API facts, "Identifiers"); two dashes and one at the end the CLI refuses. */
const NAME = /^(?=.{5,63}$)[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/;
const NAME_FORM = "5 to 63 letters, digits and single dashes, a letter first and no dash last";

/** Reads them; what is wrong goes to `read.faults`. */
export function readNamesInputs(read: InputReader, env: Env): NamesInputs {
  const zeroForm = "a duration such as 90s, 15m or 1h30m, at most 7d";
  const fromZero = (name: string) => read.withDefault(name, 0, zeroForm, within(0, LONGEST_MS));
  const inputs = {
    names: readNames(read, env),
    composeFile: readComposeFile(read, env),
    maxInstances: read.optional("max_instances", "a whole number from 1 to 100000", (text) =>
      parseCount(text, 100_000),
    ),
    capacityWaitMs: fromZero("capacity_wait"),
    port: readPort(read),
    healthExpect: readHealthExpect(read),
    healthForMs: fromZero("health_for"),
  };
  return inputs;
}

/** What goes together and what does not, once all is read. */
export function namesCrossChecks(
  read: InputReader,
  inputs: NamesInputs & {
    readonly prepareOnly: boolean;
    readonly nodes: readonly unknown[];
    readonly waitTimeoutMs: number;
  },
): void {
  const { names } = inputs;
  read.exclude("name", ["instances"], "names say themselves how many there shall be");
  read.exclude("compose_file", ["compose_hash"], "each says which revision the new one runs");
  read.exclude(
    "commit_token",
    ["compose_file"],
    "what is committed was decided when it was prepared",
  );
  if (read.given("compose_file") && !read.given("name")) {
    read.faults.push(
      "compose_file needs name: only named replicas can have a compose file of their own.",
    );
  }
  if (names !== null && names.length > 1) {
    if (inputs.prepareOnly) read.faults.push("prepare_only prepares one replica: give one name.");
    if (read.given("commit_token")) {
      read.faults.push("commit_token commits one replica: give one name.");
    }
  }
  if (names !== null && inputs.nodes.length > names.length) {
    read.faults.push(
      `node_id lists ${inputs.nodes.length} nodes for ${names.length} named replicas: give at most one each (alternatives are written with |).`,
    );
  }
  healthChecks(read, inputs);
}

/** What speaks of the health check alone. */
function healthChecks(
  read: InputReader,
  inputs: HealthInputs & { readonly waitTimeoutMs: number },
): void {
  refuseUselessHealth(read, inputs);
  if (inputs.healthForMs >= inputs.waitTimeoutMs && read.given("health_check")) {
    read.faults.push(
      "health_for must be shorter than wait_timeout, which bounds all of the waiting.",
    );
  }
}

function readNames(read: InputReader, env: Env): readonly string[] | null {
  const listed = read.optional("name", `a name (${NAME_FORM}), or a list of them`, (text) => {
    const list = parseList(text);
    return list !== null && list.length > 0 ? list : null;
  });
  if (listed === null) return null;
  const filled = filledIn(listed, env, ["n"]);
  if ("fault" in filled) return faulty(read, filled.fault);
  const names = numbered(read, filled.names);
  if (typeof names === "string") return faulty(read, names);
  const fault = faultOf(names);
  return fault === null ? names : faulty(read, fault);
}

/** The fault is told; that a name was meant stands, so that nothing goes on as if none were. */
function faulty(read: InputReader, fault: string): readonly string[] {
  read.faults.push(`name ${fault}.`);
  return [];
}

/** `{n}` replaced by 1 to `count`. @returns a fault as a string */
function numbered(read: InputReader, names: readonly string[]): readonly string[] | string {
  const count = read.text("count", (text) => parseCount(text, MOST_REPLICAS));
  const [first = ""] = names;
  if (!names.some((name) => name.includes("{n}"))) {
    if (names.length > MOST_REPLICAS)
      return `lists ${names.length} names: at most ${MOST_REPLICAS} are created at once`;
    if (count === null || count === names.length) return names;
    return `lists ${names.length}, and count is ${count}: leave count out, or make them agree`;
  }
  if (names.length > 1)
    return "lists several with {n} among them: give one pattern with {n}, or a list";
  if (count === null) return "holds {n}, so count must say how many there shall be";
  return Array.from({ length: count }, (_, index) => first.replaceAll("{n}", `${index + 1}`));
}

function faultOf(names: readonly string[]): string | null {
  const odd = names.find((name) => !NAME.test(name));
  if (odd !== undefined) return `is ${shown(odd)}: it must be ${NAME_FORM}`;
  const folded = names.map((name) => name.toLowerCase());
  const twice = names.find((_, index) => folded.indexOf(folded[index] ?? "") < index);
  return twice === undefined ? null : `lists ${twice} twice (names are compared without case)`;
}

function readComposeFile(read: InputReader, env: Env): string | null {
  const path = read.text("compose_file", (text) => text);
  if (path === null) return null;
  const file = workspaceFile(env, path);
  if ("text" in file) return file.text;
  read.faults.push(`compose_file: ${shown(path)} in the workspace ${file.problem}.`);
  return null;
}

function shown(text: string): string {
  return JSON.stringify(oneLine(text, 80));
}
