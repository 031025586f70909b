/** The process behind github-parse.ts: an array of texts on stdin, an array of `ParseAnswer` on stdout. */
import { registerHooks } from "node:module";
import { text } from "node:stream/consumers";
import { parse as parseYaml } from "yaml";
import type { Mapping, ParseAnswer, ParsedJob, ParsedStep, Template } from "./github-parse.ts";

registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context),
});
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import(
  "@actions/workflow-parser"
);

/** The parser's tokens as it writes them in JSON. */
type Token =
  | null
  | string
  | number
  | boolean
  | { readonly expr: string }
  | { readonly seq: readonly Token[] }
  | { readonly map: readonly { readonly Key: string; readonly Value: Token }[] };

function plain(token: Token | undefined): Template {
  if (token === null || token === undefined || typeof token !== "object") {
    return token ?? null;
  }
  if ("expr" in token) {
    return { expression: token.expr };
  }
  if ("seq" in token) {
    return token.seq.map(plain);
  }
  // An empty mapping or list comes without its entries.
  return Object.fromEntries((token.map ?? []).map(({ Key, Value }) => [Key, plain(Value)]));
}

/** What the parser makes of a job or step: its condition with the implicit `success()`. */
interface Converted {
  readonly if?: { readonly expr: string };
}

function withCondition(keys: Mapping, converted: Converted | undefined): ParsedStep {
  return { keys, condition: converted?.if?.expr ?? "success()" };
}

function read(content: string) {
  return parseWorkflow({ name: "workflow.yml", content }, new NoOperationTraceWriter());
}

async function parse(content: string): Promise<ParseAnswer> {
  const { errors } = read(content).context;
  if (errors.count > 0) {
    return { errors: errors.getErrors().map(({ message }) => message) };
  }
  // For the sake of columns in an editor, the parser takes a text of several lines that holds an expression
  // as it stands in the file, indentation and all. In JSON, which is YAML too, every text is one line.
  const parsed = read(JSON.stringify(parseYaml(content)));
  if (parsed.value === undefined) {
    return { errors: ["nothing was read"] };
  }
  const template = await convertWorkflowTemplate(parsed.context, parsed.value);
  if (template.errors !== undefined) {
    return { errors: template.errors.map(({ Message }) => Message) };
  }
  const { jobs = {}, ...keys } = plain(JSON.parse(JSON.stringify(parsed.value))) as Record<
    string,
    Mapping
  >;
  const converted = JSON.parse(JSON.stringify(template.jobs)) as (Converted & {
    readonly id: string;
    readonly needs?: readonly string[];
    readonly steps?: readonly Converted[];
  })[];
  return {
    workflow: {
      keys,
      jobs: converted.map((job): ParsedJob => {
        const { steps = [], ...rest } = jobs[job.id] as Record<string, Template>;
        return {
          ...withCondition(rest, job),
          id: job.id,
          needs: job.needs ?? [],
          steps: (steps as readonly Mapping[]).map((step, index) =>
            withCondition(step, job.steps?.[index]),
          ),
        };
      }),
    },
  };
}

const answers: ParseAnswer[] = [];
for (const content of JSON.parse(await text(process.stdin)) as string[]) {
  answers.push(await parse(content));
}
process.stdout.write(JSON.stringify(answers));
