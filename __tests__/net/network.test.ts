/** No answer, or none that can be used: one clear sentence each. */

import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { describe, expect, it } from "@jest/globals";
import type { FaultKind, Simulator } from "../../simulator/index.ts";
import { certificateFor, withFile } from "../support/certificate.ts";
import {
  allRows,
  create,
  failed,
  hideList,
  posts,
  SLOW,
  succeeded,
  withSim,
} from "../support/steps.ts";

/** Runs a bare TCP server for the time of the work. */
async function withServer<T>(server: Server, work: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  }
}

describe("an API that can't be reached", () => {
  it.concurrent(
    "a refused connection",
    () =>
      withSim({}, async (sim) => {
        const port = await withServer(createServer(), async (free) => free);
        const api_url = `http://127.0.0.1:${port}/api/v1`;
        const message = failed(await create(sim, { api_url }), { code: "NETWORK" });
        expect(message).toMatch(/connection was refused \(ECONNREFUSED\)/);
        expect(message).toContain(`127.0.0.1:${port}`);
        expect(message).toMatch(/api_url/);
      }),
    SLOW,
  );

  it.concurrent(
    "a name that does not resolve",
    () =>
      withSim({}, async (sim) => {
        const result = await create(sim, { api_url: "https://api.phala.invalid/api/v1" });
        const message = failed(result, { code: "NETWORK" });
        expect(message).toMatch(/host name does not resolve \((?:ENOTFOUND|EAI_AGAIN)/);
        expect(message).toContain("api.phala.invalid:443");
        expect(message).toMatch(/api_url/);
      }),
    SLOW,
  );
});

describe("a certificate", () => {
  const cases = [
    {
      name: "that nobody signed",
      names: ["localhost"],
      options: { loopback: true },
      trust: false,
      code: /DEPTH_ZERO_SELF_SIGNED_CERT/,
    },
    {
      name: "for another name",
      names: ["elsewhere.example"],
      options: {},
      trust: true,
      code: /ERR_TLS_CERT_ALTNAME_INVALID/,
    },
    {
      name: "that has expired",
      names: ["localhost"],
      options: { loopback: true, expired: true },
      trust: true,
      code: /CERT_HAS_EXPIRED/,
    },
  ];
  it.concurrent.each(cases)(
    "$name is refused",
    async ({ names, options, trust, code }) => {
      const tls = await certificateFor(names, options);
      await withFile(tls.cert, (path) =>
        withSim({ tls }, async (sim) => {
          const env = trust ? { NODE_EXTRA_CA_CERTS: path } : {};
          const message = failed(await create(sim, {}, { env }), { code: "NETWORK" });
          expect(message).toMatch(/certificate is not trusted/);
          expect(message).toMatch(code);
          expect(message).toMatch(/NODE_EXTRA_CA_CERTS/);
          expect(sim.requests).toEqual([]);
        }),
      );
    },
    SLOW,
  );

  it.concurrent(
    "that NODE_EXTRA_CA_CERTS names is trusted",
    async () => {
      const tls = await certificateFor(["localhost"], { loopback: true });
      await withFile(tls.cert, (path) =>
        withSim({ tls }, async (sim) => {
          expect(sim.apiUrl).toMatch(/^https:/);
          succeeded(await create(sim, {}, { env: { NODE_EXTRA_CA_CERTS: path } }));
          expect(sim.replicas()).toHaveLength(1);
        }),
      );
    },
    SLOW,
  );
});

describe("a connection that never stands", () => {
  /** A way to the simulator that treats one connection, counted from 1, as told before TLS stands. */
  async function brokenWay<T>(
    nth: number,
    treat: (socket: Socket) => void,
    work: (world: {
      readonly sim: Simulator;
      readonly api_url: string;
      readonly env: { readonly NODE_EXTRA_CA_CERTS: string };
    }) => Promise<T>,
  ): Promise<T> {
    const tls = await certificateFor(["localhost"], { loopback: true });
    return withFile(tls.cert, (path) =>
      withSim({ tls }, (sim) => {
        const { port } = new URL(sim.apiUrl);
        let connections = 0;
        const way = createServer((socket) => {
          connections += 1;
          if (connections === nth) return treat(socket);
          const onward = connect(Number(port), "127.0.0.1");
          onward.on("error", () => socket.destroy());
          socket.pipe(onward).pipe(socket);
        });
        return withServer(way, (front) =>
          work({
            sim,
            api_url: `https://localhost:${front}/api/v1`,
            env: { NODE_EXTRA_CA_CERTS: path },
          }),
        );
      }),
    );
  }

  it.concurrent.each([
    {
      name: "broken at its first bytes",
      treat: (socket: Socket) => socket.once("data", () => socket.destroy()),
      says: /no encrypted connection came about \(ECONNRESET\), so nothing was sent/,
    },
    {
      name: "answered in clear",
      treat: (socket: Socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
      says: /no encrypted connection came about/,
    },
    {
      name: "left without an answer",
      treat: () => undefined,
      says: /no complete answer within 3 s, nor a connection/,
    },
  ])(
    "has carried nothing, so the create is sent again: $name",
    ({ treat, says }) =>
      // The first connection is the list's.
      brokenWay(2, treat, async ({ sim, api_url, env }) => {
        const result = await create(sim, { api_url, request_timeout: "3s" }, { env });
        succeeded(result);
        expect(result.stdout).toMatch(says);
        expect(posts(sim)).toHaveLength(1);
        expect(sim.replicas()).toHaveLength(1);
      }),
    SLOW,
  );
});

interface Row {
  readonly name: string;
  readonly fault: FaultKind;
  readonly inputs?: Record<string, string>;
  readonly says: RegExp;
}

const MIB = 2 ** 20;
/** With one second, only a deadline over the whole exchange ends the slow ones. */
const SHORT = { request_timeout: "1s" };
const faults: readonly Row[] = [
  {
    name: "a reset connection",
    fault: { kind: "drop", when: "after" },
    says: /connection broke before an answer came/,
  },
  {
    name: "no answer",
    fault: { kind: "hang", when: "after" },
    inputs: SHORT,
    says: /no complete answer within 1 s/,
  },
  {
    name: "a body that drips",
    fault: { kind: "drip", ms: 20 },
    inputs: SHORT,
    says: /no complete answer within 1 s/,
  },
  {
    name: "a body without an end",
    fault: { kind: "endless" },
    says: /larger than 10(?:485760 bytes| MiB)/,
  },
  {
    name: "a body over 10 MiB",
    fault: { kind: "huge", bytes: 10 * MIB + 1 },
    says: /larger than 10(?:485760 bytes| MiB)/,
  },
  {
    name: "a body that is cut off",
    fault: { kind: "cut" },
    says: /broke in the middle of the answer/,
  },
  {
    name: "a body that is not text",
    fault: { kind: "garbage", form: "utf8" },
    says: /without the fields|not JSON/,
  },
  { name: "a body nested without end", fault: { kind: "garbage", form: "deep" }, says: /not JSON/ },
];

describe("an answer that gets lost", () => {
  // Without the list nobody can look for the replica, so the annotation comes at once.
  it.concurrent.each(faults)(
    "of the create request: $name",
    ({ fault, inputs = {}, says }) =>
      withSim({}, async (sim) => {
        hideList(sim);
        sim.fault({ route: "create", ...fault });
        const message = failed(await create(sim, inputs), { code: "AMBIGUOUS" });
        expect(message).toMatch(says);
        expect(message).toMatch(/create a replica/);
        expect(posts(sim)).toHaveLength(1);
      }),
    SLOW,
  );

  it.concurrent(
    "is told by its own code where nothing was at stake",
    () =>
      allRows(
        [
          {
            name: "a reset connection",
            fault: { kind: "drop", when: "before" },
            code: "NETWORK",
            says: /connection broke/,
          },
          {
            name: "no answer",
            fault: { kind: "hang", when: "before" },
            code: "TIMEOUT",
            says: /no complete answer within 0\.3 s.*request_timeout/,
          },
          {
            name: "a body without an end",
            fault: { kind: "endless" },
            code: "NETWORK",
            says: /larger than/,
          },
        ] satisfies readonly (Row & { code: string })[],
        ({ fault, code, says }) =>
          withSim({}, async (sim) => {
            sim.fault({ route: "list", times: "always", ...fault });
            // To bring an app to a number of instances, they must be counted first.
            const inputs = { instances: "2", request_timeout: code === "TIMEOUT" ? "0.3" : "30" };
            const message = failed(await create(sim, inputs), { code });
            expect(message).toMatch(says);
            expect(posts(sim)).toEqual([]);
          }),
      ),
    SLOW,
  );

  it.concurrent(
    "a body of exactly 10 MiB is still read",
    () =>
      withSim({}, async (sim) => {
        sim.fault({ route: "create", kind: "huge", bytes: 10 * MIB });
        succeeded(await create(sim));
      }),
    SLOW,
  );

  it.concurrent.each([
    // The status comes at once, the body never in time.
    { name: "drips", fault: { kind: "drip", ms: 200 }, inputs: { request_timeout: "8s" } },
    { name: "is cut off", fault: { kind: "cut" }, inputs: {} },
    { name: "is over 10 MiB", fault: { kind: "huge", bytes: 11 * MIB }, inputs: {} },
  ] satisfies { name: string; fault: FaultKind; inputs: Record<string, string> }[])(
    "the status of a refusal counts even if its body $name",
    ({ fault, inputs }) =>
      withSim({ nodes: [{ id: 26, name: "full", slots: 0 }] }, async (sim) => {
        sim.fault({ route: "create", ...fault });
        const result = await create(sim, { node_id: "26", ...inputs });
        expect(result.outputs.error_code).toMatch(/^(?:HTTP-400|ERR-02-005)$/);
        expect(failed(result, { code: result.outputs.error_code ?? "" })).toMatch(/HTTP 400/);
        expect(posts(sim)).toHaveLength(1);
      }),
    SLOW,
  );
});
