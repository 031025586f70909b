/** The server with sockets and the one of simulated time carry every fault out alike: a client can't tell them apart. */
import { describe, expect, it } from "@jest/globals";
import type { FaultKind } from "../../simulator/core.ts";
import {
  type RecordedRequest,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../simulator/index.ts";
import { createTransport } from "../../src/net/http.ts";
import { type HttpRequest, NetworkError, type Transport } from "../../src/net/transport.ts";
import { exchange } from "../support/simulated/network.ts";
import { Simulation } from "../support/simulated/simulation.ts";

/** How long a client waits for an answer that is to come, on however busy a machine. */
const PATIENCE_MS = 60_000;
/** And for one that never comes: it is waited for to the end, so this has to be short. */
const SILENCE_MS = 3_000;

/** One simulated cloud, with or without sockets. */
interface Cloud {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly create: string;
  readonly transport: Transport;
  readonly requests: readonly RecordedRequest[];
  readonly replicas: () => readonly unknown[];
  readonly fault: Simulator["fault"];
  readonly on: Simulator["on"];
}

function withoutSockets(options: SimulatorOptions): Cloud {
  const sim = new Simulation(options);
  const { apiUrl, apiKey, requests, world } = sim;
  return {
    apiUrl,
    apiKey,
    requests,
    create: `/apps/${world.appId}/cvms/${world.source.vmUuid}/replicas`,
    transport: (request) => sim.clock.drive(exchange(sim.clock, sim.server, request)),
    replicas: () => sim.replicas(),
    fault: (fault) => sim.fault(fault),
    on: (...hook) => sim.on(...hook),
  };
}

/** What a client sees of one request. */
async function ask(cloud: Cloud, over: Partial<HttpRequest> = {}): Promise<unknown> {
  const request: HttpRequest = {
    method: "POST",
    url: cloud.apiUrl + cloud.create,
    headers: { "x-api-key": cloud.apiKey, "x-phala-version": "2026-01-21" },
    timeoutMs: PATIENCE_MS,
    ...over,
  };
  try {
    const { status, headers, body, breaksOff = false } = await cloud.transport(request);
    return {
      status,
      dated: headers.date,
      type: headers["content-type"],
      body: body.trim(),
      breaksOff,
    };
  } catch (error) {
    return error instanceof NetworkError ? error.kind : error;
  }
}

function once(cloud: Cloud, moment: "before-work" | "answered"): Promise<void> {
  return new Promise((resolve) => {
    const off = cloud.on(moment, "create", () => {
      off();
      resolve();
    });
  });
}

/** What happens in either cloud, from outside and from inside. */
async function inBoth(
  story: (cloud: Cloud) => Promise<unknown>,
  options: SimulatorOptions = {},
): Promise<readonly [unknown, unknown]> {
  const told = async (cloud: Cloud) => ({
    told: await story(cloud),
    records: cloud.requests.map(({ route, status, fault, worked, overlaps }) => {
      return { route, status, fault, worked, overlaps };
    }),
    made: cloud.replicas().length,
  });
  const sim = await startSimulator({ now: () => Date.UTC(2026, 6, 2, 8, 0, 0), ...options });
  try {
    const create = `/apps/${sim.appId}/cvms/${sim.vmUuid}/replicas`;
    const transport = createTransport("both-servers");
    return [await told({ ...sim, create, transport }), await told(withoutSockets(options))];
  } finally {
    await sim.close();
  }
}

const MIB = 1024 * 1024;

const FAULTS: readonly FaultKind[] = [
  { kind: "drop", when: "before" },
  { kind: "drop", when: "after" },
  { kind: "hang", when: "before" },
  { kind: "hang", when: "after" },
  { kind: "status", when: "before", status: 503, headers: { "retry-after": "{now+5}" } },
  { kind: "status", when: "after", status: 429, body: "later" },
  { kind: "late", afterMs: 5 },
  { kind: "delay", ms: 5 },
  { kind: "delay", ms: 5, when: "after" },
  { kind: "drip", ms: 0 },
  { kind: "endless" },
  { kind: "huge", bytes: 11 * MIB },
  { kind: "huge", bytes: 9 * MIB },
  { kind: "cut" },
  { kind: "cut", bytes: 0 },
  { kind: "cut", bytes: MIB },
  ...(["text", "html", "utf8", "deep"] as const).map(
    (form) => ({ kind: "garbage", form }) as const,
  ),
  { kind: "redirect", location: "/elsewhere" },
  { kind: "empty" },
  { kind: "empty", status: 204 },
];

describe("both servers", () => {
  it("answer alike without a fault", async () => {
    const [real, simulated] = await inBoth((cloud) => ask(cloud));
    expect(real).toMatchObject({ told: { status: 200 }, made: 1 });
    expect(simulated).toEqual(real);
  });

  it.concurrent.each(FAULTS)("carry %j out alike", async (fault) => {
    const [real, simulated] = await inBoth((cloud) => {
      cloud.fault({ route: "create", ...fault });
      const silent = fault.kind === "hang" || fault.kind === "late";
      return ask(cloud, silent ? { timeoutMs: SILENCE_MS } : {});
    });
    expect(simulated).toEqual(real);
  });

  const REFUSED = { headers: { "x-api-key": "wrong" } };
  it.concurrent.each<[FaultKind, unknown]>([
    [
      { kind: "cut", bytes: 9 },
      { status: 401, body: '{"detail"', breaksOff: true },
    ],
    [
      { kind: "huge", bytes: 9 * MIB },
      { status: 401, breaksOff: false },
    ],
    [
      { kind: "huge", bytes: 11 * MIB },
      { status: 401, breaksOff: true },
    ],
  ])("carry %j out alike on a refusal", async (fault, seen) => {
    const [real, simulated] = await inBoth((cloud) => {
      cloud.fault({ route: "create", ...fault });
      return ask(cloud, REFUSED);
    });
    expect(real).toMatchObject({ told: seen, made: 0 });
    expect(simulated).toEqual(real);
  });

  it.concurrent.each([
    [true, { status: 400, body: expect.stringContaining("ERR-02-009") }, 0],
    [false, { status: 200 }, 1],
  ])(
    "tell a create that comes while another is open; refused: %s",
    async (refuseConcurrent, seen, made) => {
      const [real, simulated] = await inBoth(
        async (cloud) => {
          // The first is never answered, so that the second is sure to meet it.
          cloud.fault({ route: "create", kind: "hang", when: "before" });
          const arrived = once(cloud, "before-work");
          const first = ask(cloud, { timeoutMs: SILENCE_MS });
          await arrived;
          const second = await ask(cloud);
          return [await first, second];
        },
        { refuseConcurrent },
      );
      expect(real).toMatchObject({
        told: ["timeout", seen],
        records: [{ fault: "hang", overlaps: undefined }, { overlaps: true }],
        made,
      });
      expect(simulated).toEqual(real);
    },
  );

  it.concurrent("take a create as closed when its client has left", async () => {
    const [real, simulated] = await inBoth(
      async (cloud) => {
        cloud.fault({ route: "create", kind: "hang", when: "before" });
        const closed = once(cloud, "answered");
        const first = await ask(cloud, { timeoutMs: SILENCE_MS });
        await closed;
        return [first, await ask(cloud)];
      },
      { refuseConcurrent: true },
    );
    expect(real).toMatchObject({ told: ["timeout", { status: 200 }] });
    expect(simulated).toMatchObject({ told: ["timeout", { status: 200 }] });
  });
});
