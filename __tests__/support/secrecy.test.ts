import { describe, expect, it } from "@jest/globals";
import "./retry.ts";
import { runStep, type StepResult } from "./runner.ts";
import { findsIn, leaksOf, seed, writingsOf } from "./secrecy.ts";

const SECRET = "seed_Ab/+?é€cdefgh=";
const bytes = Buffer.from(SECRET, "utf8");

/** Something else that could have written the secret down. */
const WRITINGS: Readonly<Record<string, string>> = {
  clear: SECRET,
  "JSON text": JSON.stringify({ a: SECRET }),
  base64: bytes.toString("base64"),
  "base64 behind one byte": Buffer.from(`:${SECRET}:`).toString("base64"),
  "base64 behind two bytes": Buffer.from(`a:${SECRET}`).toString("base64"),
  "base64 for URLs": Buffer.from(`Basic:${SECRET}`).toString("base64url"),
  hex: `0x${bytes.toString("hex")}`,
  "HEX of a longer text": Buffer.from(`x${SECRET}y`).toString("hex").toUpperCase(),
  "a query": new URLSearchParams({ token: SECRET }).toString(),
  "a component of a URL": `https://host.invalid/?a=${encodeURIComponent(SECRET)}`,
  "every byte by its number": [...bytes].map((byte) => `%${byte.toString(16)}`).join(""),
};

const RESULT: StepResult = {
  exitCode: 0,
  signal: null,
  stdout: "",
  stderr: "",
  outputs: {},
  state: {},
  exported: {},
  summary: "",
  annotations: [],
  masks: [],
  log: [],
  written: {},
  options: {},
};

describe("the search for secrets", () => {
  it.each(Object.entries(WRITINGS))("finds one written as %s", (_name, text) => {
    expect(findsIn(`before ${text} after`, SECRET)).not.toEqual([]);
    expect(findsIn(`before ${text} after`, SECRET.replace("h=", "hi"))).toEqual([]);
  });

  it("finds one line of a secret of several", () => {
    expect(findsIn("x line-number-two y", "line-number-one\r\nline-number-two")).toEqual(
      expect.arrayContaining(["clear"]),
    );
  });

  it.each<[string, Partial<StepResult>]>([
    ["stdout", { stdout: `::debug::${SECRET}` }],
    ["stderr", { stderr: SECRET }],
    ["summary", { summary: SECRET }],
    ["output name", { outputs: { name: SECRET } }],
    ["state run", { state: { run: SECRET } }],
    ["environment LEFT", { exported: { LEFT: SECRET } }],
    ["file home/left", { written: { "home/left": SECRET } }],
  ])("looks at %s", (place, part) => {
    const options = { inputs: { envs: `A='seed_0123456789'\nB=${SECRET}`, api_key: SECRET } };
    expect(leaksOf({ ...RESULT, ...part, options })).toContain(`API key in ${place} (clear)`);
  });

  it("takes planted words, the blob and the tokens from the inputs and outputs", () => {
    const word = seed("value");
    const inputs = {
      envs: `A="x ${word} y"`,
      encrypted_env: "0xabcdef0123",
      commit_token: "tok-1-in",
    };
    const stdout = `${word} abcdef0123 tok-1-in tok-2-out`;
    const outputs = { commit_token: "tok-2-out" };
    const leaks = leaksOf({ ...RESULT, stdout, outputs, options: { inputs } });
    expect(leaks.filter((leak) => leak.endsWith("(clear)"))).toEqual([
      "encrypted environment in stdout (clear)",
      "variable 0 in stdout (clear)",
      "given commit token in stdout (clear)",
      "commit token in stdout (clear)",
    ]);
  });

  it("lets the token stand in the outputs that hand it on, and nowhere else", () => {
    const token = "f2b1f9f6-0f0f-4c55-8a0e-0d5b1f6f7a10";
    const outputs = { commit_token: token, commit_url: `https://x.invalid/?token=${token}` };
    expect(leaksOf({ ...RESULT, outputs })).toEqual([]);
    const leaked = leaksOf({ ...RESULT, outputs: { ...outputs, result: token } });
    expect(leaked).toContain("commit token in output result (clear)");
  });

  it("does not count add-mask, which is how the runner learns of a secret", () => {
    const writings = writingsOf({ ...RESULT, stdout: `::add-mask::${SECRET}\nplain` });
    expect(writings.get("stdout")).toBe("\nplain");
  });

  it("sees what a real process wrote", async () => {
    const result = await runStep({
      inputs: { api_key: "phak_1234567890", vm_uuid: "phak_1234567890" },
    });
    expect(leaksOf(result)).toEqual([]);
    expect(result.stdout).toContain("***");
    const careless = { ...result, options: { inputs: { api_key: "vm_uuid is" } } };
    expect(leaksOf(careless)).not.toEqual([]);
  });
});
