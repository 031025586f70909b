/**
 * The action as a process, with its state in a known place: whatever becomes of this run, the next step of the job
 * can have `post` look for what was left, as GitHub's runner would.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { REPOSITORY } from "../../__tests__/support/repository.ts";
import { parseFileValues } from "../../__tests__/support/runner/files.ts";
import {
  createStepFolder,
  jobEnvironment,
  type StepFolder,
} from "../../__tests__/support/runner/folder.ts";
import { readManifest, resolveInputs } from "../../__tests__/support/runner/manifest.ts";
import type { Settings } from "./settings.ts";

/** How a process of the action ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What is kept on the disk; no secret is in it. */
interface Kept {
  readonly inputs: Readonly<Record<string, string>>;
  readonly folder: Omit<StepFolder, "read" | "written" | "remove">;
}

/** Longest time for one process of the action, in ms: its own waits end before. */
const LIMIT_MS = 20 * 60_000;
/** What a runner behind a proxy or with its own certificates needs. */
const NETWORK = /^(https?_proxy|no_proxy|node_extra_ca_certs)$/i;

/** The names of the inputs that this version of the action has. */
export function inputsOfAction(): ReadonlySet<string> {
  return new Set(Object.keys(readManifest(REPOSITORY).inputs));
}

/** Runs main to its end. */
export function runMain(
  settings: Settings,
  inputs: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
  cancel: AbortSignal,
): Promise<Ended> {
  const {
    read: _read,
    written: _written,
    remove: _remove,
    ...folder
  } = createStepFolder(REPOSITORY);
  mkdirSync(settings.folder, { recursive: true });
  const kept: Kept = { inputs, folder };
  writeFileSync(keptAt(settings), JSON.stringify(kept));
  return run(settings, kept, "main", onLine, cancel);
}

/** Runs `post` of the main that ran last; null where none did. It may run any number of times. */
export function runPost(settings: Settings, onLine: (line: string) => void): Promise<Ended> | null {
  const path = keptAt(settings);
  if (!existsSync(path)) return null;
  const kept = JSON.parse(readFileSync(path, "utf8")) as Kept;
  return run(settings, kept, "post", onLine, new AbortController().signal);
}

function keptAt({ folder }: Settings): string {
  return join(folder, "step.json");
}

function textAt(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

async function run(
  settings: Settings,
  { inputs, folder }: Kept,
  phase: "main" | "post",
  onLine: (line: string) => void,
  cancel: AbortSignal,
): Promise<Ended> {
  const manifest = readManifest(REPOSITORY);
  const whole: StepFolder = {
    ...folder,
    read: (file) => textAt(folder.files[file]),
    written: () => ({}),
    remove: () => undefined,
  };
  const state = parseFileValues(whole.read("state")).values;
  const network = Object.entries(process.env).filter(([name]) => NETWORK.test(name));
  const child = spawn(
    process.execPath,
    [join(folder.action, (phase === "main" ? manifest.runs.main : manifest.runs.post) ?? "")],
    {
      cwd: folder.workspace,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...jobEnvironment(whole),
        ...Object.fromEntries(network),
        ...resolveInputs(manifest, inputs, "").env,
        ...Object.fromEntries(
          Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]),
        ),
        PHALA_CLOUD_API_KEY: settings.apiKey,
        PHALA_CLOUD_API_PREFIX: settings.apiUrl,
      },
    },
  );
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", onLine);
  const stop = (): void => {
    child.kill("SIGINT");
  };
  cancel.addEventListener("abort", stop);
  if (cancel.aborted) stop();
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  try {
    const exitCode = await new Promise<number | null>((done, fail) => {
      child.once("error", fail);
      child.once("close", done);
    });
    return { exitCode, outputs: parseFileValues(whole.read("output")).values };
  } finally {
    clearTimeout(timer);
    cancel.removeEventListener("abort", stop);
  }
}
