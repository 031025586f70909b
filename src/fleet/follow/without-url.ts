import type { Replica } from "../../ledger/replica.ts";
import type { NoUrl } from "../../ledger/terms.ts";
import type { Told, Trouble } from "../../ledger/trouble.ts";
import { lacksPort } from "./address.ts";

/** What is known where a running replica has no URL that could be asked. */
export interface Lack {
  /** Of the health check; null: none was asked for. */
  readonly path: string | null;
  /** The port that was asked for; null: the first. */
  readonly port: number | null;
  readonly why: NoUrl;
  readonly told: Told;
}

/** What is wrong with a running replica that has no URL in time; null: nothing, it is worth a word. Pure. */
export function withoutUrl({ cvm }: Replica, { path, port, why, told }: Lack): Trouble | null {
  if (path !== null && cvm?.instanceUrl) {
    return { kind: "unhealthy", address: null, problem: { got: "no-usable-url" }, told };
  }
  if (cvm !== null && lacksPort(cvm, port)) {
    const ports = cvm.endpoints.map((endpoint) => endpoint.port);
    return { kind: "no-port", port, ports, told };
  }
  return path === null ? null : { kind: "no-url", why, path, told };
}
