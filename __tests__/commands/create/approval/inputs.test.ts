import { expect, it } from "@jest/globals";
import {
  BOUND_MS,
  errorText,
  expectEnd,
  type Inputs,
  job,
  logText,
  withCloud,
  withSimulator,
} from "../../../support/jobs.ts";
import { seed } from "../../../support/secrecy.ts";

const TOKEN = "f2b1f9f6-0f0f-4c55-8a0e-0d5b1f6f7a10";
const COMMIT = { commit_token: TOKEN };
const ENVS = `TOKEN=${seed("inputs")}`;

/** Inputs that make no sense, alone or together, and the names that the one message must hold. */
const WRONG: readonly [string, Inputs, readonly string[]][] = [
  [
    "commit_token with prepare_only",
    { ...COMMIT, prepare_only: "true" },
    ["commit_token", "prepare_only"],
  ],
  [
    "commit_token with prepare_only in capitals",
    { ...COMMIT, prepare_only: "TRUE" },
    ["commit_token", "prepare_only"],
  ],
  ["commit_token with count", { ...COMMIT, count: "1" }, ["commit_token", "count"]],
  ["commit_token with instances", { ...COMMIT, instances: "2" }, ["commit_token", "instances"]],
  ["commit_token with node_id", { ...COMMIT, node_id: "26" }, ["commit_token", "node_id"]],
  ["commit_token with teepod_id", { ...COMMIT, teepod_id: "26" }, ["commit_token", "teepod_id"]],
  ["commit_token with envs", { ...COMMIT, envs: ENVS }, ["commit_token", "envs"]],
  [
    "commit_token with encrypted_env",
    { ...COMMIT, encrypted_env: "abcdef0123456789" },
    ["commit_token", "encrypted_env"],
  ],
  [
    "commit_token with all of them",
    { ...COMMIT, count: "1", node_id: "26", envs: ENVS },
    ["count", "node_id", "envs"],
  ],
  [
    "envs with encrypted_env",
    { envs: ENVS, encrypted_env: "abcdef0123456789" },
    ["envs", "encrypted_env"],
  ],
  [
    "prepare_only with instances",
    { prepare_only: "true", instances: "2" },
    ["prepare_only", "instances"],
  ],
  ["prepare_only with a count", { prepare_only: "true", count: "2" }, ["prepare_only", "count"]],
  [
    "prepare_only on two nodes",
    { prepare_only: "true", node_id: "26,31" },
    ["prepare_only", "node"],
  ],
  ["no app_id, and no commit", { app_id: " " }, ["app_id"]],
  ["a commit without vm_uuid", { ...COMMIT, vm_uuid: "" }, ["vm_uuid"]],
  ["a commit with a bad app_id", { ...COMMIT, app_id: "xyz" }, ["app_id"]],
  [
    "a commit_token with a blank in it",
    { commit_token: `${TOKEN} ${seed("x")}` },
    ["commit_token"],
  ],
  [
    "a commit_token of two lines",
    { commit_token: `${TOKEN}\n::error::${seed("x")}` },
    ["commit_token"],
  ],
  [
    "a transaction_hash of 63 digits",
    { ...COMMIT, transaction_hash: `0x${"a".repeat(63)}` },
    ["transaction_hash"],
  ],
  [
    "a transaction_hash without 0x",
    { ...COMMIT, transaction_hash: "a".repeat(64) },
    ["transaction_hash"],
  ],
  [
    "a transaction_hash in words",
    { ...COMMIT, transaction_hash: "registered" },
    ["transaction_hash"],
  ],
];

it.each(WRONG)(
  "%s: refused before any request, in one message, no secret shown",
  async (_name, inputs, names) => {
    await withCloud(false, {}, async (sim) => {
      const result = await job(sim, inputs);
      expectEnd(result, { exit: 1, outcome: "failed", code: "INPUT" });
      for (const name of names) expect(errorText(result)).toContain(name);
      expect(logText(result)).not.toMatch(/seed_|f2b1f9f6|abcdef0123456789/);
      expect(sim.requests).toEqual([]);
    });
  },
  BOUND_MS,
);

it.concurrent(
  "all faults of an approval's inputs come together",
  async () => {
    await withSimulator({}, async (sim) => {
      const result = await job(sim, {
        commit_token: "short",
        transaction_hash: "0x1",
        prepare_only: "true",
        count: "2",
        envs: `1A=${seed("together")}`,
      });
      expectEnd(result, { exit: 1, outcome: "failed", code: "INPUT" });
      expect(errorText(result)).toMatch(/^\d inputs are wrong/);
      for (const name of ["commit_token", "transaction_hash", "prepare_only", "count", "envs"]) {
        expect(errorText(result)).toContain(name);
      }
    });
  },
  BOUND_MS,
);

it.each<[string, Inputs]>([
  ["commit inputs", { commit_token: "unset", transaction_hash: "", envs: "\n \n" }],
  ["flags that are false", { prepare_only: "False", envs: "" }],
])(
  "blank %s count as not given: a plain create",
  async (_name, inputs) => {
    await withCloud(false, {}, async (sim) => {
      const result = await job(sim, inputs);
      expectEnd(result, { exit: 0, outcome: "created" });
      const create = sim.requests.find(({ route }) => route === "create");
      expect(create?.headers).not.toHaveProperty("x-prepare-only");
      expect(create?.body).toBe("");
    });
  },
  BOUND_MS,
);
