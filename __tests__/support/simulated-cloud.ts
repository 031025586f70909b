/** The same stories in one process and in simulated time: cheap enough for every row of a table. */
import type { Cvm, CvmUpdate } from "../../simulator/core.ts";
import type { Node } from "../../simulator/nodes.ts";
import type { JobStatus } from "./runner/manifest.ts";
import type { StepOptions, StepResult } from "./runner.ts";
import {
  type CommandName,
  type Result,
  type SimulatedProcess,
  Simulation,
} from "./simulated/simulation.ts";

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

  update(vmUuid: string, update: CvmUpdate): void {
    this.world.update(this.#find(vmUuid), update);
  }

  remove(vmUuid: string): void {
    this.world.remove(this.#find(vmUuid));
  }

  #find(vmUuid: string): Cvm {
    const cvm = this.world.find(vmUuid);
    if (cvm === undefined) throw new Error(`no CVM ${vmUuid}`);
    return cvm;
  }

  clearFaults(): void {
    this.server.faults.clear();
  }

  /** Starts the main program of a step that is told what these options say and no more, as a process is. */
  begin({ inputs, command = "create", debug, env }: StepOptions): SimulatedProcess {
    const none = command === "create" ? { vm_uuid: "" } : {};
    const given = { ...none, app_id: "", ...inputs };
    return this.start(given, command as CommandName, {
      ...(debug === true && { RUNNER_DEBUG: "1" }),
      ...(env as Readonly<Record<string, string>> | undefined),
    });
  }

  /** Starts the post program of a main step that was played here. */
  beginPost(main: StepResult, jobStatus?: JobStatus): SimulatedProcess {
    const result = this.#results.get(main);
    if (result === undefined) throw new Error("that step was not run here");
    return this.startPost(result, jobStatus);
  }

  /** What a simulated process left, as if it had been a real one. */
  stepOf(result: Result): StepResult {
    const step = leftBy(result, this);
    this.remember(step, result);
    return step;
  }

  /** That a step, changed since, is what this process left. */
  remember(step: StepResult, result: Result): void {
    this.#results.set(step, result);
  }

  /** The post step of a main step that came from `stepOf`. */
  async postOf(main: StepResult): Promise<StepResult> {
    return this.stepOf(await this.beginPost(main).finished);
  }
}

/** What the action left in a runner's memory, as a process would have left it. */
export function leftBy(
  { exitCode, runner, env }: Pick<Result, "exitCode" | "runner" | "env">,
  api: StepOptions["api"],
): StepResult {
  const inputs = Object.entries(env).map(([name, value]) => [
    name.replace(/^INPUT_/, "").toLowerCase(),
    value,
  ]);
  return {
    exitCode,
    signal: exitCode === null ? "SIGKILL" : null,
    stdout: runner.entries.map(({ text }) => text).join("\n"),
    stderr: "",
    outputs: runner.outputs,
    state: runner.saved,
    exported: {},
    summary: runner.markdown,
    annotations: runner.entries.flatMap(({ kind, text }) =>
      kind === "error" || kind === "warning" || kind === "notice"
        ? [{ level: kind, message: text, from: "action" as const }]
        : [],
    ),
    masks: runner.masks,
    log: runner.entries.map(({ text }) => ({ kind: "text" as const, text })),
    written: {},
    options: { ...(api && { api }), inputs: Object.fromEntries(inputs) },
  };
}
