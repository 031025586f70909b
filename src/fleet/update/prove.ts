/** The attestation of a rollout's instances: the source's first, then each one's before it counts as good. */
import type { AttestationInputs, VerifyMode } from "../../inputs/attestation.ts";
import type { Attested } from "../../ledger/attested.ts";
import { identOf } from "../../ledger/replica.ts";
import { type Subject, type Verified, Verifier, type VerifierSettings } from "../attest.ts";
import type { Bench } from "../bench.ts";
import { fail, finish, reached } from "./ends.ts";
import type { Instance } from "./instance.ts";
import { PROOF_EVERY_MS, proofIsOver } from "./proof-time.ts";
import type { UpdateRules } from "./rules.ts";

export interface ProvingInputs extends AttestationInputs {
  readonly verify: VerifyMode;
  readonly apiKey: string;
  readonly apiUrl: string;
  readonly requestTimeoutMs: number;
  /** The revision as the workflow gives it; null: it is the source's. */
  readonly composeHash: string | null;
  /** UUID of the source. */
  readonly source: string | null;
}

export class Proving {
  readonly #bench: Bench;
  readonly #inputs: ProvingInputs;
  readonly #verifier: Verifier;
  /** The source's, where there is one: the others are held against it. */
  #source: Verified | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;

  private constructor(bench: Bench, inputs: ProvingInputs, verifier: Verifier) {
    this.#bench = bench;
    this.#inputs = inputs;
    this.#verifier = verifier;
  }

  /** Null where nothing is to be verified: then nothing of it is loaded either. */
  static async open(bench: Bench, inputs: ProvingInputs): Promise<Proving | null> {
    if (inputs.verify === "off") return null;
    const { edges, ledger, appId } = bench;
    const settings: VerifierSettings = { ...inputs, appId };
    const verifier = await Verifier.open(edges, settings, {
      onWait: (what, fault, waitMs, next) =>
        ledger.append({ fact: "retrying", doing: { do: "collateral", what }, fault, waitMs, next }),
      // One look takes seconds; the rollout itself says what it waits for.
      onBeat: () => undefined,
    });
    return new Proving(bench, inputs, verifier);
  }

  /** What the source's own attestation showed; null: there is none, or it was not looked at. */
  get source(): Attested | null {
    return this.#source?.attested ?? null;
  }

  /** One look at those that run as they should; what it settles is told, and ends their update. */
  async look(due: readonly Instance[], rules: UpdateRules): Promise<void> {
    const { clock, cancel } = this.#bench.edges;
    const paced = clock.now() - this.#lookedAt < PROOF_EVERY_MS;
    const asked = due.filter(({ attested }) => attested === null || !paced);
    if (asked.length === 0) return;
    this.#lookedAt = clock.now();
    const subjects = asked.map((one) => this.#subjectOf(one, rules));
    const verified = await this.#verifier.verify(subjects, clock.now());
    if (cancel.aborted) return;
    for (const [index, one] of asked.entries()) {
      const shown = verified[index];
      if (shown !== undefined) this.#take(one, shown, rules);
    }
  }

  #take(one: Instance, shown: Verified, rules: UpdateRules): void {
    const { attested } = shown;
    one.attested = attested;
    const now = this.#bench.edges.clock.now();
    const waits = shown.again && !proofIsOver(one, rules, now);
    if (!attested.verified && waits) return;
    if (one.isSource) this.#source = shown;
    this.#tell(one, attested);
    if (attested.verified) reached(this.#bench, one, "verified");
    if (!attested.verified && rules.verify === "require") {
      fail(this.#bench, one, { why: "unverified", entry: attested });
    } else finish(this.#bench, one);
  }

  /** As a fact of the replica that it is; the source need not be one. */
  #tell(one: Instance, attested: Attested): void {
    const { ledger } = this.#bench;
    const isReplica = ledger.replicas().some(({ key }) => key === one.key);
    if (isReplica) ledger.append({ replica: one.key, fact: "attested", attested });
    else {
      const ident = identOf(one.row);
      ledger.append({ fact: "noted", note: { note: "source-attested", ident, attested } });
    }
  }

  #subjectOf(one: Instance, { wanted }: UpdateRules): Subject {
    const { uuid, row, under } = one;
    const base = { vmUuid: uuid, name: row.name, instanceId: row.instanceId, formerIds: [] };
    if (one.isSource) {
      // Where compose_hash names another revision, the source shows the OS and the keys alone.
      const composeHash = one.has(wanted) ? this.#hash(wanted, "api") : null;
      return { ...base, composeHash, reference: this.#verifier.pins };
    }
    const source = this.#source;
    const reference = source === null ? this.#verifier.pins : (source.asReference ?? "unproven");
    const measured = source?.attested.compose_hash === wanted ? "source" : "api";
    const composeHash =
      under?.back === true
        ? ({ hash: under.target, from: "api" } as const)
        : this.#hash(wanted, measured);
    return { ...base, composeHash, reference };
  }

  #hash(hash: string, from: "source" | "api"): Subject["composeHash"] {
    return { hash, from: this.#inputs.composeHash === null ? from : "input" };
  }
}
