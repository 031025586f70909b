/** The machine of one job: its folders, its tools, and the scripts of its `run:` steps. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseFileValues } from "./runner/files.ts";

/** What a script left behind. */
export interface ShellResult {
  readonly exitCode: number | null;
  /** stdout and stderr, as they came. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Programs that scripts may call and that a machine with only Node may lack. */
const TOOLS: Readonly<Record<string, string>> = { curl: "curl.ts", gh: "gh.ts", npm: "npm.ts" };

/** The shells of a step: none given (GitHub takes bash; our examples need no more than sh), or bash. */
const SHELLS: Readonly<Record<string, readonly string[]>> = {
  "": ["sh", "-e", "-c"],
  bash: ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"],
};

/** One machine; `remove` ends it. */
export class Machine {
  /** Where the job's steps work. Shared by all of them. */
  readonly workspace: string;
  /** `RUNNER_TEMP` of the scripts. */
  readonly temp: string;
  readonly #root = realpathSync(mkdtempSync(join(tmpdir(), "cvm-replica-job-")));
  readonly #tools = join(this.#root, "tools");
  readonly #scripts: ChildProcess[] = [];

  /** @param workspace a folder that exists; a fresh one when not given */
  constructor(workspace?: string) {
    this.temp = join(this.#root, "temp");
    this.workspace = workspace ?? join(this.#root, "workspace");
    for (const folder of [this.temp, this.#tools, join(this.#root, "workspace")]) {
      mkdirSync(folder);
    }
    this.#tool("node", "");
    for (const [name, program] of Object.entries(TOOLS)) {
      this.#tool(name, `"${fileURLToPath(new URL(program, import.meta.url))}"`);
    }
  }

  #tool(name: string, program: string): void {
    const path = join(this.#tools, name);
    const cache = process.env.NODE_COMPILE_CACHE ?? "";
    const start = `NODE_COMPILE_CACHE="${cache}" exec "${process.execPath}"`;
    writeFileSync(path, `#!/bin/sh\n${start} ${program} "$@"\n`);
    chmodSync(path, 0o755);
  }

  /**
   * Runs the script of a step. Killed after a minute. What it leaves in the background goes on.
   *
   * @throws on a shell that is not known here
   */
  async run(
    script: string,
    env: Readonly<Record<string, string>>,
    shell = "",
  ): Promise<ShellResult> {
    const [command, ...flags] = SHELLS[shell] ?? [];
    if (command === undefined) {
      throw new Error(`no idea how to run a script by ${shell}`);
    }
    const folder = mkdtempSync(join(this.#root, "step-"));
    const output = join(folder, "output");
    const summary = join(folder, "summary");
    writeFileSync(output, "");
    writeFileSync(summary, "");
    const child = spawn(command, [...flags, script], {
      cwd: this.workspace,
      env: {
        PATH: [this.#tools, process.env.PATH ?? ""].join(delimiter),
        HOME: folder,
        RUNNER_TEMP: this.temp,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that `remove` finds what it left in the background.
      detached: true,
    });
    this.#scripts.push(child);
    let log = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        log += chunk;
      });
    }
    const timer = setTimeout(() => endGroup(child), 240_000);
    const exitCode = await new Promise<number | null>((done, fail) => {
      child.once("error", fail);
      child.once("close", done);
    }).finally(() => clearTimeout(timer));
    return {
      exitCode,
      log,
      outputs: parseFileValues(readFileSync(output, "utf8")).values,
      summary: readFileSync(summary, "utf8"),
    };
  }

  /** Ends what the scripts left in the background, as the runner does after a job, and clears up. */
  remove(): void {
    for (const child of this.#scripts) {
      endGroup(child);
    }
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) {
      process.kill(-pid, "SIGKILL");
    }
  } catch {
    // Nothing of the group is left.
  }
}
