/** The stand-in for GitHub's runner, on small actions made up here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { parseCommand } from "./runner/commands.ts";
import { parseFileValues } from "./runner/files.ts";
import { Masks } from "./runner/masks.ts";
import "./retry.ts";
import { outputsForOtherJobs, runPost, runStep, startStep } from "./runner.ts";

// Processes take long on a busy machine.
jest.setTimeout(240_000);

const MANIFEST = `name: Probe
description: Probe
inputs:
  plain: { description: a }
  two words: { description: b, default: "d" }
  old: { description: c, deprecationMessage: use plain }
  token: { description: d, default: "\${{ github.token }}" }
runs: { using: node24, main: dist/main.js, post: dist/post.js, post-if: always() }
`;

let root = "";
let made = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "probe-"));
});
afterAll(() => rmSync(root, { recursive: true }));

/** An action whose main and post are these programs. */
function action(main: string, post = ""): string {
  made += 1;
  const folder = join(root, String(made));
  mkdirSync(join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "action.yml"), MANIFEST);
  writeFileSync(join(folder, "dist", "main.js"), main);
  writeFileSync(join(folder, "dist", "post.js"), post);
  return folder;
}

const APPEND = `const append = (name, text) => require("fs").appendFileSync(process.env[name], text);\n`;

describe("workflow commands", () => {
  it.each([
    [
      "::error title=A%2CB::one%0Atwo",
      { name: "error", properties: { title: "A,B" }, data: "one\ntwo" },
    ],
    ["  ::add-mask::x", { name: "add-mask", properties: {}, data: "x" }],
    ["text ##[set-env name=A]b", { name: "set-env", properties: { name: "A" }, data: "b" }],
    ["::Warning::%2525", { name: "warning", properties: {}, data: "%25" }],
  ])("%s is a command", (line, expected) => {
    expect(parseCommand(line)).toEqual(expected);
  });

  it.each(["text ::error::x", "::error", "::unknown::x", "##[other]x", ":: error::x"])(
    "%s is plain text",
    (line) => {
      expect(parseCommand(line)).toBeUndefined();
    },
  );
});

describe("file commands", () => {
  it("reads lines and blocks, the last value of a name winning", () => {
    const { values, fault } = parseFileValues(
      "a=1\n\nb<<E\nx=1\n\ny<<Z\nE\na=2=3\nc<<E\nE\n__proto__=p\n",
    );
    expect(Object.entries(values)).toEqual([
      ["a", "2=3"],
      ["b", "x=1\n\ny<<Z"],
      ["c", ""],
      ["__proto__", "p"],
    ]);
    expect(fault).toBeUndefined();
  });

  it("keeps what stands before a block that was cut off", () => {
    const { values, fault } = parseFileValues("a=1\nb<<E\nhalf");
    expect({ ...values }).toEqual({ a: "1" });
    expect(fault).toContain("delimiter not found");
  });
});

describe("masks", () => {
  it("hides the forms that the runner hides, and each line of several", () => {
    const masks = new Masks();
    masks.add('se"cret/long+value');
    masks.add("first line\nsecond line");
    const base64 = Buffer.from('xse"cret/long+value').toString("base64");
    const shown = masks.hide(
      `a se"cret/long+value b ${base64} c second line d se\\"cret/long+value`,
    );
    expect(shown).not.toMatch(/cret|second/);
    expect(shown).not.toContain(Buffer.from("long+").toString("base64").slice(0, 4));
    expect(shown).toMatch(/^a \*\*\* b .*\*\*\*.* c \*\*\* d \*\*\*$/);
  });

  it("drops an output with a secret from what other jobs see", () => {
    const outputs = { id: "1", url: "https://x/?k=topsecret" };
    expect(outputsForOtherJobs(outputs, ["topsecret"])).toEqual({ id: "1" });
  });
});

describe("a step", () => {
  it("gets its inputs, defaults and a bare environment", async () => {
    const folder = action(
      'console.log(JSON.stringify([process.env, process.cwd(), require.resolve.paths("x")]))',
    );
    const step = await runStep({
      action: folder,
      inputs: { plain: "p", old: "o", odd: "?" },
      env: { EXTRA: "1" },
      mayLeak: true,
    });
    const [env, cwd] = JSON.parse(step.stdout) as [Record<string, string>, string];
    expect(env).toMatchObject({
      INPUT_PLAIN: "p",
      INPUT_TWO_WORDS: "d",
      INPUT_OLD: "o",
      EXTRA: "1",
    });
    expect(env.INPUT_TOKEN).toMatch(/^ghs_/);
    expect(cwd).toBe(env.GITHUB_WORKSPACE);
    expect(env.PATH).not.toContain("node_modules");
    expect(env.npm_execpath).toBeUndefined();
    expect(step.annotations.map(({ level, from, message }) => [level, from, message])).toEqual([
      ["warning", "runner", expect.stringContaining("Unexpected input(s) 'odd'")],
      ["warning", "runner", "Input 'old' has been deprecated with message: use plain"],
    ]);
  });

  it("finds no package of this repository", async () => {
    const step = await runStep({ action: action('require("@actions/core")') });
    expect(step.exitCode).toBe(1);
    expect(step.stderr).toContain("Cannot find module");
  });

  it("hands over outputs, summary, state, files, and post gets the state", async () => {
    const folder = action(
      `${APPEND}append("GITHUB_OUTPUT", "o<<E\\n1\\n2\\nE\\n"); append("GITHUB_STATE", "s=kept\\n");
       append("GITHUB_STEP_SUMMARY", "# hi"); append("GITHUB_ENV", "V=1\\n");
       require("fs").writeFileSync(process.env.RUNNER_TEMP + "/f", "left"); process.exitCode = 3`,
      'console.log(process.env.STATE_s, process.env.INPUT_PLAIN, "key")',
    );
    const main = await runStep({ action: folder, inputs: { plain: "p" }, secrets: ["key"] });
    expect(main).toMatchObject({ exitCode: 3, signal: null, summary: "# hi" });
    expect({ ...main.outputs }).toEqual({ o: "1\n2" });
    expect({ ...main.exported }).toEqual({ V: "1" });
    expect(main.written).toEqual({ [join("temp", "f")]: "left" });
    const post = await runPost(main);
    expect(post.stdout.trim()).toBe("kept p key");
    expect(post.log).toEqual([{ kind: "text", text: "kept p ***" }]);
  });

  it("shows the log as a user sees it", async () => {
    const lines = [
      "::group::G",
      "a\\rb",
      "::endgroup::",
      "::add-mask::pw12",
      "is pw12",
      "::debug::d",
      "::error title=T::bad pw12",
      "::stop-commands::tok",
      "::error::no",
      "::tok::",
      "::warning::w",
      "x ##[set-env name=A]b",
    ];
    const step = await runStep({ action: action(`process.stdout.write("${lines.join("\\n")}")`) });
    expect(step.log.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "group G",
      "text a",
      "text b",
      "endgroup ",
      "text is ***",
      "error bad ***",
      "text ::stop-commands::tok",
      "text ::error::no",
      "text ::tok::",
      "warning w",
      "error The step used the command 'set-env'.",
    ]);
    expect(step.annotations).toEqual([
      { level: "error", message: "bad ***", title: "T", from: "action" },
      { level: "warning", message: "w", from: "action" },
      { level: "error", message: "The step used the command 'set-env'.", from: "runner" },
    ]);
    expect(step.masks).toContain("pw12");
  });

  it("can be signalled at a line, and state cut off by a kill is told", async () => {
    const folder = action(
      `${APPEND}append("GITHUB_STATE", "a=1\\nb<<E\\nhal"); setInterval(() => {}, 1000); console.log("ready")`,
    );
    const step = startStep({ action: folder });
    await step.line(/^ready$/);
    expect(step.kill("SIGKILL")).toBe(true);
    const result = await step.finished;
    expect(result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    expect({ ...result.state }).toEqual({ a: "1" });
    expect(result.annotations[0]?.message).toContain("file command 'state'");
    expect(step.kill("SIGKILL")).toBe(false);
    await expect(step.line("never")).rejects.toThrow("ended without never");
  });

  it("is killed when it hangs", async () => {
    const folder = action('console.log("stuck"); setInterval(() => {}, 1000)');
    await expect(runStep({ action: folder, timeoutMs: 500 })).rejects.toThrow(
      "did not end within 500 ms",
    );
  });
});
