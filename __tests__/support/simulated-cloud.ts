/** The same stories in one process and in simulated time: cheap enough for every row of a table. */
import type { Node } from "../../simulator/nodes.ts";
import type { StepResult } from "./runner.ts";
import { type Result, Simulation } from "./simulated/simulation.ts";

/** The simulated cloud with the names that the simulator of real processes has. */
export class SimulatedCloud extends Simulation {
  readonly #results = new WeakMap<StepResult, Result>();

  get appId(): string {
    return this.world.appId;
  }

  get vmUuid(): string {
    return this.world.source.vmUuid;
  }

  get composeHash(): string {
    return this.world.source.composeHash;
  }

  get other(): { readonly appId: string; readonly vmUuid: string } {
    return { appId: this.world.otherAppId, vmUuid: this.world.other.vmUuid };
  }

  get foreign(): { readonly appId: string; readonly vmUuid: string } {
    return { appId: this.world.foreignAppId, vmUuid: this.world.foreign.vmUuid };
  }

  get nodes(): readonly Node[] {
    return this.world.nodes;
  }

  get chain() {
    return this.world.chain;
  }

  get rootKey(): string {
    return this.world.kms.rootKey;
  }

  /** Plaintext of the env that was sealed for a CVM; null when it inherits. */
  decryptEnv(vmUuid: string): string | null {
    const cvm = this.world.find(vmUuid);
    const sealed = cvm?.encryptedEnv ?? null;
    return sealed === null ? null : this.world.kms.open(this.appId, sealed);
  }

  /** What a simulated process left, as if it had been a real one. */
  stepOf(result: Result): StepResult {
    const { exitCode, runner, env } = result;
    const inputs = Object.entries(env).map(([name, value]) => [
      name.replace(/^INPUT_/, "").toLowerCase(),
      value,
    ]);
    const step: StepResult = {
      exitCode,
      signal: exitCode === null ? "SIGKILL" : null,
      stdout: runner.entries.map(({ text }) => text).join("\n"),
      stderr: "",
      outputs: runner.outputs,
      state: runner.saved,
      exported: {},
      summary: runner.markdown,
      annotations: runner.entries.flatMap(({ kind, text }) =>
        kind === "error" || kind === "warning"
          ? [{ level: kind, message: text, from: "action" as const }]
          : [],
      ),
      masks: runner.masks,
      log: runner.entries.map(({ text }) => ({ kind: "text" as const, text })),
      written: {},
      options: { inputs: Object.fromEntries(inputs) },
    };
    this.#results.set(step, result);
    return step;
  }

  /** The post step of a main step that came from `stepOf`. */
  async postOf(main: StepResult): Promise<StepResult> {
    const result = this.#results.get(main);
    if (result === undefined) throw new Error("that step was not run here");
    return this.stepOf(await this.post(result));
  }
}
