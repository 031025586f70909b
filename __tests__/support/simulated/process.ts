/** One simulated process of the action: its edges, and the signals that can end it. */
import { authority } from "../../../simulator/attestation/authority.ts";
import type { Edges } from "../../../src/action/edges.ts";
// Loaded before time begins: a module that loads lets simulated time pass.
import "../../../src/attest/attest.ts";
import "../../../src/commands/approving.ts";
import "../../../src/commands/recording.ts";
import "../../../src/commands/saying.ts";
import "../../../src/commands/verification.ts";
import "../../../src/fleet/follow/follow.ts";
import type { SimulatedClock } from "./clock.ts";
import { exchange, type Server } from "./network.ts";
import type { MemoryRunner } from "./runner.ts";

/** What a process left behind. */
export interface Result {
  /** Null when it was killed. */
  readonly exitCode: 0 | 1 | null;
  /** Simulated ms from its start to its end. */
  readonly tookMs: number;
  readonly endedAt: number;
  readonly runner: MemoryRunner;
  /** Sleeps and exchanges still open at the end: they would keep a real process from ending. */
  readonly leftOpen: number;
  readonly env: Readonly<Record<string, string>>;
}

export interface ProcessParts {
  readonly clock: SimulatedClock;
  readonly server: Server;
  readonly runner: MemoryRunner;
  readonly random: () => number;
  readonly env: Readonly<Record<string, string>>;
  readonly program: (edges: Edges) => Promise<0 | 1>;
}

export class SimulatedProcess {
  readonly runner: MemoryRunner;
  /** Resolves when it has ended. Until then time passes, as soon as the test itself awaits something. */
  readonly finished: Promise<Result>;
  readonly #cancel = new AbortController();
  readonly #killed: Promise<null>;
  #kill: () => void = () => undefined;
  #dead = false;
  #open = 0;

  constructor({ clock, server, runner, random, env, program }: ProcessParts) {
    this.runner = runner;
    this.#killed = new Promise((resolve) => {
      this.#kill = () => resolve(null);
    });
    const startedAt = clock.now();
    const edges: Edges = {
      env,
      random,
      runner,
      // Made when asked for: the simulated cloud's own authority stands in for Intel.
      trustRoot: async () => authority().rootCertificate,
      cancel: this.#cancel.signal,
      clock: {
        now: () => clock.now(),
        sleep: (ms, signal) => this.#wait(() => clock.sleep(ms, signal)),
      },
      transport: (request) => this.#wait(() => exchange(clock, server, request)),
    };
    const ended = Promise.race([program(edges), this.#killed]).then((exitCode): Result => {
      const endedAt = clock.now();
      return { exitCode, tookMs: endedAt - startedAt, endedAt, runner, leftOpen: this.#open, env };
    });
    this.finished = clock.drive(ended);
  }

  /** SIGINT or SIGTERM. */
  cancel(): void {
    this.#cancel.abort();
  }

  /** SIGKILL: not a line more is written, and no request is sent; what is on its way is worked on. */
  kill(): void {
    this.#dead = true;
    this.runner.close();
    this.#kill();
  }

  /** Runs a wait; whatever it brings does not reach a process that is dead by then. */
  #wait<T>(begin: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#dead) return;
      this.#open += 1;
      const end = (settle: () => void) => {
        this.#open -= 1;
        if (!this.#dead) settle();
      };
      begin().then(
        (value) => end(() => resolve(value)),
        (error: unknown) => end(() => reject(error)),
      );
    });
  }
}
