/** A 465 body in each of its forms. */
import { describe, expect, it } from "@jest/globals";
import { readApproval } from "../../src/phala/approval.ts";

const values = {
  compose_hash: "9d".repeat(32),
  app_id: `0x${"3c".repeat(20)}`,
  device_id: "77".repeat(32),
  kms_info: { id: "kms_1", chain_id: 8453 },
  commit_token: "f2b1f9f6-0f0f-4c55-8a0e-0d5b1f6f7a10",
  commit_url: "https://cloud.phala.com/x?token=f2b1",
  api_commit_url: "https://cloud-api.phala.com/x?token=f2b1",
  onchain_status: { compose_hash_allowed: true, device_id_allowed: true, is_allowed: true },
};
const details = Object.entries(values).map(([field, value]) => ({ field, value, message: null }));
const envelope = { error_code: "ERR-01-005", message: "m", details };
const whole = {
  message: "m",
  composeHash: values.compose_hash,
  appId: values.app_id,
  deviceId: values.device_id,
  kmsInfo: values.kms_info,
  commitToken: values.commit_token,
  commitUrl: values.commit_url,
  apiCommitUrl: values.api_commit_url,
  onchainStatus: values.onchain_status,
  isAllowed: true,
};
const nothing = {
  message: null,
  composeHash: null,
  appId: null,
  deviceId: null,
  kmsInfo: null,
  commitToken: null,
  commitUrl: null,
  apiCommitUrl: null,
  onchainStatus: null,
  isAllowed: false,
};

describe("readApproval", () => {
  it.each([
    ["the envelope at the top", envelope, whole],
    ["the envelope in detail", { detail: envelope }, whole],
    ["the flat form", { message: "m", ...values }, whole],
    ["the flat form in detail", { detail: { message: "m", ...values } }, whole],
    [
      "an envelope with some values beside its details",
      { ...envelope, details: details.slice(1), compose_hash: values.compose_hash },
      whole,
    ],
    ["a string", { detail: "needs approval" }, { ...nothing, message: "needs approval" }],
    ["an empty object", {}, nothing],
    ["null", null, nothing],
    ["a list", [envelope], nothing],
    ["a number", 465, nothing],
    [
      "values of other types",
      {
        message: "m",
        compose_hash: 1,
        device_id: "",
        kms_info: [],
        commit_token: {},
        onchain_status: "x",
      },
      { ...nothing, message: "m" },
    ],
    [
      "a status that is not true",
      { message: "m", onchain_status: { is_allowed: "true" } },
      { ...nothing, message: "m", onchainStatus: { is_allowed: "true" } },
    ],
  ])("%s", (_name, body, expected) => expect(readApproval(JSON.stringify(body))).toEqual(expected));

  it.each(["", "<html>", '{"error_code":'])("%j", (text) =>
    expect(readApproval(text)).toEqual(nothing),
  );
});
