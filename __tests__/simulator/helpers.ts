import "../support/retry.ts";
import { afterEach } from "@jest/globals";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator/index.ts";

const open: Simulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((sim) => sim.close()));
});

/** Starts a simulator that is closed after the test. */
export async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const sim = await startSimulator(options);
  open.push(sim);
  return sim;
}

/** A clock that only moves when told to. Times in ms. */
export function manualClock(at = Date.UTC(2026, 6, 2, 8, 0, 0)): {
  now: () => number;
  advance: (ms: number) => void;
} {
  let time = at;
  return {
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of many shapes
  readonly body: any;
}

export interface Call {
  readonly body?: unknown;
  /** Sent as it is instead of JSON. */
  readonly raw?: string;
  /** Null takes a default header away. */
  readonly headers?: Record<string, string | null>;
}

/** One API request with the right key and version, unless told otherwise. */
export async function call(
  sim: Simulator,
  method: string,
  path: string,
  { body, raw, headers = {} }: Call = {},
): Promise<Reply> {
  const sent: Record<string, string> = {};
  const wanted: Record<string, string | null> = {
    "x-api-key": sim.apiKey,
    "x-phala-version": "2026-01-21",
    "content-type": body === undefined && raw === undefined ? null : "application/json",
    ...headers,
  };
  for (const [name, value] of Object.entries(wanted)) if (value !== null) sent[name] = value;
  const text = raw ?? (body === undefined ? null : JSON.stringify(body));
  const response = await fetch(`${sim.apiUrl}${path}`, {
    method,
    headers: sent,
    body: text,
    redirect: "manual",
  });
  const answer = await response.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, headers: response.headers, text: answer, body: parsed };
}

/** Path of the app-scoped route that creates a replica of the source. */
export function replicasPath(sim: Simulator): string {
  return `/apps/${sim.appId}/cvms/${sim.vmUuid}/replicas`;
}

/** Creates a replica of the source. */
export function create(sim: Simulator, body?: unknown, headers = {}): Promise<Reply> {
  return call(sim, "POST", replicasPath(sim), body === undefined ? { headers } : { body, headers });
}

/** Waits until something holds, looking again each turn; throws after five seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("it never came true");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
