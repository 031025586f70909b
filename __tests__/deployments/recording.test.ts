import { describe, expect, it } from "@jest/globals";
import { DEPLOYMENT_WORDS } from "../../src/commands/telling-github.ts";
import { closeDeployments } from "../../src/deployments/close.ts";
import {
  Recording,
  type RecordingInputs,
  type RecordingWords,
} from "../../src/deployments/subscriber.ts";
import { blankReplica } from "../../src/ledger/replica.ts";
import { DOWN, FULL, UNASKED } from "../support/troubles.ts";
import { refusal, TOKEN } from "./server.ts";
import {
  type Desk,
  deskAt,
  ledgerOf,
  runningReplica,
  SECRET,
  statesOf,
  UUIDS,
  until,
  warnings,
  withGithub,
} from "./support.ts";

const INPUTS: RecordingInputs = {
  appId: "ab".repeat(20),
  deploymentEnvironment: "preview",
  githubToken: TOKEN,
  cleanup: "always",
  ttlMs: null,
  wait: true,
  healthCheck: null,
};
const WORDS: RecordingWords = {
  ...DEPLOYMENT_WORDS,
  describe: ({ kind }) => (kind === "boot" ? `web-3 did not come up: ${SECRET}` : "No room."),
};

/** The post step that the runner would start after this one. */
function post(desk: Desk, gone: readonly string[]): Promise<void> {
  const later = deskAt(desk.github, { state: desk.state });
  return closeDeployments(later.edges, { token: TOKEN }, new Set(gone), DEPLOYMENT_WORDS);
}

describe("a run that is recorded", () => {
  it("tells each replica's way, and post its end", async () => {
    await withGithub({}, async (desk) => {
      const good = runningReplica(0);
      const bad = runningReplica(1, { trouble: DOWN });
      const unmade = { ...blankReplica("new-2"), trouble: FULL };
      const unasked = { ...blankReplica("new-3"), trouble: UNASKED };
      const all = [good, bad, unmade, unasked];
      const recording = new Recording(desk.edges, INPUTS, ledgerOf(all), WORDS);
      recording.begin(good.key);
      recording.begin(bad.key);
      recording.begin(good.key);
      await recording.end(all);

      expect(desk.github.statuses.size).toBe(3);
      expect(statesOf(desk, 101)).toEqual(["in_progress", "success"]);
      expect(statesOf(desk, 102)).toEqual(["in_progress", "failure"]);
      expect(statesOf(desk, 103)).toEqual(["failure"]);
      expect(desk.github.statuses.get(101)?.[1]).toMatchObject({
        environment_url: "https://web-2.example/",
      });
      expect(desk.github.seen[0]?.body).toMatchObject({
        environment: "preview",
        transient_environment: true,
      });
      expect(warnings(desk)).toEqual([]);
      expect(JSON.stringify([desk.state, desk.github.seen.map(({ body }) => body)])).not.toContain(
        SECRET,
      );
      expect(JSON.stringify(desk.state)).not.toContain(TOKEN);

      await post(desk, [UUIDS[0], UUIDS[1]]);
      expect(statesOf(desk, 101).at(-1)).toBe("inactive");
      expect(statesOf(desk, 102).at(-1)).toBe("inactive");
      expect(statesOf(desk, 103)).toEqual(["failure"]);
    });
  });

  it("leaves an existing replica alone", async () => {
    await withGithub({}, async (desk) => {
      const there = [runningReplica(0, { origin: "existing" })];
      await new Recording(desk.edges, INPUTS, ledgerOf(there), WORDS).end(there);
      expect(desk.github.seen).toEqual([]);
    });
  });

  it("warns once where it may not write, and lets the run go on", async () => {
    await withGithub({}, async (desk) => {
      desk.github.faults.push(refusal(403, "Resource not accessible by integration"));
      const replicas = [runningReplica(0), runningReplica(1), runningReplica(2)];
      const recording = new Recording(desk.edges, INPUTS, ledgerOf(replicas), WORDS);
      for (const { key } of replicas) recording.begin(key);
      await recording.end(replicas);
      expect(warnings(desk)).toEqual([expect.stringContaining("deployments: write")]);
      expect(desk.github.seen).toHaveLength(1);
      expect(desk.state).toEqual({});
      await post(desk, [UUIDS[0]]);
      expect(desk.github.seen).toHaveLength(1);
    });
  });

  it("warns where the state can't be saved, and does not fail", async () => {
    await withGithub({}, async (desk) => {
      const runner = {
        ...desk.edges.runner,
        saveState: () => {
          throw new Error("No space left on device");
        },
      };
      const replica = runningReplica(0);
      const edges = { ...desk.edges, runner };
      const recording = new Recording(edges, INPUTS, ledgerOf([replica]), WORDS);
      recording.begin(replica.key);
      await until(() => warnings(desk).length > 0);
      await recording.end([replica]);
      expect(warnings(desk)).toEqual([
        "warning: A GitHub deployment may be missing, or left as it is: No space left on device",
      ]);
    });
  });

  it("that was cancelled is told by post: what is known, and that the rest is not", async () => {
    await withGithub({}, async (desk) => {
      const ready = runningReplica(0);
      const booting = runningReplica(1, { times: {} });
      const recording = new Recording(desk.edges, INPUTS, ledgerOf([ready, booting]), WORDS);
      recording.begin(ready.key);
      recording.begin(booting.key);
      // Both are recorded before the runner asks the step to stop.
      await recording.end([]);
      desk.controller.abort();
      await recording.end([ready, booting]);
      expect(statesOf(desk, 101)).toEqual(["in_progress"]);
      expect(statesOf(desk, 102)).toEqual(["in_progress"]);
      expect(warnings(desk)).toEqual([]);

      await post(desk, []);
      expect(statesOf(desk, 101)).toEqual(["in_progress", "success"]);
      expect(statesOf(desk, 102)).toEqual(["in_progress", "error"]);
      expect(desk.github.statuses.get(102)?.[1]?.description).toBe(
        "The step ended before this replica was seen to run.",
      );
    });
  });

  it("is told by post where GitHub did not listen before", async () => {
    await withGithub({}, async (desk) => {
      const replica = runningReplica(0);
      const recording = new Recording(desk.edges, INPUTS, ledgerOf([replica]), WORDS);
      recording.begin(replica.key);
      await recording.end([]);
      desk.github.faults.push(...Array.from({ length: 4 }, () => refusal(503, "Unavailable")));
      await recording.end([replica]);
      expect(warnings(desk)).toEqual([
        expect.stringContaining("Could not set GitHub deployment 101 to success: HTTP 503"),
      ]);
      await post(desk, []);
      expect(statesOf(desk, 101)).toEqual(["in_progress", "success"]);
    });
  });
});

describe("post", () => {
  it("tells nothing twice, and nothing of a step without deployments", async () => {
    await withGithub({}, async (desk) => {
      await post(desk, [UUIDS[0]]);
      expect(desk.github.seen).toEqual([]);
      const replicas = [runningReplica(0)];
      await new Recording(desk.edges, INPUTS, ledgerOf(replicas), WORDS).end(replicas);
      await post(desk, []);
      expect(statesOf(desk, 101)).toEqual(["in_progress", "success"]);
    });
  });

  it("warns of what it can't tell", async () => {
    await withGithub({}, async (desk) => {
      const replicas = [runningReplica(0)];
      await new Recording(desk.edges, INPUTS, ledgerOf(replicas), WORDS).end(replicas);
      const later = deskAt(desk.github, { state: desk.state });
      desk.github.faults.push(refusal(404, "Not Found"));
      await closeDeployments(later.edges, { token: TOKEN }, new Set([UUIDS[0]]), DEPLOYMENT_WORDS);
      expect(warnings(later)).toEqual([
        expect.stringContaining("Could not set GitHub deployment 101 to inactive: HTTP 404"),
      ]);
    });
  });
});
