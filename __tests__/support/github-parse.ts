/**
 * Reads workflows with GitHub's own parser, `@actions/workflow-parser`: what it refuses, GitHub refuses,
 * and every `${{ … }}` comes out of it as one expression.
 *
 * It runs in a process of its own, since its imports need a hook (see github-lint.ts).
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A value that GitHub works out when the workflow runs. */
export interface Expression {
  readonly expression: string;
}

/** What may stand in a workflow, expressions not yet worked out. */
export type Template =
  | null
  | string
  | number
  | boolean
  | Expression
  | readonly Template[]
  | { readonly [key: string]: Template };

export type Mapping = Readonly<Record<string, Template>>;

/** A job or step as written, and its condition as GitHub completes it (`success() && …`). */
export interface ParsedStep {
  readonly keys: Mapping;
  readonly condition: string;
}

export interface ParsedJob extends ParsedStep {
  readonly id: string;
  readonly needs: readonly string[];
  readonly steps: readonly ParsedStep[];
}

export interface ParsedWorkflow {
  /** Everything beside `jobs`. */
  readonly keys: Mapping;
  readonly jobs: readonly ParsedJob[];
}

/** What the worker writes: the parser's complaints, or the workflow. */
export type ParseAnswer =
  | { readonly errors: readonly string[] }
  | { readonly workflow: ParsedWorkflow };

/** Reads workflows from their text, in order. Rejects with GitHub's words when one is not accepted. */
export async function parseWorkflows(texts: readonly string[]): Promise<ParsedWorkflow[]> {
  return (await parseEach(texts)).map((answer) => {
    if ("errors" in answer) {
      throw new Error(answer.errors.join("\n"));
    }
    return answer.workflow;
  });
}

/** Reads workflows from their text, in order; for each the workflow, or GitHub's complaints. */
export async function parseEach(texts: readonly string[]): Promise<ParseAnswer[]> {
  const worker = fileURLToPath(new URL("github-parse.worker.ts", import.meta.url));
  const output = await new Promise<string>((done, fail) => {
    const options = { timeout: 240_000, maxBuffer: 2 ** 26 };
    const child = execFile(process.execPath, [worker], options, (error, stdout, stderr) => {
      if (error) {
        fail(new Error(`The parser broke: ${stderr || error.message}`));
      } else {
        done(stdout);
      }
    });
    child.stdin?.end(JSON.stringify(texts));
  });
  return JSON.parse(output) as ParseAnswer[];
}
