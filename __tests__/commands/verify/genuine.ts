/** A genuine instance of one day, on loopback: what the platform would show of it, and what Intel published then. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type LibraryCollateral, libraryFixture, reportFixture } from "../../attest/support.ts";

/** A day on which its collateral was good. */
export const GOOD_DAY = "2026-03-01T12:00:00Z";

/** A module that Node loads first: the process takes it for the moment that it is given. No input does that. */
export function clockAt(moment: string): { readonly NODE_OPTIONS: string } {
  const text = `
    const Real = Date;
    const off = Real.parse(${JSON.stringify(moment)}) - Real.now();
    globalThis.Date = class extends Real {
      constructor(...given) { given.length === 0 ? super(Real.now() + off) : super(...given); }
      static now() { return Real.now() + off; }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(text)}` };
}

export const KEY = ["phak", "genuine".repeat(4)].join("_");
export const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";
const { quote, log } = reportFixture("quote-report.json");
const COLLATERAL = libraryFixture("tdx_quote_outdated_collateral.json");

/** What the genuine guest claims, by its log. */
export function claim(name: string): string {
  const event = (log as { event: string; event_payload: string }[]).find(
    (one) => one.event === name,
  );
  return event?.event_payload ?? "";
}

export const APP_ID = claim("app-id");

export interface Seen {
  readonly path: string;
  readonly key: string | undefined;
}

/** A cloud with one instance, whose quote is genuine, and a caching service of Intel's collateral beside it. */
export async function genuineCloud(): Promise<{ url: string; seen: Seen[]; server: Server }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    seen.push({ path, key: request.headers["x-api-key"] as string | undefined });
    answer(response, path.replace(/^\/api\/v1/, "").replace(/\?.*/, ""), COLLATERAL);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, server };
}

function answer(response: ServerResponse, path: string, served: LibraryCollateral): unknown {
  const json = (body: unknown) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(body));
  };
  const instance = { vm_uuid: UUID, instance_id: claim("instance-id") };
  const document = (name: string, key: string, header: string) => {
    response.setHeader(header, encodeURIComponent(served[`${name}_issuer_chain`] ?? ""));
    const signature = served[`${name}_signature`];
    response.end(`{"${key}":${served[name]},"signature":"${signature}"}`);
  };
  switch (path) {
    case `/apps/${APP_ID}/cvms`:
      return json([
        { ...instance, id: 1, name: "web", app_id: APP_ID, status: "running", in_progress: false },
      ]);
    case `/apps/${APP_ID}/attestations`:
      return json({ app_id: APP_ID, instances: [{ ...instance, quote, eventlog: log }] });
    case "/sgx/certification/v4/pckcrl":
      return response.end(Buffer.from(served.pck_crl ?? "", "hex"));
    case "/sgx/certification/v4/rootcacrl":
      return response.end(served.root_ca_crl);
    case "/tdx/certification/v4/tcb":
      return document("tcb_info", "tcbInfo", "TCB-Info-Issuer-Chain");
    case "/tdx/certification/v4/qe/identity":
      return document("qe_identity", "enclaveIdentity", "SGX-Enclave-Identity-Issuer-Chain");
    default:
      response.statusCode = 404;
      return response.end("{}");
  }
}

/** The line of `expected_os` of this guest: MRTD, RTMR1 and RTMR2 by their places in a quote of version 4. */
export const OS_LINE = [184, 424, 472]
  .map((byte) => quote.replace(/^0x/, "").slice(2 * byte, 2 * (byte + 48)))
  .join(" ");
