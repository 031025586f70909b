/** What the action writes, read back as GitHub's runner reads it: no text of others is a command. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { GithubRunner } from "../../src/action/runner.ts";
import { harmless, oneLine } from "../../src/text/clean.ts";
import { parseCommand } from "../support/runner/commands.ts";
import { parseFileValues } from "../support/runner/files.ts";
import { hold, LIMIT_MS, nasty } from "./support.ts";

/** Lines as the runner cuts them, their beginning trimmed as .NET does: U+0085 is white space to it. */
function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map((line) => line.replace(/^[\s\u0085]+/, ""));
}

const commandsIn = (text: string) => linesOf(text).flatMap((line) => parseCommand(line) ?? []);

/** What `write` prints on stdout. */
function printed(write: () => void): string {
  const original = process.stdout.write;
  let text = "";
  process.stdout.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof process.stdout.write;
  try {
    write();
  } finally {
    process.stdout.write = original;
  }
  return text;
}

const WHITE = [
  ..." \t\v\f\r\n\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\0",
];
const COMMANDS = ["::error::", "::add-mask::", "::set-output name=a::", "##[error]", "##[group]"];
/** Anything, and often a command behind what a reader may take for white space. */
const hostile = fc.oneof(
  nasty,
  fc
    .tuple(
      nasty,
      fc.array(fc.constantFrom(...WHITE), { maxLength: 3 }),
      fc.constantFrom(...COMMANDS),
    )
    .map(([before, white, command]) => `${before}${white.join("")}${command}x`),
);

const folder = mkdtempSync(join(tmpdir(), "fuzz-commands-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("workflow commands", () => {
  const runner = new GithubRunner({});

  it(
    "none stands in a text that was made harmless",
    () => {
      hold(fc.property(hostile, (text) => expect(commandsIn(harmless(text))).toEqual([])));
    },
    LIMIT_MS,
  );

  it(
    "none stands in a line of the log",
    () => {
      hold(
        fc.property(hostile, (text) => {
          expect(commandsIn(printed(() => runner.info(text)))).toEqual([]);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "an error has one title, of one line",
    () => {
      hold(
        fc.property(hostile, hostile, (text, title) => {
          const commands = commandsIn(printed(() => runner.error(text, title)));
          const named = oneLine(harmless(title));
          const properties = named === "" ? {} : { title: named };
          expect(commands).toEqual([{ name: "error", properties, data: harmless(text) }]);
        }),
      );
    },
    LIMIT_MS,
  );

  it.each(["warning", "debug", "startGroup"] as const)(
    "%s is one command that says what it was given",
    (method) => {
      const name = method === "startGroup" ? "group" : method;
      hold(
        fc.property(hostile, (text) => {
          const commands = commandsIn(printed(() => runner[method](text)));
          expect(commands).toEqual([{ name, properties: {}, data: harmless(text) }]);
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "a mask is the secret, whatever it holds",
    () => {
      hold(
        fc.property(nasty, (text) => {
          const commands = commandsIn(printed(() => new GithubRunner({}).mask(text)));
          expect(commands.map(({ name, data }) => [name, data])).toEqual([["add-mask", text]]);
        }),
      );
    },
    LIMIT_MS,
  );
});

describe("one line", () => {
  it(
    "is one, within its length, whole characters, nothing hidden",
    () => {
      hold(
        fc.property(nasty, fc.integer({ min: 1, max: 40 }), (text, max) => {
          const line = oneLine(text, max);
          expect(line.length).toBeLessThanOrEqual(max);
          expect(line.isWellFormed()).toBe(true);
          expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u);
          expect(oneLine(line, max)).toBe(line);
        }),
      );
    },
    LIMIT_MS,
  );
});

describe("file commands", () => {
  it.each([
    ["output", "GITHUB_OUTPUT"],
    ["saveState", "GITHUB_STATE"],
  ] as const)(
    "%s reads back as it was given",
    (method, variable) => {
      const path = join(folder, variable);
      process.env[variable] = path;
      try {
        const runner = new GithubRunner({});
        hold(
          fc.property(fc.array(nasty, { minLength: 1, maxLength: 3 }), (values) => {
            writeFileSync(path, "");
            for (const [index, value] of values.entries()) runner[method](`name_${index}`, value);
            const read = parseFileValues(readFileSync(path, "utf8"));
            const whole = values.map((value, index) => [`name_${index}`, value.toWellFormed()]);
            expect(read.fault).toBeUndefined();
            expect(Object.entries(read.values)).toEqual(whole);
          }),
        );
      } finally {
        delete process.env[variable];
      }
    },
    LIMIT_MS,
  );
});
