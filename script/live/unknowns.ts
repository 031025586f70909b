/** What the run says of each thing that docs/api-facts.md lists as unknown, by its number there. */
import type { Read } from "./api.ts";
import type { Seen } from "./seen.ts";
import { listOf, objectOf, shapeOf, wordOf } from "./shape.ts";
import { firstWith, hasEndpoint, type Look } from "./watch.ts";

/** A time in seconds, or that it was not seen. */
export function seconds(ms: number | null): string {
  return ms === null ? "not seen" : `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;
}

/** The status of a read, or that there was no answer. */
export function answerOf(read: Read | undefined): string {
  if (read === undefined) return "not asked";
  return read.status === null ? "no answer" : `HTTP ${read.status}`;
}

/** The words that stood in `status`, in order, each with the time when it was first seen. */
export function words(looks: readonly Look[]): string {
  const told: string[] = [];
  let last = "";
  for (const { atMs, row } of looks) {
    if (row === null) continue;
    const word = `${wordOf(row.status)}${row.in_progress === true ? " (in progress)" : ""}`;
    if (word !== last) told.push(`\`${word}\` from ${seconds(atMs)}`);
    last = word;
  }
  return told.length === 0 ? "none was seen" : told.join(", ");
}

const NOT_ASKED = "not asked: ";

function approval({ main }: Seen): string {
  if (main?.outputs.outcome !== "pending_approval") {
    return "not met: the app needed no approval for this replica";
  }
  const given = [
    "commit_token",
    "compose_hash",
    "device_id",
    "commit_url",
    "api_commit_url",
    "kms_info",
    "onchain_status",
  ];
  return `the create was answered 465; set: ${given.filter((name) => (main.outputs[name] ?? "") !== "").join(", ")}`;
}

function created({ main, looks, deletion }: Seen): string {
  const result = main?.outputs.result ?? "";
  const known = result === "" ? "" : `; at the end \`${wordOf(main?.outputs.status)}\``;
  return `while it was made: ${words(looks)}${known}; while it was deleted: ${words(deletion?.looks ?? [])}`;
}

function stream({ reads }: Seen): string {
  const events = (name: string): string => {
    const body = reads.get(name)?.body;
    const text = typeof body === "string" ? body : "";
    const names = [...text.matchAll(/^event: ?([a-z]+)\r?$/gm)].map(([, event]) => event ?? "");
    return `${answerOf(reads.get(name))}${names.length > 0 ? `, events ${names.join(", ")}` : ""}`;
  };
  return `for the replica ${events("stream")}; for a CVM that does not exist ${events("stream-unknown")}; a sixth one: not asked`;
}

function placement({ main, reads }: Seen): string {
  const source = objectOf(objectOf(reads.get("source")?.body).node_info);
  const made = main?.outputs.teepod_id ?? "";
  if (made === "" || source.id === undefined) return "not seen";
  const where = made === String(source.id) ? "the source's node" : "another node than the source's";
  return `no node was named: it came to ${where}; which of two names wins: not asked`;
}

function forms({ reads }: Seen): string {
  const each = ["list-0x", "list-app_", "list-upper-case", "cvm-undashed"];
  return `${each.map((name) => `\`${name}\` ${answerOf(reads.get(name))}`).join(", ")}; \`0x\` in bodies: not asked`;
}

function errors({ reads }: Seen): string {
  const missing = reads.get("cvm-unknown");
  const code =
    objectOf(missing?.body).error_code ?? objectOf(objectOf(missing?.body).detail).error_code;
  const told = typeof code === "string" && /^ERR-\d\d-\d{3}$/.test(code) ? ` (\`${code}\`)` : "";
  const limits = [...new Set([...reads.values()].flatMap((read) => read.limits))];
  const busy = [...reads.values()].filter(({ status }) => status === 429).length;
  return (
    `a CVM that does not exist: ${answerOf(missing)}${told}, ${shapeOf(missing?.body ?? null)}; ` +
    `headers about limits: ${limits.length === 0 ? "none" : limits.join(", ")}; answers 429: ${busy}`
  );
}

function kms({ reads }: Seen): string {
  const info = objectOf(objectOf(reads.get("cvm")?.body).kms_info);
  return `\`/kms/base/…\`: ${answerOf(reads.get("kms-base"))}; \`k256_pubkey\` in the CVM's \`kms_info\`: ${"k256_pubkey" in info ? "there" : "not there"}`;
}

function appIdForm({ main }: Seen): string {
  const id = main?.outputs.app_id ?? "";
  if (id === "") return "not seen";
  return /^0x/i.test(id) ? "with `0x`" : id.startsWith("app_") ? "with `app_`" : "bare";
}

function lists({ looks, deletion }: Seen): string {
  const shown = firstWith(looks, () => true);
  const left = deletion?.looks ?? [];
  const kept = left.some(({ row }) => row !== null && (row.deleted_at ?? null) !== null);
  const last = left.filter(({ row }) => row !== null).at(-1)?.atMs ?? null;
  return (
    `a newcomer showed ${seconds(shown)} after the step began; rows of deleted CVMs with \`deleted_at\`: ${kept ? "seen" : "none seen"}; ` +
    `the row was last seen ${seconds(last)} after the deletion was asked for`
  );
}

function names({ name, main }: Seen): string {
  if (name === null) return `${NOT_ASKED}this version of the action takes no name`;
  const got = main?.outputs.name ?? "";
  const honoured =
    got === ""
      ? "not seen"
      : got === name
        ? "yes"
        : got.toLowerCase() === name
          ? "yes, in another case"
          : "no";
  return `names honoured: ${honoured}; a taken name, case, prepare: not asked`;
}

function instanceId({ looks, reads, attestedMs }: Seen): string {
  const row = firstWith(looks, ({ instance_id: id }) => typeof id === "string" && id !== "");
  const later = objectOf(reads.get("cvm")?.body).instance_id;
  const told =
    row !== null
      ? `after ${seconds(row)}`
      : typeof later === "string" && later !== ""
        ? "by a later read"
        : "never";
  return `its row told the instance id ${told}; its event log ${attestedMs === null ? "did not" : `did ${seconds(attestedMs)} after the step ended`}; the backfill: ${NOT_ASKED}it writes`;
}

function lateness({ attestedMs, usage, main }: Seen): string {
  const uuid = (main?.outputs.vm_uuid ?? "").replaceAll("-", "");
  const records = listOf(objectOf(usage?.body).usage);
  const mine = records.filter((one) => {
    const id = objectOf(one).instance_id;
    return typeof id === "string" && uuid !== "" && id.replaceAll("-", "") === uuid;
  });
  return `the attestation told the guest ${attestedMs === null ? "nothing within the patience" : `${seconds(attestedMs)} after the step ended`}; usage (${answerOf(usage ?? undefined)}): ${mine.length} of ${records.length} records are of the replica`;
}

function appRows({ reads }: Seen): string {
  const row = objectOf(listOf(objectOf(reads.get("apps")?.body).dstack_apps)[0]);
  if (Object.keys(row).length === 0) return `not seen (${answerOf(reads.get("apps"))})`;
  return `\`cvms\`: ${shapeOf(row.cvms ?? null)}; \`current_cvm\`: ${row.current_cvm == null ? "null" : "there"}`;
}

/** By number: what was seen. Each entry of the list has one. */
export const ANSWERS: Readonly<Record<number, (seen: Seen) => string>> = {
  1: approval,
  2: () => `${NOT_ASKED}it could create a second replica`,
  3: created,
  4: stream,
  5: placement,
  6: forms,
  7: () => `${NOT_ASKED}it needs an approved prepare`,
  8: errors,
  9: () => `${NOT_ASKED}the run has a key`,
  10: kms,
  11: () => `${NOT_ASKED}it needs an environment to replace`,
  12: appIdForm,
  13: lists,
  14: ({ reads }) => `a version of 2099: ${answerOf(reads.get("version-unknown"))}`,
  15: names,
  16: () => `${NOT_ASKED}it restarts a CVM`,
  17: instanceId,
  18: lateness,
  19: () => `${NOT_ASKED}no webhook listens`,
  20: appRows,
};

/** The numbered list of what is unknown, from the text of docs/api-facts.md. */
export function unknownsIn(facts: string): ReadonlyMap<number, string> {
  const [, section = ""] = /^## Unknown\n(.*)/ms.exec(facts) ?? [];
  return new Map(
    [...section.matchAll(/^(\d+)\. (.*)$/gm)].map(([, number, text]) => [
      Number(number),
      text ?? "",
    ]),
  );
}

/** When the replica's own address first stood in its row. */
export function addressLag({ looks }: Seen): string {
  const ran = firstWith(looks, ({ status }) => String(status).toLowerCase() === "running");
  const addressed = firstWith(looks, hasEndpoint);
  if (ran === null || addressed === null) return "not seen";
  return addressed <= ran ? "there when it ran" : `${seconds(addressed - ran)} after it ran`;
}
