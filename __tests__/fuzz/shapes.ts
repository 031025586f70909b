/** Real answers, taken from the simulator, and ways to spoil them. */
import fc from "fast-check";
import { type ApiAnswer, handle, World, type WorldOptions } from "../../simulator/core.ts";
import { kmsSlug } from "../../simulator/shapes-kms.ts";
import { nasty } from "./support.ts";

/** One answer of the API as it would be right. */
export interface Shape {
  readonly route: string;
  readonly status: number;
  readonly body: unknown;
}

/** What differs between the workspaces that the answers are taken from. */
const WORLDS: readonly WorldOptions[] = [
  {},
  { idStyle: "string", liveInstances: 3, titleCase: true, createdAtForm: "naive" },
  { onChain: true, chainDevices: "none" },
  { onChain: true, always465: true, chainDevices: "all", form465: "flat" },
  { onChain: true, chainDevices: "none", form465: "detail" },
  { onChain: true, chainDevices: "none", form465: "flat-detail" },
  { onChain: true, chainDevices: "none", form465: "string", errorForm: "detail" },
];

/** An answer of every route that the action knows, in every form that the simulator has. */
export function realShapes(): Shape[] {
  return WORLDS.flatMap((options, seed) => {
    let now = Date.UTC(2026, 6, 2, 8);
    const world = new World({ bootMs: 60_000, ...options, seed, now: () => now });
    const ask = (method: string, path: string, body = "", version = "2026-01-21"): ApiAnswer => {
      const headers = {
        "x-api-key": world.settings.apiKey,
        "x-phala-version": version,
        "content-type": "application/json",
      };
      now += 20_000;
      return handle(world, { method, path: `/api/v1${path}`, headers, body });
    };
    const { appId, source } = world;
    const uuid = source.vmUuid;
    const create = `/apps/${appId}/cvms/${uuid}/replicas`;
    const batch = JSON.stringify({ vm_uuids: world.cvms.map(({ vmUuid }) => vmUuid) });
    const kms = `/kms/${kmsSlug(world)}`;
    const answers: readonly (readonly [string, ApiAnswer])[] = [
      ["create", ask("POST", create)],
      ["create", ask("POST", create, JSON.stringify({ node_id: 999_999 }))],
      ["create", ask("POST", create, JSON.stringify({ node_id: "no" }))],
      ["create", ask("POST", create.replace(appId, "0".repeat(40)))],
      ["list", ask("GET", `/apps/${appId}/cvms`)],
      ["list", ask("GET", `/apps/${appId}/cvms`, "", "2025-10-28")],
      ["cvm", ask("GET", `/cvms/${uuid}`)],
      ["cvm", ask("GET", `/cvms/${uuid}`, "", "2025-10-28")],
      ["nodes", ask("GET", "/teepods/available")],
      ["batch", ask("POST", "/status/batch", batch)],
      ["kms-pubkey", ask("GET", `${kms}/pubkey/${appId}`)],
      ["kms-info", ask("GET", `${kms}/info`)],
      ["delete", ask("DELETE", `/cvms/${"0".repeat(8)}-0000-4000-8000-${"0".repeat(12)}`)],
    ];
    return answers.map(([route, { status, body }]) => ({
      route,
      status,
      body: body === "" ? null : (JSON.parse(body) as unknown),
    }));
  });
}

/** Values that nobody expects where they stand. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  nasty,
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e308,
    2 ** 53,
    Number.POSITIVE_INFINITY,
    Number.MAX_SAFE_INTEGER,
    "",
    " ",
    "running",
    "465",
    "2026-07-02T08:00:00Z",
    "+275760-09-13T00:00:00.001Z",
    [],
    {},
    [[]],
    [null],
    "ERR-constructor",
    "ERR-toString",
    "ERR-__proto__",
    "https://h.example/x",
    "http://169.254.169.254/latest",
    "x".repeat(5_000),
  ),
  fc.constantFrom(50, 500).map(nested),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Arrays within arrays. @param depth how many */
export function nested(depth: number): unknown {
  let value: unknown = "x";
  for (let n = 0; n < depth; n++) value = [value];
  return value;
}

/** One change: at a place (drawn anew on each value), by one of a few means. */
interface Change {
  readonly place: readonly number[];
  readonly means: "replace" | "drop" | "double" | "rename" | "add";
  readonly junk: unknown;
  readonly key: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
  means: fc.constantFrom("replace", "replace", "replace", "drop", "double", "rename", "add"),
  junk,
  key: fc.oneof(nasty, fc.constantFrom("__proto__", "constructor", "length", "toJSON", "detail")),
});

export const changes = fc.array(change, { minLength: 1, maxLength: 4 });

/** `value` with the changes made, as a copy. */
export function spoiled(value: unknown, all: readonly Change[]): unknown {
  return all.reduce((whole, one) => changed(whole, one, one.place), value);
}

function changed(value: unknown, one: Change, [step, ...rest]: readonly number[]): unknown {
  if (step === undefined || typeof value !== "object" || value === null) {
    return one.means === "replace" ? one.junk : value;
  }
  const entries: [string, unknown][] = Object.entries(value);
  const at = entries.length === 0 ? 0 : step % entries.length;
  const found = entries[at];
  if (found === undefined || (rest.length === 0 && one.means === "add")) {
    entries.push([one.key, one.junk]);
  } else if (rest.length > 0) {
    entries[at] = [found[0], changed(found[1], one, rest)];
  } else if (one.means === "drop") entries.splice(at, 1);
  else if (one.means === "double") entries.push([`${found[0]}_2`, found[1]]);
  else if (one.means === "rename") entries[at] = [one.key, found[1]];
  else entries[at] = [found[0], one.junk];
  if (Array.isArray(value)) return entries.map(([, entry]) => entry);
  // As a JSON parser makes it: `__proto__` is a key like any other.
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of entries) {
    Object.defineProperty(copy, key, {
      value: entry,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}

/** One change of a text: cut, or a piece put in. */
export const scribbled = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(Math.max(1, text.length)), nasty, fc.constantFrom("cut", "in", "over"))
    .map(([at, piece, means]) => {
      if (means === "cut") return text.slice(0, at);
      return text.slice(0, at) + piece + text.slice(means === "in" ? at : at + piece.length);
    });
