/** All inputs together: defaults, blanks, combinations, and faults that are told at once. */
import { describe, expect, it } from "@jest/globals";
import { DEFAULT_API_URL, readApiKey } from "../../src/inputs/common.ts";
import { readCreateInputs } from "../../src/inputs/create.ts";
import { NAMES_GUARDED } from "../../src/inputs/names.ts";
import type { Inputs } from "../../src/inputs/types.ts";

const APP = "0123456789abcdef0123456789abcdef01234567";
const UUID = "6b0f3f0e-51a7-4a0c-9d3c-0a6f5c2e7d11";
const HASH = "9a".repeat(32);
const REQUIRED = { api_key: "phak_key", app_id: APP, vm_uuid: UUID };

/** The environment of a step with these inputs, as the runner makes it. */
function env(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...REQUIRED, ...inputs }).map(([name, value]) => [
      `INPUT_${name.toUpperCase()}`,
      value,
    ]),
  );
}

function read(
  inputs: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
): Inputs {
  const result = readCreateInputs({ ...env(inputs), ...more });
  if ("faults" in result) throw new Error(result.faults.join(" "));
  return result.inputs;
}

function faults(
  inputs: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): readonly string[] {
  const result = readCreateInputs({ ...env(inputs), ...more });
  return "faults" in result ? result.faults : [];
}

const DEFAULTS: Partial<Inputs> = {
  apiKey: "phak_key",
  apiUrl: DEFAULT_API_URL,
  appId: APP,
  vmUuid: UUID,
  nodes: [],
  nodeField: "node_id",
  composeHash: null,
  encryptedEnv: null,
  envs: [],
  maskedEnvs: [],
  commitToken: null,
  transactionHash: "already-registered",
  prepareOnly: false,
  requestTimeoutMs: 60_000,
  count: 1,
  instances: null,
  dryRun: false,
  wait: true,
  waitTimeoutMs: 900_000,
  pollIntervalMs: 2_000,
  healthCheck: null,
  cleanup: "never",
  exclusive: false,
  ttlMs: null,
};

const OPTIONAL = [
  "api_url",
  "node_id",
  "teepod_id",
  "compose_hash",
  "encrypted_env",
  "envs",
  "envs_plain",
  "transaction_hash",
  "request_timeout",
  "count",
  "instances",
  "capacity_wait",
  "port",
  "health_for",
  "compose_file",
  "wait",
  "wait_timeout",
  "poll_interval",
  "health_check",
  "cleanup",
  "exclusive",
  "ttl",
];

describe("defaults", () => {
  it("hold where nothing is given", () => expect(read()).toMatchObject(DEFAULTS));

  it.each(["", " ", "\t\r\n "])("hold where every optional input is %j", (blank) => {
    expect(read(Object.fromEntries(OPTIONAL.map((name) => [name, blank])))).toMatchObject(DEFAULTS);
  });

  it.each(["unset", " unset "])("hold where what must not be empty is %j", (unset) => {
    expect(read(Object.fromEntries(NAMES_GUARDED.map((name) => [name, unset])))).toMatchObject(
      DEFAULTS,
    );
  });

  it("have the official address of the API", () => {
    expect(DEFAULT_API_URL).toBe("https://cloud-api.phala.com/api/v1");
  });
});

describe("values", () => {
  const rows: readonly [string, Record<string, string>, Partial<Inputs>][] = [
    ["app_id with a prefix", { app_id: ` 0x${APP.toUpperCase()} ` }, { appId: APP }],
    ["vm_uuid undashed", { vm_uuid: UUID.replaceAll("-", "").toUpperCase() }, { vmUuid: UUID }],
    ["node_id as a number", { node_id: "26" }, { nodes: [{ kind: "id", id: 26 }], count: 1 }],
    ["node_id as a name", { node_id: "Prod9" }, { nodes: [{ kind: "name", name: "Prod9" }] }],
    [
      "a node whose name begins with a digit",
      { node_id: "4gpu-a" },
      { nodes: [{ kind: "name", name: "4gpu-a" }] },
    ],
    [
      "several nodes, by commas and lines",
      { node_id: " 26, prod-5\n,\r\n31 ," },
      {
        nodes: [
          { kind: "id", id: 26 },
          { kind: "name", name: "prod-5" },
          { kind: "id", id: 31 },
        ],
        count: 3,
      },
    ],
    [
      "several nodes, as a JSON array",
      { node_id: '[26, "prod-5"]' },
      {
        nodes: [
          { kind: "id", id: 26 },
          { kind: "name", name: "prod-5" },
        ],
        count: 2,
      },
    ],
    // GitHub hands a form's input of `type: number` on like this.
    ["count from a form", { count: "2.0" }, { count: 2 }],
    ["instances from a form", { instances: "3.0" }, { instances: 3, count: null }],
    ["node_id from a form", { node_id: "26.0" }, { nodes: [{ kind: "id", id: 26 }] }],
    ["teepod_id from a form", { teepod_id: "26.0" }, { nodes: [{ kind: "id", id: 26 }] }],
    ["the same node twice", { node_id: "26,26" }, { count: 2 }],
    ["teepod_id", { teepod_id: "26" }, { nodes: [{ kind: "id", id: 26 }], nodeField: "teepod_id" }],
    ["compose_hash", { compose_hash: `0x${HASH.toUpperCase()}` }, { composeHash: HASH }],
    ["encrypted_env", { encrypted_env: " 0x00ff\n" }, { encryptedEnv: "00ff" }],
    ["request_timeout", { request_timeout: "2m" }, { requestTimeoutMs: 120_000 }],
    ["wait_timeout", { wait_timeout: "1h" }, { waitTimeoutMs: 3_600_000 }],
    ["poll_interval", { poll_interval: "0.5" }, { pollIntervalMs: 500 }],
    ["count", { count: "5", node_id: "26,31" }, { count: 5, instances: null }],
    ["instances", { instances: "3" }, { count: null, instances: 3 }],
    ["prepare_only", { prepare_only: "TRUE" }, { prepareOnly: true }],
    ["dry_run", { dry_run: "True" }, { dryRun: true }],
    ["wait", { wait: "false" }, { wait: false }],
    ["health_check", { health_check: "/healthz" }, { healthCheck: "/healthz" }],
    ["cleanup", { cleanup: "on_failure" }, { cleanup: "on_failure" }],
    ["cleanup by the job", { cleanup: "on_job_failure" }, { cleanup: "on_job_failure" }],
    ["exclusive", { exclusive: "TRUE" }, { exclusive: true }],
    ["ttl", { ttl: "24h" }, { ttlMs: 86_400_000 }],
    ["ttl in days", { ttl: "7d" }, { ttlMs: 7 * 86_400_000 }],
    ["wait_timeout of two units", { wait_timeout: "1h30m" }, { waitTimeoutMs: 5_400_000 }],
    [
      "envs and envs_plain",
      { envs: "A=1\nB=secret", envs_plain: "SHA='abc'" },
      {
        envs: [
          { key: "A", value: "1" },
          { key: "B", value: "secret" },
          { key: "SHA", value: "abc" },
        ],
        maskedEnvs: [
          { key: "A", value: "1" },
          { key: "B", value: "secret" },
        ],
        notes: [],
      },
    ],
    [
      "envs_plain alone",
      { envs_plain: "SHA=abc" },
      { envs: [{ key: "SHA", value: "abc" }], maskedEnvs: [], notes: [] },
    ],
    [
      "envs_plain beside envs that came out empty",
      { envs: " ", envs_plain: "SHA=abc" },
      { notes: [expect.stringContaining("envs is empty")] as unknown as string[] },
    ],
    ["transaction_hash as it is by default", { transaction_hash: "already-registered" }, {}],
    [
      "a commit with its transaction",
      { transaction_hash: `0x${"ab".repeat(32)}`, commit_token: "token-of-eight" },
      { transactionHash: `0x${"ab".repeat(32)}` },
    ],
    [
      "a commit without an app",
      { app_id: "", commit_token: "token-of-eight" },
      { appId: null, commitToken: "token-of-eight" },
    ],
  ];
  it.each(rows)("%s", (_name, inputs, expected) => expect(read(inputs)).toMatchObject(expected));
});

describe("key and address", () => {
  it("come from the environment where the inputs do not give them", () => {
    const from = {
      PHALA_CLOUD_API_KEY: " phak_env\n",
      PHALA_CLOUD_API_PREFIX: "https://api.example/v1/",
    };
    expect(read({ api_key: " ", api_url: "" }, from)).toMatchObject({
      apiKey: "phak_env",
      apiUrl: "https://api.example/v1",
    });
    expect(read({ api_url: "https://given.example" }, from)).toMatchObject({
      apiKey: "phak_key",
      apiUrl: "https://given.example",
    });
  });

  it("are the defaults where the environment's are blank", () => {
    expect(read({}, { PHALA_CLOUD_API_PREFIX: "  " }).apiUrl).toBe(DEFAULT_API_URL);
    expect(faults({ api_key: "" }, { PHALA_CLOUD_API_KEY: " " })).toEqual([
      expect.stringContaining("api_key is missing"),
    ]);
  });

  it("post gets the key by the same rules", () => {
    expect(readApiKey({ INPUT_API_KEY: " a ", PHALA_CLOUD_API_KEY: "b" })).toBe("a");
    expect(readApiKey({ INPUT_API_KEY: " ", PHALA_CLOUD_API_KEY: "b" })).toBe("b");
    expect(readApiKey({})).toBeNull();
  });
});

describe("faults", () => {
  const rows: readonly [string, Record<string, string>, RegExp][] = [
    ["app_id missing", { app_id: " " }, /^app_id is missing/],
    [
      "vm_uuid missing beside a commit token",
      { vm_uuid: "", commit_token: "a-token-of-an-earlier-step" },
      /^vm_uuid is missing/,
    ],
    ["vm_uuid half dashed", { vm_uuid: UUID.replace("-", "") }, /^vm_uuid is "6b0f/],
    ["node_id negative", { node_id: "-5" }, /^node_id is "-5".*number or name/],
    ["node_id of commas alone", { node_id: ",,\n," }, /^node_id/],
    ["one bad node among good ones", { node_id: '26,"x"' }, /^node_id/],
    ["more nodes than allowed", { node_id: Array(101).fill("1").join(",") }, /^node_id.*100/],
    ["teepod_id by name", { teepod_id: "prod9" }, /^teepod_id is "prod9"/],
    [
      "teepod_id with node_id",
      { teepod_id: "1", node_id: "1" },
      /^teepod_id can't be combined with node_id/,
    ],
    [
      "count with instances",
      { count: "2", instances: "2" },
      /instances can't be combined with count/,
    ],
    ["count zero", { count: "0" }, /^count is "0"/],
    ["count absurd", { count: "101" }, /^count is "101".*100/],
    ["count a fraction", { count: "1.5" }, /^count/],
    ["a node list that is no JSON", { node_id: "[26" }, /^node_id/],
    ["a node list of nothing", { node_id: "[]" }, /^node_id/],
    ["instances zero", { instances: "0" }, /^instances/],
    ["prepare_only for several", { prepare_only: "true", count: "2" }, /prepare_only/],
    ["prepare_only on several nodes", { prepare_only: "true", node_id: "1,2" }, /prepare_only/],
    ["prepare_only with instances", { prepare_only: "true", instances: "2" }, /prepare_only/],
    ["health_check without wait", { health_check: "/x", wait: "false" }, /health_check needs wait/],
    ["request_timeout zero", { request_timeout: "0" }, /^request_timeout is "0"/],
    ["request_timeout absurd", { request_timeout: "169h" }, /^request_timeout/],
    ["poll_interval too eager", { poll_interval: "0.01" }, /^poll_interval/],
    ["ttl too short", { ttl: "59s" }, /^ttl/],
    ["ttl too long", { ttl: "8785h" }, /^ttl/],
    [
      "cleanup in capitals",
      { cleanup: "Never" },
      /^cleanup is "Never".*never, on_failure, on_job_failure or always/,
    ],
    [
      "commit_token with count",
      { commit_token: "token-of-eight", count: "1" },
      /commit_token can't be combined with count/,
    ],
    [
      "commit_token with prepare_only",
      { commit_token: "token-of-eight", prepare_only: "true" },
      /commit_token.*prepare_only/,
    ],
    [
      "transaction_hash without commit_token",
      { transaction_hash: `0x${"ab".repeat(32)}` },
      /^transaction_hash belongs to commit_token, which is empty: a job output .* came out empty/,
    ],
    [
      "transaction_hash with a blank commit_token",
      { transaction_hash: `0x${"ab".repeat(32)}`, commit_token: " " },
      /^commit_token is empty: its expression came out empty/,
    ],
    [
      "envs_plain with encrypted_env",
      { envs_plain: "A=1", encrypted_env: "00" },
      /^envs_plain can't be combined with encrypted_env/,
    ],
    [
      "commit_token with envs_plain",
      { commit_token: "token-of-eight", envs_plain: "A=1" },
      /^commit_token can't be combined with envs_plain/,
    ],
    [
      "a variable in both texts",
      { envs: "A=1\nB=2", envs_plain: "C=3\nB=4" },
      /^envs_plain gives B again, after envs\.$/,
    ],
    [
      "envs_plain without a variable",
      { envs_plain: "# none" },
      /^envs_plain: there is no variable/,
    ],
    [
      "more variables in both texts than a guest takes",
      {
        envs: Array.from({ length: 1_024 }, (_, n) => `A${n}=1`).join("\n"),
        envs_plain: "B=1",
      },
      /^envs and envs_plain: there are 1025 variables, the limit is 1024/,
    ],
    ["an API key in quotes", { api_key: '"phak_key"' }, /^api_key \(not shown\).* with a quote/],
    [
      "envs with encrypted_env",
      { envs: "A=1", encrypted_env: "00" },
      /envs can't be combined with encrypted_env/,
    ],
  ];
  it.each(rows)("%s", (_name, inputs, expected) => {
    const found = faults(inputs);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it("are all told at once", () => {
    const bad = {
      app_id: "x",
      vm_uuid: "x",
      node_id: "-1",
      compose_hash: "x",
      wait: "x",
      ttl: "x",
      cleanup: "x",
    };
    const found = faults(bad);
    expect(found).toHaveLength(7);
    for (const name of Object.keys(bad)) {
      expect(found.filter((fault) => fault.startsWith(`${name} `))).toHaveLength(1);
    }
  });

  it.each([
    ["api_key", { api_key: "secret word" }, {}],
    ["PHALA_CLOUD_API_KEY", { api_key: "" }, { PHALA_CLOUD_API_KEY: "secret word" }],
    ["encrypted_env", { encrypted_env: "secret word" }, {}],
    ["commit_token", { commit_token: "secret word" }, {}],
    ["envs", { envs: "secret word" }, {}],
    ["api_url", { api_url: "https://user:secret%20word@host/" }, {}],
    ["PHALA_CLOUD_API_PREFIX", {}, { PHALA_CLOUD_API_PREFIX: "https://u:secret@host/" }],
    ["envs_plain", { envs_plain: "secret word" }, {}],
    ["api_key", { api_key: "'secret'" }, {}],
    ["PHALA_CLOUD_API_KEY", { api_key: "" }, { PHALA_CLOUD_API_KEY: "`secret`" }],
  ])("never repeat the secret in %s", (name, inputs, more) => {
    const found = faults(inputs, more);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(name);
    expect(found[0]).not.toContain("secret");
  });

  it("show nothing of a value that is too long to be right: it may be a secret", () => {
    const [fault = ""] = faults({ compose_hash: "x".repeat(81) });
    expect(fault).toBe("compose_hash is 81 characters long: it must be 64 hex digits.");
    expect(faults({ compose_hash: "y".repeat(80) })[0]).toContain("y".repeat(80));
  });
});
