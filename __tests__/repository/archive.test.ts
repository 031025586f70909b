/** What a run of the action downloads: only what the runner needs of this repository. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, jest } from "@jest/globals";
import { REPOSITORY } from "../support/repository.ts";

// Processes take long on a busy machine.
jest.setTimeout(60_000);

/** Paths of the files in a tar archive (the forms that git writes: ustar, with pax headers between). */
function tarPaths(tar: Buffer): string[] {
  const paths: string[] = [];
  for (let offset = 0; offset + 512 <= tar.length; ) {
    const header = tar.subarray(offset, offset + 512);
    const field = (start: number, length: number): string =>
      header.toString("utf8", start, start + length).replace(/\0.*$/s, "");
    const name = field(0, 100);
    const type = field(156, 1);
    const size = Number.parseInt(field(124, 12) || "0", 8);
    if (name !== "" && type === "0") {
      paths.push(name);
    }
    offset += 512 + Math.ceil(size / 512) * 512;
  }
  return paths;
}

/** The archive that GitHub would make of the working folder as it is, committed or not. */
function archive(): Buffer {
  const temp = mkdtempSync(join(tmpdir(), "archive-"));
  // An index and an object store of its own: the repository's stay as they are.
  const git = (...args: readonly string[]): Buffer =>
    execFileSync("git", args, {
      cwd: REPOSITORY,
      maxBuffer: 2 ** 28,
      env: {
        ...process.env,
        GIT_INDEX_FILE: join(temp, "index"),
        GIT_OBJECT_DIRECTORY: temp,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
      },
    });
  const objects = join(
    execFileSync("git", ["rev-parse", "--absolute-git-dir"], {
      cwd: REPOSITORY,
      encoding: "utf8",
    }).trim(),
    "objects",
  );
  try {
    git("add", "--all");
    const tree = git("write-tree").toString().trim();
    return git("archive", "--worktree-attributes", "--format=tar", tree);
  } finally {
    rmSync(temp, { recursive: true });
  }
}

describe("the archive of this repository", () => {
  it("holds the action, its licence and its README, and no more", () => {
    const paths = tarPaths(archive());
    const needed = /^((?:\w+\/)?action\.yml|LICENSE|README\.md|dist\/[^/]+)$/;
    expect(paths.filter((path) => !needed.test(path))).toEqual([]);
    const always = ["action.yml", "LICENSE", "README.md", "dist/main.js", "dist/post.js"];
    expect(paths).toEqual(expect.arrayContaining(always));
  });

  it("names the licence of every package that is bundled directly", () => {
    const read = (name: string): string => readFileSync(join(REPOSITORY, name), "utf8");
    const { dependencies } = JSON.parse(read("package.json")) as {
      dependencies: Readonly<Record<string, string>>;
    };
    const listed = read("dist/licenses.txt").split("\n");
    // What stands in for the real undici is this repository's own.
    const others = Object.entries(dependencies).filter(([, from]) => !from.startsWith("file:"));
    expect(others.map(([name]) => name).filter((name) => !listed.includes(name))).toEqual([]);
  });

  it("is small: every run downloads it", () => {
    expect(gzipSync(archive(), { level: 6 }).length).toBeLessThan(315_000);
  });
});
