/**
 * The face of this folder: verifies instances of an app, asking the platform again while what it shows may
 * still lag behind. Loaded only by a step that verifies: `await import("./attest/attest.ts")`.
 */
import type { Attempt } from "../net/fault.ts";
import { inParallel } from "../net/parallel.ts";
import { retryAfterMs } from "../net/retry-after.ts";
import { appPath, cvmPath } from "../phala/requests.ts";
import type { TcbStatus } from "../text/attestation.ts";
import { type Collateral, CollateralSource, type Service } from "./collateral.ts";
import type { Wanted } from "./compare.ts";
import {
  type Evidence,
  lacks,
  mayCome,
  noEvidence,
  type Picked,
  pickEvidence,
  readAppEvidence,
  readBody,
  readCvmEvidence,
  type Who,
} from "./evidence.ts";
import { get, LEAST_MS, type Net, tellFault } from "./requests.ts";
import { NOTHING_FOUND, platformOf, type Verdict, verifyInstance } from "./verify.ts";

export type { Check, CheckResult, Fault } from "./check.ts";
export type { KeyProvider, Measurements, Reference, Wanted } from "./compare.ts";
export { referenceOf } from "./compare.ts";
export { type Entry, entryOf } from "./entry.ts";
export { DEFAULT_SERVICES, serviceAt } from "./services.ts";
export { type Found, NOTHING_FOUND, type Verdict } from "./verify.ts";

/** Where the API is, and how it is asked. */
export interface Api {
  /** Without a slash at the end. */
  readonly url: string;
  /** `x-api-key` and `x-phala-version`: they go there, and never to a collateral service. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One instance to verify. */
export interface Target extends Who {
  readonly wanted: Wanted;
}

export interface AttestationSettings {
  readonly appId: string;
  readonly api: Api;
  /** DER of the trust root: Intel's, but in tests. */
  readonly root: Buffer;
  readonly allowedTcb: readonly TcbStatus[];
  /** Where collateral comes from, in order. */
  readonly services: readonly Service[];
  /** Between two looks at the platform, in ms. */
  readonly pollMs: number;
}

/** Verifies instances of one app; what Intel publishes is fetched once. Nothing is thrown. */
export class Attestation {
  readonly #net: Net;
  readonly #settings: AttestationSettings;
  readonly #source: CollateralSource;

  constructor(net: Net, settings: AttestationSettings) {
    this.#net = net;
    this.#settings = settings;
    this.#source = new CollateralSource(net, settings.services);
  }

  /**
   * Verifies each of them. What only time can mend is asked again: no answer, no quote yet, or a good quote of the
   * revision before an update. Everything else is final at once.
   *
   * @param until ms since the epoch: no look begins after it, but there is always one
   * @returns a verdict for each target, in their order; after a cancel, as far as it came
   */
  async verify(targets: readonly Target[], until: number): Promise<readonly Verdict[]> {
    const { clock, signal } = this.#net;
    const verdicts = new Map<Target, Verdict>();
    while (targets.length > 0) {
      const open = targets.filter((target) => mayChange(verdicts.get(target)));
      const waitMs = await this.#look(open, verdicts, until);
      const pauseMs = Math.max(this.#settings.pollMs, waitMs);
      const done = !open.some((target) => mayChange(verdicts.get(target)));
      if (done || signal.aborted || clock.now() + pauseMs > until) break;
      await clock.sleep(pauseMs, signal);
      if (signal.aborted) break;
    }
    return targets.map((target) => verdicts.get(target) ?? NOT_LOOKED);
  }

  /** One look at the platform. @returns how long it asks to be left alone, in ms */
  async #look(
    open: readonly Target[],
    verdicts: Map<Target, Verdict>,
    until: number,
  ): Promise<number> {
    const { clock } = this.#net;
    const { appId } = this.#settings;
    const shown = await this.#read(`${appPath(appId)}/attestations`, readAppEvidence, until);
    const picks = await inParallel(open, MOST_AT_ONCE, async (target) => {
      return { target, picked: await this.#pick(shown, target, until) };
    });
    // Asked for once a kind of platform, however many instances are of it.
    const kinds = new Map<string, Promise<Collateral>>();
    for (const { target, picked } of picks) {
      verdicts.set(target, await this.#judge(picked, target, kinds, until));
    }
    if (shown.ok || shown.fault.kind !== "answer") return 0;
    return retryAfterMs(shown.fault, clock.now()) ?? 0;
  }

  /** The proof of one instance: from the app's route, and where that has none, from the CVM's own. */
  async #pick(shown: Attempt<readonly Evidence[]>, target: Target, until: number): Promise<Picked> {
    const all = shown.ok ? shown.value : [];
    if (shown.ok && !lacks(all, target)) return pickEvidence(all, target);
    const read = (json: unknown) => readCvmEvidence(json, target);
    const own = await this.#read(`${cvmPath(target.vmUuid)}/attestation`, read, until);
    if (own.ok) {
      const others = all.filter(({ vmUuid }) => vmUuid !== target.vmUuid);
      return pickEvidence([own.value, ...others], target);
    }
    if (shown.ok) return pickEvidence(all, target);
    const again = mayCome(shown.fault) || mayCome(own.fault);
    return noEvidence("an answer of the platform", tellFault(shown.fault), again);
  }

  async #judge(
    picked: Picked,
    { wanted }: Target,
    kinds: Map<string, Promise<Collateral>>,
    until: number,
  ): Promise<Verdict> {
    const { made, checks } = picked;
    if (!made.ok) return unproven(picked);
    const { root, allowedTcb } = this.#settings;
    const collateral = await this.#collateral(made.value.quote, kinds, until);
    // After the requests: what ran out meanwhile has run out.
    const trust = { root, allowedTcb, now: this.#net.clock.now() };
    const verdict = verifyInstance(made.value, collateral, trust, wanted);
    return { ...verdict, checks: [...checks, ...verdict.checks] };
  }

  #collateral(
    quote: string,
    kinds: Map<string, Promise<Collateral>>,
    until: number,
  ): Promise<Collateral> {
    const platform = platformOf(quote);
    if (platform === null) return Promise.resolve(NO_COLLATERAL);
    const key = `${platform.ca} ${platform.fmspc}`;
    const collateral = kinds.get(key) ?? this.#source.get(platform, until);
    kinds.set(key, collateral);
    return collateral;
  }

  async #read<T>(
    path: string,
    read: (json: unknown) => T | null,
    until: number,
  ): Promise<Attempt<T>> {
    const { url, headers } = this.#settings.api;
    const withinMs = Math.max(LEAST_MS, until - this.#net.clock.now());
    const got = await get(this.#net, { url: url + path, headers }, withinMs);
    return got.ok ? readBody(got.answer, read) : got;
  }
}

/** Requests for single instances at a time. */
const MOST_AT_ONCE = 4;

const NO_PIECE = { missing: "a quote that names no platform", from: "Intel" };
const NO_COLLATERAL: Collateral = {
  rootCrl: NO_PIECE,
  pckCrl: NO_PIECE,
  tcbInfo: NO_PIECE,
  qeIdentity: NO_PIECE,
};

function unproven({ made, checks }: Picked): Verdict {
  return { fault: made.ok ? null : made.fault, checks, found: NOTHING_FOUND };
}

/** Cancelled before the first look. */
const NOT_LOOKED = unproven(noEvidence("an answer of the platform", "none: cancelled", false));

function mayChange(verdict: Verdict | undefined): boolean {
  return verdict === undefined || verdict.fault?.again === true;
}
