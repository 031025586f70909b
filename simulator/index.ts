import { BASE_PATH } from "./api.ts";
import type { Chain } from "./chain.ts";
import type { Fault } from "./faults.ts";
import { type Node, nodeById } from "./nodes.ts";
import {
  type CvmSummary,
  type GatewayRequest,
  type Hook,
  type Moment,
  type RecordedRequest,
  summaries,
  summaryOf,
} from "./record.ts";
import { SimServer } from "./server.ts";
import type { SimulatorOptions } from "./settings.ts";
import { addStranger, type Stranger } from "./stranger.ts";
import type { Cvm, CvmUpdate } from "./types.ts";
import { World } from "./world.ts";

export type { Fault, FaultKind } from "./faults.ts";
export type { WorldOptions } from "./options.ts";
export type { Health, NodeSpec, ReplicaPlan } from "./plans.ts";
export type { CvmSummary, GatewayRequest, HookEvent, RecordedRequest } from "./record.ts";
export type { SimulatorOptions } from "./settings.ts";

/** A running simulator. */
export interface Simulator {
  /** Base URL of the API, e.g. `http://127.0.0.1:40001/api/v1`. */
  readonly apiUrl: string;
  /** Base URL of the control routes. */
  readonly controlUrl: string;
  readonly apiKey: string;
  /** The app, its running source CVM and the source's compose hash. */
  readonly appId: string;
  readonly vmUuid: string;
  readonly composeHash: string;
  /** Another app of the same workspace, and one of somebody else. */
  readonly other: { readonly appId: string; readonly vmUuid: string };
  readonly foreign: { readonly appId: string; readonly vmUuid: string };
  readonly nodes: readonly Node[];
  /** The KMS root key that signs env keys: 66 hex digits without `0x`. */
  readonly rootKey: string;
  /** The app's contract on the simulated chain. */
  readonly chain: Chain;
  readonly world: World;
  /** API requests in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Requests at CVMs' own URLs. */
  readonly gatewayRequests: readonly GatewayRequest[];
  /** All CVMs of the workspace, deleted ones included. */
  cvms(): CvmSummary[];
  /** CVMs that were made through the API, deleted ones included. */
  replicas(): CvmSummary[];
  fault(fault: Fault): void;
  clearFaults(): void;
  /** Adds a hook that the server waits for; returns a function that takes it off. */
  on(moment: Moment, route: string, hook: Hook): () => void;
  addStranger(stranger?: Stranger): CvmSummary;
  update(vmUuid: string, update: CvmUpdate): void;
  /** Changes the room or the access of a node from now on. */
  changeNode(id: number, change: { readonly slots?: number; readonly forbidden?: boolean }): void;
  /** Deletes a CVM at once, as somebody else might. */
  remove(vmUuid: string): void;
  /** Plaintext JSON of the env that the client sealed for a CVM; null when it inherits. */
  decryptEnv(cvm: string | { readonly vmUuid: string }): string | null;
  close(): Promise<void>;
}

/**
 * Starts a simulated Phala Cloud on a loopback port.
 *
 * @throws if the port is taken or an option makes no sense
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const world = new World(options);
  const server = new SimServer(world, options);
  const origin = await server.listen();
  world.origin = origin;
  return {
    apiUrl: `${origin}${BASE_PATH}`,
    controlUrl: `${origin}/_sim`,
    apiKey: world.settings.apiKey,
    appId: world.appId,
    vmUuid: world.source.vmUuid,
    composeHash: world.source.composeHash,
    other: { appId: world.otherAppId, vmUuid: world.other.vmUuid },
    foreign: { appId: world.foreignAppId, vmUuid: world.foreign.vmUuid },
    nodes: world.nodes,
    rootKey: world.kms.rootKey,
    chain: world.chain,
    world,
    requests: server.requests,
    gatewayRequests: server.gatewayRequests,
    cvms: () => summaries(world),
    replicas: () => summaries(world).filter((cvm) => cvm.origin === "replica"),
    fault: (fault) => server.faults.add(fault),
    clearFaults: () => server.faults.clear(),
    on: (moment, route, hook) => server.hooks.add(moment, route, hook),
    ...changesOf(world),
    close: () => server.close(),
  };
}

type Changes = Pick<Simulator, "addStranger" | "update" | "changeNode" | "remove" | "decryptEnv">;

/** What a test changes in the world, and looks up in it. */
function changesOf(world: World): Changes {
  const find = (vmUuid: string): Cvm => {
    const cvm = world.find(vmUuid);
    if (cvm === undefined) throw new Error(`no CVM ${vmUuid}`);
    return cvm;
  };
  return {
    addStranger: (stranger = {}) => summaryOf(world, addStranger(world, stranger)),
    update: (vmUuid, update) => world.update(find(vmUuid), update),
    changeNode: (id, change) => {
      const node = nodeById(world.nodes, id);
      if (node === undefined) throw new Error(`no node ${id}`);
      Object.assign(node, change);
    },
    remove: (vmUuid) => world.remove(find(vmUuid)),
    decryptEnv: (cvm) => {
      const record = find(typeof cvm === "string" ? cvm : cvm.vmUuid);
      const sealed = record.encryptedEnv;
      return sealed === null ? null : world.kms.open(record.appId, sealed);
    },
  };
}
