/** Which outputs there are on every path, and what goes to the outputs alone. */
import { describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../../support/repository.ts";
import { readManifest } from "../../support/runner/manifest.ts";
import type { StepResult } from "../../support/runner.ts";
import {
  answerWith,
  create,
  failed,
  rewrite,
  SLOW,
  succeeded,
  withSim,
} from "../../support/steps.ts";

describe("the set of outputs", () => {
  const declared = Object.keys(readManifest(REPOSITORY).outputs).sort();
  const names = (result: StepResult) => Object.keys(result.outputs).sort();

  it.concurrent(
    "is that of action.yml after success, failure and bad input alike",
    () =>
      withSim({}, async (sim) => {
        const good = await create(sim);
        answerWith(sim, "create", 400, { detail: "no" });
        const refused = await create(sim, { compose_hash: sim.composeHash });
        const bad = await create(sim, { vm_uuid: "x" });
        succeeded(good);
        failed(refused, { code: "HTTP-400" });
        failed(bad, { code: "INPUT" });
        for (const result of [good, refused, bad]) expect(names(result)).toEqual(declared);
        const { outcome, error_code, error_message, ...others } = bad.outputs;
        const { replicas, endpoints, instance_urls, vm_uuids, ...rest } = others;
        expect([outcome, error_code]).toEqual(["failed", "INPUT"]);
        expect([replicas, endpoints, instance_urls, vm_uuids]).toEqual(["[]", "[]", "[]", "[]"]);
        expect(error_message).toContain("vm_uuid is");
        expect(new Set(Object.values(rest))).toEqual(new Set([""]));
      }),
    SLOW,
  );

  it.concurrent(
    "says of a refused replica that it failed, and why",
    () =>
      withSim({}, async (sim) => {
        answerWith(sim, "create", 400, { detail: "no such luck" });
        const result = await create(sim, { node_id: "sim-prod5" });
        const message = failed(result, { code: "HTTP-400" });
        const [entry, ...more] = JSON.parse(result.outputs.replicas ?? "");
        expect(more).toEqual([]);
        expect(entry).toMatchObject({
          outcome: "failed",
          vm_uuid: null,
          node_id: 31,
          node_name: "sim-prod5",
        });
        expect(entry.error).toContain("no such luck");
        expect(message).toContain("node sim-prod5 (31)");
        expect(result.outputs.vm_uuid).toBe("");
      }),
    SLOW,
  );
});

describe("the compose file", () => {
  it.concurrent.each([false, true])(
    "goes to the outputs alone (debug logging: %s)",
    (debug) =>
      withSim({}, async (sim) => {
        const secret = "PASSWORD_OF_THE_DATABASE";
        rewrite(sim, "create", (vm: object) => ({
          ...vm,
          docker_compose_file: `services:\n  db:\n    x: ${secret}\n`,
        }));
        const result = await create(sim, { wait: "true", poll_interval: "0.1" }, { debug });
        succeeded(result);
        expect(result.outputs.docker_compose_file).toContain(secret);
        expect(result.outputs.result).toContain(secret);
        for (const text of [
          result.stdout,
          result.stderr,
          result.summary,
          JSON.stringify(result.state),
        ]) {
          expect(text).not.toContain(secret);
          expect(text).not.toContain("services:");
        }
      }),
    SLOW,
  );
});
