/** What the manifests of the actions in folders have in common: valid, and what the interface promises. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { lintDocuments } from "./github-lint.ts";
import { REPOSITORY } from "./repository.ts";
import { readManifest } from "./runner/manifest.ts";

/** Written down apart from action.yml. Changing it but by adding needs a new major version. */
export interface Promised {
  /** Each input with its default. */
  readonly inputs: Readonly<Record<string, string | undefined>>;
  readonly outputs: readonly string[];
}

/** Declares the tests of one action's manifest, of an action with a post step. @param name of its folder */
export function describeManifest(name: string, { inputs, outputs }: Promised): void {
  jest.setTimeout(240_000);
  const folder = join(REPOSITORY, name);
  const manifest = readManifest(folder);

  describe(`${name}/action.yml`, () => {
    it("is valid", async () => {
      const text = readFileSync(join(folder, "action.yml"), "utf8");
      expect(await lintDocuments([{ path: "action.yml", text }])).toEqual([]);
    });

    it("runs entries of the one bundle, and always its post", () => {
      expect(manifest.runs).toEqual({
        using: "node24",
        main: `../dist/${name}.js`,
        post: `../dist/${name}-post.js`,
        "post-if": "always()",
      });
      for (const entry of [name, `${name}-post`]) {
        expect(existsSync(join(REPOSITORY, `src/${entry}.cjs`))).toBe(true);
      }
    });

    it("has the promised inputs, with the promised defaults", () => {
      const actual = Object.entries(manifest.inputs).map(([input, { default: value }]) => [
        input,
        value,
      ]);
      expect(Object.fromEntries(actual)).toEqual(inputs);
      const required = Object.entries(manifest.inputs).filter(([, input]) => input.required);
      expect(required.map(([input]) => input)).toEqual(["app_id"]);
    });

    it("has the promised outputs", () => {
      expect(Object.keys(manifest.outputs).sort()).toEqual([...outputs].sort());
    });

    it.each(Object.entries({ ...manifest.inputs, ...manifest.outputs }))(
      "describes %s",
      (_name, { description = "" }) => expect(description).toMatch(/^[A-Z`].{10,}\.$/s),
    );
  });
}
