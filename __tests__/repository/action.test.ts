/** action.yml: valid by GitHub's own measure, and what the interface promises. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { parse } from "yaml";
import { lintDocuments } from "../support/github-lint.ts";
import { REPOSITORY } from "../support/repository.ts";
import { readManifest } from "../support/runner/manifest.ts";
import { INPUTS, OUTPUTS } from "./interface.ts";

// Processes take long on a busy machine.
jest.setTimeout(60_000);

const text = readFileSync(join(REPOSITORY, "action.yml"), "utf8");
const manifest = readManifest(REPOSITORY);

describe("action.yml", () => {
  it("is valid, and a slip would be found", async () => {
    const slips: Record<string, string> = {
      using: text.replace("node24", "node25"),
      icon: text.replace("icon: copy", "icon: nosuch"),
      key: text.replace("  main:", "  mian:"),
      condition: text.replace("always()", "alwys()"),
      description: text.replace(/^description:.*$/m, ""),
    };
    const findings = await lintDocuments([
      { path: "action.yml", text },
      ...Object.entries(slips).map(([path, slip]) => ({ path: `${path}/action.yml`, text: slip })),
    ]);
    expect(findings.filter(({ path }) => path === "action.yml")).toEqual([]);
    expect(new Set(findings.map(({ path }) => path.replace("/action.yml", "")))).toEqual(
      new Set(Object.keys(slips)),
    );
  });

  it("runs the bundle on Node 24, and always its post", () => {
    expect(manifest.runs).toEqual({
      using: "node24",
      main: "dist/main.js",
      post: "dist/post.js",
      "post-if": "always()",
    });
  });

  it("fits the Marketplace", () => {
    expect(manifest.description.length).toBeLessThan(125);
    const { branding, author } = parse(text) as Record<string, unknown>;
    expect(branding).toEqual({ icon: expect.any(String), color: expect.any(String) });
    expect(author).toBeUndefined();
  });

  it("has the promised inputs, with the promised defaults", () => {
    const actual = Object.entries(manifest.inputs).map(([name, input]) => [
      name,
      {
        ...(input.default !== undefined && { default: input.default }),
        ...(input.required === true && { required: true }),
        ...(input.deprecationMessage !== undefined && { deprecated: true }),
      },
    ]);
    expect(Object.fromEntries(actual)).toEqual(INPUTS);
  });

  it("has the promised outputs, each once", () => {
    expect(Object.keys(manifest.outputs).sort()).toEqual([...OUTPUTS].sort());
  });

  it.each(Object.entries(manifest.inputs))("describes the input %s", (_name, input) => {
    // The language service lets unknown keys in an input pass, such as a mistyped `required`.
    const known = ["description", "required", "default", "deprecationMessage"];
    expect(Object.keys(input).filter((key) => !known.includes(key))).toEqual([]);
    expect(typeof input.required).toBe("boolean");
    expect(input.description).toMatch(/^[A-Z`].{20,}\.$/s);
    // Every default is a string to the runner; YAML's own booleans and numbers only invite mistakes.
    expect(["string", "undefined"]).toContain(typeof input.default);
  });

  it.each(Object.entries(manifest.outputs))("describes the output %s", (_name, output) => {
    expect(Object.keys(output)).toEqual(["description"]);
    expect(output.description).toMatch(/^[A-Z`].{10,}\.$/s);
  });
});
