/** Verifying instances by their attestation: the verb between what a command wants and the room `attest`. */
import type { Edges } from "../action/edges.ts";
import type { Attestation, Reference, Target, Verdict } from "../attest/attest.ts";
import type { AttestationInputs } from "../inputs/attestation.ts";
import type { Attested } from "../ledger/attested.ts";
import type { Fault } from "../net/fault.ts";
import { API_VERSION } from "../phala/wire.ts";

type Room = typeof import("../attest/attest.ts");

/** Attestation lags behind a boot by seconds at most, as far as anybody told. Ms between two looks. */
const POLL_MS = 5_000;
const HEARTBEAT_MS = 60_000;

export interface VerifierSettings extends AttestationInputs {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly appId: string;
  readonly requestTimeoutMs: number;
}

/** What is told while it works. */
export interface VerifierTells {
  /** Before a request is sent again. @param what what it asks for: "fetch … from …" */
  readonly onWait: (what: string, fault: Fault, waitMs: number, next: number) => void;
  /** Every minute. @param sinceMs how long it has been at it */
  readonly onBeat: (sinceMs: number) => void;
}

/** One instance to be verified, and what it must turn out to be. */
export interface Subject {
  /** Dashed, or the API's id where it has none. */
  readonly vmUuid: string;
  readonly name: string | null;
  readonly instanceId: string | null;
  /** Ids that the app's instances had before it was made; empty for one of before. */
  readonly formerIds: readonly string[];
  /** Null: whatever was measured. */
  readonly composeHash: Target["wanted"]["composeHash"];
  /** Null: it is compared with nothing. `unproven`: with a source that is not verified, so it can't be either. */
  readonly reference: Reference | "unproven" | null;
}

export interface Verified {
  readonly attested: Attested;
  /** Only time can mend what is wrong with it: no answer, no quote yet, or one of the revision before. */
  readonly again: boolean;
  /** What others must equal, where it is to be their source; null where it is not verified. */
  readonly asReference: Reference | null;
}

/** Verifies instances of one app. What Intel publishes is fetched once, however often it is asked. */
export class Verifier {
  readonly #room: Room;
  readonly #attestation: Attestation;
  readonly #edges: Pick<Edges, "clock" | "cancel">;
  readonly #settings: VerifierSettings;
  readonly #tells: VerifierTells;

  private constructor(
    room: Room,
    attestation: Attestation,
    edges: Edges,
    settings: VerifierSettings,
    tells: VerifierTells,
  ) {
    this.#room = room;
    this.#attestation = attestation;
    this.#edges = edges;
    this.#settings = settings;
    this.#tells = tells;
  }

  /** Loads the room, which a step that verifies nothing never does. */
  static async open(
    edges: Edges,
    settings: VerifierSettings,
    tells: VerifierTells,
  ): Promise<Verifier> {
    const { transport, clock, random, runner, cancel: signal } = edges;
    const [room, root] = await Promise.all([import("../attest/attest.ts"), edges.trustRoot()]);
    const { apiUrl, apiKey, appId, allowedTcb, collateralUrl } = settings;
    const net = {
      transport,
      clock,
      random,
      signal,
      timeoutMs: settings.requestTimeoutMs,
      redact: (text: string) => runner.redact(text),
      onWait: tells.onWait,
    };
    const attestation = new room.Attestation(net, {
      appId,
      api: { url: apiUrl, headers: { "x-api-key": apiKey, "x-phala-version": API_VERSION } },
      root,
      allowedTcb,
      services: collateralUrl === null ? room.DEFAULT_SERVICES : [room.serviceAt(collateralUrl)],
      pollMs: POLL_MS,
    });
    return new Verifier(room, attestation, edges, settings, tells);
  }

  /** What the workflow pins; null: nothing. */
  get pins(): Reference | null {
    const { expectedOs: lines } = this.#settings;
    return lines.length === 0 ? null : { from: "input", lines, keyProvider: null };
  }

  /**
   * Verifies each of them; nothing is thrown.
   *
   * @param until ms since the epoch: no look begins after it, but there is always one
   * @returns in their order; after a cancel as far as it came
   */
  async verify(subjects: readonly Subject[], until: number): Promise<readonly Verified[]> {
    if (subjects.length === 0) return [];
    const finished = new AbortController();
    void this.#beat(finished.signal);
    try {
      const targets = subjects.map((subject) => this.#targetOf(subject));
      const verdicts = await this.#attestation.verify(targets, until);
      return subjects.flatMap((subject, index) => {
        const verdict = verdicts[index];
        return verdict === undefined ? [] : [this.#verified(subject, verdict)];
      });
    } finally {
      finished.abort();
    }
  }

  #targetOf({ vmUuid, instanceId, formerIds, composeHash, ...subject }: Subject): Target {
    const { appId } = this.#settings;
    const reference = referenceIn(subject);
    const wanted = { appId, instanceId, formerIds, composeHash, reference };
    return { vmUuid, instanceId, wanted };
  }

  #verified(subject: Subject, verdict: Verdict): Verified {
    const entry = this.#room.entryOf(subject, verdict, referenceIn(subject));
    const attested = subject.reference === "unproven" ? withoutSource(entry) : entry;
    const own = attested.verified ? this.#room.referenceOf(verdict.found) : null;
    const again = verdict.fault?.again === true;
    return { attested, again, asReference: own === null ? null : this.#pinned(own) };
  }

  /** Where the workflow pins the OS too, others must fit a pin and equal the source: so the pins that it fits. */
  #pinned(own: Reference): Reference {
    const { pins } = this;
    if (pins === null) return own;
    const equal = ({ mrtd, rtmr1, rtmr2 }: Reference["lines"][number]) =>
      own.lines.some((one) => one.mrtd === mrtd && one.rtmr1 === rtmr1 && one.rtmr2 === rtmr2);
    return { from: "input", lines: pins.lines.filter(equal), keyProvider: own.keyProvider };
  }

  async #beat(finished: AbortSignal): Promise<void> {
    const { clock } = this.#edges;
    const begun = clock.now();
    for (let beat = 1; ; beat++) {
      await clock.sleep(Math.max(0, begun + beat * HEARTBEAT_MS - clock.now()), finished);
      if (finished.aborted) return;
      this.#tells.onBeat(clock.now() - begun);
    }
  }
}

function referenceIn({ reference }: Pick<Subject, "reference">): Reference | null {
  return reference === "unproven" ? null : reference;
}

/** What would be good if there was something to compare it with: not green, since nothing was compared. */
function withoutSource(entry: Attested): Attested {
  if (!entry.verified) return entry;
  const check = {
    check: "os",
    ok: false,
    expected: "what a verified source booted",
    seen: "no verified source",
    from: "source",
  };
  return { ...entry, verified: false, checks: [...entry.checks, check] };
}
