/** Size of every simulated CVM: vCPUs, memory in MB, disk in GB. */
export const SIZE = { vcpu: 2, memory: 4096, disk: 40, instanceType: "tdx.medium" } as const;

/** The app's compose file; part of answers, so it must never reach a client's log. */
export const COMPOSE_FILE =
  "services:\n  web:\n    image: example/web:1\n    ports:\n      - 8080:8080\n";
