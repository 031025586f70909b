/** README.md, the recipes and the reference: short, made from what they describe, and with examples that use what exists. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { withExamples, withMeasured, withReference } from "../../script/docs.ts";
import { measuredTable } from "../../script/docs-measured.ts";
import { type Finding, lintDocuments } from "../support/github-lint.ts";
import { OTHER_ACTIONS } from "../support/other-actions.ts";
import {
  ACTION_NAME,
  allExamples,
  type Example,
  exampleFiles,
  RECIPES,
  readmeText,
  shownExamples,
  usesThisAction,
  yamlExamples,
} from "../support/readme.ts";
import { REPOSITORY } from "../support/repository.ts";
import { readManifest } from "../support/runner/manifest.ts";
import { REPLICA_FIELDS } from "./interface.ts";

// Processes take long on a busy machine.
jest.setTimeout(60_000);

const readme = readmeText();
const manifestText = readFileSync(join(REPOSITORY, "action.yml"), "utf8");
const manifest = readManifest(REPOSITORY);
const files = exampleFiles();
const shown = shownExamples();
const examples = allExamples();
const known: Readonly<Record<string, { readonly outputs: Readonly<Record<string, unknown>> }>> = {
  ...OTHER_ACTIONS,
  [ACTION_NAME]: manifest,
  [`${ACTION_NAME}/verify`]: readManifest(join(REPOSITORY, "verify")),
  [`${ACTION_NAME}/delete`]: readManifest(join(REPOSITORY, "delete")),
  [`${ACTION_NAME}/rollout`]: readManifest(join(REPOSITORY, "rollout")),
};

/** Every complaint of the linters and of our own look at the outputs. */
async function complaints(list: readonly Example[]): Promise<string[]> {
  const documents = list.map(({ text, at }) => ({
    path: `.github/workflows/${at.replaceAll(/\W/g, "-")}.yml`,
    text,
  }));
  const findings: Finding[] = await lintDocuments(documents, known);
  return [
    ...findings.map(({ path, line, by, message }) => `${path}:${line} ${by}: ${message}`),
    ...list.flatMap(unknownOutputs),
  ];
}

/** References to outputs that the step's action does not have, and to fields that no replica has. */
function unknownOutputs({ workflow, text, at }: Example): string[] {
  const wrong: string[] = [];
  for (const [jobName, job] of Object.entries(workflow.jobs)) {
    for (const [, id, output] of JSON.stringify(job).matchAll(
      /steps\.([\w-]+)\.outputs\.([\w-]+)/g,
    )) {
      const step = job.steps.find((candidate) => candidate.id === id);
      const action = known[step?.uses?.split("@")[0] ?? ""];
      if (action?.outputs[output ?? ""] === undefined) {
        wrong.push(`${at} ${jobName}: steps.${id}.outputs.${output}`);
      }
    }
  }
  for (const [, job, output] of text.matchAll(/needs\.([\w-]+)\.outputs\.([\w-]+)/g)) {
    if (workflow.jobs[job ?? ""]?.outputs?.[output ?? ""] === undefined) {
      wrong.push(`${at}: needs.${job}.outputs.${output}`);
    }
  }
  for (const [, field] of text.matchAll(/matrix\.replica\.(\w+)/g)) {
    if (!REPLICA_FIELDS.includes(field ?? "")) {
      wrong.push(`${at}: matrix.replica.${field}`);
    }
  }
  return wrong;
}

const textOf = (path: string): string => readFileSync(join(REPOSITORY, path), "utf8");

describe("README.md", () => {
  it("is short, and has its parts in the order in which a newcomer asks", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(220);
    expect([...readme.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
      "Use it",
      "See it work",
      "What happens when …",
      "Four actions",
      "What it can do",
      "Inputs and outputs",
      "More",
    ]);
    const head = readme.slice(0, readme.indexOf("## Use it"));
    expect(head).toMatch(/Unofficial.+simulator.+have not run it against the live service/s);
    expect(head).toMatch(/prefers-color-scheme: dark/);
  });

  it("has the figures that were measured, and a drift would show", () => {
    const measured = JSON.parse(textOf("docs/benchmarks.json")) as Parameters<
      typeof measuredTable
    >[0];
    expect(withMeasured(readme, measured)).toBe(readme);
    const survival = measured.survival.map((row) => ({ ...row, ours: "lost" }));
    expect(withMeasured(readme, { ...measured, survival })).not.toBe(readme);
    expect(() => measuredTable({ ...measured, downloads: [] })).toThrow("no row for this action");
  });

  it("leads to every recipe, and so does their own list", () => {
    const recipes = RECIPES.filter((path) => /^docs\/recipes\/(?!README)/.test(path));
    expect(recipes.length).toBeGreaterThanOrEqual(9);
    const list = textOf("docs/recipes/README.md");
    for (const path of recipes) {
      expect(readme).toContain(`](${path})`);
      expect(list).toContain(`](${path.replace("docs/recipes/", "")})`);
    }
  });
});

describe("docs/reference.md", () => {
  const reference = textOf("docs/reference.md");
  const operations = textOf("docs/operations.md");

  it("has the tables that action.yml makes, and a drift would show", () => {
    const drifted = { "": manifestText.replace("default: 15m", "default: 16m") };
    expect(withReference(reference, { "": manifestText }, operations)).toContain("| `15m` |");
    expect(withReference(reference, drifted, operations)).not.toContain("| `15m` |");
    expect(() => withReference("no markers", {}, operations)).toThrow("no markers for actions");
  });

  it("has a section for each action, under the name that `uses:` has", () => {
    const both = withReference(
      reference,
      { "": manifestText, "delete/": manifestText },
      operations,
    );
    expect(both).toContain("`uses: your-org/cvm-replica-action@v1`");
    expect(both).toContain("`uses: your-org/cvm-replica-action/delete@v1`");
    expect(both).toMatch(/^### Inputs of delete$/m);
  });

  it("wants to know what to do about each code", () => {
    const silent = operations.replace(/(### `DEAD`.*?)\*\*Do\*\*/s, "$1**Don't**");
    expect(() => withReference(reference, {}, silent)).toThrow("what to do on DEAD");
  });
});

describe("the recipes", () => {
  it("show every file of examples/ as it stands, and a drift would show", () => {
    const whole = shown.filter((example) => example.whole).map(({ text }) => text);
    expect(whole.sort()).toEqual(files.map(({ text }) => text).sort());
    const read = (name: string) => textOf(`examples/${name}`);
    expect(withExamples(readme, read)).toBe(readme);
    expect(withExamples(readme, (name) => `${read(name)}#\n`)).not.toBe(readme);
  });

  it("have no two examples of one name: a test runs each by its name", () => {
    const names = examples.map(({ workflow }) => workflow.name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("speak of inputs beyond what one cell of the reference holds", () => {
    const prose =
      RECIPES.map(textOf).join("\n") + textOf("docs/reference.md").split("<!-- actions")[0];
    for (const name of ["envs", "commit_token", "prepare_only", "transaction_hash", "summary"]) {
      expect(prose).toContain(`\`${name}`);
    }
    for (const name of ["deployment_environment", "github_token", "ttl", "cleanup", "dry_run"]) {
      expect(prose).toContain(`\`${name}`);
    }
  });

  it("has examples that GitHub accepts and that use what exists", async () => {
    expect(examples.length).toBeGreaterThanOrEqual(7);
    expect(await complaints(examples)).toEqual([]);
  });

  it.each([
    [
      "an output that no step has",
      "steps.replica.outputs.instance_url",
      "steps.replica.outputs.url",
    ],
    ["an input that does not exist", "app_id:", "app:"],
    ["an unknown context", "secrets.PHALA", "secret.PHALA"],
    ["a key that workflows don't have", "timeout-minutes:", "timeout_minutes:"],
    ["a step id that does not exist", "id: replica", "id: other"],
  ])("would not keep %s", async (_what, pattern, replacement) => {
    const first = shown[0]?.text ?? "";
    const broken = first.replace(pattern, replacement);
    expect(broken).not.toBe(first);
    const [example] = yamlExamples(`\`\`\`yaml\n${broken}\`\`\``);
    expect(await complaints(example ? [example] : [])).not.toEqual([]);
  });

  it("would not keep a required input left out", async () => {
    const nightly = readFileSync("examples/verify-nightly.yml", "utf8");
    const broken = nightly.replace(/^ +app_id: .*\n/m, "");
    expect(broken).not.toBe(nightly);
    const [example] = yamlExamples(`\`\`\`yaml\n${broken}\`\`\``);
    expect(await complaints(example ? [example] : [])).not.toEqual([]);
  });

  it("would not keep a job output or a replica's field that does not exist", () => {
    const matrix = examples.find(({ text }) => text.includes("matrix.replica.instance_url"));
    const broken = (matrix?.text ?? "")
      .replace("matrix.replica.instance_url", "matrix.replica.url")
      .replace("needs.replicate.outputs.replicas", "needs.replicate.outputs.list");
    const found = yamlExamples(`\`\`\`yaml\n${broken}\`\`\``).flatMap(unknownOutputs);
    expect(found).toHaveLength(2);
  });

  describe.each(examples.map((example) => [example.workflow.name, example] as const))(
    "the example %s",
    (_name, { workflow, whole, text }) => {
      it("gives every step of ours its key from a secret, and no id from one", () => {
        const steps = Object.values(workflow.jobs).flatMap(({ steps }) => steps);
        const ours = steps.filter(usesThisAction);
        expect(ours.length).toBeGreaterThan(0);
        for (const step of ours) {
          expect(step.with?.api_key).toMatch(/^\$\{\{ secrets\.PHALA_CLOUD_API_KEY \}\}$/);
          expect(step.with?.app_id ?? "").not.toContain("secrets.");
          expect(step.with?.vm_uuid ?? step.with?.source ?? "").not.toContain("secrets.");
          // A token that got lost on its way must not turn a commit into a create.
          expect(step.with?.commit_token !== undefined && step.with.app_id !== undefined).toBe(
            false,
          );
        }
      });

      it("lets no value act as shell code", () => {
        const scripts = Object.values(workflow.jobs).flatMap(({ steps }) =>
          steps.map(({ run }) => run ?? ""),
        );
        expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
      });

      if (whole) {
        it("holds back a second run and drops none unsaid, has least permissions and ends in time", () => {
          const { queue, "cancel-in-progress": cancels } = workflow.concurrency ?? {};
          expect(cancels).toEqual(expect.any(Boolean));
          // Where only the newest run counts, GitHub's default is right, and the example says so.
          if (queue !== "max" && cancels !== true) expect(text).toMatch(/# .*only the newest/);
          expect(queue === "max" && cancels).toBe(false);
          const jobs = Object.values(workflow.jobs);
          const asks = [workflow.permissions, ...jobs.map((job) => job.permissions)];
          const writes = asks.flatMap((rights) =>
            Object.entries(rights ?? {}).flatMap(([name, right]) =>
              right === "write" ? name : [],
            ),
          );
          const needed = [
            // Of what is deleted, the deployments become inactive.
            ...(/deployment_environment:|pull_request_target/.test(text) ? ["deployments"] : []),
            ...(text.includes("gh issue create") ? ["issues"] : []),
          ];
          expect(writes).toEqual(needed);
          expect(workflow.permissions).toBeDefined();
          for (const job of jobs) {
            expect(job["timeout-minutes"]).toEqual(expect.any(Number));
          }
          // With this repository's secrets, nothing of a pull request may be run.
          const { on } = workflow as { on: Record<string, unknown> };
          if (Object.keys(on).includes("pull_request_target")) {
            expect(on).toEqual({ pull_request_target: { types: ["closed"] } });
            expect(text).not.toMatch(/^\s*(- )?(uses: actions|run:)/m);
          }
        });
      }
    },
  );
});
