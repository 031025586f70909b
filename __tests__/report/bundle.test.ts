/** The same on the bundle as a process: what the runner makes of the annotation, and where its link leads. */
import { describe, expect, it } from "@jest/globals";
import { answerWith, create, SLOW, withSim } from "../support/steps.ts";
import "../support/retry.ts";
import { type Annotation, runPost, type StepResult } from "../support/runner.ts";

const RELEASED = "https://github.com/your-org/cvm-replica-action/blob/v1/docs/operations.md";

function errorOf(result: StepResult): Annotation {
  const errors = result.annotations.filter(({ level }) => level === "error");
  expect([result.exitCode, errors.length]).toEqual([1, 1]);
  return errors[0] as Annotation;
}

describe("the annotation of a red step", () => {
  it.concurrent(
    "has a title, its code and the link to the action's own document",
    () =>
      withSim({}, async (sim) => {
        answerWith(sim, "list", 401, { detail: "no" });
        const env = {
          GITHUB_SERVER_URL: "https://git.acme.example",
          GITHUB_ACTION_REPOSITORY: "acme/replicas",
          GITHUB_ACTION_REF: "v1.2.3",
        };
        const result = await create(sim, {}, { env });
        const { title, message } = errorOf(result);
        expect(title).toBe("No replica was created (HTTP-401)");
        expect(message).toMatch(
          /\nError code: HTTP-401\nhttps:\/\/git\.acme\.example\/acme\/replicas\/blob\/v1\.2\.3\/docs\/operations\.md#http-401$/,
        );
        expect(result.outputs.error_message).toBe(message.slice(0, message.lastIndexOf("\n")));
        expect(result.summary).toContain("<code>HTTP-401</code>");
      }),
    SLOW,
  );

  it.concurrent(
    "leads to the released document where the runner tells no repository",
    () =>
      withSim({}, async (sim) => {
        const { title, message } = errorOf(await create(sim, { vm_uuid: "nonsense" }));
        expect(title).toContain("(INPUT)");
        expect(message.split("\n").at(-1)).toBe(`${RELEASED}#input`);
      }),
    SLOW,
  );

  it.concurrent(
    "fits into what the runner takes, and so does that of post",
    () =>
      withSim({}, async (sim) => {
        answerWith(sim, "delete", 403, { detail: "x".repeat(400) });
        answerWith(sim, "scheduled-delete", 403, { detail: "y".repeat(400) });
        const main = await create(sim, { count: "20", cleanup: "always", ttl: "1h" });
        const post = await runPost(main);
        for (const result of [main, post]) {
          const { title, message } = errorOf(result);
          expect(title).toContain("(HTTP-403)");
          expect(message.length).toBeLessThanOrEqual(4_096);
          expect(message).toMatch(/more, in the step's log\n(.*\n)*.*#http-403$/);
          for (const { vmUuid } of sim.replicas()) expect(result.stdout).toContain(vmUuid);
        }
        expect(Buffer.byteLength(main.summary)).toBeLessThan(1_048_576);
      }),
    SLOW,
  );
});
