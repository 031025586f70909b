/** What the server says is shown, but can't act: neither on the runner nor on the reader's screen. */
import { describe, expect, it } from "@jest/globals";
import { runOn, saying } from "../support/saying.ts";
import { create, rewrite, SLOW, succeeded, withSim } from "../support/steps.ts";

/** Text that would act if it came to the runner as it is. */
const COMMANDS = [
  "::error::PWNED",
  "x\n::set-output name=vm_uuid::PWNED",
  "x\r::add-mask::PWNED",
  "x\u2028::warning::PWNED",
  "##[error]PWNED",
  "x ##[add-path]/PWNED",
  "\u001b[31m::error::PWNED",
  "%0A::error::PWNED",
  "\u202e::stop-commands::PWNED",
  "\ufeff::notice::PWNED\u2066\u200b\u0000\b",
];

/** Characters that move the cursor, break lines, reorder or hide text. */
const UNSEEN = new Set("\u001b\u0000\b\r\u2028\u2029\u202a\u202e\u2066\u2069\u200b\ufeff");

describe("text from the server can't act", () => {
  const rows = saying(COMMANDS.join("\n"));
  it.concurrent.each(rows)(
    "$name",
    (row) =>
      withSim({}, async (sim) => {
        for (const result of await runOn(sim, row, {})) {
          const told = result.annotations.filter(({ message }) => /^\W*PWNED/.test(message));
          expect(told).toEqual([]);
          expect(result.masks.filter((mask) => mask.includes("PWNED"))).toEqual([]);
          expect([...result.stdout].filter((one) => UNSEEN.has(one))).toEqual([]);
          expect(Object.keys(result.exported)).toEqual([]);
        }
      }),
    SLOW,
  );

  it.concurrent(
    "nor break out of the file of outputs",
    () =>
      withSim({}, async (sim) => {
        const text = "a\nvm_uuid=PWNED\nEOF\nghadelimiter_0\nvm_uuid<<EOF\nPWNED\nEOF\n";
        rewrite(sim, "create", (vm: object) => ({
          ...vm,
          docker_compose_file: text,
          runner: text,
        }));
        const result = await create(sim);
        succeeded(result);
        expect(result.outputs.docker_compose_file).toBe(text);
        expect(result.outputs.runner).toBe(text);
        expect(result.outputs.vm_uuid).toBe(sim.replicas()[0]?.vmUuid);
      }),
    SLOW,
  );
});
