/** The whole room against the simulated platform, in simulated time. */
import { authority } from "../../simulator/attestation/authority.ts";
import type { Cvm } from "../../simulator/types.ts";
import { Attestation, type AttestationSettings, type Target } from "../../src/attest/attest.ts";
import type { Wanted } from "../../src/attest/compare.ts";
import type { Net } from "../../src/attest/requests.ts";
import { DEFAULT_SERVICES, serviceAt } from "../../src/attest/services.ts";
import type { Verdict } from "../../src/attest/verify.ts";
import { exchange } from "../support/simulated/network.ts";
import type { Simulation } from "../support/simulated/simulation.ts";

export { Simulation } from "../support/simulated/simulation.ts";

export interface Room {
  readonly attestation: Attestation;
  readonly cancel: AbortController;
  /** What it told of tries that are made again. */
  readonly waits: string[];
}

/** The verifier as a step has it, but for the root. Polls every 5 s. */
export function roomOf(sim: Simulation, settings: Partial<AttestationSettings> = {}): Room {
  const cancel = new AbortController();
  const waits: string[] = [];
  const net: Net = {
    transport: (request) => exchange(sim.clock, sim.server, request),
    clock: sim.clock,
    random: () => 0.5,
    signal: cancel.signal,
    timeoutMs: 60_000,
    redact: (text) => text,
    onWait: (what, _fault, waitMs) => waits.push(`${what} again in ${waitMs} ms`),
  };
  const attestation = new Attestation(net, {
    appId: sim.world.appId,
    api: { url: sim.apiUrl, headers: { "x-api-key": sim.apiKey } },
    root: authority().rootCertificate,
    allowedTcb: ["UpToDate"],
    services: [serviceAt(sim.apiUrl)],
    pollMs: 5_000,
    ...settings,
  });
  return { attestation, cancel, waits };
}

/** A CVM that must be of its app and revision, with any OS. */
export function targetOf(cvm: Cvm, wanted: Partial<Wanted> = {}): Target {
  return {
    vmUuid: cvm.vmUuid,
    instanceId: cvm.futureInstanceId,
    wanted: {
      appId: cvm.appId,
      instanceId: cvm.futureInstanceId,
      formerIds: [],
      composeHash: { hash: cvm.composeHash, from: "api" },
      reference: null,
      ...wanted,
    },
  };
}

/** Verifies within this many ms of simulated time. */
export function verified(
  sim: Simulation,
  targets: readonly Target[],
  { withinMs = 120_000, room = roomOf(sim) }: { withinMs?: number; room?: Room } = {},
): Promise<readonly Verdict[]> {
  return sim.clock.drive(room.attestation.verify(targets, sim.clock.now() + withinMs));
}

export { DEFAULT_SERVICES };
