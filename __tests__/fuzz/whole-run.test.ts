/**
 * The whole of main and post, in simulated time, on a server whose answers were spoiled anywhere: whatever
 * comes, the step ends in the way that its interface promises.
 */
import { describe, it } from "@jest/globals";
import fc from "fast-check";
import type { Result } from "../support/simulated/simulation.ts";
import { BLOB, inputs, plan, SECRETS, type Spoil, spoiledWorld, VALUE } from "./spoiled-world.ts";
import { holdAsync, LIMIT_MS, must } from "./support.ts";

const JSON_OUTPUTS = ["replicas", "result", "features", "onchain_status", "kms_info"];

/** What must hold of every end, whatever came. */
function endsWell({ exitCode, runner, leftOpen, env }: Result, phase: "main" | "post"): void {
  const errors = runner.entries.filter(({ kind }) => kind === "error");
  must(exitCode === 0 || exitCode === 1, () => `exit code ${exitCode}`);
  must(errors.length === exitCode, () => `${errors.length} annotations and exit code ${exitCode}`);
  must(leftOpen === 0, () => `${leftOpen} waits left open`);
  for (const { kind, text } of runner.entries.filter((entry) => entry.kind !== "debug")) {
    const [, ...more] = text.split(/[\r\n]/);
    // Several lines are our own doing: one for each replica that failed, for what exists, code and link.
    const ours = more.every((line) =>
      /^(?:- |Created, and billed|Nothing was created|Perhaps created|Error code: |https:)/.test(
        line,
      ),
    );
    must(ours && (kind === "error" || more.length === 0), () => `${kind}: several lines: ${text}`);
    must(text.length <= 4_096, () => `${kind}: ${text.length} characters`);
  }
  const printed = [...runner.entries.map(({ text }) => text), runner.markdown].join("\n");
  const handedOn = [...Object.values(runner.saved), ...Object.values(runner.outputs)].join("\n");
  const written = `${printed}\n${handedOn}`;
  const given = Object.values(env).join("\n");
  for (const secret of SECRETS.filter((text) => given.includes(text))) {
    // An environment's value may be an everyday word, which outputs may hold of themselves.
    const text = secret === VALUE ? printed : written;
    must(!text.includes(secret), () => `${secret} in ${text}`);
  }
  const words = /unexpected problem|native code|\[object |\n {4}at /.exec(written);
  must(words === null, () => `"${words?.[0]}" in ${written}`);
  if (phase === "post") return;
  must(
    /^(?:created|unchanged|pending_approval|partial|timeout|failed)$/.test(
      runner.outputs.outcome ?? "",
    ),
    () => `outcome ${runner.outputs.outcome}`,
  );
  for (const [name, value] of Object.entries(runner.outputs)) {
    must(typeof value === "string", () => `${name} is no text`);
    if (JSON_OUTPUTS.includes(name) && value !== "") JSON.parse(value);
  }
  const red = runner.outputs.error_code !== "";
  must(red === (exitCode === 1), () => `error_code ${runner.outputs.error_code}, exit ${exitCode}`);
}

describe("a step", () => {
  it(
    "ends as promised, whatever the server answers",
    async () => {
      const some = fc.array(plan, { minLength: 1, maxLength: 4 });
      await holdAsync(
        fc.asyncProperty(
          some,
          inputs,
          fc.boolean(),
          fc.nat(1_000),
          async (plans, given, chain, seed) => {
            const sim = spoiledWorld(plans, chain || given.prepare_only === "true", seed);
            const main = await sim.main(given);
            endsWell(main, "main");
            endsWell(await sim.post(main), "post");
            const asked = Number(
              given.count || given.instances || given.node_id?.split(",").length || 1,
            );
            must(sim.replicas().length <= Math.max(1, asked), () => "more replicas than asked for");
          },
        ),
        0.6,
      );
    },
    LIMIT_MS,
  );

  it(
    "keeps an encrypted environment that the server repeats to itself",
    async () => {
      await holdAsync(
        fc.asyncProperty(
          fc.array(plan, { minLength: 1, maxLength: 2 }),
          fc.nat(1_000),
          async (plans, seed) => {
            const sim = spoiledWorld(plans, false, seed);
            endsWell(await sim.main({ encrypted_env: BLOB, wait_timeout: "30s" }), "main");
          },
        ),
        0.2,
      );
    },
    LIMIT_MS,
  );
});

describe("single answers that once broke a step", () => {
  const nestedIn =
    (field: string, depth: number): Spoil =>
    (answer) => ({
      ...answer,
      body: answer.body.replace(/}$/, `,"${field}":${"[".repeat(depth)}${"]".repeat(depth)}}`),
    });
  const put =
    (pattern: RegExp, text: string): Spoil =>
    (answer) => ({
      ...answer,
      body: answer.body.replaceAll(pattern, text),
    });
  const rows: readonly (readonly [string, string, Spoil])[] = [
    ["deep nesting in the VM", "create", nestedIn("new_field", 5_000)],
    ["deep nesting in features", "create", nestedIn("features", 20_000)],
    [
      "half a character as the workspace's slug",
      "list",
      put(/"slug":"[^"]*"/g, '"slug":"\\ud800"'),
    ],
    ["dots as the workspace's slug", "list", put(/"slug":"[^"]*"/g, '"slug":".."')],
    ["a name of many lines", "list", put(/"name":"[^"]*"/g, '"name":"a\\nb\\r\\n::error::c"')],
    ["a name of a megabyte", "list", put(/"name":"[^"]*"/g, `"name":"${"n".repeat(1_000_000)}"`)],
  ];
  it.each(rows)(
    "%s",
    async (_name, route, spoil) => {
      // Booting badly, so that the annotation speaks of the replica.
      const plans = [{ steps: [{ atMs: 20_000, status: "exited" }] }];
      const sim = spoiledWorld([{ route, nth: 3, spoil }], false, 1, plans);
      const main = await sim.main({
        cleanup: "always",
        health_check: "/healthz",
        wait_timeout: "60s",
      });
      endsWell(main, "main");
      endsWell(await sim.post(main), "post");
    },
    LIMIT_MS,
  );
});
