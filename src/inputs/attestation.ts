/** The inputs on attestation that create, rollout and verify share. */
import type { OsLine, TcbStatus } from "../text/attestation.ts";
import { isTcbStatus, parseCollateralUrl, parseOsLine, TCB_STATUSES } from "../text/attestation.ts";
import type { InputReader } from "./reader.ts";
import { parseBoolean, parseList } from "./values.ts";

const VERIFY_MODES = ["off", "warn", "require"] as const;
export type VerifyMode = (typeof VERIFY_MODES)[number];

/** What quotes are held against, as far as the workflow says. */
export interface AttestationInputs {
  /** Any of them may match; empty: not pinned. */
  readonly expectedOs: readonly OsLine[];
  readonly allowedTcb: readonly TcbStatus[];
  /** Base of a service instead of the usual ones, without a slash at the end; null: those. */
  readonly collateralUrl: string | null;
}

/** Without an input to say otherwise. */
const ALLOWED_TCB: readonly TcbStatus[] = ["UpToDate"];
/** More than anybody runs at once. */
const MOST_LINES = 100;

const OS_FORM = `lines of mrtd, rtmr1, rtmr2 and optionally rtmr0, 96 hex digits each, at most ${MOST_LINES} (an OS image's hash is none: nothing binds it to a quote)`;

export function readAttestation(read: InputReader): AttestationInputs {
  const words = `a list of ${TCB_STATUSES.join(", ")}`;
  return {
    expectedOs: read.withDefault("expected_os", [], OS_FORM, parseOsLines),
    allowedTcb: read.withDefault("allowed_tcb", ALLOWED_TCB, words, parseTcb),
    collateralUrl: read.url(
      "collateral_url",
      "an https: URL (http: only to a loopback host) without credentials, query or fragment",
      parseCollateralUrl,
    ),
  };
}

/** `verify` of create and rollout; `true` and `false` are what a form's checkbox gives. */
export function readVerifyMode(read: InputReader): VerifyMode {
  return read.withDefault("verify", "off", "off, warn or require", (text) => {
    const checked = parseBoolean(text);
    if (checked !== null) return checked ? "require" : "off";
    return VERIFY_MODES.find((mode) => mode === text) ?? null;
  });
}

/** What would be ignored although it was to make the step stricter. */
export function refuseUseless(read: InputReader, mode: VerifyMode, given: AttestationInputs): void {
  if (mode !== "off") return;
  const why = "nothing is verified without it";
  if (given.expectedOs.length > 0) {
    read.faults.push(`expected_os belongs to verify, which is off: ${why}.`);
  }
  if (given.allowedTcb.join() !== ALLOWED_TCB.join()) {
    read.faults.push(`allowed_tcb belongs to verify, which is off: ${why}.`);
  }
}

function parseOsLines(text: string): readonly OsLine[] | null {
  const lines = (parseList(text) ?? []).map(parseOsLine);
  const good = lines.filter((line) => line !== null);
  return good.length === lines.length && good.length > 0 && good.length <= MOST_LINES ? good : null;
}

function parseTcb(text: string): readonly TcbStatus[] | null {
  const words = parseList(text) ?? [];
  return words.length > 0 && words.every(isTcbStatus)
    ? [...new Set(words)].filter(isTcbStatus)
    : null;
}
