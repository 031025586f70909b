import type { Transport } from "../net/transport.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { createRoutes } from "./routes/creates.ts";
import { cvmRoutes } from "./routes/cvms.ts";
import { endRoutes } from "./routes/ends.ts";
import { guestRoutes } from "./routes/guests.ts";
import { kmsRoutes } from "./routes/kms.ts";
import { revisionRoutes } from "./routes/revisions.ts";
import { type ApiSettings, Wire } from "./wire.ts";

/** The Phala Cloud API as typed calls. Each is one request: no retries, no log, and nothing thrown. */
export type PhalaClient = ReturnType<typeof phalaClient>;

/** Opens no connection yet. */
export function phalaClient(transport: Transport, settings: ApiSettings) {
  const wire = new Wire(transport, settings);
  return {
    ...createRoutes(wire),
    ...cvmRoutes(wire),
    ...kmsRoutes(wire),
    ...guestRoutes(wire),
    ...approvalRoutes(wire),
    ...revisionRoutes(wire),
    ...endRoutes(wire),
  };
}
