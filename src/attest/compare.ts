import { createHash } from "node:crypto";
import type { OsLine } from "../text/attestation.ts";
import { fieldOf, parseJson, stringAt } from "../text/json.ts";
import { demand, type From, type Held, refuse, type Trail } from "./check.ts";
import type { Claims } from "./events.ts";
import type { TdReport } from "./quote.ts";

/** What the guest's registers say of firmware, kernel and command line: hex, lower-case, 96 digits each. */
export interface Measurements {
  readonly mrtd: string;
  /** The host's virtual hardware: differs with the VM's size and the host's version. */
  readonly rtmr0: string;
  readonly rtmr1: string;
  readonly rtmr2: string;
}

/** Who hands out the app's keys, as the guest measured it. A name such as `local-sgx` means no KMS. */
export interface KeyProvider {
  readonly name: string;
  readonly id: string;
}

/** What OS and key provider are held against. */
export interface Reference {
  /** `input`: pinned by the workflow (`expected_os`). */
  readonly from: "source" | "input";
  /** Any of them may match. */
  readonly lines: readonly OsLine[];
  /** Null: any. */
  readonly keyProvider: KeyProvider | null;
}

/** What this instance must turn out to be. Ids and hashes bare and lower-case. */
export interface Wanted {
  readonly appId: string;
  /** As the platform tells it; null where it does not (API facts, "is-allowed and attestation"). */
  readonly instanceId: string | null;
  /** Of a replica made by this step: the ids that the app's instances had before, none of which it may have. */
  readonly formerIds: readonly string[];
  /** Null: whatever was measured, as for a source that others are held against. */
  readonly composeHash: { readonly hash: string; readonly from: From } | null;
  /** Null: none, as for a source. */
  readonly reference: Reference | null;
}

/** What a log that leads to the register says. */
export interface Measured {
  readonly composeHash: string | null;
  readonly instanceId: string | null;
  readonly keyProvider: KeyProvider | null;
}

/** What others must equal, from a source whose own quote is good; null where that was not proven. */
export function referenceOf(found: {
  readonly measurements: Measurements | null;
  readonly keyProvider: KeyProvider | null;
}): Reference | null {
  const { measurements, keyProvider } = found;
  if (measurements === null || keyProvider === null) return null;
  // RTMR0 is the host's virtual hardware, which may differ between a source and its replica.
  return { from: "source", lines: [{ ...measurements, rtmr0: null }], keyProvider };
}

const ID_BYTES = 20;

/** The claims that are held against something, in the forms of the API. */
export function readClaims(claims: Claims): Measured {
  return {
    composeHash: hexOf(claims.get("compose-hash")),
    instanceId: hexOf(claims.get("instance-id")),
    keyProvider: readKeyProvider(claims.get("key-provider")),
  };
}

/**
 * Holds what was measured against what is wanted.
 *
 * @param composeText the app-compose text as the platform shows it, or null
 * @param onText told once it is known to be the one that was measured
 */
export function compare(
  trail: Trail,
  { claims, report }: { readonly claims: Claims; readonly report: TdReport },
  wanted: Wanted,
  composeText: string | null,
  onText: () => void,
): void {
  trail.make("app-id", "input", () => same(wanted.appId, hexOf(claims.get("app-id"))));
  trail.make("instance-id", "api", () => checkInstance(wanted, claims.get("instance-id")));
  const { composeHash } = wanted;
  const hash = trail.make("compose-hash", composeHash?.from ?? "rule", () =>
    checkHash(composeHash?.hash ?? null, claims.get("compose-hash")),
  );
  if (composeText !== null) {
    const seen = createHash("sha256").update(composeText).digest("hex");
    trail.make("compose-text", "rule", () => same(hash, seen));
    onText();
  }
  trail.make("mr-config-id", "rule", () => checkConfigId(report.mrConfigId, hash));
  const { reference } = wanted;
  if (reference !== null) {
    trail.make("os", reference.from, () => checkOs(reference.lines, measurementsOf(report)));
  }
  trail.make("key-provider", reference?.keyProvider ? "source" : "rule", () =>
    checkKeyProvider(reference?.keyProvider ?? null, claims.get("key-provider")),
  );
}

export function measurementsOf({ mrTd, rtmrs }: TdReport): Measurements {
  const [rtmr0, rtmr1, rtmr2] = rtmrs.map((register) => register.toString("hex"));
  return { mrtd: mrTd.toString("hex"), rtmr0: rtmr0 ?? "", rtmr1: rtmr1 ?? "", rtmr2: rtmr2 ?? "" };
}

function same(expected: string, seen: string | null): Held<null> {
  demand(seen === expected, expected, seen ?? "none");
  return { value: null, expected, seen };
}

function checkInstance({ instanceId, formerIds }: Wanted, claim: Buffer | undefined): Held<null> {
  const seen = hexOf(claim) ?? "none";
  // Without one (`no_instance_id`), instances of an app can't be told apart, and one's quote would do for all.
  demand(
    claim?.length === ID_BYTES,
    "an instance id of its own",
    seen === "" ? "an empty one" : seen,
  );
  const expected = instanceId ?? "an instance id";
  demand(instanceId === null || instanceId === seen, expected, seen);
  // No challenge of ours goes into the platform's quotes: only a new id shows that the quote is a new replica's.
  demand(!formerIds.includes(seen), "an id that no instance had before", seen);
  return { value: null, expected, seen };
}

function checkHash(wanted: string | null, claim: Buffer | undefined): Held<string> {
  const seen = hexOf(claim) ?? "none";
  demand(claim?.length === 32, wanted ?? "a compose hash", seen);
  demand(wanted === null || seen === wanted, wanted ?? "", seen);
  return { value: seen, expected: wanted ?? "a compose hash", seen };
}

/**
 * MRCONFIGID, which the host sets: form 1 is the compose hash. Zero (older images), form 2 (a hash that takes in
 * the key provider) and others are not compared, since RTMR3 binds the hash anyway.
 */
function checkConfigId(id: Buffer, hash: string): Held<null> {
  const seen = id.toString("hex");
  if (id[0] !== 1) return { value: null, expected: "a form that is not compared", seen };
  return same(`01${hash}`.padEnd(96, "0"), seen);
}

function checkOs(lines: readonly OsLine[], seen: Measurements): Held<null> {
  const differing = lines.map((line) => differences(line, seen));
  // Of several, the nearest one says most.
  const [nearest] = differing.sort((a, b) => a.length - b.length);
  if (nearest === undefined) refuse("an OS to compare with", "none");
  const tell = (of: "expected" | "found") =>
    nearest.map((one) => `${one.name} ${one[of]}`).join(" ");
  demand(nearest.length === 0, tell("expected"), tell("found"));
  const { mrtd, rtmr1, rtmr2 } = seen;
  const text = `mrtd ${mrtd} rtmr1 ${rtmr1} rtmr2 ${rtmr2}`;
  return { value: null, expected: text, seen: text };
}

function differences(line: OsLine, seen: Measurements) {
  return (["mrtd", "rtmr1", "rtmr2", "rtmr0"] as const).flatMap((name) => {
    const expected = line[name];
    return expected === null || expected === seen[name]
      ? []
      : [{ name, expected, found: seen[name] }];
  });
}

function checkKeyProvider(wanted: KeyProvider | null, claim: Buffer | undefined): Held<null> {
  const seen = readKeyProvider(claim);
  const expected = wanted === null ? "a key provider" : tellKeyProvider(wanted);
  if (seen === null) refuse(expected, "none");
  const equal = wanted === null || (seen.name === wanted.name && seen.id === wanted.id);
  demand(equal, expected, tellKeyProvider(seen));
  return { value: null, expected, seen: tellKeyProvider(seen) };
}

function tellKeyProvider({ name, id }: KeyProvider): string {
  return `${name} ${id}`.trim();
}

function readKeyProvider(claim: Buffer | undefined): KeyProvider | null {
  const json = parseJson(claim?.toString("utf8") ?? "");
  const name = stringAt(json, "name");
  const id = fieldOf(json, "id");
  return name === null || typeof id !== "string" ? null : { name, id };
}

function hexOf(claim: Buffer | undefined): string | null {
  return claim?.toString("hex") ?? null;
}
