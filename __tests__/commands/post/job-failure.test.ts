/** `cleanup: on_job_failure`: what a later step of the job spoils is deleted as well. */
import { expect } from "@jest/globals";
import { type Case, describeCases } from "../../support/play.ts";

const inputs = { cleanup: "on_job_failure" } as const;

describeCases("cleanup: on_job_failure", [
  {
    name: "keeps the replica of a job that went well",
    inputs,
    jobStatus: "success",
    expects: ({ main, post, left }) => {
      expect([main.exitCode, post?.exitCode, left.length]).toEqual([0, 0, 1]);
    },
  },
  {
    name: "deletes it where a later step failed",
    process: true,
    inputs,
    jobStatus: "failure",
    expects: ({ main, post, left }) => {
      expect([main.exitCode, post?.exitCode, left.length]).toEqual([0, 0, 0]);
    },
  },
  {
    name: "deletes it where the job was cancelled after it",
    inputs,
    jobStatus: "cancelled",
    expects: ({ left }) => expect(left).toEqual([]),
  },
  {
    name: "deletes it where its own step failed, as on_failure does",
    api: { replicaPlans: [{ steps: [{ atMs: 50, status: "error" }] }] },
    inputs,
    // Some runners other than GitHub's evaluate nothing anew.
    jobStatus: "success",
    expects: ({ main, left }) => {
      expect(main.exitCode).toBe(1);
      expect(left).toEqual([]);
    },
  },
  ...["", "unset", "failed"].map(
    (status): Case => ({
      name: `keeps it, with a warning that names the input, where job_status is "${status}"`,
      only: "simulated",
      inputs: { ...inputs, job_status: status },
      expects: ({ main, post, left }) => {
        expect([main.exitCode, post?.exitCode, left.length]).toEqual([0, 0, 1]);
        expect(post?.annotations).toMatchObject([{ level: "warning" }]);
        expect(post?.annotations[0]?.message).toMatch(/^job_status came out empty.*on_job_failure/);
      },
    }),
  ),
  {
    name: "deletes it where its own step failed, whether the job's end is told or not",
    only: "simulated",
    api: { replicaPlans: [{ steps: [{ atMs: 50, status: "error" }] }] },
    inputs: { ...inputs, job_status: "" },
    expects: ({ left }) => expect(left).toEqual([]),
  },
  {
    name: "on_failure looks at its own step alone",
    inputs: { cleanup: "on_failure" },
    jobStatus: "failure",
    expects: ({ left }) => expect(left).toHaveLength(1),
  },
]);
