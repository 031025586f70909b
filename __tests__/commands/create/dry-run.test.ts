/** `dry_run`: every check and read, no create request, and exactly what would be sent. */
import { describe, expect, it } from "@jest/globals";
import type { SimulatorOptions } from "../../../simulator/index.ts";
import "../../support/retry.ts";
import { runPost } from "../../support/either.ts";
import {
  bodiesOf,
  checkSecret,
  errorOf,
  inItsWorld,
  main,
  postsOf,
  QUICK,
  replicasOf,
  worldOf,
} from "../../support/runs.ts";

const BLOB = "c0ffee".repeat(30);

/** The requests that a dry run's log announces: path and JSON body. */
function announced(stdout: string): { path: string; body: unknown }[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("POST "));
  return lines.map((line) => {
    const [, path = "", body] =
      /^POST https?:\/\/[^/]+(\/\S+) \(X-API-Key: not shown.*?\), (?:body (.*)|no body)$/.exec(
        line,
      ) ?? [];
    return { path, body: JSON.parse(body ?? "{}") };
  });
}

describe("a dry run announces what the real run then sends", () => {
  it.concurrent.each<[string, SimulatorOptions, Record<string, string>, number]>([
    ["a plain create", {}, {}, 1],
    ["three replicas", {}, { count: "3" }, 3],
    ["nodes by number and name", {}, { node_id: "31, SIM-prod9" }, 2],
    ["the deprecated alias", {}, { teepod_id: "31" }, 1],
    ["several live instances", { liveInstances: 2 }, { count: "2" }, 2],
    ["instances", { liveInstances: 2 }, { instances: "5" }, 3],
    ["nothing missing", { liveInstances: 2 }, { instances: "2" }, 0],
  ])(
    "%s",
    async (name, world, inputs, requests) => {
      await worldOf(name)(world, async (sim) => {
        const dry = await main(sim, { ...inputs, dry_run: "true" });
        expect(dry.exitCode).toBe(0);
        expect(dry.outputs).toMatchObject({ outcome: "dry_run", error_code: "" });
        expect(postsOf(sim)).toEqual([]);
        expect(announced(dry.stdout)).toHaveLength(requests);
        expect(dry.stdout).toMatch(
          requests === 0 ? /no request would be sent/ : /would be sent; none was/,
        );
        const post = await runPost(dry);
        expect([post.exitCode, sim.requests.filter(({ method }) => method !== "GET")]).toEqual([
          0,
          [],
        ]);

        await main(sim, inputs);
        const sent = postsOf(sim).map(({ path }, index) => ({ path, body: bodiesOf(sim)[index] }));
        expect(announced(dry.stdout)).toEqual(sent);
      });
    },
    QUICK,
  );

  inItsWorld("shows no secret", {}, async (sim) => {
    const dry = await main(sim, { encrypted_env: BLOB, dry_run: "true" });
    checkSecret(dry, BLOB);
    expect(dry.stdout).toMatch(/encrypted_env.*180 hex digits, not shown/);
    expect(postsOf(sim)).toEqual([]);
  });
});

describe("a dry run finds what is wrong before anything is sent", () => {
  it.concurrent.each<[string, SimulatorOptions, Record<string, string>, RegExp]>([
    ["an unknown node", {}, { node_id: "nowhere" }, /no node is called nowhere/],
    [
      "different compose hashes",
      { liveInstances: 2, differingHashes: true },
      {},
      /different compose hashes/,
    ],
    [
      "a source of another app",
      {},
      { vm_uuid: "8d8ac610-566d-4ef0-9c22-186b2a5ed793" },
      /not one of the app's/,
    ],
    ["a wrong key", {}, { api_key: "phak_wrong" }, /HTTP 401.*key was rejected/],
  ])(
    "%s",
    async (name, world, inputs, says) => {
      await worldOf(name)(world, async (sim) => {
        const dry = await main(sim, { ...inputs, dry_run: "true" });
        expect([dry.exitCode, dry.outputs.outcome]).toEqual([1, "failed"]);
        expect(errorOf(dry)).toMatch(says);
        expect(replicasOf(dry)).toEqual([]);
        expect(postsOf(sim)).toEqual([]);
      });
    },
    QUICK,
  );
});
