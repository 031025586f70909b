/**
 * A page of the simulated cloud, on the loopback: instances, requests and money, live. Its server hands out the
 * page and, as JSON, what is to be seen; no key, header or body of a request is in that.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CvmSummary, RecordedRequest } from "../../simulator/index.ts";
import { billed, type Cloud } from "./cloud.ts";

/** A page that is open. */
export interface Page {
  readonly url: string;
  close(): Promise<void>;
}

/** What the page is told, twice a second. */
export interface Seen {
  readonly billed: number;
  /** USD, of the whole app since the page was opened. */
  readonly cost: number;
  readonly instances: readonly {
    readonly name: string;
    readonly source: boolean;
    readonly node: number;
    readonly status: string;
    readonly billed: boolean;
    /** Epoch ms. */
    readonly createdAt: number;
  }[];
  readonly requests: readonly {
    readonly index: number;
    readonly at: number;
    readonly method: string;
    readonly path: string;
    /** Null where none was sent (yet). */
    readonly status: number | null;
    readonly fault: string | null;
    readonly creates: boolean;
  }[];
}

const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["page.html", "text/html; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
};
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};
/** As many requests as one looks at. */
const NEWEST = 60;

/** What is to be seen of a cloud. */
function seenOf(
  cvms: readonly CvmSummary[],
  requests: readonly RecordedRequest[],
  cost: number,
  source: string,
): Seen {
  const alive = new Set(billed(cvms));
  // The page's own look at the usage is nothing that happens.
  const asked = requests.filter(({ route }) => route !== "usage").slice(-NEWEST);
  return {
    billed: alive.size,
    cost,
    instances: cvms.map((cvm) => ({
      name: cvm.name,
      source: cvm.vmUuid === source,
      node: cvm.nodeId,
      status: cvm.status,
      billed: alive.has(cvm),
      createdAt: cvm.createdAt,
    })),
    requests: asked.map(({ index, at, method, path, status, fault, route }) => ({
      index,
      at,
      method,
      path,
      status: status ?? null,
      fault: fault ?? null,
      creates: method === "POST" && (route === "create" || route === "instances"),
    })),
  };
}

/** Opens the page on a free port of the loopback. */
export async function servePage(cloud: Cloud): Promise<Page> {
  const before = await cloud.cost();
  const look = async (): Promise<Seen> => {
    const [cvms, requests, cost] = await Promise.all([
      cloud.cvms(),
      cloud.requests(),
      cloud.cost(),
    ]);
    return seenOf(cvms, requests, cost - before, cloud.about.vm_uuid);
  };
  const server = createServer((request, response) => {
    answer(look, request, response).catch((error: unknown) => {
      // The simulator is on its way up or down: the page asks again.
      response.writeHead(503, HEADERS).end(error instanceof Error ? error.message : "");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

async function answer(
  look: () => Promise<Seen>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A name of somebody else's that leads here is no way in.
  if (!/^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? "")) {
    response.writeHead(421, HEADERS).end();
    return;
  }
  if (request.url === "/seen") {
    const seen = await look();
    response
      .writeHead(200, { ...HEADERS, "content-type": "application/json" })
      .end(JSON.stringify(seen));
    return;
  }
  const [file, type] = FILES[request.url ?? ""] ?? [];
  if (file === undefined || type === undefined) {
    response.writeHead(404, HEADERS).end();
    return;
  }
  response
    .writeHead(200, { ...HEADERS, "content-type": type })
    .end(readFileSync(new URL(`page/${file}`, import.meta.url)));
}
