/** The inputs about approvals on chain: forms, bounds, and what excludes what. */
import { describe, expect, it } from "@jest/globals";
import { readCreateInputs } from "../../src/inputs/create.ts";
import { maskSecrets } from "../../src/inputs/masks.ts";

const KEY = "c0ffee".padEnd(64, "5");
const URL = `https://rpc.unit.invalid/v2/${"7".repeat(24)}`;

function read(
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
) {
  const all = {
    api_key: "k".repeat(20),
    app_id: "a1".repeat(20),
    vm_uuid: "1".repeat(32),
    ...inputs,
  };
  const variables = Object.entries(all).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  return readCreateInputs({ ...(Object.fromEntries(variables) as Record<string, string>), ...env });
}

function faultsOf(...given: Parameters<typeof read>): string {
  const result = read(...given);
  return "faults" in result ? result.faults.join("\n") : "";
}

describe("approval_timeout", () => {
  it.each([
    ["", 0],
    ["0s", 0],
    ["0", 0],
    ["45m", 2_700_000],
    ["5h50m", 21_000_000],
    ["7d", 604_800_000],
  ])("%j is %i ms", (text, ms) => {
    const result = read({ approval_timeout: text });
    expect("inputs" in result && result.inputs.chain.approvalTimeoutMs).toBe(ms);
  });

  it.each(["8d", "-1", "soon"])("%j is none", (text) => {
    expect(faultsOf({ approval_timeout: text })).toMatch(/approval_timeout is .*at most 7d/);
  });

  it("ends with a hosted job, and the way by two jobs is named", () => {
    const hosted = { RUNNER_ENVIRONMENT: "github-hosted" };
    expect(faultsOf({ approval_timeout: "5h50m" }, hosted)).toBe("");
    expect(faultsOf({ approval_timeout: "5h51m" }, hosted)).toMatch(
      /above 5h50m.*two jobs.*prepare_only.*commit_token/,
    );
    expect(faultsOf({ approval_timeout: "6d" }, { RUNNER_ENVIRONMENT: "self-hosted" })).toBe("");
  });
});

describe("a key", () => {
  it.each([KEY, `0x${KEY}`, KEY.toUpperCase()])("%s signs", (key) => {
    const result = read({ private_key: key, rpc_url: URL });
    if (!("inputs" in result)) throw new Error(result.faults.join());
    const { signing } = result.inputs.chain;
    expect([signing?.maxFee, signing?.rpcUrl]).toEqual([10n ** 16n, URL]);
    expect(Buffer.from(signing?.key.bytes() ?? []).toString("hex")).toBe(KEY);
  });

  it("is none where max_fee says no more than the default, however it is written", () => {
    for (const fee of ["0.01", "0.010", "00.0100"]) expect(faultsOf({ max_fee: fee })).toBe("");
  });

  it("is none where it is unset, and a fault where its expression came out empty", () => {
    const result = read({ private_key: "unset" });
    expect("inputs" in result && result.inputs.chain.signing).toBeNull();
    expect(faultsOf({ private_key: " " })).toMatch(/private_key is empty: its expression/);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["without a node", { private_key: KEY }, /private_key needs rpc_url/],
    ["a node without it", { rpc_url: URL }, /rpc_url needs private_key/],
    ["a bound without it", { max_fee: "0.02" }, /max_fee belongs to private_key/],
    [
      "beside a token",
      { private_key: KEY, rpc_url: URL, commit_token: "t".repeat(20) },
      /private_key can't be combined with commit_token/,
    ],
    [
      "beside a prepare",
      { private_key: KEY, rpc_url: URL, prepare_only: "true" },
      /prepare_only can't be combined with approval_timeout or private_key/,
    ],
    [
      "a wait beside a prepare",
      { approval_timeout: "1h", prepare_only: "true" },
      /prepare_only can't be combined/,
    ],
    [
      "an address",
      { private_key: `0x${"ab".repeat(20)}`, rpc_url: URL },
      /an address, which is public/,
    ],
    [
      "a phrase",
      { private_key: Array(12).fill("word").join(" "), rpc_url: URL },
      /recovery phrase/,
    ],
    ["a public key", { private_key: "ab".repeat(64), rpc_url: URL }, /public key/],
    ["too short", { private_key: KEY.slice(1), rpc_url: URL }, /another length/],
    ["out of range", { private_key: "f".repeat(64), rpc_url: URL }, /out of the curve's range/],
    ["no fee", { private_key: KEY, rpc_url: URL, max_fee: "0" }, /max_fee is "0".*amount of ETH/],
    [
      "plain http",
      { private_key: KEY, rpc_url: "http://rpc.unit.invalid" },
      /rpc_url \(not shown\)/,
    ],
    [
      "the app's own",
      { private_key: KEY, rpc_url: URL, envs: `SIGNER=0x${KEY.toUpperCase()}` },
      /also the value of SIGNER in envs/,
    ],
    ["a device that is none", { device_id: "abc" }, /device_id is "abc".*64 hex digits/],
  ])("%s: INPUT, and nothing of a secret in it", (_name, inputs, says) => {
    const text = faultsOf(inputs);
    expect(text).toMatch(says);
    for (const secret of [KEY, KEY.slice(1), "ab".repeat(20), "7".repeat(24)]) {
      expect(text.toLowerCase()).not.toContain(secret);
    }
  });
});

describe("masks", () => {
  it("cover the key in each form, quoted or not, and what of the address is a provider's", () => {
    const masked = new Set<string>();
    const runner = {
      mask: (text: string) => void masked.add(text),
      maskPrinted() {},
      neverPrint() {},
    };
    maskSecrets({ INPUT_PRIVATE_KEY: `"0x${KEY}"`, INPUT_RPC_URL: URL }, runner);
    const forms = [
      KEY,
      `0x${KEY}`,
      KEY.toUpperCase(),
      `0x${KEY.toUpperCase()}`,
      "7".repeat(24),
      URL,
    ];
    expect(forms.filter((form) => !masked.has(form))).toEqual([]);
  });

  it("leave the words of a log alone", () => {
    const masked: string[] = [];
    const runner = {
      mask: (text: string) => void masked.push(text),
      maskPrinted() {},
      neverPrint() {},
    };
    maskSecrets({ INPUT_PRIVATE_KEY: "unset" }, runner);
    expect(masked).toEqual([]);
  });
});
