import type { Edges } from "../edges.ts";
import type { Inputs } from "../inputs/types.ts";
import { nameOf, type Replica, uuidOf } from "../replicas/record.ts";
import { oneLine } from "../report/clean.ts";
import { type Deployments, openDeployments } from "./deployments.ts";
import { type SavedDeployment, saveDeployment } from "./saved.ts";
import { type DeploymentEnd, description, endOf, isTransient, publicUrl } from "./words.ts";

/** The inputs that deployments depend on. */
export type RecordingInputs = Pick<Inputs, "cleanup" | "ttlMs" | "wait" | "healthCheck"> & {
  readonly deploymentEnvironment: string;
  /** Masked by the caller. Null: not given. */
  readonly githubToken: string | null;
};

/**
 * The deployments of one run of main. It goes on beside the run, so that a slow GitHub holds nothing up
 * before the end; warnings are its only way to be noticed.
 */
export class Recording {
  readonly #edges: Edges;
  readonly #inputs: RecordingInputs;
  readonly #deployments: Deployments;
  readonly #started = new Map<Replica, Promise<number | null>>();

  constructor(edges: Edges, inputs: RecordingInputs) {
    this.#edges = edges;
    this.#inputs = inputs;
    this.#deployments = openDeployments(edges, { token: inputs.githubToken });
  }

  /** A replica was created or adopted. Returns at once; calling it again for the same replica does nothing. */
  begin(replica: Replica): void {
    if (this.#started.has(replica)) return;
    const id = this.#start(replica).catch((error: unknown) => this.#giveUp(error));
    this.#started.set(replica, id);
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
    const ends = new Map<Replica, DeploymentEnd>();
    for (const replica of replicas) {
      const end = endOf(replica, this.#inputs);
      if (end === null) continue;
      ends.set(replica, this.#public(end));
      // Without a code it was never asked for.
      if (replica.origin !== "existing" && replica.failure?.code !== "") this.begin(replica);
    }
    const made: { readonly end: DeploymentEnd; readonly saved: SavedDeployment }[] = [];
    for (const [replica, starting] of this.#started) {
      const id = await starting;
      const end = ends.get(replica);
      if (id === null || end === undefined) continue;
      const saved = { id, vmUuid: uuidOf(replica), end, told: false };
      saveDeployment(this.#edges.runner, saved);
      made.push({ end, saved });
    }
    for (const { end, saved } of made) {
      const { done, warning } = await this.#deployments.finish(saved.id, end);
      if (warning !== null) this.#edges.runner.warning(warning);
      if (done) saveDeployment(this.#edges.runner, { ...saved, told: true });
    }
  }

  async #start(replica: Replica): Promise<number | null> {
    const { runner } = this.#edges;
    const target = {
      environment: this.#inputs.deploymentEnvironment,
      transient: isTransient(this.#inputs),
      replicaName: nameOf(replica),
      vmUuid: uuidOf(replica),
    };
    const { id, warning } = await this.#deployments.start(target, (made) => {
      saveDeployment(runner, { id: made, vmUuid: target.vmUuid, end: null, told: false });
      runner.info(`GitHub deployment ${made} records ${oneLine(target.replicaName, 80)}.`);
    });
    if (warning !== null) runner.warning(warning);
    return id;
  }

  /** The state could not be saved: post will not know of the deployment. */
  #giveUp(error: unknown): null {
    const why = error instanceof Error ? oneLine(error.message, 200) : "unknown reason";
    this.#edges.runner.warning(`A GitHub deployment may be left as it is: ${why}`);
    return null;
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
