import { SOURCE_IMAGE } from "../nodes.ts";
import type { Cvm } from "../types.ts";
import type { World } from "../world.ts";
import { type Attested, attested } from "./guest.ts";

/** Shapes of both attestation routes, which OpenAPI does not have in full (API facts, section 7). */

/** `GET /apps/{app_id}/attestations`: all instances of the app. */
export function appAttestations(world: World, appId: string): Record<string, unknown> {
  const instances = world.cvms.filter((cvm) => cvm.appId === appId && !world.view(cvm).gone);
  return {
    app_id: appId,
    contract_address: world.settings.onChain ? `0x${appId}` : "",
    kms_info: null,
    instances: instances.map((cvm) => instance(world, cvm)),
    kms_guest_agent_info: null,
    gateway_guest_agent_info: null,
    qemu_version: "8.2.2",
  };
}

function instance(world: World, cvm: Cvm): Record<string, unknown> {
  const { logForm } = world.settings;
  const proof = attested(world, cvm);
  const log = proof?.log ?? null;
  const older =
    logForm === "tcb-info" ? {} : { eventlog: logForm === "text" ? JSON.stringify(log) : log };
  return {
    vm_uuid: cvm.vmUuid,
    name: cvm.name,
    instance_id: world.view(cvm).instanceId,
    status: world.view(cvm).status,
    image_version: SOURCE_IMAGE,
    quote: proof === null ? null : quoteText(world, proof),
    // Names the machine: no client should print it.
    ppid: proof === null ? null : "9e".repeat(16),
    device_id: null,
    tcb_info: tcbInfo(proof, logForm === "tcb-info"),
    app_certificates: null,
    compose_file: null,
    error: proof === null ? "The instance is not online" : null,
    ...older,
  };
}

/** `GET /cvms/{cvm_id}/attestation`: the quote stands in the guest's certificate. */
export function cvmAttestation(world: World, cvm: Cvm): Record<string, unknown> {
  const proof = attested(world, cvm);
  if (proof === null) {
    const nothing = { app_certificates: null, tcb_info: null, compose_file: null };
    return {
      is_online: false,
      is_public: true,
      error: "CVM is not online",
      name: cvm.name,
      ...nothing,
    };
  }
  return {
    is_online: true,
    is_public: proof.log !== null,
    error: null,
    name: cvm.name,
    app_certificates: [certificate(1, null), certificate(0, quoteText(world, proof))],
    tcb_info: tcbInfo(proof, true),
    compose_file: null,
  };
}

function quoteText(world: World, { quote }: Attested): string {
  return world.settings.quotePrefix ? `0x${quote}` : quote;
}

function certificate(position: number, quote: string | null): Record<string, unknown> {
  return {
    subject: { common_name: position === 0 ? "guest" : "ca" },
    issuer: { common_name: "ca" },
    serial_number: `${position + 1}`,
    is_ca: position > 0,
    position_in_chain: position,
    quote,
  };
}

/** Null where the guest keeps it private, and before there is one. */
function tcbInfo(proof: Attested | null, withLog: boolean): Record<string, unknown> | null {
  if (proof === null || proof.log === null) return null;
  const { mrTd, rtmrs } = proof.registers;
  const [rtmr0, rtmr1, rtmr2, rtmr3] = rtmrs;
  const log = withLog ? { event_log: proof.log } : {};
  return { mrtd: mrTd, rtmr0, rtmr1, rtmr2, rtmr3, ...log };
}
