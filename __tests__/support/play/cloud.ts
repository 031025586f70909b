/** The cloud as a case sees it, behind a real server or in simulated time. */

import type { CvmUpdate, Fault } from "../../../simulator/core.ts";
import type { EvmChain } from "../../../simulator/evm/chain.ts";
import type { ChainRpc } from "../../../simulator/evm/rpc.ts";
import type { Node } from "../../../simulator/nodes.ts";
import type {
  CvmSummary,
  GatewayRequest,
  Hook,
  Moment,
  RecordedRequest,
} from "../../../simulator/record.ts";
import type { Stranger } from "../../../simulator/stranger.ts";
import type { World } from "../../../simulator/world.ts";
import { SIMULATED_RPC } from "../simulated/chain.ts";
import type { Simulation } from "../simulated/simulation.ts";

/** The node of the app's chain. */
export interface CloudChain {
  /** For `rpc_url`. */
  readonly url: string;
  readonly evm: EvmChain;
  readonly rpc: ChainRpc;
}

export interface Cloud {
  /** Where the case has a chain. */
  readonly node?: CloudChain;
  readonly apiKey: string;
  readonly apiUrl: string;
  /** The app, its running source CVM and the source's compose hash. */
  readonly appId: string;
  readonly vmUuid: string;
  readonly composeHash: string;
  readonly nodes: readonly Node[];
  readonly world: World;
  /** In order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Requests at CVMs' own URLs. */
  readonly gatewayRequests: readonly GatewayRequest[];
  /** All CVMs of the workspace as they are now, deleted ones included. */
  cvms(): CvmSummary[];
  /** CVMs that were made through the API, deleted ones included. */
  replicas(): CvmSummary[];
  fault(fault: Fault): void;
  on(moment: Moment, route: string, hook: Hook): () => void;
  addStranger(stranger?: Stranger): { readonly vmUuid: string };
  update(vmUuid: string, update: CvmUpdate): void;
  /** Deletes a CVM at once, as somebody else might. */
  remove(vmUuid: string): void;
}

/** The simulated cloud with the names that the simulator of real processes has. */
export function simulatedCloud(sim: Simulation): Cloud {
  const { world } = sim;
  const find = (vmUuid: string) => {
    const cvm = world.find(vmUuid);
    if (cvm === undefined) throw new Error(`no CVM ${vmUuid}`);
    return cvm;
  };
  const chain = sim.server.chain;
  const node = chain && { url: SIMULATED_RPC, evm: chain.evm, rpc: chain.rpc };
  return {
    ...(node === null ? {} : { node }),
    apiKey: sim.apiKey,
    apiUrl: sim.apiUrl,
    appId: world.appId,
    vmUuid: world.source.vmUuid,
    composeHash: world.source.composeHash,
    nodes: world.nodes,
    world,
    requests: sim.requests,
    gatewayRequests: sim.gatewayRequests,
    cvms: () => sim.cvms(),
    replicas: () => sim.replicas(),
    fault: (fault) => sim.fault(fault),
    on: (moment, route, hook) => sim.on(moment, route, hook),
    addStranger: (stranger) => sim.addStranger(stranger),
    update: (vmUuid, update) => world.update(find(vmUuid), update),
    remove: (vmUuid) => world.remove(find(vmUuid)),
  };
}
