/** The key and the encrypted environment show nowhere, whatever the server repeats. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import type { SimulatorOptions } from "../../../simulator/index.ts";
import "../../support/retry.ts";
import { runPost } from "../../support/runner.ts";
import { runOn, saying } from "../../support/saying.ts";
import {
  answerWith,
  create,
  expectHidden,
  failed,
  SLOW,
  withSim,
  worldOf,
} from "../../support/steps.ts";

const KEY = ["phak", "Zm9vYmFyYmF6LTEyMzQ1Njc4OTA+/="].join("_");
/** In capitals: hex digits have no case, so a server may repeat them in the other one. */
const BLOB = ["a", "b", "c", "d"]
  .map((seed) => createHash("sha512").update(seed).digest("hex").toUpperCase())
  .join("");
const withKey: SimulatorOptions = { apiKey: KEY };

/** Forms in which a server may repeat the key without meaning any harm. */
const ECHOES = [
  KEY,
  JSON.stringify(KEY).slice(1, -1),
  encodeURIComponent(KEY),
  Buffer.from(KEY).toString("base64"),
];

/** Any piece of a secret that is long enough to be of use to a thief. */
function pieces(secret: string, length = 10): string[] {
  const found: string[] = [];
  for (let at = 0; at + length <= secret.length; at += 1) found.push(secret.slice(at, at + length));
  return [...new Set(found)];
}

describe("a server that repeats the secrets", () => {
  it.concurrent.each(saying(ECHOES.join(" ")))(
    "$name",
    (row) =>
      worldOf(row.name)(withKey, async (sim) => {
        for (const result of await runOn(sim, row, { encrypted_env: BLOB }))
          expectHidden(result, ...ECHOES);
      }),
    SLOW,
  );

  it.concurrent.each([
    { name: "whole", text: BLOB },
    { name: "in lower case", text: BLOB.toLowerCase() },
    { name: "cut off by our own limit", text: `${"x".repeat(440)} ${KEY}${BLOB}` },
    {
      name: "quoted by their beginnings, with three dots",
      text: `key ${KEY.slice(0, 24)}... of ${BLOB.slice(0, 40)}.... is not allowed`,
    },
    { name: "many times over", text: `${KEY}${BLOB}${KEY}`.repeat(20) },
    { name: "with line breaks around", text: `\n${KEY}\r\n${BLOB}\n` },
  ])(
    "$name",
    ({ name, text }) =>
      worldOf(name)(withKey, async (sim) => {
        answerWith(sim, "create", 400, { detail: text, suggestions: [text], request_id: text });
        const result = await create(sim, { encrypted_env: BLOB });
        failed(result, { code: "HTTP-400" });
        // Not even a part: a blob or key that is cut first is no longer recognised as a secret.
        expectHidden(result, ...pieces(KEY), ...pieces(BLOB), ...pieces(BLOB.toLowerCase()));
      }),
    SLOW,
  );
});

describe("masks", () => {
  it.concurrent.each([
    { name: "from the inputs", inputs: { api_key: KEY, encrypted_env: `0x${BLOB}` }, env: {} },
    {
      name: "from the environment",
      inputs: { api_key: "", encrypted_env: BLOB },
      env: { PHALA_CLOUD_API_KEY: `${KEY}\n` },
    },
    {
      name: "of a run whose inputs are wrong",
      inputs: { api_key: KEY, encrypted_env: BLOB, vm_uuid: "x" },
      env: {},
    },
    {
      name: "that are wrong themselves",
      inputs: { api_key: `${KEY} ${KEY}`, encrypted_env: `${BLOB}z` },
      env: { PHALA_CLOUD_API_KEY: KEY },
    },
  ])(
    "come before anything else is printed: secrets $name",
    ({ inputs, env }) =>
      withSim(withKey, async (sim) => {
        const result = await create(sim, inputs, { env });
        expect(result.masks).toEqual(
          expect.arrayContaining([expect.stringContaining(KEY), expect.stringContaining(BLOB)]),
        );
        const lines = result.stdout.split("\n");
        const first = lines.findIndex((line) => !line.startsWith("::add-mask::"));
        expect(first).toBeGreaterThanOrEqual(2);
        expect(lines.slice(first).filter((line) => line.startsWith("::add-mask::"))).toEqual([]);
        expectHidden(result, KEY, BLOB);
      }),
    SLOW,
  );

  it.concurrent(
    "cover post too",
    () =>
      withSim(withKey, async (sim) => {
        const main = await create(sim, { encrypted_env: BLOB });
        const post = await runPost(main);
        expect(post.stdout).toMatch(/^::add-mask::/);
        expect(post.masks).toEqual(expect.arrayContaining([KEY, BLOB]));
        expectHidden(post, KEY, BLOB);
      }),
    SLOW,
  );

  it.concurrent(
    "are all that a run from create to cleanup shows of them",
    () =>
      withSim(withKey, async (sim) => {
        // The guest can't read this blob, so the boot fails, and post deletes what was made.
        const inputs = { wait: "true", poll_interval: "0.1", cleanup: "always" };
        const main = await create(sim, { ...inputs, encrypted_env: BLOB }, { debug: true });
        expect(failed(main, { code: "BOOT" })).toContain("decrypt");
        const post = await runPost(main);
        for (const result of [main, post]) expectHidden(result, ...ECHOES, BLOB);
        expect(sim.replicas()).toMatchObject([{ encryptedEnv: BLOB, removing: true }]);
        expect(sim.requests.every(({ headers }) => headers["x-api-key"] === KEY)).toBe(true);
      }),
    SLOW,
  );
});
