import type { HealthProblem, ReplicaKey } from "../../ledger/terms.ts";
import type { Told, Trouble } from "../../ledger/trouble.ts";
import { nameOf } from "../../ledger/who.ts";
import { type Context, note } from "../run.ts";
import { becomesHealthy, type HealthEnd, sameProblem } from "./health.ts";

/** The health check of one replica: what it is asked, what it has answered, and how that is told. */
export class Checking {
  readonly #context: Context;
  readonly #key: ReplicaKey;
  #asked: string | null = null;
  /** The last one. */
  #problem: HealthProblem | null = null;
  #fellIll = false;

  constructor(context: Context, key: ReplicaKey) {
    this.#context = context;
    this.#key = key;
  }

  /** Asks until it is known. @param deadline ms since the epoch */
  async run(url: string, deadline: number, signal: AbortSignal): Promise<HealthEnd> {
    this.#asked = url;
    const { edges, inputs } = this.#context;
    const target = {
      url,
      intervalMs: inputs.pollIntervalMs,
      deadline,
      expect: inputs.healthExpect,
      holdMs: inputs.healthForMs,
      redact: (text: string) => edges.runner.redactPrinted(text),
      onHold: () => {
        this.#problem = { got: "holding" };
        note(this.#context, { note: "holding", name: this.#name, forMs: inputs.healthForMs });
      },
      onProblem: (problem: HealthProblem) => this.#take(problem),
    };
    const end = await becomesHealthy(edges, target, signal);
    this.#fellIll = end === "fell-ill";
    return end;
  }

  /** What is to be said of it where it was not good in time, or fell ill. */
  trouble(told: Told): Trouble {
    const problem = this.#problem ?? { got: "unasked" };
    const held = this.#fellIll ? { heldMs: this.#context.inputs.healthForMs } : {};
    return { kind: "unhealthy", address: this.#asked, problem, told, ...held };
  }

  /** Said where it is another one than before, not at each answer. */
  #take(problem: HealthProblem): void {
    if (this.#problem === null || !sameProblem(this.#problem, problem)) {
      note(this.#context, { note: "unhealthy-yet", name: this.#name, problem });
    }
    this.#problem = problem;
  }

  get #name(): string {
    return nameOf(this.#context.ledger.replica(this.#key));
  }
}
