import type { Edges } from "../action/edges.ts";
import type { CleanupMode, Fact } from "../ledger/fact.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { isOurs, type Replica } from "../ledger/replica.ts";
import type { ReplicaKey } from "../ledger/terms.ts";
import type { Trouble } from "../ledger/trouble.ts";
import { nameOf, uuidOf } from "../ledger/who.ts";
import { oneLine } from "../text/clean.ts";
import { parseAppId } from "../text/ids.ts";
import { type Deployments, type DeploymentWords, openDeployments } from "./deployments.ts";
import { type DeploymentEnd, description, endOf, isTransient, publicUrl } from "./end.ts";
import { saveDeployment } from "./saved.ts";

/** The inputs that deployments depend on. */
export interface RecordingInputs {
  readonly appId: string | null;
  readonly cleanup: CleanupMode;
  readonly ttlMs: number | null;
  readonly wait: boolean;
  readonly healthCheck: string | null;
  readonly deploymentEnvironment: string;
  /** Masked by the caller. Null: not given. */
  readonly githubToken: string | null;
}

/** What is said of deployments: `report/` has the words. */
export interface RecordingWords extends DeploymentWords {
  /** What went wrong with a replica. */
  readonly describe: (trouble: Trouble, replica: Replica) => string;
}

/**
 * The deployments of one run of main. It goes on beside the run, so that a slow GitHub holds nothing up
 * before the end; warnings are its only way to be noticed.
 */
export class Recording {
  readonly #edges: Edges;
  readonly #inputs: RecordingInputs;
  readonly #ledger: Ledger;
  readonly #words: RecordingWords;
  readonly #deployments: Deployments;
  readonly #started = new Map<ReplicaKey, Promise<void>>();
  /** GitHub's numbers of the deployments, as soon as they are known. */
  readonly #ids = new Map<ReplicaKey, number>();
  readonly #ends = new Map<ReplicaKey, DeploymentEnd>();

  constructor(edges: Edges, inputs: RecordingInputs, ledger: Ledger, words: RecordingWords) {
    this.#edges = edges;
    this.#inputs = inputs;
    this.#ledger = ledger;
    this.#words = words;
    this.#deployments = openDeployments(edges, { token: inputs.githubToken }, words);
  }

  /** A subscriber of the ledger: a replica that this run made begins a deployment, as soon as its UUID is known. */
  readonly hear = (fact: Fact, ledger: Ledger): void => {
    if (fact.fact !== "created" && fact.fact !== "adopted" && fact.fact !== "located") return;
    const replica = ledger.replica(fact.replica);
    if (isOurs(replica) && uuidOf(replica) !== null) this.begin(fact.replica);
  };

  /** Returns at once; calling it again for the same replica does nothing. */
  begin(key: ReplicaKey): void {
    if (this.#started.has(key)) return;
    const started = this.#start(key).catch((error: unknown) => this.#giveUp(error));
    this.#started.set(key, started);
  }

  /**
   * Tells how each replica of the run ended, with a deployment of its own for each that could not be
   * created. The state is saved before the telling, so that post can make up for what main was kept from.
   */
  async end(replicas: readonly Replica[]): Promise<void> {
    try {
      await this.#tell(replicas);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  async #tell(replicas: readonly Replica[]): Promise<void> {
    for (const replica of replicas) {
      const end = endOf(replica, this.#inputs, this.#words.describe);
      if (end === null) continue;
      this.#ends.set(replica.key, this.#public(end));
      if (replica.origin !== "existing" && replica.trouble?.kind !== "not-asked")
        this.begin(replica.key);
    }
    // What is known is saved before anything is waited for. A number that comes later is saved with its end.
    for (const [key, id] of this.#ids) this.#save(key, id);
    await Promise.all(this.#started.values());
    for (const [key, end] of this.#ends) {
      const id = this.#ids.get(key);
      if (id === undefined) continue;
      const { done, warning } = await this.#deployments.finish(id, end);
      if (warning !== null) this.#edges.runner.warning(warning);
      if (done) this.#save(key, id, true);
    }
  }

  #save(key: ReplicaKey, id: number, told = false): void {
    const end = this.#ends.get(key) ?? null;
    const vmUuid = uuidOf(this.#ledger.replica(key));
    saveDeployment(this.#edges.runner, { id, vmUuid, end, told });
  }

  async #start(key: ReplicaKey): Promise<void> {
    const { runner } = this.#edges;
    const replica = this.#ledger.replica(key);
    const target = {
      environment: this.#inputs.deploymentEnvironment,
      transient: isTransient(this.#inputs),
      replicaName: nameOf(replica),
      vmUuid: uuidOf(replica),
      appId: replica.cvm?.appId ?? parseAppId(replica.vm?.appId ?? "") ?? this.#inputs.appId,
    };
    const { warning } = await this.#deployments.start(target, (made) => {
      this.#save(key, made);
      this.#ids.set(key, made);
      runner.info(`GitHub deployment ${made} records ${oneLine(target.replicaName, 80)}.`);
    });
    if (warning !== null) runner.warning(warning);
  }

  /** The state could not be saved: post will not know of the deployment. */
  #giveUp(error: unknown): void {
    const why = error instanceof Error ? oneLine(error.message, 200) : "unknown reason";
    this.#edges.runner.warning(`A GitHub deployment may be left as it is: ${why}`);
  }

  /** As it may be shown to everybody; secrets are known to main alone, and post tells what was saved. */
  #public(end: DeploymentEnd): DeploymentEnd {
    const redact = (text: string) => this.#edges.runner.redactPrinted(text);
    return {
      ...end,
      description: description(end.description, redact),
      environmentUrl: publicUrl(end.environmentUrl, redact),
    };
  }
}
