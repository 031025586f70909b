/** Runs the script of a `run:` step. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/**
 * Runs `script` by `sh -e` (GitHub uses bash; the examples need no more than sh), with `curl` replaced by
 * a stand-in. Killed after a minute.
 */
export async function runScript(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<ShellResult> {
  const folder = mkdtempSync(join(tmpdir(), "cvm-replica-script-"));
  const output = join(folder, "output");
  const summary = join(folder, "summary");
  const tools = join(folder, "tools");
  mkdirSync(tools);
  writeFileSync(output, "");
  writeFileSync(summary, "");
  const curl = join(tools, "curl");
  const program = fileURLToPath(new URL("curl.ts", import.meta.url));
  writeFileSync(curl, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(curl, 0o755);
  try {
    const child = spawn("sh", ["-e", "-c", script], {
      cwd: folder,
      env: {
        PATH: [tools, process.env.PATH ?? ""].join(delimiter),
        HOME: folder,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        log += chunk;
      });
    }
    const exitCode = await new Promise<number | null>((done, fail) => {
      child.once("error", fail);
      child.once("close", done);
    });
    return {
      exitCode,
      log,
      outputs: parseFileValues(readFileSync(output, "utf8")).values,
      summary: readFileSync(summary, "utf8"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
