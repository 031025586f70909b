/** Bad inputs: all in one message, before any request. */
import { describe, expect, it } from "@jest/globals";
import "../../support/retry.ts";
import { runStep } from "../../support/either.ts";
import {
  annotations,
  create,
  expectHidden,
  failed,
  inItsWorld,
  SLOW,
  succeeded,
  withSim,
  worldOf,
} from "../../support/steps.ts";

/** One bad value for every input that has a form; none of the secrets may be repeated. */
const BAD: Readonly<
  Record<string, { readonly value: string; readonly form: RegExp; readonly secret?: true }>
> = {
  api_key: { value: "key with spaces", form: /API key/, secret: true },
  api_url: { value: "http://cloud.example/api", form: /https:/ },
  app_id: { value: "app_123", form: /40 hex digits/ },
  vm_uuid: { value: "web-1", form: /UUID/ },
  node_id: { value: "-5", form: /number or name/ },
  compose_hash: { value: "0xabc", form: /64 hex digits/ },
  encrypted_env: { value: "0xdeadbee", form: /hex/, secret: true },
  prepare_only: { value: "yes", form: /true or false/ },
  request_timeout: { value: "5 minutes", form: /duration|90s/ },
  count: { value: "0", form: /whole number/ },
  dry_run: { value: "1", form: /true or false/ },
  wait: { value: "no", form: /true or false/ },
  wait_timeout: { value: "0", form: /duration|90s/ },
  poll_interval: { value: "-1s", form: /duration|90s/ },
  health_check: { value: "healthz", form: /\/healthz/ },
  cleanup: { value: "sometimes", form: /never, on_failure, on_job_failure or always/ },
  exclusive: { value: "on", form: /true or false/ },
  ttl: { value: "10s", form: /60s/ },
};

describe("bad inputs", () => {
  inItsWorld("are reported together, in one message, before any request", {}, async (sim) => {
    const inputs = Object.fromEntries(
      Object.entries(BAD).map(([name, { value }]) => [name, value]),
    );
    const result = await create(sim, inputs);
    const message = failed(result, { code: "INPUT" });
    for (const [name, { value, form, secret }] of Object.entries(BAD)) {
      expect(message).toMatch(new RegExp(`${name} `));
      expect(message).toMatch(form);
      if (secret) expectHidden(result, value);
      else expect(message).toContain(value);
    }
    expect(message).toContain(`${Object.keys(BAD).length} inputs are wrong`);
    expect(sim.requests).toEqual([]);
    const { run = "", ...rest } = result.state;
    expect(JSON.parse(run)).toMatchObject({ began: null, outcome: "failed" });
    expect(rest).toEqual({});
  });

  it.concurrent(
    "that are missing are named together",
    async () => {
      const result = await runStep({ inputs: { app_id: " ", api_key: "" } });
      const message = failed(result, { code: "INPUT" });
      expect(message).toMatch(/^2 inputs are wrong/);
      // A vm_uuid is not missing where there is an app to look for the newest in.
      for (const name of ["api_key", "app_id"]) expect(message).toContain(`${name} is missing`);
      expect(message).toMatch(/PHALA_CLOUD_API_KEY/);
      expect(message).toMatch(/fork/);
    },
    SLOW,
  );

  inItsWorld("node_id and teepod_id together are refused", {}, async (sim) => {
    const message = failed(await create(sim, { node_id: "26", teepod_id: "26" }), {
      code: "INPUT",
    });
    expect(message).toMatch(/teepod_id.*node_id/);
    expect(sim.requests).toEqual([]);
  });

  it.concurrent.each([
    { name: "node-id", value: "26", says: /node-id.*node_id/ },
    { name: "vm_uuids", value: "[]", says: /vm_uuids.*vm_uuid/ },
    { name: "healthcheck", value: "/healthz", says: /healthcheck.*health_check/ },
  ])(
    "a slip of an input's name is refused, since its value would be ignored: $name",
    ({ name, value, says }) =>
      worldOf(name)({}, async (sim) => {
        const message = failed(await create(sim, { [name]: value }), { code: "INPUT" });
        expect(message).toMatch(says);
        expect(sim.requests).toEqual([]);
      }),
    SLOW,
  );

  inItsWorld("another unknown name is a warning", {}, async (sim) => {
    const result = await create(sim, { region: "eu-west-of-nobody" });
    succeeded(result);
    expect(annotations(result, "warning")).toEqual([expect.stringContaining("region")]);
    expect(result.stdout).not.toContain("eu-west-of-nobody");
  });

  inItsWorld(
    "a transaction without its commit_token is refused: it would create another replica",
    {},
    async (sim) => {
      const transaction_hash = `0x${"ab".repeat(32)}`;
      const empty = await create(sim, { transaction_hash, commit_token: "" });
      expect(failed(empty, { code: "INPUT" })).toMatch(/commit_token is empty: its expression/);
      const message = failed(await create(sim, { transaction_hash }), { code: "INPUT" });
      expect(message).toMatch(/transaction_hash belongs to commit_token/);
      expect(sim.requests).toEqual([]);
    },
  );

  inItsWorld(
    "a key that was pasted with quotes is refused, and shown neither with nor without them",
    {},
    async (sim) => {
      const result = await create(sim, { api_key: `"${sim.apiKey}"` }, { debug: true });
      expect(failed(result, { code: "INPUT" })).toMatch(/api_key .*quote/);
      expectHidden(result, sim.apiKey);
      expect(result.masks).toContain(sim.apiKey);
      expect(sim.requests).toEqual([]);
    },
  );

  inItsWorld("numbers as GitHub's forms hand them on are no mistake", {}, async (sim) => {
    succeeded(await create(sim, { count: "2.0", compose_hash: sim.composeHash }));
    expect(sim.replicas()).toHaveLength(2);
    succeeded(await create(sim, { instances: "3.0" }), "unchanged");
    failed(await create(sim, { count: "2.5" }), { code: "INPUT" });
  });

  inItsWorld("summary: false is honoured all the same", {}, async (sim) => {
    const result = await create(sim, { vm_uuid: "x", summary: "false" });
    failed(result, { code: "INPUT" });
    expect(result.summary).toBe("");
  });

  // It is the runner that warns.
  it.concurrent(
    "teepod_id alone warns that it is deprecated",
    () =>
      withSim({}, async (sim) => {
        const result = await create(sim, { teepod_id: "31" });
        const warnings = result.annotations.filter(({ level }) => level === "warning");
        expect(warnings).toMatchObject([
          { from: "runner", message: expect.stringContaining("node_id") },
        ]);
      }),
    SLOW,
  );
});

describe("ids", () => {
  // More of them stand in the tests of their parsers.
  const SMUGGLED = [
    "../../../admin",
    "0000000000000000000000000000000000000000?x=1",
    "0000000000000000000000000000000000000000%2e",
    "0000000000000000000000000000000000000000\r\nX-Evil: 1",
    "::error::x",
  ];
  it.concurrent.each(["app_id", "vm_uuid"])(
    "can't smuggle anything into the path by %s",
    (name) =>
      worldOf(name)({}, async (sim) => {
        const runs = SMUGGLED.map(async (value) => {
          const result = await create(sim, { [name]: value });
          const message = failed(result, { code: "INPUT" });
          expect(message).toMatch(new RegExp(`^An input is wrong.*${name} is "`));
          expect(message).not.toMatch(/\r/);
          expect(message.split("\n")).toHaveLength(4);
        });
        await Promise.all(runs);
        expect(sim.requests).toEqual([]);
      }),
    SLOW,
  );
});

describe("an address with a password in it", () => {
  inItsWorld("is refused without repeating the password", {}, async (sim) => {
    const api_url = sim.apiUrl.replace("//", "//someone:hidden-word@");
    const result = await create(sim, { api_url });
    expect(failed(result, { code: "INPUT" })).toMatch(/api_url.*credentials/);
    expectHidden(result, "hidden-word");
    expect(sim.requests).toEqual([]);
  });

  inItsWorld(
    "PHALA_CLOUD_API_PREFIX is named with its value where it is no address",
    {},
    async (sim) => {
      const env = { PHALA_CLOUD_API_PREFIX: "cloud-api.example" };
      const result = await create(sim, { api_url: "" }, { env });
      const message = failed(result, { code: "INPUT" });
      expect(message).toMatch(/PHALA_CLOUD_API_PREFIX/);
      expect(message).toContain("cloud-api.example");
    },
  );
});
