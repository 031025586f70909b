import type { ApiAnswer, Cvm, Operation, Origin } from "./types.ts";
import type { World } from "./world.ts";

/** One API request as it came in, and what became of it. */
export interface RecordedRequest {
  readonly index: number;
  /** Stable name of the route, e.g. `create`; `unknown` when there is none. */
  readonly route: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Epoch ms of the world's clock. */
  readonly at: number;
  /** A create that came while another one was open. */
  readonly overlaps?: boolean;
  /** Status that was sent; absent when nothing was (yet). */
  status?: number;
  /** Kind of the fault that struck, if any. */
  fault?: string;
  /** The work was done, whatever was answered. */
  worked?: boolean;
}

/** One request at the gateway. Kept apart: no API key may ever be seen here. */
export interface GatewayRequest {
  readonly index: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly at: number;
  /** Which kind of URL was asked. */
  readonly target: "app" | "instance" | "unknown";
  /** The CVM that answered, or null. */
  readonly vmUuid: string | null;
  /** Status sent; null when nothing was. */
  readonly status: number | null;
}

/** A CVM as tests see it. */
export interface CvmSummary {
  readonly id: number;
  readonly hashId: string;
  readonly vmUuid: string;
  readonly appId: string;
  readonly name: string;
  readonly origin: Origin;
  readonly nodeId: number;
  readonly composeHash: string;
  readonly createdAt: number;
  /** Index in `requests` of the request that created it; null for seeds and strangers. */
  readonly requestIndex: number | null;
  readonly status: string;
  readonly inProgress: boolean;
  readonly bootError: string;
  readonly instanceId: string | null;
  readonly encryptedEnv: string | null;
  /** It does not exist any more. */
  readonly deleted: boolean;
  /** A deletion was begun. */
  readonly removing: boolean;
  /** DELETE requests that reached it. */
  readonly deletes: number;
  readonly scheduledDeleteAt: number | null;
  /** The revision that its guest runs, where an update is under way. */
  readonly guestHash: string;
  /** What was done to it since its creation, oldest first; its time in epoch ms. */
  readonly operations: readonly Pick<Operation, "kind" | "at" | "requestIndex">[];
}

/** All CVMs of the workspace, oldest first, deleted ones included. */
export function summaries(world: World): CvmSummary[] {
  return world.cvms
    .filter((cvm) => !cvm.foreign)
    .map((cvm) => {
      const view = world.view(cvm);
      return {
        id: cvm.id,
        hashId: cvm.hashId,
        vmUuid: cvm.vmUuid,
        appId: cvm.appId,
        name: cvm.name,
        origin: cvm.origin,
        nodeId: cvm.nodeId,
        composeHash: cvm.composeHash,
        createdAt: cvm.createdAt,
        requestIndex: cvm.requestIndex,
        status: view.gone ? "deleted" : view.status,
        inProgress: view.inProgress,
        bootError: view.bootError,
        instanceId: view.instanceId,
        encryptedEnv: cvm.encryptedEnv,
        deleted: view.gone,
        removing: view.removing,
        deletes: cvm.deletes,
        scheduledDeleteAt: cvm.scheduledDeleteAt,
        guestHash: view.guestHash,
        operations: cvm.operations.map(({ kind, at, requestIndex }) => ({
          kind,
          at,
          requestIndex,
        })),
      };
    });
}

/** The summary of one CVM. */
export function summaryOf(world: World, cvm: Cvm): CvmSummary {
  const found = summaries(world).find((item) => item.vmUuid === cvm.vmUuid);
  if (found === undefined) throw new Error(`no CVM ${cvm.vmUuid} in this workspace`);
  return found;
}

/** Moments at which the server waits for a test. */
export type Moment = "before-work" | "after-work" | "answered";

/** What a hook is told. */
export interface HookEvent {
  readonly moment: Moment;
  readonly route: string;
  readonly request: RecordedRequest;
  /** The real answer of the work; absent before it. */
  readonly answer?: ApiAnswer;
}

export type Hook = (event: HookEvent) => unknown;

/** Hooks by moment and route. */
export class Hooks {
  readonly #hooks: { moment: Moment; route: string; hook: Hook }[] = [];

  /** Adds a hook for a route, or for all with `*`; returns a function that takes it off. */
  add(moment: Moment, route: string, hook: Hook): () => void {
    const entry = { moment, route, hook };
    this.#hooks.push(entry);
    return () => {
      const at = this.#hooks.indexOf(entry);
      if (at >= 0) this.#hooks.splice(at, 1);
    };
  }

  /** Runs the hooks of a moment one after another and waits for them. */
  async run(event: HookEvent): Promise<void> {
    for (const { moment, route, hook } of [...this.#hooks]) {
      if (moment === event.moment && (route === "*" || route === event.route)) await hook(event);
    }
  }
}
