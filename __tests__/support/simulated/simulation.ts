/**
 * The action's whole logic in one process: `run` and `runPost` against the simulated cloud, in simulated
 * time, with seeded chance and no sockets. Hours pass in milliseconds, and a seed replays its story.
 *
 *     const sim = new Simulation({ bootMs: 90_000 });
 *     const main = await sim.main({ health_check: "/healthz" });
 *     const post = await sim.post(main);
 */

import { join } from "node:path";
import {
  addStranger,
  BASE_PATH,
  type Cvm,
  type CvmSummary,
  type Fault,
  seededRandom,
  summaries,
  World,
  type WorldOptions,
} from "../../../simulator/core.ts";
import type { Hook, Moment } from "../../../simulator/record.ts";
import type { Stranger } from "../../../simulator/stranger.ts";
import type { Edges } from "../../../src/action/edges.ts";
import { REPOSITORY } from "../repository.ts";
import { type JobStatus, type Manifest, readManifest, resolveInputs } from "../runner/manifest.ts";
import { type ChainSetting, SimulatedChain } from "./chain.ts";
import { SimulatedClock } from "./clock.ts";
import { type Result, SimulatedProcess } from "./process.ts";
import { type CommandName, PROGRAMS } from "./programs.ts";
import { MemoryRunner } from "./runner.ts";
import { SimulatedServer } from "./server.ts";

export type { Result, SimulatedProcess } from "./process.ts";
export type { Entry } from "./runner.ts";

const API_ORIGIN = "https://api.simulated.invalid";
const GATEWAY_ORIGIN = "https://gateway.simulated.invalid";
/** Any moment will do, but `Date` headers have whole seconds, so it is one. */
const START_AT = Date.UTC(2026, 6, 2, 8, 0, 0);

export interface SimulationOptions extends Omit<WorldOptions, "now" | "origin" | "random"> {
  /** Ms since the epoch. */
  readonly startAt?: number;
  /** Time of one way between client and server in ms, by route or for all. Default 10. */
  readonly latencyMs?: number | ((route: string) => number);
  /** The app's contract on a chain with a node; default: none can be reached. */
  readonly evm?: ChainSetting;
}

export type { CommandName } from "./programs.ts";

export type Inputs = Readonly<Record<string, string>>;

/** Read once: a campaign starts thousands of steps. */
const manifests = new Map<CommandName, Manifest>();

function manifestOf(command: CommandName): Manifest {
  const known = manifests.get(command);
  if (known !== undefined) return known;
  const manifest = readManifest(join(REPOSITORY, command === "create" ? "" : command));
  manifests.set(command, manifest);
  return manifest;
}

export class Simulation {
  readonly clock: SimulatedClock;
  readonly world: World;
  readonly server: SimulatedServer;
  readonly startAt: number;
  readonly apiUrl = API_ORIGIN + BASE_PATH;
  readonly #random: () => number;
  /** Which action each main step was of. */
  readonly #commands = new WeakMap<MemoryRunner, CommandName>();

  constructor({ startAt = START_AT, latencyMs = 10, evm, ...world }: SimulationOptions = {}) {
    this.startAt = startAt;
    this.clock = new SimulatedClock(startAt);
    // The world's chance and the client's must not depend on each other's draws.
    this.#random = seededRandom((world.seed ?? 1) + 0x5eed);
    this.world = new World({ ...world, now: () => this.clock.now(), origin: GATEWAY_ORIGIN });
    this.server = new SimulatedServer(this.world, this.clock, {
      apiOrigin: API_ORIGIN,
      latencyMs: typeof latencyMs === "number" ? () => latencyMs : latencyMs,
    });
    if (evm !== undefined) this.server.chain = new SimulatedChain(this.world, this.clock, evm);
  }

  /** The chain's node. @throws where the world has none */
  get node(): SimulatedChain {
    if (this.server.chain === null) throw new Error("no chain in this world");
    return this.server.chain;
  }

  get apiKey(): string {
    return this.world.settings.apiKey;
  }

  /** Requests at the API in the order in which they were sent. */
  get requests() {
    return this.server.requests;
  }

  get gatewayRequests() {
    return this.server.gatewayRequests;
  }

  /** Times of the requests of these routes, in ms since the start. */
  timesOf(...routes: readonly string[]): number[] {
    const wanted = this.requests.filter(({ route }) => routes.includes(route));
    return wanted.map(({ at }) => at - this.startAt - this.world.settings.clockSkewMs);
  }

  /** All CVMs of the workspace as they are now, deleted ones included. */
  cvms(): CvmSummary[] {
    return summaries(this.world);
  }

  replicas(): CvmSummary[] {
    return this.cvms().filter(({ origin }) => origin === "replica");
  }

  fault(fault: Fault): void {
    this.server.faults.add(fault);
  }

  on(moment: Moment, route: string, hook: Hook): () => void {
    return this.server.hooks.add(moment, route, hook);
  }

  /** Something that happens `ms` milliseconds from now. */
  after(ms: number, happens: () => void): void {
    this.clock.after(ms, happens);
  }

  /** Lets `ms` milliseconds pass. */
  pass(ms: number): Promise<void> {
    return this.clock.drive(this.clock.sleep(ms));
  }

  addStranger(stranger: Stranger = {}): Cvm {
    return addStranger(this.world, stranger);
  }

  /** The replica that was made as number `index` (from 0). @throws when there is none */
  replica(index: number): Cvm {
    const cvm = this.world.cvms.filter(({ origin }) => origin === "replica")[index];
    if (cvm === undefined) throw new Error(`no replica ${index}`);
    return cvm;
  }

  /**
   * Starts a main step, by default one that replicates the world's source CVM. Inputs are resolved by the
   * action's `action.yml`, defaults included, as the runner does it.
   *
   * @param more further variables of the step
   */
  start(
    inputs: Inputs = {},
    command: CommandName = "create",
    more: Readonly<Record<string, string>> = {},
  ): SimulatedProcess {
    const access = { api_key: this.apiKey, api_url: this.apiUrl, app_id: this.world.appId };
    const source = command === "create" ? { vm_uuid: this.world.source.vmUuid } : {};
    const { env } = resolveInputs(manifestOf(command), { ...access, ...source, ...inputs }, "");
    const started = this.#process(PROGRAMS[command].main, { ...env, ...more }, {});
    this.#commands.set(started.runner, command);
    return started;
  }

  /** Starts the post step of a main step that has ended. */
  startPost(
    { env, runner }: Pick<Result, "env" | "runner">,
    jobStatus?: JobStatus,
  ): SimulatedProcess {
    const command = this.#commands.get(runner) ?? "create";
    // The runner evaluates defaults anew for post.
    const anew = jobStatus === undefined ? {} : { INPUT_JOB_STATUS: jobStatus };
    return this.#process(PROGRAMS[command].post, { ...env, ...anew }, runner.saved);
  }

  main(inputs: Inputs = {}): Promise<Result> {
    return this.start(inputs).finished;
  }

  post(main: Result, jobStatus?: JobStatus): Promise<Result> {
    return this.startPost(main, jobStatus).finished;
  }

  #process(
    program: (edges: Edges) => Promise<0 | 1>,
    env: Readonly<Record<string, string>>,
    state: Readonly<Record<string, string>>,
  ): SimulatedProcess {
    const { clock, server } = this;
    const runner = new MemoryRunner(() => clock.now(), state);
    return new SimulatedProcess({ clock, server, runner, random: this.#random, env, program });
  }
}
