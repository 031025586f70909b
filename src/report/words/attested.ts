/** The words of attestation: what failed, what to do, and what a green check proves. */
import { type Attested, failedCheck, type ReferenceKind } from "../../ledger/attested.ts";
import { cut } from "../../text/cut.ts";

/** As much of a hash as people compare. Characters. */
const SHORT = 12;

/** Hashes in a text cut to what people compare, and the text to a line. */
export function shortened(text: string): string {
  const hashes = text.replace(/[0-9a-f]{24,}/gi, (hash) => cut(hash, SHORT + 1));
  return cut(hashes, 120);
}

/** The line of `expected_os` that pins what this instance booted. */
export function expectedOsLine({ mrtd, rtmr1, rtmr2 }: Measured): string {
  return [mrtd, rtmr1, rtmr2].join(" ");
}

type Measured = Pick<NonNullable<Attested["measurements"]>, "mrtd" | "rtmr1" | "rtmr2">;

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

/** Each check in words, for "… failed"; a test holds the list to that of the verifier. */
export const CHECK_WORDS: Readonly<Record<string, string>> = {
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

const COLLATERAL = [
  "root-crl",
  "pck-crl",
  "tcb-info",
  "qe-identity",
  "tcb-chain",
  "qe-chain",
] as const;

const NOT_GENUINE =
  "Do not send it secrets or users: ask the platform why, and keep this report for that.";

const ADVICE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    COLLATERAL.map((check) => [
      check,
      "What Intel publishes was not to be had in good order: let the runner reach the hosts that are named, or give collateral_url, and run again.",
    ]),
  ),
  evidence:
    "The platform shows no proof of it. Soon after a boot or an update this may be too early: run again, or give a longer wait_timeout.",
  "instance-id":
    "What the platform shows is another instance's, or an older one's. Run again; if it stays, delete it and create another.",
  "compose-hash":
    "It runs another revision than was wanted. Where it was updated a moment ago, run again; else delete it, or name the revision that you mean in compose_hash.",
  os: "It booted another OS image. Where that was meant, put its line into expected_os (the job summary has it), or bring the source to the same image.",
  "key-provider": "Another KMS hands out its keys than the source's: ask the platform why.",
};

/** What to do about an instance that is not verified; one sentence or two. */
function adviceFor({ status, advisories }: Attested, check: string): string {
  if (check !== "tcb" || status === null) return ADVICE[check] ?? NOT_GENUINE;
  const ids = advisories.length === 0 ? "" : ` (${advisories.slice(0, 10).join(", ")})`;
  if (status === "Revoked") return `Intel revoked this platform${ids}. ${NOT_GENUINE}`;
  return `Wait for the platform's update, or allow ${status} in allowed_tcb${ids}.`;
}

/** Why an instance is not verified, and what to do; both empty where it is. */
export function whyUnverified(entry: Attested): { readonly what: string; readonly advice: string } {
  const failed = failedCheck(entry);
  if (failed === null) return { what: "", advice: "" };
  const { check, expected, seen } = failed;
  const words = CHECK_WORDS[check] ?? check;
  const what = `${words} (${check}): expected ${shortened(expected)}, seen ${shortened(seen)}`;
  return { what, advice: adviceFor(entry, check) };
}

/** `verified (TCB UpToDate, compose hash 0a1b2c…)`, or why not: the end of a line of the log. */
export function verdictText(entry: Attested): string {
  if (!entry.verified) return `not verified: ${whyUnverified(entry).what}`;
  const hash = shortened(entry.compose_hash ?? "unknown");
  const against = { source: "like the source", pinned: "as pinned", none: "compared with nothing" };
  return `verified (TCB ${entry.status ?? "unknown"}, compose hash ${hash}, ${against[entry.reference]})`;
}
