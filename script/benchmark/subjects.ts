/** The programs that are compared: how each is got, and how each is told to create one replica. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Program } from "./process.ts";

export const ROOT = resolve(fileURLToPath(new URL("../../", import.meta.url)));
const FIXTURE = fileURLToPath(new URL("smallest.js", import.meta.url));

/** The API that a program shall talk to. */
export interface Target {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly appId: string;
  readonly vmUuid: string;
}

/** Where the programs lie, and what they are. */
export interface Subjects {
  readonly folder: string;
  /** The CLI's version, and what its installation brought. */
  readonly cli: { readonly version: string; readonly bytes: number; readonly files: number };
  /** Version of the undici that the real bundle holds; null where it could not be had. */
  readonly undici: string | null;
}

/** Builds and installs everything below `folder`. @throws when npm or the build fails */
export function prepare(folder: string): Subjects {
  const bundle = (from: string, to: string) =>
    sh(ROOT, process.execPath, [
      join(ROOT, "node_modules/@vercel/ncc/dist/ncc/cli.js"),
      "build",
      from,
      "--out",
      to,
      "--quiet",
    ]);
  // With our own packages beside it, so that it gets the same: the stand-ins too.
  const beside = join(folder, "beside");
  mkdirSync(beside);
  symlinkSync(join(ROOT, "node_modules"), join(beside, "node_modules"));
  writeFileSync(join(beside, "package.json"), '{"type":"module"}');
  cpSync(FIXTURE, join(beside, "index.js"));
  bundle(join(beside, "index.js"), join(folder, "smallest"));

  return { folder, cli: installCli(folder), undici: bundleWithUndici(folder, bundle) };
}

function installCli(folder: string): Subjects["cli"] {
  const home = join(folder, "cli");
  npmInstall(home, ["phala"]);
  const { version } = JSON.parse(
    readFileSync(join(home, "node_modules/phala/package.json"), "utf8"),
  ) as { version: string };
  return { version, ...sizeOf(join(home, "node_modules")) };
}

function bundleWithUndici(
  folder: string,
  bundle: (from: string, to: string) => void,
): string | null {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const names = ["@actions/core", "@actions/http-client"];
  const home = join(folder, "plain");
  try {
    npmInstall(
      home,
      names.map((name) => `${name}@${dependencies[name]}`),
    );
    cpSync(FIXTURE, join(home, "index.js"));
    bundle(join(home, "index.js"), join(folder, "smallest-undici"));
    const installed = readFileSync(join(home, "node_modules/undici/package.json"), "utf8");
    return (JSON.parse(installed) as { version: string }).version;
  } catch {
    return null;
  }
}

function npmInstall(folder: string, packages: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}');
  sh(folder, "npm", ["install", "--no-audit", "--no-fund", "--silent", ...packages]);
}

function sh(cwd: string, command: string, args: readonly string[]): void {
  execFileSync(command, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

/** Bytes and number of the files below a folder. */
export function sizeOf(folder: string): { readonly bytes: number; readonly files: number } {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const sizes = files.map((entry) => statSync(join(entry.parentPath, entry.name)).size);
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: files.length };
}

/** No process gets more of this machine than it needs, so that none is slowed by what is on it. */
function bare(folder: string): Record<string, string> {
  const home = join(folder, "home");
  if (!existsSync(home)) mkdirSync(home);
  return { PATH: process.env.PATH ?? "", HOME: home, CI: "true", NO_COLOR: "1" };
}

/** A Node process that does nothing: what no program in Node can be quicker than. */
export function emptyNode({ folder }: Subjects): Program {
  return { command: process.execPath, args: ["-e", "0"], env: bare(folder), cwd: folder };
}

/** A bundle's `index.js` below the folder, run as a step. */
export function smallest(
  subjects: Subjects,
  name: "smallest" | "smallest-undici",
  target: Target,
): Program {
  return step(subjects, join(subjects.folder, name, "index.js"), target, {});
}

/** This action's committed bundle. @param inputs by name, over the ones that name the target */
export function ours(
  subjects: Subjects,
  target: Target,
  inputs: Readonly<Record<string, string>>,
): Program {
  return step(subjects, join(ROOT, "dist", "main.js"), target, inputs);
}

/** Another of the actions, from the committed bundle. @param inputs by name, over key, address and app */
export function other(
  subjects: Subjects,
  action: "delete" | "rollout" | "verify",
  { vmUuid: _notTheirs, ...target }: Target,
  inputs: Readonly<Record<string, string>>,
): Program {
  return step(subjects, join(ROOT, "dist", `${action}.js`), target, inputs);
}

function step(
  { folder }: Subjects,
  script: string,
  target: Omit<Target, "vmUuid"> & Partial<Target>,
  inputs: Readonly<Record<string, string>>,
): Program {
  const given: Record<string, string> = {
    api_url: target.apiUrl,
    api_key: target.apiKey,
    app_id: target.appId,
    ...(target.vmUuid === undefined ? {} : { vm_uuid: target.vmUuid }),
    ...inputs,
  };
  const named = Object.entries(given).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const files = Object.fromEntries(
    ["OUTPUT", "STATE", "STEP_SUMMARY", "ENV"].map((name) => {
      const path = join(folder, `github_${name.toLowerCase()}`);
      writeFileSync(path, "");
      return [`GITHUB_${name}`, path];
    }),
  );
  const env = { ...bare(folder), GITHUB_ACTIONS: "true", ...files, ...Object.fromEntries(named) };
  return { command: process.execPath, args: [script], env, cwd: folder };
}

/** The official CLI. */
export function cli({ folder }: Subjects, target: Target): Program {
  return {
    command: process.execPath,
    args: [
      join(folder, "cli/node_modules/phala/dist/index.js"),
      "cvms",
      "replicate",
      target.vmUuid,
      "--json",
    ],
    env: {
      ...bare(folder),
      PHALA_CLOUD_API_PREFIX: target.apiUrl,
      PHALA_CLOUD_API_KEY: target.apiKey,
    },
    cwd: folder,
  };
}
