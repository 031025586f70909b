import { expect, it } from "@jest/globals";
import {
  ALL_REGISTERED,
  asked,
  BOUND_MS,
  expectEnd,
  expectMade,
  guestsFind,
  inItsWorld,
  job,
  logText,
  plaintext,
  post,
  posts,
  replicas,
  warnings,
  withSimulator,
} from "../../../support/jobs.ts";
import { seed } from "../../../support/secrecy.ts";

inItsWorld(
  "what is sent: is one lower-case hex blob, fresh each time, and masked",
  {},
  async (sim) => {
    const envs = `TOKEN=${seed("fresh")}`;
    const first = await job(sim, { envs });
    const second = await job(sim, { envs, compose_hash: sim.composeHash });
    const blobs = asked(sim, "create").map(
      ({ body }) => (JSON.parse(body) as Record<string, string>).encrypted_env ?? "",
    );
    const plain = JSON.stringify(plaintext([["TOKEN", envs.slice(6)]]));
    for (const blob of blobs) {
      expect(blob).toMatch(/^([0-9a-f]{2})+$/);
      expect(blob).toHaveLength(2 * (60 + plain.length));
    }
    // Ephemeral key and IV both: a key or an IV used twice would give the values away.
    expect(new Set(blobs.map((blob) => blob.slice(0, 64))).size).toBe(2);
    expect(new Set(blobs.map((blob) => blob.slice(64, 88))).size).toBe(2);
    expect(first.masks).toContain(blobs[0]);
    expect(second.masks).toContain(blobs[1]);
  },
);

inItsWorld("what is sent: is the same set for each of several replicas", {}, async (sim) => {
  const value = seed("several");
  const result = await job(sim, { envs: `TOKEN=${value}`, count: "3" });
  expectEnd(result, { exit: 0, outcome: "created" });
  expect(guestsFind(sim)).toEqual(Array(3).fill(plaintext([["TOKEN", value]])));
});

inItsWorld(
  "what is sent: never holds a value in clear, whatever the request",
  ALL_REGISTERED,
  async (sim) => {
    const value = seed("clear");
    await job(sim, { envs: `TOKEN=${value}` });
    expect(guestsFind(sim)).toEqual([plaintext([["TOKEN", value]])]);
    expect(JSON.stringify([sim.requests, sim.gatewayRequests])).not.toContain(value);
  },
);

inItsWorld(
  "what is sent: is nothing where nothing is to be created",
  { liveInstances: 2 },
  async (sim) => {
    const result = await job(sim, { envs: `TOKEN=${seed("idle")}`, instances: "2" });
    expectEnd(result, { exit: 0, outcome: "unchanged" });
    expect(posts(sim)).toEqual({ create: 0, commit: 0 });
  },
);

inItsWorld(
  "where the key comes from: from the CVM itself for an app of Phala's KMS",
  {},
  async (sim) => {
    expectMade(sim, await job(sim, { envs: `TOKEN=${seed("phala")}` }));
    expect(sim.requests.some(({ path }) => path.includes("/kms/"))).toBe(false);
    const [create] = asked(sim, "create");
    const before = sim.requests.slice(0, create?.index).map(({ route }) => route);
    expect(before).toEqual(["list", "cvm"]);
  },
);

inItsWorld(
  "where the key comes from: from the KMS by its slug for an on-chain app, and its type is never used as a name",
  ALL_REGISTERED,
  async (sim) => {
    expectMade(sim, await job(sim, { envs: `TOKEN=${seed("chain")}` }));
    const [create] = asked(sim, "create");
    const before = sim.requests.slice(0, create?.index);
    const kms = before.filter(({ path }) => path.includes("/kms/")).map(({ path }) => path);
    expect(kms.sort()).toEqual([
      "/api/v1/kms/kms-base-sim1/info",
      `/api/v1/kms/kms-base-sim1/pubkey/${sim.appId}`,
    ]);
    const flat = before.filter(({ headers }) => headers["x-phala-version"] === "2025-10-28");
    expect(flat.map(({ route }) => route)).toEqual(["cvm"]);
  },
);

inItsWorld(
  "where the key comes from: from the KMS by its id where it has no slug",
  ALL_REGISTERED,
  async (sim) => {
    const kms_info = { id: sim.world.kmsId, slug: null, chain_id: 8453 };
    const body = JSON.stringify({ id: 1, vm_uuid: sim.vmUuid, app_id: sim.appId, kms_info });
    sim.fault({ route: "cvm", nth: 2, kind: "status", when: "before", status: 200, body });
    expectMade(sim, await job(sim, { envs: `TOKEN=${seed("id")}` }));
    expect(asked(sim, "kms-pubkey")).toMatchObject([
      { path: `/api/v1/kms/${sim.world.kmsId}/pubkey/${sim.appId}` },
    ]);
  },
);

inItsWorld(
  "where the key comes from: with the root key of a newer API, which tells it with the CVM",
  { ...ALL_REGISTERED, k256InCvm: true },
  async (sim) => {
    const value = seed("newer");
    expectMade(sim, await job(sim, { envs: `TOKEN=${value}` }));
    expect(guestsFind(sim)).toEqual([plaintext([["TOKEN", value]])]);
  },
);

inItsWorld(
  "where the key comes from: also when a read fails once in between",
  ALL_REGISTERED,
  async (sim) => {
    for (const route of ["cvm", "kms-pubkey", "kms-info"]) {
      sim.fault({ route, kind: "status", when: "before", status: 502 });
    }
    expectMade(sim, await job(sim, { envs: `TOKEN=${seed("again")}` }));
    expect(asked(sim, "kms-pubkey")).toHaveLength(2);
  },
);

const some = `TOKEN=${seed("ok")}\nOTHER=${seed("other")}\nAPP_MODE=x\nMORE=${seed("more")}`;

inItsWorld(
  "names that the app's allowed_envs does not have: are told in one warning, without their values, since the guest drops them silently",
  {},
  async (sim) => {
    const result = await job(sim, { envs: some });
    expectMade(sim, result);
    const [warning, ...others] = warnings(result);
    expect(others).toEqual([]);
    expect(warning).toMatch(/allowed_envs .*OTHER, MORE/);
    expect(warning).not.toMatch(/TOKEN|APP_MODE/);
    const replica = sim.world.find(replicas(sim)[0] ?? "");
    const kept = replica && sim.world.guestEnv(replica);
    expect(kept?.map(({ key }) => key)).toEqual(["TOKEN", "APP_MODE"]);
  },
);

inItsWorld(
  "names that the app's allowed_envs does not have: are all of them where the list is empty",
  { allowedEnvs: [] },
  async (sim) => {
    const result = await job(sim, { envs: some });
    expect(warnings(result)).toEqual([
      expect.stringMatching(/allowed_envs .*TOKEN, OTHER, APP_MODE, MORE/),
    ]);
  },
);

inItsWorld(
  "names that the app's allowed_envs does not have: are not guessed at where the list can't be known",
  {},
  async (sim) => {
    sim.fault({ route: "cvm", kind: "status", when: "before", status: 403 });
    const result = await job(sim, { envs: some, wait: "false" });
    expectEnd(result, { exit: 0, outcome: "created" });
    expect(warnings(result)).toEqual([]);
    expect(guestsFind(sim)).toHaveLength(1);
  },
);

it.concurrent.each([
  ["of a create", {}, {}],
  ["of a prepare", { onChain: true }, { prepare_only: "true" }],
])(
  "a dry run: %s encrypts, says how long the blob is, and shows and sends nothing of it",
  async (_name, options, inputs) => {
    await withSimulator(options, async (sim) => {
      const value = seed("dry");
      const result = await job(sim, { envs: `TOKEN=${value}`, dry_run: "true", ...inputs });
      expectEnd(result, { exit: 0, outcome: "dry_run" });
      expect(posts(sim)).toEqual({ create: 0, commit: 0 });
      const length = 2 * (60 + JSON.stringify(plaintext([["TOKEN", value]])).length);
      expect(logText(result)).toContain(`${length} hex digits`);
      const blob = result.masks.find((mask) => /^[0-9a-f]+$/.test(mask) && mask.length === length);
      expect(blob).toBeDefined();
      expect(result.stdout.split(blob ?? "")).toHaveLength(2);
    });
  },
  BOUND_MS,
);

// Masking hides them in the log; but what the action itself needs must not be garbled by them.
const plain = ["8080", "true", "running", "always", "open", "made", "vmUuid", "created", "null"];
const words = plain.map((value, n) => `V${n}=${value}`).join("\n");

inItsWorld("values that are ordinary words: leave the outputs as they are", {}, async (sim) => {
  const result = await job(sim, { envs: words });
  expectMade(sim, result);
  expect(result.outputs.app_url).toMatch(/-8080$/);
});

inItsWorld(
  "values that are ordinary words: leave the state as it is, so that post cleans up",
  {},
  async (sim) => {
    const result = await job(sim, { envs: words, cleanup: "always" });
    expect(result.exitCode).toBe(0);
    expect(replicas(sim)).toHaveLength(1);
    expect((await post(sim, result)).exitCode).toBe(0);
    expect(replicas(sim)).toEqual([]);
  },
);
