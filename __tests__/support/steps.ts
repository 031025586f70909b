/** What the tests of "create" share: one simulator a case, the bundle run on it, and what must always hold. */
import { expect } from "@jest/globals";
import type { RecordedRequest, Simulator } from "../../simulator/index.ts";
import "./retry.ts";
import { runStep, type StepOptions, type StepResult } from "./either.ts";

export { inItsWorld, SLOW, together as allRows, withSim, worldOf } from "./worlds.ts";

/** Runs the step on the simulator's source CVM without waiting for the boot; `inputs` go over that. */
export async function create(
  sim: Simulator,
  inputs: Readonly<Record<string, string>> = {},
  over: StepOptions = {},
): Promise<StepResult> {
  const given = { app_id: sim.appId, vm_uuid: sim.vmUuid, wait: "false", ...inputs };
  return runStep({ api: sim, ...over, inputs: given });
}

/** The create requests that came in. */
export function posts(sim: Simulator): readonly RecordedRequest[] {
  return sim.requests.filter(({ route }) => route === "create");
}

/** The only create request. */
export function thePost(sim: Simulator): RecordedRequest {
  const [post, ...more] = posts(sim);
  expect(more).toEqual([]);
  if (post === undefined) throw new Error("no create request came in");
  return post;
}

/** Changes the JSON of real answers on a route before they are sent. The work has been done by then. */
export function rewrite(
  sim: Simulator,
  route: string,
  change: (body: never) => unknown,
): () => void {
  return sim.on("after-work", route, ({ answer }) => {
    if (answer === undefined) return;
    const written = answer as { body: string };
    written.body = JSON.stringify(change(JSON.parse(answer.body) as never));
  });
}

/** Answers a route with this status and body, after the work where the status is a success. */
export function answerWith(
  sim: Simulator,
  route: string,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  sim.fault({
    route,
    kind: "status",
    when: status < 300 ? "after" : "before",
    status,
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
    times: "always",
  });
}

/** The app's list can't be read, so that a lost answer to a create is reported without a search for it. */
export function hideList(sim: Simulator): void {
  answerWith(sim, "list", 403, { detail: "Not enough permissions" });
}

/** A pattern that matches this text and nothing else. */
export function literally(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
}

/** The messages of the step's own annotations of a level. */
export function annotations(result: StepResult, level: "error" | "warning" | "notice"): string[] {
  return result.annotations
    .filter((one) => one.level === level && one.from === "action")
    .map(({ message }) => message);
}

/** Checks a step that failed: exit code, outputs, one annotation fit to be read. Returns its message. */
export function failed(
  result: StepResult,
  expected: { readonly code: string; readonly outcome?: string },
): string {
  expect(result.exitCode).toBe(1);
  expect(result.outputs.outcome).toBe(expected.outcome ?? "failed");
  expect(result.outputs.error_code).toBe(expected.code);
  const errors = annotations(result, "error");
  expect(errors).toHaveLength(1);
  readable(result);
  return errors[0] ?? "";
}

/** Checks a step that succeeded. */
export function succeeded(result: StepResult, outcome = "created"): void {
  expect(annotations(result, "error")).toEqual([]);
  expect(result.exitCode).toBe(0);
  expect(result.outputs.outcome).toBe(outcome);
  expect(result.outputs.error_code).toBe("");
  readable(result);
}

/** No stack, no stringified object, no doubled prefix; nothing that the runner itself complained about. */
export function readable(result: StepResult): void {
  const text = result.stdout + result.stderr;
  expect(text).not.toMatch(/\[object \w+\]|Error: Error:|undefined|\bNaN\b/);
  if (result.options.debug !== true) expect(text).not.toMatch(/^\s+at .+:\d+|node:internal/m);
  expect(result.stderr).toBe("");
  expect(
    result.annotations.filter(({ level, from }) => level === "error" && from === "runner"),
  ).toEqual([]);
}

/** Everything that a step put out, as written; the commands that register masks are left out. */
export function everythingWritten(result: StepResult): Readonly<Record<string, string>> {
  const lines = result.stdout.split("\n").filter((line) => !line.startsWith("::add-mask::"));
  return {
    stdout: lines.join("\n"),
    stderr: result.stderr,
    outputs: JSON.stringify(result.outputs),
    state: JSON.stringify(result.state),
    exported: JSON.stringify(result.exported),
    summary: result.summary,
    written: JSON.stringify(result.written),
  };
}

/** Fails where a secret stands in anything that the step put out. */
export function expectHidden(result: StepResult, ...secrets: readonly string[]): void {
  for (const [place, text] of Object.entries(everythingWritten(result))) {
    for (const secret of secrets) {
      if (text.includes(secret)) throw new Error(`${secret} stands in ${place}:\n${text}`);
    }
  }
}
