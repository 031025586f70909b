/** What create verifies by attestation: the source before anything is paid, and each replica before it counts as good. */
import type { Edges } from "../action/edges.ts";
import { type Subject, type Verified, Verifier } from "../fleet/attest.ts";
import type { Survey } from "../fleet/look.ts";
import type { RunPlan } from "../fleet/plan/create.ts";
import { type Context, note, type Settings } from "../fleet/run.ts";
import type { Attested } from "../ledger/attested.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { exists, isOurs, type Replica } from "../ledger/replica.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { nameOf, uuidOf } from "../ledger/who.ts";
import { isLive } from "../phala/cvm.ts";
import { oneLineOfWords } from "../report/annotation/trouble.ts";
import { unverifiedWords } from "../report/annotation/unverified.ts";
import { verdictText } from "../report/words/attested.ts";

/** Before anything is created: a source that runs for long has its quote. Ms. */
const SOURCE_WINDOW_MS = 120_000;

type Plan = Pick<Extract<RunPlan, { ok: true }>, "slots" | "counted" | "standing">;

export class Verification {
  readonly #edges: Edges;
  readonly #inputs: Settings;
  readonly #ledger: Ledger;
  readonly #survey: Survey;
  readonly #verifier: Verifier;
  #source: Verified | null = null;
  /** Names of what is being verified, for the heartbeat, and how long that may take in ms. */
  #under: { readonly names: readonly string[]; readonly limitMs: number } = {
    names: [],
    limitMs: 0,
  };

  private constructor({ edges, inputs, ledger }: Context, survey: Survey, verifier: Verifier) {
    this.#edges = edges;
    this.#inputs = inputs;
    this.#ledger = ledger;
    this.#survey = survey;
    this.#verifier = verifier;
  }

  /** Loads the verifier. Nothing is asked for yet. */
  static async open(context: Context, survey: Survey): Promise<Verification> {
    const { edges, inputs, ledger } = context;
    const verifier = await Verifier.open(edges, inputs, {
      onWait: (what, fault, waitMs, next) =>
        ledger.append({ fact: "retrying", doing: { do: "collateral", what }, fault, waitMs, next }),
      onBeat: (sinceMs) => verification.#beat(sinceMs),
    });
    const verification: Verification = new Verification(context, survey, verifier);
    return verification;
  }

  /** What the source's own attestation showed; null: it was not needed, or not looked at. */
  get source(): Attested | null {
    return this.#source?.attested ?? null;
  }

  /** Why nothing may be created, under `require` where the source is the reference; null: it may. */
  async refusal(plan: Plan): Promise<Trouble | null> {
    const { verify, waitTimeoutMs } = this.#inputs;
    if (verify !== "require" || this.#verifier.pins !== null) return null;
    const { source } = this.#survey;
    if (source !== null && !isLive(source)) {
      return { kind: "misfit", misfit: { input: "verify", status: source.status } };
    }
    const { clock, cancel } = this.#edges;
    const until = clock.now() + Math.min(waitTimeoutMs, SOURCE_WINDOW_MS);
    const { attested } = await this.#verifySource(until);
    if (cancel.aborted) return null;
    if (!attested.verified) return { kind: "unverified-source", entry: attested, counts: false };
    return this.#countedRefusal(plan, until);
  }

  /**
   * A genuine source that is one of those that count, and measured another revision than all are to have: the step
   * could not become green, whatever was created. An update that has not reached it yet gets its time.
   */
  async #countedRefusal(
    { slots, counted, standing }: Plan,
    until: number,
  ): Promise<Trouble | null> {
    const { instances, vmUuid } = this.#inputs;
    const there = [
      ...(instances === null ? [] : counted.live.map((cvm) => cvm.vmUuid)),
      ...standing.map(uuidOf),
    ];
    const subject = this.#sourceSubject();
    if (slots.length === 0 || !there.includes(vmUuid) || this.#hasRevision()) return null;
    const composeHash = { hash: this.#inputs.composeHash ?? "", from: "input" } as const;
    const [again] = await this.#run([{ ...subject, composeHash }], until);
    if (again === undefined || again.attested.verified || this.#edges.cancel.aborted) return null;
    return { kind: "unverified-source", entry: again.attested, counts: true };
  }

  /**
   * Verifies what runs; one that is not verified has a trouble under `require`, else a warning tells.
   *
   * @param until ms since the epoch
   */
  async verify(replicas: readonly Replica[], until: number): Promise<void> {
    const good = replicas.filter((one) => exists(one) && one.trouble === null && uuidOf(one));
    const { cancel } = this.#edges;
    if (good.length === 0 || cancel.aborted) return;
    for (const { key } of good) this.#ledger.append({ replica: key, fact: "verifying" });
    if (this.#verifier.pins === null) await this.#verifySource(until);
    const others = good.filter((one) => !this.#isSettled(one));
    const subjects = others.map((one) => this.#subjectOf(one));
    const verified = await this.#run(subjects, until);
    if (cancel.aborted) return;
    for (const replica of good) {
      const attested = verified[others.indexOf(replica)]?.attested ?? this.source;
      if (attested !== null) this.#take(replica, attested);
    }
    this.#warn(good.map(({ key }) => this.#ledger.replica(key)));
  }

  /** The source, where its own look says all: as one of those that count it has to be of the wanted revision too. */
  #isSettled(replica: Replica): boolean {
    if (uuidOf(replica) !== this.#inputs.vmUuid || this.#source === null) return false;
    return !this.#source.attested.verified || this.#hasRevision();
  }

  /** The source measured the revision that the workflow names, where it names one. */
  #hasRevision(): boolean {
    const { composeHash } = this.#inputs;
    return composeHash === null || composeHash === this.source?.compose_hash;
  }

  async #verifySource(until: number): Promise<Verified> {
    if (this.#source !== null) return this.#source;
    const [verified] = await this.#run([this.#sourceSubject()], until);
    if (verified === undefined) throw new Error("the verifier gave no verdict");
    if (!this.#edges.cancel.aborted) {
      this.#edges.runner.info(`The source: ${verdictText(verified.attested)}.`);
    }
    this.#source = verified;
    return verified;
  }

  #sourceSubject(): Subject {
    const { source, cvms } = this.#survey;
    const { vmUuid } = this.#inputs;
    const row = source ?? cvms?.find((cvm) => cvm.vmUuid === vmUuid) ?? null;
    return {
      vmUuid,
      name: row?.name ?? "the source",
      instanceId: row?.instanceId ?? null,
      formerIds: [],
      // Whatever it measured is what the replicas are to be.
      composeHash: null,
      reference: null,
    };
  }

  #subjectOf(replica: Replica): Subject {
    const { cvm } = replica;
    const source = this.#source;
    const reference = source === null ? this.#verifier.pins : (source.asReference ?? "unproven");
    const ids = this.#survey.cvms?.map(({ instanceId }) => instanceId) ?? [];
    const former = [...ids, source?.attested.instance_id ?? null].filter((id) => id !== null);
    return {
      vmUuid: uuidOf(replica) ?? "",
      name: nameOf(replica),
      instanceId: cvm?.instanceId ?? replica.vm?.instanceId ?? null,
      formerIds: isOurs(replica) ? former : [],
      composeHash: this.#hashOf(replica),
      reference,
    };
  }

  /**
   * The step's input, else what the source's verified quote measured, else what the API tells. A commit's revision
   * was decided when it was prepared, and need not be the source's.
   */
  #hashOf({ cvm }: Replica): Subject["composeHash"] {
    const { composeHash, commitToken } = this.#inputs;
    if (composeHash !== null) return { hash: composeHash, from: "input" };
    const measured = commitToken === null ? (this.source?.compose_hash ?? null) : null;
    if (measured !== null) return { hash: measured, from: "source" };
    const told = cvm?.composeHash ?? null;
    return told === null ? null : { hash: told, from: "api" };
  }

  #run(subjects: readonly Subject[], until: number): Promise<readonly Verified[]> {
    const names = subjects.map(({ name, vmUuid }) => name ?? vmUuid);
    this.#under = { names, limitMs: Math.max(0, until - this.#edges.clock.now()) };
    return this.#verifier.verify(subjects, until);
  }

  #beat(sinceMs: number): void {
    const { names, limitMs } = this.#under;
    const total = names.length;
    note({ ledger: this.#ledger }, { note: "still-waiting", names, total, sinceMs, limitMs });
  }

  #take(replica: Replica, attested: Attested): void {
    const { key } = replica;
    this.#ledger.append({ replica: key, fact: "attested", attested });
    this.#edges.runner.info(`${nameOf(replica)}: ${verdictText(attested)}.`);
    if (attested.verified) {
      this.#ledger.append({ replica: key, fact: "reached", stage: "verified", url: null });
      return;
    }
    if (this.#inputs.verify !== "require") return;
    const trouble = { kind: "unverified", entries: [attested], of: 1, source: false } as const;
    this.#ledger.append({ replica: key, fact: "failed", during: "following", trouble });
  }

  #warn(good: readonly Replica[]): void {
    const entries = good.flatMap(({ attested }) =>
      attested?.verified === false ? [attested] : [],
    );
    if (this.#inputs.verify !== "warn" || entries.length === 0) return;
    const place = { workspaceSlug: this.#survey.workspaceSlug, appId: this.#inputs.appId };
    const words = unverifiedWords({ entries, of: good.length, source: false }, place);
    this.#edges.runner.warning(oneLineOfWords(words));
  }
}
