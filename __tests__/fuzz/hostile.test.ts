/**
 * Hostile bytes on real sockets: the step ends in bounded time, with one annotation or none, without a stack and
 * without the key. A sample runs as the bundle in a process, which must end too; the others in this one.
 */
import { describe, expect, it } from "@jest/globals";
import "../support/retry.ts";
import { runHere } from "../support/here.ts";
import { runStep, type StepResult } from "../support/runner.ts";
import { drawn } from "../support/worlds.ts";
import { HOSTILE_ROWS, type HostileRow } from "./hostile-rows.ts";
import { startHostile } from "./hostile-server.ts";
import { RUNS } from "./support.ts";

/** With margin for a busy machine; a step that hangs is killed after it, and fails. */
const BOUND_MS = 110_000;
const ROUTES = ["create", "list", "batch"] as const;

/** Each row on one of the routes in turn; `script/fuzz` has each on all of them, and on all at once. */
const cases = HOSTILE_ROWS.flatMap((row, index) => {
  const routes = RUNS > 500 ? [...ROUTES, "*"] : [ROUTES[index % ROUTES.length] ?? "create"];
  return routes.map((route): [string, string, HostileRow] => [row.name, route, row]);
});

describe("a step against hostile bytes", () => {
  it.concurrent.each(cases)(
    "%s (%s)",
    async (name, route, { say }) => {
      const server = await startHostile(route, say);
      try {
        const inputs = {
          app_id: server.appId,
          vm_uuid: server.vmUuid,
          request_timeout: "4s",
          wait_timeout: "8s",
          poll_interval: "0.2",
        };
        const step = drawn(name)
          ? await runStep({ api: server, inputs, timeoutMs: BOUND_MS })
          : await runHere({ api: server, inputs });
        endsWell(step, server.apiKey);
        const made = server.world.cvms.filter(({ origin }) => origin === "replica");
        // Whatever was said: the work was done once at the most, and never asked for again.
        expect(made.length).toBeLessThanOrEqual(1);
      } finally {
        await server.close();
      }
    },
    BOUND_MS + 10_000,
  );
});

function endsWell(step: StepResult, apiKey: string): void {
  const { exitCode, stdout, stderr, annotations, outputs, state, summary } = step;
  expect([0, 1]).toContain(exitCode);
  expect(stderr).toBe("");
  expect(stdout).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(stdout).not.toContain("unexpected problem");
  const errors = annotations.filter(({ level }) => level === "error");
  expect(errors.map(({ from }) => from)).toEqual(exitCode === 0 ? [] : ["action"]);
  for (const { message } of annotations) {
    expect(message.length).toBeLessThan(8_000);
    // A line that begins otherwise than ours would be the server's.
    for (const line of message.split(/[\r\n]/).slice(1)) {
      expect(line).toMatch(
        /^(?:- |Created, and billed until |Perhaps created and billed|Nothing was created|Error code: |https:\/\/)/,
      );
    }
  }
  expect(outputs.outcome).toMatch(/^(?:created|partial|timeout|failed)$/);
  const written = [stdout, summary, ...Object.values(outputs), ...Object.values(state)];
  const shown = stdout.replaceAll(`::add-mask::${apiKey}`, "");
  expect([shown, ...written.slice(1)].some((text) => text.includes(apiKey))).toBe(false);
}
