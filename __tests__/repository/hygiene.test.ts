/** How this repository is kept: what installs, what is written where, and nothing that looks like a secret. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { actionTypes } from "../../script/action-types.ts";
import { MUTANTS } from "../../script/mutants-list.ts";
import { bundledNames } from "../../script/sbom.ts";
import { REPOSITORY } from "../support/repository.ts";

const read = (path: string): string => readFileSync(join(REPOSITORY, path), "utf8");
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: REPOSITORY,
  encoding: "utf8",
})
  .trim()
  .split("\n")
  .filter((path) => existsSync(join(REPOSITORY, path)));

/** Forms that push protection and people take for real: GitHub's tokens, keys of Phala Cloud, private keys. */
const TOKENS =
  /\bgh[oprsu]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{22,}|\bphak_[A-Za-z0-9+/=-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----\n/g;

describe("nothing in this repository", () => {
  const texts = files.filter(
    (path) =>
      !/\.(png|bin)$/.test(path) && !path.startsWith("dist/") && path !== "package-lock.json",
  );

  it("looks like a real token: dummies are built from parts", () => {
    expect(texts.length).toBeGreaterThan(200);
    expect(
      texts.flatMap((path) => (read(path).match(TOKENS) ?? []).map((hit) => [path, hit])),
    ).toEqual([]);
  });

  it("would pass for one", () => {
    for (const token of [
      `ghs_${"a1".repeat(18)}`,
      `phak_${"Zm9v".repeat(8)}`,
      `ghp_${"x".repeat(36)}`,
    ]) {
      expect(token.match(TOKENS)).toHaveLength(1);
    }
  });
});

interface Package {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

describe("the sources of the action", () => {
  const sources = files.filter((path) => /^src\/.*\.(ts|cjs)$/.test(path));
  const hosts = (path: string): string[] =>
    [...read(path).matchAll(/https?:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi)]
      .map(([, host]) => host ?? "")
      // Names that can't resolve stand for any host.
      .filter((host) => !host.endsWith(".invalid"));
  const PHALA_AND_GITHUB = ["cloud-api.phala.com", "cloud.phala.com", "github.com"];
  /** Where a quote's collateral is served, signed by Intel; asked by an attestation alone. */
  const COLLATERAL = [
    "pccs.phala.network",
    "api.trustedservices.intel.com",
    "certificates.trustedservices.intel.com",
  ];

  it("name no host but Phala's and GitHub's, and Intel's where a quote is checked: nothing goes to anybody else", () => {
    expect(sources.length).toBeGreaterThan(50);
    const others = sources.flatMap((path) => {
      const known = path.startsWith("src/attest/")
        ? [...PHALA_AND_GITHUB, ...COLLATERAL]
        : PHALA_AND_GITHUB;
      return hosts(path)
        .filter((host) => !known.includes(host))
        .map((host) => `${path}: ${host}`);
    });
    expect(others).toEqual([]);
    // They are looked for where they stand.
    expect(sources.flatMap(hosts)).toEqual(expect.arrayContaining(["cloud-api.phala.com"]));
  });
});

describe("packages", () => {
  const settings = new Map(
    read(".npmrc")
      .split("\n")
      .filter((line) => /^[a-z]/.test(line))
      .map((line) => line.split("=") as [string, string]),
  );

  it.each(["package.json", "__tests__/envs/official/package.json"])(
    "%s names each by its exact version",
    (path) => {
      const { dependencies, devDependencies } = JSON.parse(read(path)) as Package;
      const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
        ([, version]) => !/^(\d+\.\d+\.\d+|file:vendor\/.*)$/.test(version),
      );
      expect(ranges).toEqual([]);
    },
  );

  it("are written exactly, after a week, and run no script but the one that is named", () => {
    expect(Object.fromEntries(settings)).toMatchObject({
      "save-exact": "true",
      "ignore-scripts": "true",
      "omit-lockfile-registry-resolved": "true",
    });
    expect(Number(settings.get("min-release-age"))).toBeGreaterThanOrEqual(7);
    const { allowScripts } = JSON.parse(read("package.json")) as Package;
    const allowed = Object.entries(allowScripts ?? {}).filter(([, may]) => may);
    expect(allowed.map(([name]) => name)).toEqual(["node"]);
    expect(read("script/install")).toContain("npm rebuild node ");
  });

  it("come from no registry that a file here names", () => {
    expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
    expect(settings.has("registry")).toBe(false);
  });
});

describe("action-types.yml", () => {
  const types = (manifest: string) =>
    parse(actionTypes(manifest)) as Readonly<
      Record<"inputs" | "outputs", Readonly<Record<string, { type: string }>>>
    >;

  it("has a type for each input and output", () => {
    const manifest = parse(read("action.yml")) as Readonly<Record<"inputs" | "outputs", object>>;
    const typed = types(read("action.yml"));
    expect(Object.keys(typed.inputs)).toEqual(Object.keys(manifest.inputs));
    expect(Object.keys(typed.outputs)).toEqual(Object.keys(manifest.outputs));
    expect(typed.inputs).toMatchObject({
      wait: { type: "boolean" },
      count: { type: "integer" },
      node_id: { type: "list", separator: "," },
      api_key: { type: "string" },
    });
  });

  it("offers the words that the manifest names, and no others", () => {
    const manifest = "inputs: { cleanup: { description: '`never` or `always`', default: never } }";
    expect(types(manifest).inputs.cleanup).toEqual({
      type: "enum",
      "allowed-values": ["never", "always"],
    });
  });
});

describe("the list of what the bundle is made of", () => {
  it("is read from the bundler's list of licences: names, not words of a licence", () => {
    const licences =
      "@a/b\nMIT\nThe MIT License\n\nCopyright\n\nword in a text\n\nc.d\nISC\n\nstand-in\nMIT\n\nlast\nMIT\n";
    expect(bundledNames(licences)).toEqual(["@a/b", "c.d", "stand-in", "last"]);
  });
});

describe("the bundle", () => {
  it("has nothing that starts a program", () => {
    const scripts = readdirSync(join(REPOSITORY, "dist")).filter((name) => name.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(5);
    const starting = scripts.filter((name) =>
      /child_process|worker_threads/.test(read(`dist/${name}`)),
    );
    expect(starting).toEqual([]);
  });
});

describe("the forms of this repository", () => {
  const forms = files.filter((path) => /^\.github\/ISSUE_TEMPLATE\/.*\.yml$/.test(path));

  it("are forms: each question has a name of its own and a label", () => {
    expect(forms.length).toBeGreaterThanOrEqual(3);
    for (const path of forms.filter((path) => !path.endsWith("config.yml"))) {
      const form = parse(read(path)) as {
        name?: string;
        description?: string;
        body: { type: string; id?: string; attributes: { label?: string } }[];
      };
      expect([path, form.name, form.description]).toEqual([
        path,
        expect.any(String),
        expect.any(String),
      ]);
      const asked = form.body.filter(({ type }) => type !== "markdown");
      expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
      for (const { attributes } of asked) expect(attributes.label).toEqual(expect.any(String));
    }
  });

  it("lead people with a hole in security elsewhere", () => {
    const { blank_issues_enabled: blank, contact_links: links } = parse(
      read(".github/ISSUE_TEMPLATE/config.yml"),
    ) as { blank_issues_enabled: boolean; contact_links: { url: string }[] };
    expect(blank).toBe(false);
    expect(links.map(({ url }) => url).join()).toContain("/security/policy");
    expect(read("SUPPORT.md")).toContain("SECURITY.md#report-a-vulnerability");
  });

  it("have somebody who reviews what runs with rights, and what ships", () => {
    const owned = read(".github/CODEOWNERS")
      .split("\n")
      .map((line) => line.split(/\s+/)[0]);
    expect(owned).toEqual(expect.arrayContaining(["*", "/.github/", "/dist/"]));
  });
});

/** Tests that a document names, each with its file, that are not there. */
function missingTests(text: string): { named: number; missing: string[] } {
  const NAMED = /`(__tests__\/[^`]+\.ts)`((?:,? (?:and )?"[^"]+")+)/g;
  const named = [...text.matchAll(NAMED)].flatMap(([, path = "", names = ""]) =>
    [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => ({ path, name })),
  );
  const missing = named.filter(({ path, name }) => {
    const source = files.includes(path) ? read(path) : "";
    return ![JSON.stringify(name), `\`${name}\``].some((form) => source.includes(form));
  });
  return { named: named.length, missing: missing.map(({ path, name }) => `${path} "${name}"`) };
}

describe("docs/guarantees.md", () => {
  const text = read("docs/guarantees.md");
  const promises = text.split(/^## /m).slice(2);

  it("has for each promise what shows it, and where that ends", () => {
    expect(promises.length).toBeGreaterThanOrEqual(7);
    for (const promise of promises) {
      const { named, missing } = missingTests(promise);
      expect([promise.split("\n")[0], missing]).toEqual([promise.split("\n")[0], []]);
      expect(named).toBeGreaterThan(0);
      expect(promise).toMatch(/^- \*\*Shown by\*\*: /m);
      expect(promise).toMatch(/^- \*\*Limits\*\*: /m);
    }
  });

  it("names rules of the simulation that exist, and no more defects than are planted", () => {
    const rules = [...read("docs/simulation.md").matchAll(/^\| `(\w+)` \| /gm)].map(([, r]) => r);
    const named = [...text.matchAll(/rules? (`\w+`(?: and `\w+`)?)/g)].flatMap(([, list = ""]) =>
      [...list.matchAll(/`(\w+)`/g)].map(([, rule]) => rule),
    );
    expect(named.length).toBeGreaterThanOrEqual(8);
    expect(named.filter((rule) => !rules.includes(rule))).toEqual([]);
    expect(MUTANTS.length).toBeGreaterThan(60);
    const { survival } = JSON.parse(read("docs/benchmarks.json")) as { survival: unknown[] };
    expect(text).toContain(`${survival.length} faults at the create request`);
  });
});

describe("docs/review.md", () => {
  const sections = read("docs/review.md").split(/^## /m).slice(1);

  it("answers the five questions", () => {
    expect(sections.map((text) => text.split("\n")[0])).toEqual([
      "1 What does the key reach?",
      "2 What leaves the runner?",
      "3 What is loaded when?",
      "4 How is a release made?",
      "5 What happens if we vanish?",
    ]);
  });

  it.each(sections.map((text) => [text.split("\n")[0] ?? "", text]))(
    "%s names tests and files that exist",
    (_title, text) => {
      const { named, missing } = missingTests(text);
      expect(named).toBeGreaterThanOrEqual(2);
      expect(missing).toEqual([]);
      for (const [, path = ""] of text.matchAll(
        /`((?:script|\.github|vendor|src|dist)\/[\w./-]+)`/g,
      )) {
        expect([path, existsSync(join(REPOSITORY, path))]).toEqual([path, true]);
      }
    },
  );

  it("names the only files that write the header with the key", () => {
    const writers = files.filter(
      (path) => /^src\/.*\.ts$/.test(path) && /"x-api-key": /.test(read(path)),
    );
    expect(writers.sort()).toEqual(["src/fleet/attest.ts", "src/phala/wire.ts"]);
    for (const path of writers) expect(sections[0]).toContain(`\`${path}\``);
  });
});
