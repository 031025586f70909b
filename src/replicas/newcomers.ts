import { type Cvm, cvmKey, cvmKeys } from "../phala/cvm.ts";

/**
 * The rule of adoption: which CVM, if any, is the replica of a create request whose answer got lost. Pure,
 * since this is where a mistake costs money.
 */
export interface Wanted {
  /** What was there before the request, by `cvmKeys`. */
  readonly baseline: ReadonlySet<string>;
  /** What is known to be someone's: other requests' replicas. */
  readonly claimed: ReadonlySet<string>;
  readonly nodeId: number | null;
  readonly composeHash: string | null;
  /** Where the create answer told it; null: not known. */
  readonly name: string | null;
  /** By the server's clock, ms since the epoch, allowance for clocks taken off already. */
  readonly notBefore: number;
}

/**
 * `Date` and `created_at` may have whole seconds, and an API's database has a clock of its own. More would
 * let in strangers' CVMs that an app's list was late to show.
 */
const KNOWN_CLOCK_SLACK_MS = 2_000;
/** The server never told its time: the runner's clock may be off by this much. */
const UNKNOWN_CLOCK_SLACK_MS = 120_000;

/** From when on a CVM can be ours, by the server's clock. @param sentAt our clock, ms since the epoch */
export function createdNotBefore(sentAt: number, clockOffsetMs: number | null): number {
  return clockOffsetMs === null
    ? sentAt - UNKNOWN_CLOCK_SLACK_MS
    : sentAt + clockOffsetMs - KNOWN_CLOCK_SLACK_MS;
}

/** The unclaimed newcomers that fit. What the API does not tell contradicts nothing. */
export function newcomers(cvms: readonly Cvm[], wanted: Wanted): readonly Cvm[] {
  return cvms.filter((cvm) => {
    const known = (key: string) => wanted.baseline.has(key) || wanted.claimed.has(key);
    if (cvm.deleted || cvmKeys(cvm).some(known)) return false;
    // A name is good for one CVM of a workspace (API facts, 9), so it says more than all the rest.
    if (wanted.name !== null) return cvm.name === wanted.name;
    if (wanted.nodeId !== null && cvm.nodeId !== null && cvm.nodeId !== wanted.nodeId) return false;
    if (
      wanted.composeHash !== null &&
      cvm.composeHash !== null &&
      cvm.composeHash !== wanted.composeHash
    ) {
      return false;
    }
    return cvm.createdAt === null || cvm.createdAt >= wanted.notBefore;
  });
}

/**
 * Whether a create answer names a CVM that can't be its replica: one that was there before, or another
 * request's. Taken at its word, such an answer would get somebody's CVM a `ttl`, or deleted.
 */
export function namesAnother(
  vmUuid: string | null,
  { baseline, claimed }: Pick<Wanted, "baseline" | "claimed">,
): boolean {
  return vmUuid !== null && (baseline.has(vmUuid) || claimed.has(vmUuid));
}

export type Decision =
  | { readonly kind: "look-again" }
  | { readonly kind: "adopt"; readonly cvm: Cvm }
  | { readonly kind: "several"; readonly cvms: readonly Cvm[] };

/**
 * One newcomer that is alone in two looks in a row is ours, most likely; several are never touched.
 *
 * @param before what the look before this one found, null at the first
 */
export function decide(before: readonly Cvm[] | null, found: readonly Cvm[]): Decision {
  const [cvm] = found;
  if (found.length > 1) return { kind: "several", cvms: found };
  const [same] = before ?? [];
  if (cvm === undefined || before?.length !== 1 || same === undefined)
    return { kind: "look-again" };
  // One without a UUID could be neither followed nor deleted; its row may get one yet.
  if (cvm.vmUuid === null) return { kind: "look-again" };
  return cvmKey(same) === cvmKey(cvm) ? { kind: "adopt", cvm } : { kind: "look-again" };
}

const FIRST_LOOK_MS = 300;
const SLOWEST_LOOK_MS = 2_000;
/** How long an uncertain request is looked for. */
export const SETTLE_WINDOW_MS = 30_000;
/** Deadline of one look. */
export const LOOK_TIMEOUT_MS = 10_000;

/** The pause before look number `n`, counted from 0: 0.3 s at first, slowing to 2 s. */
export function pauseBeforeLook(n: number): number {
  return Math.min(Math.round(FIRST_LOOK_MS * 1.5 ** n), SLOWEST_LOOK_MS);
}
