/** What the tests of deployments share: a GitHub of their own, a clock that never waits, and a runner. */
import type { Edges, Runner } from "../../src/action/edges.ts";
import { DEPLOYMENT_WORDS } from "../../src/commands/telling-github.ts";
import { type Deployments, openDeployments } from "../../src/deployments/deployments.ts";
import { Ledger, NO_PEN } from "../../src/ledger/ledger.ts";
import { blankReplica, type Replica } from "../../src/ledger/replica.ts";
import { blankRun } from "../../src/ledger/run-so-far.ts";
import type { Clock } from "../../src/net/clock.ts";
import { createTransport } from "../../src/net/http.ts";
import { readCvm } from "../../src/phala/cvm.ts";
import { USER_AGENT } from "../../src/text/version.ts";
import { type Github, SHA, startGithub, TOKEN } from "./server.ts";

export const UUIDS = [
  "aaaaaaaa-0000-4000-8000-000000000001",
  "aaaaaaaa-0000-4000-8000-000000000002",
  "aaaaaaaa-0000-4000-8000-000000000003",
] as const;
/** The runner takes this one out, as its redactor does with what is masked. */
export const SECRET = "phak_secretofthetests";

export interface Desk {
  readonly github: Github;
  readonly edges: Edges;
  readonly deployments: Deployments;
  readonly log: string[];
  readonly state: Record<string, string>;
  /** Every wait that was asked of the clock, in ms. */
  readonly waits: number[];
  readonly controller: AbortController;
}

export interface DeskOptions {
  /** The path in front of the API's routes. */
  readonly base?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly token?: string | null;
  readonly requestTimeoutMs?: number;
  /** State of an earlier step. */
  readonly state?: Record<string, string>;
}

/** Starts a GitHub, does the work, and stops it whatever happened. */
export async function withGithub<T>(
  options: DeskOptions,
  work: (desk: Desk) => Promise<T>,
): Promise<T> {
  const github = await startGithub(options.base);
  try {
    return await work(deskAt(github, options));
  } finally {
    await github.close();
  }
}

/** A step of its own on a GitHub that runs. */
export function deskAt(github: Github, options: DeskOptions = {}): Desk {
  const log: string[] = [];
  const waits: number[] = [];
  const state = options.state ?? {};
  const controller = new AbortController();
  const edges: Edges = {
    env: { ...runnerEnv(github.apiUrl), ...options.env },
    clock: jumpingClock(waits),
    transport: createTransport(USER_AGENT),
    random: () => 0.5,
    runner: memoryRunner(log, state),
    trustRoot: async () => Buffer.alloc(0),
    cancel: controller.signal,
  };
  const { token = TOKEN, requestTimeoutMs = 10_000 } = options;
  const deployments = openDeployments(edges, { token, requestTimeoutMs }, DEPLOYMENT_WORDS);
  return { github, edges, deployments, log, state, waits, controller };
}

/** What the runner sets in a step of a push to main. */
export function runnerEnv(apiUrl: string): Record<string, string> {
  return {
    GITHUB_API_URL: apiUrl,
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_REPOSITORY: "octo/web",
    GITHUB_SHA: SHA,
    GITHUB_REF: "refs/heads/main",
    GITHUB_REF_NAME: "main",
    GITHUB_RUN_ID: "4711",
    GITHUB_EVENT_NAME: "push",
  };
}

/** Time that passes at once where somebody waits, and not at all otherwise. */
function jumpingClock(waits: number[]): Clock {
  let time = Date.UTC(2026, 6, 2, 8, 0, 0);
  return {
    now: () => time,
    sleep: async (ms) => {
      waits.push(ms);
      time += ms;
    },
  };
}

function memoryRunner(log: string[], state: Record<string, string>): Runner {
  const note = (level: string) => (text: string) => {
    log.push(`${level}: ${text}`);
  };
  const nothing = () => {};
  const redact = (text: string) => text.replaceAll(SECRET, "***");
  return {
    mask: nothing,
    maskPrinted: nothing,
    neverPrint: nothing,
    redact,
    redactPrinted: redact,
    info: note("info"),
    debug: note("debug"),
    warning: note("warning"),
    notice: note("notice"),
    error: note("error"),
    startGroup: nothing,
    endGroup: nothing,
    output: nothing,
    saveState: (name, value) => {
      state[name] = value;
    },
    state: () => state,
    summary: async () => {},
  };
}

export const TARGET = {
  environment: "preview",
  transient: false,
  replicaName: "web-2",
  vmUuid: UUIDS[0],
  appId: "ab".repeat(20),
} as const;

/** The warnings of a step's log. */
export function warnings({ log }: Desk): string[] {
  return log.filter((line) => line.startsWith("warning: "));
}

/** The states that a deployment went through. */
export function statesOf({ github }: Desk, id: number): unknown[] {
  return (github.statuses.get(id) ?? []).map(({ state }) => state);
}

/** A replica that was created and is said to run since then. */
export function runningReplica(index: 0 | 1 | 2, over: Partial<Replica> = {}): Replica {
  const cvm = readCvm({
    vm_uuid: UUIDS[index],
    name: `web-${index + 2}`,
    status: "running",
    endpoints: [{ app: "https://app.example/", instance: `https://web-${index + 2}.example/` }],
  });
  const times = { running: 1 };
  return { ...blankReplica(`new-${index}`), origin: "created", cvm, times, ...over };
}

/** A ledger that knows these. */
export function ledgerOf(replicas: readonly Replica[]): Ledger {
  return new Ledger(() => 0, NO_PEN, { run: blankRun, replicas });
}

/** Waits until something holds, looking again each turn; throws after ten seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("it never came true");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
