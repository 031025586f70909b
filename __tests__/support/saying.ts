/** A server that has its say in every place that it controls, and the run of a step on it. */
import { expect } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import "./retry.ts";
import { runPost, type StepResult } from "./either.ts";
import { answerWith, create, failed, readable, rewrite, succeeded } from "./steps.ts";

/** A server that says something somewhere. */
export interface SayingRow {
  readonly name: string;
  readonly arrange: (sim: Simulator) => void;
  readonly code?: string;
}

const said = (text: string) => ({
  error_code: "ERR-02-008",
  message: `message ${text}`,
  details: [{ field: `field ${text}`, value: text, message: `detail ${text}` }],
  suggestions: [`suggestion ${text}`],
  links: [{ url: `https://docs.example/${text}`, label: `label ${text}` }],
  request_id: `req ${text}`,
});

/** A server that puts `text` wherever it has a say. */
export function saying(text: string): readonly SayingRow[] {
  // A header holds visible ASCII only.
  const header = text.replace(/[^ -~]/g, " ");
  return [
    {
      name: "in a detail string",
      code: "HTTP-400",
      arrange: (sim) => answerWith(sim, "create", 400, { detail: text }),
    },
    {
      name: "in a structured error",
      code: "ERR-02-008",
      arrange: (sim) => answerWith(sim, "create", 400, said(text)),
    },
    {
      name: "in FastAPI's list",
      code: "HTTP-422",
      arrange: (sim) =>
        answerWith(sim, "create", 422, {
          detail: [{ loc: ["body", text], msg: text, input: text }],
        }),
    },
    {
      name: "in HTML",
      code: "HTTP-400",
      arrange: (sim) => answerWith(sim, "create", 400, `<title>${text}</title>`),
    },
    {
      name: "in plain text",
      code: "HTTP-400",
      arrange: (sim) => answerWith(sim, "create", 400, text),
    },
    {
      name: "in the error code",
      code: "HTTP-400",
      arrange: (sim) => answerWith(sim, "create", 400, { error_code: `ERR-${text}`, message: "m" }),
    },
    {
      name: "in a request id's header",
      code: "HTTP-400",
      arrange: (sim) => answerWith(sim, "create", 400, "{}", { "x-request-id": header }),
    },
    {
      name: "in a redirect",
      code: "HTTP-307",
      arrange: (sim) =>
        answerWith(sim, "create", 307, "", {
          location: `https://h.example/${encodeURIComponent(text)}`,
        }),
    },
    {
      name: "in the refusal of the list",
      arrange: (sim) => answerWith(sim, "list", 403, { detail: text }),
    },
    {
      name: "in every field of the list",
      arrange: (sim) =>
        rewrite(sim, "list", (rows: Record<string, unknown>[]) =>
          rows.map((row) => ({
            ...row,
            name: text,
            status: text,
            node_info: { id: 26, name: text },
            workspace: { slug: text, name: text },
            endpoints: [{ app: `https://${text}`, instance: `https://${text}` }],
          })),
        ),
    },
    {
      name: "in every field of the VM",
      arrange: (sim) =>
        rewrite(sim, "create", (vm: Record<string, unknown>) => {
          const kept = new Set(["vm_uuid", "vcpu", "memory", "disk_size"]);
          const entries = Object.entries(vm).map(([field, value]) => [
            field,
            kept.has(field) ? value : text,
          ]);
          return {
            ...Object.fromEntries(entries),
            teepod: { id: 26, name: text },
            features: [text],
          };
        }),
    },
  ];
}

/** Runs main and post with debug logging on, which can only show more; both must end as they should. */
export async function runOn(
  sim: Simulator,
  { arrange, code }: SayingRow,
  inputs: Readonly<Record<string, string>>,
): Promise<StepResult[]> {
  arrange(sim);
  const main = await create(sim, inputs, { debug: true });
  if (code === undefined) succeeded(main);
  else failed(main, { code });
  const post = await runPost(main);
  expect(post.exitCode).toBe(0);
  readable(post);
  return [main, post];
}
