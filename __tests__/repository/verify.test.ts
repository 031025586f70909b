/** `script/verify`: run on a small repository, with stand-ins for `gh` and `npm` that write down what they were told. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { REPOSITORY } from "../support/repository.ts";

// Processes take long on a busy machine.
jest.setTimeout(60_000);

const work = mkdtempSync(join(tmpdir(), "verify-"));
const origin = join(work, "origin");
const said = join(work, "said");
let commit = "";

function program(name: string, script: string): void {
  const path = join(work, "bin", name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Runs it. `env`: FORGED names a file without an attestation; BUILDS is what a build writes to dist/main.js. */
function verify(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawnSync(join(REPOSITORY, "script", "verify"), [...args, "--from", `file://${origin}`], {
    encoding: "utf8",
    env: {
      ...process.env,
      PATH: [join(work, "bin"), process.env.PATH].join(delimiter),
      SAID: said,
      BUILDS: "the bundle",
      ...env,
    },
  });
}

beforeAll(() => {
  mkdirSync(join(origin, "dist"), { recursive: true });
  mkdirSync(join(origin, "delete"));
  mkdirSync(join(origin, "src"));
  mkdirSync(join(work, "bin"));
  for (const [path, text] of Object.entries({
    "action.yml": "name: x",
    "delete/action.yml": "name: y",
    "dist/main.js": "the bundle\n",
    "src/index.ts": "the source",
  })) {
    writeFileSync(join(origin, path), text);
  }
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: origin,
      encoding: "utf8",
    });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "One");
  git("tag", "--annotate", "--message", "v1.2.3", "v1.2.3");
  commit = git("rev-parse", "HEAD").trim();
  program(
    "gh",
    'echo "gh $*" >> "$SAID"; [ "$3" != "$FORGED" ] || { echo "no attestation" >&2; exit 1; }',
  );
  program("npm", 'echo "npm $*" >> "$SAID"; [ "$1" = ci ] || echo "$BUILDS" > dist/main.js');
});
beforeEach(() => writeFileSync(said, ""));
afterAll(() => rmSync(work, { recursive: true }));

describe("script/verify", () => {
  const REPO = ["--repo", "octo-org/octo-repo"];
  const lines = (): string[] => readFileSync(said, "utf8").trim().split("\n").filter(Boolean);

  it("holds every file that a runner executes to workflow, commit, tag and hosted runners, then rebuilds", () => {
    const result = verify(["v1.2.3", ...REPO]);
    expect(result).toMatchObject({ status: 0, stderr: "" });
    const flags =
      "--repo octo-org/octo-repo --signer-workflow octo-org/octo-repo/.github/workflows/release.yml " +
      `--source-digest ${commit} --source-ref refs/tags/v1.2.3 --deny-self-hosted-runners`;
    expect(lines()).toEqual([
      ...["action.yml", "delete/action.yml", "dist/main.js"].map(
        (file) => `gh attestation verify ${file} ${flags}`,
      ),
      expect.stringMatching(/^npm ci --ignore-scripts /),
      "npm run --silent build",
    ]);
    expect(result.stdout).toContain(`uses: octo-org/octo-repo@${commit} # v1.2.3`);
  });

  it.each([
    [
      "a file without an attestation",
      { FORGED: "dist/main.js" },
      "dist/main.js: no valid attestation",
    ],
    [
      "a dist that the sources don't make",
      { BUILDS: "another bundle" },
      "dist is not what the sources make",
    ],
  ])("fails on %s, and names no commit to run", (_what, env, message) => {
    const result = verify(["v1.2.3", ...REPO], env);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(message);
    expect(result.stdout).not.toContain("uses:");
  });

  it("leaves the rebuild out where that is asked for", () => {
    expect(verify(["v1.2.3", ...REPO, "--no-rebuild"], { BUILDS: "another bundle" }).status).toBe(
      0,
    );
    expect(lines().filter((line) => line.startsWith("npm"))).toEqual([]);
  });

  it.each([
    ["a tag that moves", ["v1", ...REPO], "the tag v1 moves"],
    ["a tag that is not there", ["v9.9.9", ...REPO], "has no tag v9.9.9"],
    ["no tag", [...REPO], "name a release"],
    ["something that is no repository", ["v1.2.3", "--repo", "x; rm -rf ~"], "owner/name"],
  ])("refuses %s, before it asks anybody", (_what, args, message) => {
    const result = verify(args);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(message);
    expect(lines()).toEqual([]);
  });

  it("says the same as docs/verify.md", () => {
    const page = readFileSync(join(REPOSITORY, "docs/verify.md"), "utf8");
    const script = readFileSync(join(REPOSITORY, "script/verify"), "utf8");
    for (const flag of [
      "--signer-workflow",
      "--source-digest",
      "--source-ref",
      "--deny-self-hosted-runners",
    ]) {
      expect(script).toContain(flag);
      expect(page).toContain(flag);
    }
    expect(existsSync(join(REPOSITORY, ".github/workflows/release.yml"))).toBe(true);
  });
});
