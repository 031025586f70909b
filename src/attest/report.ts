import { cut } from "../text/cut.ts";
import type { Check, CheckResult, Fault } from "./check.ts";
import type { Measurements, Reference } from "./compare.ts";
import type { Tcb } from "./tcb.ts";
import type { Verdict } from "./verify.ts";

/** What OS and key provider were held against. */
export type ReferenceKind = "source" | "pinned" | "none";

/** One instance of the `report` output. */
export interface Entry {
  readonly vm_uuid: string;
  readonly name: string | null;
  readonly instance_id: string | null;
  readonly verified: boolean;
  /** Intel's word, also where it was not allowed. */
  readonly status: string | null;
  readonly advisories: readonly string[];
  readonly fmspc: string | null;
  readonly measurements: Measurements | null;
  readonly compose_hash: string | null;
  readonly key_provider: { readonly name: string; readonly id: string } | null;
  readonly reference: ReferenceKind;
  /** Not fixed by the compose hash; null where the platform showed no text that it is the hash of. */
  readonly unpinned_images: readonly string[] | null;
  readonly allowed_envs: readonly string[] | null;
  /** Up to the first that failed. */
  readonly checks: readonly CheckResult[];
  /** Texts in it were cut, or checks that hold left out. */
  readonly cut?: true;
}

/** The longest report, in characters. */
export const MAX_REPORT = 60_000;
/** As much of a hash as people compare. Characters. */
const SHORT = 12;

/** @param reference what the instance was held against */
export function entryOf(
  { vmUuid, name }: { readonly vmUuid: string; readonly name: string | null },
  { fault, checks, found }: Verdict,
  reference: Reference | null,
): Entry {
  const { tcb, fmspc, measurements, instanceId, composeHash, keyProvider, compose } = found;
  return {
    vm_uuid: vmUuid,
    name,
    instance_id: instanceId,
    verified: fault === null,
    status: tcb?.status ?? null,
    advisories: tcb?.advisories ?? [],
    fmspc,
    measurements,
    compose_hash: composeHash,
    key_provider: keyProvider,
    reference: reference === null ? "none" : reference.from === "input" ? "pinned" : "source",
    unpinned_images: compose?.unpinnedImages ?? null,
    allowed_envs: compose?.allowedEnvs ?? null,
    checks,
  };
}

/** What stands for entries that there was no room for. */
interface LeftOut {
  readonly left_out: number;
}

/**
 * The `report` output. Where it would be too long, texts of checks that hold are cut, then these checks left out,
 * then all but the verdict; what is cut says so.
 *
 * @returns JSON of `MAX_REPORT` characters at most
 */
export function report(entries: readonly Entry[]): string {
  for (const shorten of [
    (entry: Entry) => entry,
    withShortTexts,
    withFailuresOnly,
    withVerdictOnly,
  ]) {
    const text = JSON.stringify(entries.map(shorten));
    if (text.length <= MAX_REPORT) return text;
  }
  const list: (Entry | LeftOut)[] = [];
  let room = MAX_REPORT - JSON.stringify([{ left_out: entries.length }]).length;
  // Those that failed first: they are why somebody reads it.
  for (const entry of [...entries].sort((a, b) => Number(a.verified) - Number(b.verified))) {
    const short = withVerdictOnly(entry);
    const length = JSON.stringify(short).length + 1;
    if (length > room) continue;
    room -= length;
    list.push(short);
  }
  return JSON.stringify([...list, { left_out: entries.length - list.length }]);
}

function withShortTexts(entry: Entry): Entry {
  const checks = entry.checks.map((one) =>
    one.ok ? { ...one, expected: shortened(one.expected), seen: shortened(one.seen) } : one,
  );
  return { ...entry, checks, cut: true };
}

function withFailuresOnly(entry: Entry): Entry {
  return { ...entry, checks: entry.checks.filter(({ ok }) => !ok), cut: true };
}

function withVerdictOnly(entry: Entry): Entry {
  const failed = entry.checks.filter(({ ok }) => !ok);
  const checks = failed.map((one) => ({
    ...one,
    expected: shortened(one.expected),
    seen: shortened(one.seen),
  }));
  const nothing = { measurements: null, unpinned_images: null, allowed_envs: null };
  const name = entry.name === null ? null : cut(entry.name, 63);
  return {
    ...entry,
    ...nothing,
    name,
    advisories: entry.advisories.slice(0, 5),
    checks,
    cut: true,
  };
}

/** Hashes in a text cut to what people compare, and the text to a line. */
export function shortened(text: string): string {
  const hashes = text.replace(/[0-9a-f]{24,}/gi, (hash) => cut(hash, SHORT + 1));
  return cut(hashes, 120);
}

/** The line of `expected_os` that pins what this instance booted. */
export function expectedOsLine({ mrtd, rtmr1, rtmr2 }: Measurements): string {
  return [mrtd, rtmr1, rtmr2].join(" ");
}

/** What a green check proves, and what it does not. */
export function proves(reference: ReferenceKind, status: string): string {
  const genuine = `genuine Intel TDX hardware (TCB: ${status})`;
  if (reference === "pinned") {
    return `This replica runs on ${genuine}, booted the OS image and measured the app-compose that your workflow names before anything of the app ran: to fake this, the platform would have to break TDX or that image itself. Not shown: that its URL leads to this machine, the values of its environment, images not fixed by digest, who holds its keys, the host's virtual hardware where RTMR0 is not pinned, and that it still runs now.`;
  }
  if (reference === "source") {
    return `The source and this replica run on ${genuine} and booted the same firmware, kernel, command line and app-compose under the same app id and key provider. It finds a wrong revision, another image, a debug or non-TDX machine; it is no proof against a platform that already deceived you about the source.`;
  }
  return `This instance runs on ${genuine}. Nothing was named to compare it with, so this proves nothing of the app: any TD on genuine hardware can show a copy of its log.`;
}

/** Each check in words, for "… failed". */
export const CHECK_WORDS: Readonly<Record<Check, string>> = {
  evidence: "the evidence",
  quote: "the form of the quote",
  "pck-chain": "the certificates of the machine",
  "tcb-chain": "the certificates of Intel's TCB info",
  "qe-chain": "the certificates of Intel's enclave identity",
  "root-crl": "the root's list of revoked certificates",
  "pck-crl": "the list of revoked machines",
  revoked: "the look for revoked certificates",
  "tcb-info": "Intel's TCB info",
  "qe-identity": "the identity of the quoting enclave",
  "qe-report": "the report of the quoting enclave",
  "quote-signature": "the signature of the quote",
  module: "the TDX module",
  tcb: "the TCB status",
  "td-attributes": "the attributes of the VM",
  "event-log": "the replay of the event log",
  "app-id": "the app id",
  "instance-id": "the instance id",
  "compose-hash": "the compose hash",
  "compose-text": "the text of the app-compose",
  "mr-config-id": "the compose hash in the VM's configuration",
  os: "the OS image",
  "key-provider": "the key provider",
};

/** A failure for an annotation: what failed, and what to do where that is known. */
export function wordsOf(
  fault: Fault,
  tcb: Tcb | null,
): { readonly what: string; readonly advice: string } {
  const { check, expected, seen } = fault;
  const what = `${CHECK_WORDS[check]} (${check}): expected ${shortened(expected)}, seen ${shortened(seen)}`;
  if (check !== "tcb" || tcb === null) return { what, advice: "" };
  const ids = tcb.advisories.length === 0 ? "" : ` (${tcb.advisories.slice(0, 10).join(", ")})`;
  const advice = `Wait for the platform's update, or allow ${tcb.status} in allowed_tcb${ids}.`;
  return { what, advice };
}
