/** The GitHub deployments of one run of rollout: one for each instance that it updates. */
import type { Edges } from "../action/edges.ts";
import type { Fact } from "../ledger/fact.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Replica } from "../ledger/replica.ts";
import type { ReplicaKey } from "../ledger/terms.ts";
import { oneLine } from "../text/clean.ts";
import { type Deployments, type DeploymentWords, openDeployments } from "./deployments.ts";
import { type DeploymentEnd, description, publicUrl } from "./end.ts";
import { saveDeployment } from "./saved.ts";

export interface RolledSettings {
  readonly environment: string;
  /** Masked by the caller. Null: not given. */
  readonly token: string | null;
  readonly appId: string;
  /** How the update of one ended; null while nobody can say. */
  readonly endOf: (replica: Replica) => DeploymentEnd | null;
}

/** It goes on beside the run, so that a slow GitHub holds nothing up before the end; it fails by warnings alone. */
export class RolledRecording {
  readonly #edges: Edges;
  readonly #settings: RolledSettings;
  readonly #deployments: Deployments;
  readonly #started = new Map<ReplicaKey, Promise<void>>();
  /** GitHub's numbers of the deployments, as soon as they are known. */
  readonly #ids = new Map<ReplicaKey, number>();

  constructor(edges: Edges, settings: RolledSettings, words: DeploymentWords) {
    this.#edges = edges;
    this.#settings = settings;
    this.#deployments = openDeployments(edges, { token: settings.token }, words);
  }

  /** A subscriber of the ledger: an update that is asked for begins a deployment. */
  readonly hear = (fact: Fact, ledger: Ledger): void => {
    if (fact.fact !== "updating" || fact.back || this.#started.has(fact.replica)) return;
    const started = this.#start(ledger.replica(fact.replica)).catch((error: unknown) =>
      this.#giveUp(error),
    );
    this.#started.set(fact.replica, started);
  };

  /** Tells how each ended; what can't be told here is saved, and left to post. */
  async end(ledger: Ledger): Promise<void> {
    try {
      // What is known is saved before anything is waited for.
      for (const [key, id] of this.#ids) this.#save(ledger.replica(key), id, false);
      await Promise.all(this.#started.values());
      for (const [key, id] of this.#ids) await this.#tell(ledger.replica(key), id);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  async #tell(replica: Replica, id: number): Promise<void> {
    this.#save(replica, id, false);
    const end = this.#endOf(replica);
    if (end === null) return;
    const { done, warning } = await this.#deployments.finish(id, end);
    if (warning !== null) this.#edges.runner.warning(warning);
    if (done) this.#save(replica, id, true);
  }

  async #start(replica: Replica): Promise<void> {
    const { runner } = this.#edges;
    const { environment, appId } = this.#settings;
    const { ident } = replica;
    const name = ident.name ?? ident.uuid ?? "unnamed";
    const target = {
      environment,
      transient: false,
      replicaName: name,
      vmUuid: ident.uuid,
      appId,
      underWay: "The instance is being updated.",
    };
    const { warning } = await this.#deployments.start(target, (made) => {
      this.#ids.set(replica.key, made);
      saveDeployment(runner, { id: made, vmUuid: ident.uuid, end: null, told: false });
      runner.info(`GitHub deployment ${made} records ${oneLine(name, 80)}.`);
    });
    if (warning !== null) runner.warning(warning);
  }

  #save(replica: Replica, id: number, told: boolean): void {
    const vmUuid = replica.ident.uuid;
    saveDeployment(this.#edges.runner, { id, vmUuid, end: this.#endOf(replica), told });
  }

  /** As it may be shown to everybody; secrets are known to main alone, and post tells what was saved. */
  #endOf(replica: Replica): DeploymentEnd | null {
    const end = this.#settings.endOf(replica);
    if (end === null) return null;
    const redact = (text: string) => this.#edges.runner.redactPrinted(text);
    return {
      ...end,
      description: description(end.description, redact),
      environmentUrl: publicUrl(end.environmentUrl, redact),
    };
  }

  /** The state could not be saved: post will not know of the deployment. */
  #giveUp(error: unknown): void {
    const why = error instanceof Error ? oneLine(error.message, 200) : "unknown reason";
    this.#edges.runner.warning(`A GitHub deployment may be left as it is: ${why}`);
  }
}
