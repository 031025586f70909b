/** The machine around a step: its folders, its file commands, its environment. */
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";

const FILES = ["output", "state", "env", "path", "step_summary"] as const;
type FileCommand = (typeof FILES)[number];

/** Folders of one step, all below one temporary folder. */
export interface StepFolder {
  /** Holds `dist` and `action.yml`, and nothing else. A step may not write there. */
  readonly action: string;
  readonly home: string;
  readonly temp: string;
  readonly workspace: string;
  readonly files: Readonly<Record<FileCommand, string>>;
  readonly event: string;
  /** Text of a file command's file; empty when the step removed it. */
  read(file: FileCommand): string;
  /** Files in home, temp and a fresh workspace, by path relative to the step's folder. */
  written(): Record<string, string>;
  remove(): void;
}

/**
 * Makes the folders and puts the action's bundle there. Throws when there is no `dist`.
 *
 * @param command the folder of another action of the repository that is to be run
 */
export function createStepFolder(source: string, cwd?: string, command?: string): StepFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "cvm-replica-step-")));
  const make = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path);
    return path;
  };
  const action = make("action");
  if (!existsSync(join(source, "dist"))) {
    rmSync(root, { recursive: true });
    throw new Error(`There is no dist in ${source}: build the bundle first (npm run build).`);
  }
  share(join(source, "dist"), make("action/dist"));
  cpSync(join(source, "action.yml"), join(action, "action.yml"));
  if (command !== undefined) {
    mkdirSync(join(action, command));
    cpSync(join(source, command, "action.yml"), join(action, command, "action.yml"));
  }
  const commands = make("commands");
  const files = Object.fromEntries(FILES.map((name) => [name, join(commands, name)]));
  for (const path of Object.values(files)) {
    writeFileSync(path, "");
  }
  const event = join(commands, "event.json");
  writeFileSync(event, "{}");
  const home = make("home");
  const temp = make("temp");
  const fresh = make("workspace");
  return {
    action,
    home,
    temp,
    workspace: cwd ?? fresh,
    files: files as Record<FileCommand, string>,
    event,
    read: (name) => readText(files[name] ?? ""),
    written: () =>
      Object.fromEntries(
        [home, temp, fresh]
          .flatMap(listFiles)
          .map((path) => [relative(root, path), readText(path)] as const),
      ),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const NOWHERE = "http://127.0.0.1:1";

/** What a step is told of its job, whatever the machine. */
export const JOB: Readonly<Record<string, string>> = {
  CI: "true",
  GITHUB_ACTIONS: "true",
  GITHUB_ACTION: "replica",
  GITHUB_ACTOR: "octocat",
  GITHUB_API_URL: NOWHERE,
  GITHUB_EVENT_NAME: "push",
  GITHUB_GRAPHQL_URL: `${NOWHERE}/graphql`,
  GITHUB_JOB: "release",
  GITHUB_REF: "refs/heads/main",
  GITHUB_REF_NAME: "main",
  GITHUB_REPOSITORY: "octo-org/octo-repo",
  GITHUB_REPOSITORY_OWNER: "octo-org",
  GITHUB_RUN_ATTEMPT: "1",
  GITHUB_RUN_ID: "4242424242",
  GITHUB_RUN_NUMBER: "7",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_SHA: "0000000000000000000000000000000000000000",
  GITHUB_WORKFLOW: "release",
  PHALA_CLOUD_API_PREFIX: `${NOWHERE}/api/v1`,
  RUNNER_ARCH: "X64",
  RUNNER_NAME: "runner",
  RUNNER_OS: "Linux",
};

/**
 * What the runner puts into a step's environment, and no more: nothing of the machine shows through but
 * PATH, from which every `node_modules` is taken out. No address in it leads off this machine.
 */
export function jobEnvironment(folder: StepFolder): Record<string, string> {
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !entry.includes("node_modules"));
  return {
    ...JOB,
    PATH: path.join(delimiter),
    HOME: folder.home,
    GITHUB_ENV: folder.files.env,
    GITHUB_EVENT_PATH: folder.event,
    GITHUB_OUTPUT: folder.files.output,
    GITHUB_PATH: folder.files.path,
    GITHUB_STATE: folder.files.state,
    GITHUB_STEP_SUMMARY: folder.files.step_summary,
    GITHUB_WORKSPACE: folder.workspace,
    RUNNER_TEMP: folder.temp,
    RUNNER_TOOL_CACHE: folder.temp,
  };
}

/** What makes a process of the tests quicker, and nothing else. */
export const QUICKER: Readonly<Record<string, string>> = {
  // To read its own list of certificates takes Node a tenth of such a step, and nothing asks for one of them.
  NODE_OPTIONS: "--use-openssl-ca",
  SSL_CERT_FILE: "/dev/null",
};

/**
 * Puts a folder's files into another one, as names of the same files: a copy for each of a thousand steps took more
 * time than the steps. Where the two are on different disks they are copied.
 */
function share(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    try {
      linkSync(join(from, name), join(to, name));
    } catch {
      cpSync(join(from, name), join(to, name), { recursive: true });
    }
  }
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
