/** The stand-in for a whole workflow run, on small workflows made up here. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { evaluateExpression, holds, textOf } from "./expressions.ts";
import { parseEach } from "./github-parse.ts";
import { type JobRun, runWorkflow, type WorkflowSettings } from "./workflow.ts";

/** Jobs by name, in YAML; `(( ))` stands for an expression's `${{ }}`. */
const PROBES = {
  needs: `
  last: { needs: [bad, good], runs-on: x, steps: [run: "true"] }
  told: { needs: bad, if: failure(), runs-on: x, steps: [run: "true"] }
  bad: { needs: good, runs-on: x, steps: [run: exit 3, run: "true"] }
  good:
    runs-on: x
    outputs: { x: "(( steps.a.outputs.x ))" }
    steps: [{ id: a, run: 'echo x=1 >> "$GITHUB_OUTPUT"' }]
  after:
    needs: good
    runs-on: x
    steps: [{ env: { X: "(( needs.good.outputs.x ))" }, run: test "$X" = 1 }]`,
  forgiven: `
  a:
    runs-on: x
    steps:
      - { id: bad, continue-on-error: true, run: exit 1 }
      - env: { SEEN: "(( steps.bad.outcome )) (( steps.bad.conclusion ))" }
        run: test "$SEEN" = "failure success"`,
  environment: `
  a:
    runs-on: x
    environment: prod
    steps: [{ env: { KEY: "(( secrets.KEY ))" }, run: test "$KEY" = "of prod" }]`,
  secret: `
  a:
    runs-on: x
    outputs: { open: "(( steps.a.outputs.open ))", shut: "(( steps.a.outputs.shut ))" }
    steps:
      - id: a
        env: { KEY: "(( secrets.KEY ))" }
        run: printf 'open=1\\nshut=x-%s-y\\n' "$KEY" >> "$GITHUB_OUTPUT"`,
  background: `
  a:
    runs-on: x
    steps:
      - run: |
          (while sleep 0.1; do touch alive; done) < /dev/null > /dev/null 2>&1 &
          echo "$! $PWD"`,
  container: `
  a: { runs-on: x, container: c, steps: [run: "true"] }`,
  folder: `
  a: { runs-on: x, steps: [{ run: "true", working-directory: sub }] }`,
  action: `
  a: { runs-on: x, steps: [uses: other/action@v1] }`,
  shell: `
  a: { runs-on: x, steps: [{ run: "true", shell: pwsh }] }`,
  include: `
  a: { runs-on: x, strategy: { matrix: { include: [{ n: 1 }] } }, steps: [run: "true"] }`,
  wrong: `
  a: { runs-on: x, steps: [{ run: "true", nosuch: 1 }] }`,
};

const names = Object.keys(PROBES);
// All at once: the parser takes a process of its own.
const parsed = parseEach(
  Object.values(PROBES).map((jobs) =>
    `name: Probe\non: push\njobs:${jobs}\n`.replaceAll("((", "${{").replaceAll("))", "}}"),
  ),
);

async function run(
  name: keyof typeof PROBES,
  settings: Partial<WorkflowSettings> = {},
): Promise<JobRun[]> {
  const answer = (await parsed)[names.indexOf(name)];
  if (answer === undefined || "errors" in answer) {
    throw new Error(answer?.errors.join("\n") ?? "no workflow");
  }
  return runWorkflow(answer.workflow, { secrets: {}, vars: {}, ...settings });
}

const summary = (runs: readonly JobRun[]): string[] =>
  runs.map(({ name, conclusion }) => `${name} ${conclusion}`);

describe("expressions", () => {
  const contexts = { github: { n: 3 }, matrix: {} };

  it.each([
    ["github.n == 3 && github.nothing", false],
    ["!github.nothing", true],
    ["failure() || always()", true],
    ["success()", false],
    ["cancelled()", false],
  ])("the condition %s after a failure: %s", (condition, expected) => {
    expect(holds(condition, contexts, { failed: true })).toBe(expected);
  });

  it("takes each pair of apostrophes in a text for one, braces as they are", () => {
    expect(evaluateExpression("'a''b''c {0} ''''d'", {})).toBe("a'b'c {0} ''d");
    expect(evaluateExpression("format('''{0}'' {{x}}', 'it''s')", {})).toBe("'it's' {x}");
  });

  it("refuses what GitHub refuses", () => {
    expect(() => evaluateExpression("nosuch.thing", contexts)).toThrow("nosuch");
    expect(() => evaluateExpression("always()", contexts)).toThrow("always");
    expect(() => textOf({ expression: "github" }, contexts)).toThrow("where text is wanted");
  });
});

describe("a workflow run", () => {
  const SLOW = 30_000;

  it.concurrent(
    "takes jobs in the order of their needs, and skips behind a failure",
    async () => {
      const runs = await run("needs");
      expect(summary(runs)).toEqual([
        "last skipped",
        "told success",
        "bad failure",
        "good success",
        "after success",
      ]);
      expect(runs[2]?.steps.map(({ outcome }) => outcome)).toEqual(["failure", "skipped"]);
    },
    SLOW,
  );

  it.concurrent(
    "goes on where a step may fail, and knows the step's outcome",
    async () => {
      expect(summary(await run("forgiven"))).toEqual(["a success"]);
    },
    SLOW,
  );

  it.concurrent(
    "asks the reviewers first, and gives the job the environment's secrets",
    async () => {
      const asked: unknown[] = [];
      const prod = {
        secrets: { KEY: "of prod" },
        approve: (needs: unknown) => void asked.push(needs),
      };
      expect(summary(await run("environment", { environments: { prod } }))).toEqual(["a success"]);
      expect(asked).toEqual([{}]);
      await expect(run("environment")).rejects.toThrow("no environment prod");
    },
    SLOW,
  );

  it.concurrent(
    "hands a secret to no other job, not even inside an output",
    async () => {
      const runs = await run("secret", { secrets: { KEY: "hidden" } });
      expect(runs[0]?.steps[0]?.outputs).toEqual({ open: "1", shut: "x-hidden-y" });
      expect(runs[0]?.outputs).toEqual({ open: "1" });
    },
    SLOW,
  );

  it.concurrent(
    "ends what a step left in the background, and clears its folder away",
    async () => {
      const runs = await run("background");
      const [pid, folder = ""] = runs[0]?.steps[0]?.log.trim().split(" ") ?? [];
      expect(existsSync(folder)).toBe(false);
      // It may still be on its way out.
      for (let look = 0; look < 100 && isAlive(Number(pid)); look += 1) {
        await new Promise((done) => setTimeout(done, 50));
      }
      expect(isAlive(Number(pid))).toBe(false);
    },
    SLOW,
  );

  it.concurrent.each([
    ["a job's key", "container", "container"],
    ["a step's key", "folder", "working-directory"],
    ["an action without a stand-in", "action", "other/action"],
    ["a shell", "shell", "pwsh"],
    ["a matrix that is no plain list", "include", "matrix.include"],
    ["a workflow that GitHub refuses", "wrong", "nosuch"],
  ] as const)(
    "refuses %s that it can't run",
    async (_what, name, words) => {
      await expect(run(name)).rejects.toThrow(words);
    },
    SLOW,
  );
});

function isAlive(pid: number): boolean {
  try {
    // A zombie that nobody has reaped yet still answers; its state tells.
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readIfThere(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

/** Empty on systems that have no such file. */
function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
