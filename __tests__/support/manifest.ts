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

/** How the action reads its inputs. */
interface Reads {
  readonly read: (env: Readonly<Record<string, string | undefined>>) => unknown;
  /** Inputs that must not be silently empty. */
  readonly guarded: readonly string[];
}

/**
 * Declares the tests of one action's manifest.
 *
 * @param name of its folder
 * @param post whether it has a post step
 */
export function describeManifest(
  name: string,
  { inputs, outputs }: Promised,
  { read, guarded }: Reads,
  post = true,
): void {
  jest.setTimeout(240_000);
  const folder = join(REPOSITORY, name);
  const manifest = readManifest(folder);

  describe(`${name}/action.yml`, () => {
    it("is valid", async () => {
      const text = readFileSync(join(folder, "action.yml"), "utf8");
      expect(await lintDocuments([{ path: "action.yml", text }])).toEqual([]);
    });

    it("runs entries of the one bundle, and always its post", () => {
      const always = { post: `../dist/${name}-post.js`, "post-if": "always()" };
      const main = { using: "node24", main: `../dist/${name}.js` };
      expect(manifest.runs).toEqual({ ...main, ...(post ? always : {}) });
      for (const entry of post ? [name, `${name}-post`] : [name]) {
        expect(existsSync(join(REPOSITORY, `src/${entry}.cjs`))).toBe(true);
      }
    });

    it("has the promised inputs, with the promised defaults", () => {
      const actual = Object.entries(manifest.inputs).map(([input, { default: value }]) => [
        input,
        value,
      ]);
      // One without a default counts too.
      expect(Object.fromEntries(actual)).toStrictEqual(inputs);
      const required = Object.entries(manifest.inputs).filter(([, input]) => input.required);
      expect(required.map(([input]) => input)).toEqual(["app_id"]);
    });

    it("reads the inputs that it has, and no others", () => {
      const asked = new Set<string>();
      const env = new Proxy<Readonly<Record<string, string | undefined>>>(
        {},
        {
          get: (_target, variable) => {
            if (/^INPUT_/.test(String(variable)))
              asked.add(String(variable).slice(6).toLowerCase());
            return undefined;
          },
        },
      );
      read(env);
      expect([...asked].sort()).toEqual(Object.keys(manifest.inputs).sort());
    });

    it("tells an input that came out empty from one that was left out, where that matters", () => {
      const told = Object.entries(manifest.inputs).filter(([, input]) => input.default === "unset");
      expect(told.map(([input]) => input).sort()).toEqual([...guarded].sort());
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
