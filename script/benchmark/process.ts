/** Runs one program from start to end and says how long it took and what it needed. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface Run {
  /** Wall-clock time from the start of the process to its end, in ms. */
  readonly ms: number;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** When it ended, in ms since the epoch. */
  readonly endedAt: number;
}

/** @param limitMs after which it is killed: its exit code is then null */
export function run(program: Program, limitMs = 180_000): Promise<Run> {
  const { command, args, env, cwd } = program;
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(command, args, {
      cwd,
      env: env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const text = { stdout: "", stderr: "" };
    let ms = 0;
    let endedAt = 0;
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text.stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      text.stderr += chunk;
    });
    child.once("error", reject);
    child.once("exit", () => {
      ms = performance.now() - begun;
      endedAt = Date.now();
    });
    child.once("close", (exitCode) => {
      clearTimeout(timer);
      resolve({ ms, exitCode, ...text, endedAt });
    });
  });
}

/** What a Node process needed in all. */
export interface Usage {
  /** Peak resident memory in MB. */
  readonly peakMb: number;
  /** User and system CPU time in ms. */
  readonly cpuMs: number;
}

/** The same program, with Node's own account of it written into `file` at its end. */
export function accounted(program: Program, file: string): Program {
  const script = `
    import { writeFileSync } from "node:fs";
    process.on("exit", () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.resourceUsage())));
  `;
  const preload = `data:text/javascript,${encodeURIComponent(script)}`;
  return { ...program, args: ["--import", preload, ...program.args] };
}

/** @param file as given to `accounted`, after the program has ended */
export function readUsage(file: string): Usage {
  const usage = JSON.parse(readFileSync(file, "utf8")) as NodeJS.ResourceUsage;
  return {
    peakMb: usage.maxRSS / 1024,
    cpuMs: (usage.userCPUTime + usage.systemCPUTime) / 1000,
  };
}
