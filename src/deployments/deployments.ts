import type { Edges } from "../action/edges.ts";
import type { Doing } from "../ledger/trouble.ts";
import type { Fault } from "../net/fault.ts";
import { type GaveUp, persist } from "../net/persist.ts";
import type { Budget } from "../net/retry.ts";
import { oneLine } from "../text/clean.ts";
import { numberAt } from "../text/json.ts";
import { type DeploymentSettings, type Desk, openDesk } from "./desk.ts";
import { type DeploymentEnd, description, publicUrl } from "./end.ts";
import { judge } from "./verdict.ts";
import type { Workflow } from "./workflow.ts";

/** A replica that a deployment is recorded for. */
export interface DeploymentTarget {
  readonly environment: string;
  /** The replica is not there to stay; see `isTransient`. */
  readonly transient: boolean;
  readonly replicaName: string;
  /** Null: it was never created. */
  readonly vmUuid: string | null;
  /** Null: not known. */
  readonly appId: string | null;
  /** What goes on with it, as a sentence; left out: it was created and boots. */
  readonly underWay?: string;
}

/** What came of telling GitHub something. */
export interface Told {
  readonly done: boolean;
  /** To be printed; null where there is nothing new to say. */
  readonly warning: string | null;
}

export interface Started extends Told {
  /** GitHub's number of the deployment; null: there is none. */
  readonly id: number | null;
}

/** A minute is what GitHub asks for where a secondary limit was met. */
const BUDGET: Budget = { maxTries: 4, totalMs: 75_000, firstWaitMs: 1_000 };
/** These concern one deployment alone; every other failure would meet the next request too. */
const OWN_TROUBLE: ReadonlySet<number> = new Set([404, 410, 422]);
const BOOTS = "The replica was created and boots.";
const SILENCE: Told = { done: false, warning: null };

/** What is said of requests to GitHub that fail: `report/` has the words. */
export interface DeploymentWords {
  /** Before a request is sent again, as try number `next`. */
  readonly retrying: (doing: Doing, fault: Fault, waitMs: number, next: number) => string;
  /** A warning in whole sentences. */
  readonly explain: (doing: Doing, fault: Fault, gaveUp: GaveUp | null) => string;
}

/** Ready to record deployments. Nothing is loaded, read or sent before the first of them. */
export function openDeployments(
  edges: Edges,
  settings: DeploymentSettings,
  words: DeploymentWords,
): Deployments {
  return new Deployments(edges, settings, words);
}

/**
 * Records replicas as GitHub deployments (GitHub's REST reference, "Deployments"). One request at a time, as
 * GitHub asks for. Nothing is thrown: what fails comes back as a warning, once. After a failure that the next
 * request would meet too, no more are sent, so that a GitHub that is out of reach costs one bounded wait.
 */
export class Deployments {
  readonly #edges: Edges;
  readonly #settings: DeploymentSettings;
  readonly #words: DeploymentWords;
  #queue: Promise<unknown> = Promise.resolve();
  #desk: Promise<Desk | string> | null = null;
  #closed = false;
  /** What goes to GitHub may be public, and does not pass through the log. */
  readonly #redact = (text: string) => this.#edges.runner.redactPrinted(text);

  constructor(edges: Edges, settings: DeploymentSettings, words: DeploymentWords) {
    this.#edges = edges;
    this.#settings = settings;
    this.#words = words;
  }

  /**
   * Creates a deployment and, if its replica exists, sets it in progress. An id may come with a warning.
   *
   * @param onMade told the id at once, before anything else is asked: from then on post has to know of it
   */
  start(
    target: DeploymentTarget,
    onMade: (id: number) => void = () => undefined,
  ): Promise<Started> {
    return this.#next<Started>({ ...SILENCE, id: null }, async ({ client, workflow }) => {
      const doing = { do: "record", name: target.replicaName } as const;
      const path = `/repos/${workflow.owner}/${workflow.repo}/deployments`;
      const body = this.#creation(target, workflow);
      const made = await this.#persist("deployment", doing, async () => {
        const result = await client.post(path, body);
        if (!result.ok) return result;
        const { status, data } = result.value;
        const id = numberAt(data, "id");
        if (id !== null && Number.isSafeInteger(id) && id > 0) return { ok: true, value: id };
        const problem = "an answer that names no deployment";
        return {
          ok: false,
          fault: { kind: "unreadable", status, problem, requestId: null, page: false },
        };
      });
      if (!made.ok) {
        // All replicas of a run ask for the same: a refusal of one is a refusal of all.
        this.#closed = true;
        return { done: false, id: null, warning: made.warning };
      }
      onMade(made.value);
      if (target.vmUuid === null) return { done: true, id: made.value, warning: null };
      const status = { state: "in_progress", description: target.underWay ?? BOOTS };
      return { ...(await this.#status({ client, workflow }, made.value, status)), id: made.value };
    });
  }

  /** Sets the state that the replica ended in. @param id of `start` */
  finish(id: number, end: DeploymentEnd): Promise<Told> {
    return this.#next(SILENCE, (desk) => {
      const url = publicUrl(end.environmentUrl, this.#redact);
      return this.#status(desk, id, {
        state: end.state,
        description: description(end.description, this.#redact),
        ...(url === null ? {} : { environment_url: url }),
      });
    });
  }

  /** The replica was deleted. @param id of `start` */
  deactivate(id: number): Promise<Told> {
    const status = { state: "inactive", description: "The replica was deleted." };
    return this.#next(SILENCE, (desk) => this.#status(desk, id, status));
  }

  #creation(target: DeploymentTarget, run: Workflow) {
    const { environment, transient, replicaName, vmUuid, appId } = target;
    const of = run.label === null ? "" : ` (${run.label})`;
    return {
      ref: run.ref,
      environment,
      description: description(`CVM replica ${replicaName}${of}`, this.#redact),
      // By these the action `delete` finds what a pull request owns.
      payload: { vm_uuid: vmUuid, app_id: appId, number: run.pullRequest, ref: run.label },
      // The commit goes out as it is: without its checks, and without merging the default branch into it.
      required_contexts: [],
      auto_merge: false,
      transient_environment: transient,
    };
  }

  async #status(
    { client, workflow }: Desk,
    id: number,
    status: Readonly<Record<string, string>>,
  ): Promise<Told> {
    const path = `/repos/${workflow.owner}/${workflow.repo}/deployments/${id}/statuses`;
    const body = {
      ...status,
      ...(workflow.logUrl === null ? {} : { log_url: workflow.logUrl }),
      // By default, GitHub would take a success for the end of all earlier deployments, but replicas
      // live side by side.
      auto_inactive: false,
    };
    const doing = { do: "tell", deployment: id, state: status.state ?? "" } as const;
    const told = await this.#persist("status", doing, () => client.post(path, body));
    if (told.ok) return { done: true, warning: null };
    this.#closed ||= told.fault.kind !== "answer" || !OWN_TROUBLE.has(told.fault.status);
    return { done: false, warning: told.warning };
  }

  async #persist<T>(
    kind: "deployment" | "status",
    doing: Doing,
    attempt: Parameters<typeof persist<T>>[2],
  ): Promise<
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly fault: Fault; readonly warning: string | null }
  > {
    const { cancel, runner } = this.#edges;
    const persistence = {
      budget: BUDGET,
      judge: (fault: Fault) => judge(kind, fault),
      signal: cancel,
      onWait: (fault: Fault, waitMs: number, next: number) =>
        runner.info(this.#words.retrying(doing, fault, waitMs, next)),
    };
    const result = await persist(this.#edges, persistence, attempt);
    if (result.ok) return result;
    const { fault, gaveUp } = result;
    return {
      ok: false,
      fault,
      warning: cancel.aborted ? null : this.#words.explain(doing, fault, gaveUp),
    };
  }

  /** After all that was asked for before; `nothing` where it is not to be done any more. */
  #next<T extends Told>(nothing: T, work: (desk: Desk) => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      if (this.#closed || this.#edges.cancel.aborted) return nothing;
      try {
        this.#desk ??= openDesk(this.#edges, this.#settings);
        const desk = await this.#desk;
        if (typeof desk !== "string") return await work(desk);
        this.#closed = true;
        return { ...nothing, warning: `No GitHub deployment is recorded. ${desk}` };
      } catch (error) {
        this.#closed = true;
        const why = error instanceof Error ? oneLine(error.message, 200) : "unknown reason";
        return {
          ...nothing,
          warning: `A GitHub deployment may be missing, or left as it is: ${why}`,
        };
      }
    });
    this.#queue = turn;
    return turn;
  }
}
