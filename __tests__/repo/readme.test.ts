/** README.md: its tables are those of action.yml, and its examples use what exists. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { withExamples, withTables } from "../../script/docs.ts";
import { type Finding, lintDocuments } from "../support/github-lint.ts";
import { OTHER_ACTIONS } from "../support/other-actions.ts";
import {
  ACTION_NAME,
  type Example,
  exampleFiles,
  readmeText,
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
const shown = yamlExamples(readme);
const examples = [...files, ...shown.filter(({ whole }) => !whole)];
const known: Readonly<Record<string, { readonly outputs: Readonly<Record<string, unknown>> }>> = {
  ...OTHER_ACTIONS,
  [ACTION_NAME]: manifest,
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

describe("README.md", () => {
  it("has the tables that action.yml makes, and a drift would show", () => {
    expect(withTables(readme, manifestText)).toBe(readme);
    expect(withTables(readme, manifestText.replace("default: 15m", "default: 16m"))).not.toBe(
      readme,
    );
    expect(() => withTables("no markers", manifestText)).toThrow("no markers for inputs");
  });

  it("shows every file of examples/ as it stands, and a drift would show", () => {
    const whole = shown.filter((example) => example.whole).map(({ text }) => text);
    expect(whole.sort()).toEqual(files.map(({ text }) => text).sort());
    const read = (name: string) => readFileSync(join(REPOSITORY, "examples", name), "utf8");
    expect(withExamples(readme, read)).toBe(readme);
    expect(withExamples(readme, (name) => `${read(name)}#\n`)).not.toBe(readme);
  });

  it("speaks of every input outside the table too, or the table says it all", () => {
    // What a user has to know before writing the input, beyond one cell.
    const prose = readme.replace(/<!-- inputs: .*<!-- \/outputs -->/s, "");
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
    ["a required input left out", /^ +vm_uuid: .*\n/m, ""],
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

  it("would not keep a job output or a replica's field that does not exist", () => {
    const matrix = examples.find(({ text }) => text.includes("fromJSON"));
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
          expect(step.with?.vm_uuid).not.toContain("secrets.");
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
        it("holds back a second run, has least permissions and ends in time", () => {
          expect(workflow.concurrency).toBeDefined();
          const jobs = Object.values(workflow.jobs);
          const asks = [workflow.permissions, ...jobs.map((job) => job.permissions)];
          const writes = asks.flatMap((rights) =>
            Object.entries(rights ?? {}).flatMap(([name, right]) =>
              right === "write" ? name : [],
            ),
          );
          expect(writes).toEqual(text.includes("deployment_environment:") ? ["deployments"] : []);
          expect(workflow.permissions).toBeDefined();
          for (const job of jobs) {
            expect(job["timeout-minutes"]).toEqual(expect.any(Number));
          }
          expect(text).not.toContain("pull_request_target");
        });
      }
    },
  );
});
