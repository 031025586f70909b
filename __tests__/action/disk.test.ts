/** The runner's own files: full disks, files that are gone, and a process that is killed between two writes. */
import { describe, expect, it } from "@jest/globals";
import "../support/retry.ts";
import { startStep } from "../support/runner.ts";
import { annotations, create, posts, readable, SLOW, withSim } from "../support/steps.ts";

/** Takes no byte: each write to it ends as on a full disk. Linux alone has it. */
const FULL = "/dev/full";
const NOWHERE = "/nowhere/of/all/places/file";

describe("GITHUB_OUTPUT", () => {
  it.concurrent.each([
    { name: "on a full disk", path: FULL, says: /ENOSPC/ },
    { name: "gone", path: NOWHERE, says: /Missing file at path/ },
  ])(
    "$name: the annotation names what was created, and why nothing was handed on",
    ({ path, says }) =>
      withSim({}, async (sim) => {
        const result = await create(sim, {}, { env: { GITHUB_OUTPUT: path } });
        expect(result.exitCode).toBe(1);
        const [message = "", ...more] = annotations(result, "error");
        expect(more).toEqual([]);
        const [replica] = sim.replicas();
        expect(message).toMatch(/outputs could not be written/);
        expect(message).toMatch(says);
        expect(message).toContain(replica?.vmUuid);
        expect(message).toContain("https://cloud.phala.com/");
        expect(result.summary).toContain(replica?.vmUuid.replaceAll("-", ""));
        readable(result);
      }),
    SLOW,
  );
});

describe("GITHUB_STATE", () => {
  it.concurrent.each([FULL, NOWHERE])(
    "%s: nothing is sent, and it is no riddle why",
    (path) =>
      withSim({}, async (sim) => {
        const result = await create(sim, {}, { env: { GITHUB_STATE: path } });
        expect(result.exitCode).toBe(1);
        expect(result.outputs).toMatchObject({ error_code: "INTERNAL", replicas: "[]" });
        const [message = "", ...more] = annotations(result, "error");
        expect(more).toEqual([]);
        expect(message).toMatch(/state for the post step could not be written/);
        expect(posts(sim)).toEqual([]);
        expect(result.stdout.match(/^::endgroup::/gm)).toHaveLength(
          result.stdout.match(/^::group::/gm)?.length ?? 0,
        );
        readable(result);
      }),
    SLOW,
  );
});

describe("a process that is killed while it waits", () => {
  it.concurrent(
    "has put out how its replica is found",
    () =>
      withSim({ bootMs: 600_000 }, async (sim) => {
        const step = startStep({
          api: sim,
          inputs: { app_id: sim.appId, vm_uuid: sim.vmUuid, poll_interval: "0.2" },
        });
        await step.line(/^::group::Wait/);
        step.kill("SIGKILL");
        const { signal, outputs } = await step.finished;
        expect(signal).toBe("SIGKILL");
        const [replica] = sim.replicas();
        expect(outputs).toMatchObject({
          vm_uuid: replica?.vmUuid,
          replica_id: String(replica?.id),
          name: replica?.name,
        });
        expect(JSON.parse(outputs.replicas ?? "")).toMatchObject([{ vm_uuid: replica?.vmUuid }]);
        expect(outputs).not.toHaveProperty("outcome");
      }),
    SLOW,
  );
});
