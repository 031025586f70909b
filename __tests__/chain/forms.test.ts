/** The forms of what comes in: answers of the chain, of its nodes and of the platform. */
import { describe, expect, it } from "@jest/globals";
import { AbiCoder, Interface } from "ethers";
import fc from "fast-check";
import {
  readAddress,
  readBool,
  readData,
  readRevert,
  readWordData,
  writeData,
} from "../../src/chain/abi.ts";
import { boundDevice } from "../../src/chain/device.ts";
import { readCount, readHash, readQuantity } from "../../src/chain/hex.ts";
import { sendAnswerOf } from "../../src/chain/rpc-errors.ts";
import { readAllowance } from "../../src/phala/allowance.ts";
import { readApprover } from "../../src/phala/approver.ts";

const WORD = "cd".repeat(32);

describe("the contract's calls", () => {
  const theirs = new Interface([
    "function allowAnyDevice() view returns (bool)",
    "function owner() view returns (address)",
    "function allowedDeviceIds(bytes32) view returns (bool)",
    "function allowedComposeHashes(bytes32) view returns (bool)",
    "function addDevice(bytes32)",
    "function addComposeHash(bytes32)",
    "error OwnableUnauthorizedAccount(address)",
  ]);

  it("are those of the signatures", () => {
    const word = `0x${WORD}`;
    expect(readData("allowAnyDevice")).toBe(theirs.encodeFunctionData("allowAnyDevice"));
    expect(readData("owner")).toBe(theirs.encodeFunctionData("owner"));
    for (const name of ["allowedDeviceIds", "allowedComposeHashes"] as const) {
      expect(readWordData(name, WORD)).toBe(theirs.encodeFunctionData(name, [word]));
    }
    expect(writeData("device", WORD)).toBe(theirs.encodeFunctionData("addDevice", [word]));
    expect(writeData("compose-hash", WORD)).toBe(
      theirs.encodeFunctionData("addComposeHash", [word]),
    );
  });

  it.each([
    "",
    "0x",
    WORD.slice(1),
    `0x${WORD}`,
    `${WORD}00`,
    WORD.toUpperCase(),
    `${WORD.slice(1)}g`,
  ])("take one word and nothing else: %j", (word) => {
    expect(() => writeData("device", word)).toThrow();
    expect(() => readWordData("allowedDeviceIds", word)).toThrow();
  });

  it("answer with one word", () => {
    const word = (end: string) => `0x${end.padStart(64, "0")}`;
    expect([readBool(word("1")), readBool(word("0"))]).toEqual([true, false]);
    for (const other of [
      "0x",
      "0x1",
      word("2"),
      word("10"),
      `${word("1")}00`,
      `0x${"f".repeat(64)}`,
    ]) {
      expect(readBool(other)).toBeNull();
    }
    expect(readAddress(word("ab".repeat(20)))).toBe(`0x${"ab".repeat(20)}`);
    for (const other of ["0x", word(`1${"ab".repeat(20)}`), `0x${"ab".repeat(20)}`]) {
      expect(readAddress(other)).toBeNull();
    }
  });

  it("are refused with a reason", () => {
    const account = `0x${"ab".repeat(20)}`;
    const read = (data: string | null) => readRevert(data, (text) => text.replace("secret", "***"));
    expect(read(theirs.encodeErrorResult("OwnableUnauthorizedAccount", [account]))).toEqual({
      error: "not-owner",
      account,
    });
    const text = AbiCoder.defaultAbiCoder().encode(["string"], ["no secret, süß"]);
    expect(read(`0x08c379a0${text.slice(2)}`)).toEqual({ error: "text", text: "no ***, süß" });
    const panic = AbiCoder.defaultAbiCoder().encode(["uint256"], [0x11]);
    expect(read(`0x4e487b71${panic.slice(2)}`)).toEqual({ error: "panic", code: "0x11" });
    expect(read("0xdeadbeef")).toEqual({ error: "other", selector: "0xdeadbeef" });
    for (const nothing of [null, "0x", "0x1234", "hello"])
      expect(read(nothing)).toEqual({ error: "unknown" });
    // A length beyond the bytes, an offset elsewhere, an account that is none.
    expect(read(`0x08c379a0${"20".padStart(64, "0")}${"f".repeat(64)}`)).toMatchObject({
      error: "other",
    });
    expect(read(`0x08c379a0${"40".padStart(64, "0")}${"0".repeat(64)}`)).toMatchObject({
      error: "other",
    });
    const short = `0x08c379a0${"20".padStart(64, "0")}${"40".padStart(64, "0")}61626364`;
    expect(read(short)).toMatchObject({ error: "other" });
    expect(read(`0x118cdaa7${"f".repeat(64)}`)).toMatchObject({ error: "other" });
  });

  it("may be refused with any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const data = `0x${Buffer.from(bytes).toString("hex")}`;
        for (const start of ["0x", "0x08c379a0", "0x4e487b71", "0x118cdaa7"]) {
          const revert = readRevert(start + data.slice(2), String);
          expect(JSON.stringify(revert).length).toBeLessThan(3_000);
        }
      }),
    );
  });
});

describe("numbers of JSON-RPC", () => {
  it("are hex with 0x, up to 256 bits", () => {
    expect(readQuantity("0x0")).toBe(0n);
    expect(readQuantity(`0x${"f".repeat(64)}`)).toBe(2n ** 256n - 1n);
    for (const other of [
      "",
      "0x",
      "1",
      1,
      null,
      undefined,
      {},
      [],
      "0xg",
      " 0x1",
      `0x1${"0".repeat(64)}`,
      "-0x1",
    ]) {
      expect(readQuantity(other)).toBeNull();
      expect(readCount(other)).toBeNull();
    }
    expect(readCount("0x1fffffffffffff")).toBe(Number.MAX_SAFE_INTEGER);
    expect(readCount("0x20000000000000")).toBeNull();
    expect(readHash(`0x${WORD.toUpperCase()}`)).toBe(`0x${WORD}`);
    expect(readHash(WORD)).toBeNull();
  });
});

describe("what a node says to a send", () => {
  it.each([
    ["known", "already known"],
    ["known", "AlreadyKnown"],
    ["known", "Known transaction"],
    ["known", "transaction already imported"],
    ["known", "existing tx with same hash"],
    ["nonce-low", "nonce too low: next nonce 8, tx nonce 7"],
    ["nonce-low", "Nonce too low. Expected nonce to be 8 but got 7."],
    ["nonce-low", "OldNonce, Current nonce: 8, nonce of rejected tx: 7"],
    ["nonce-low", "the nonce has already been used"],
    ["occupied", "replacement transaction underpriced"],
    ["occupied", "ReplacementNotAllowed"],
    ["occupied", "could not replace existing tx"],
    ["refused", "insufficient funds for gas * price + value: balance 0, tx cost 1"],
    ["refused", "intrinsic gas too low"],
    ["refused", "exceeds block gas limit"],
    ["refused", "invalid chain id for signer: have 1 want 8453"],
    ["refused", "transaction type not supported"],
    ["refused", "tx fee (5.00 ether) exceeds the configured cap (1.00 ether)"],
    ["unsure", "transaction underpriced"],
    ["unsure", "txpool is full"],
    ["unsure", "nonce too high"],
    ["unsure", "max fee per gas less than block base fee"],
    ["unsure", "request timed out"],
    ["unsure", ""],
  ])("%s: %s", (answer, message) => {
    expect(sendAnswerOf({ kind: "rpc", code: -32000, message, data: null })).toBe(answer);
  });
});

describe("the device", () => {
  it("that was reviewed is the one that is signed", () => {
    expect(boundDevice(null, null)).toEqual({ ok: true, deviceId: null });
    expect(boundDevice(null, WORD)).toEqual({ ok: true, deviceId: WORD });
    expect(boundDevice(WORD, null)).toEqual({ ok: true, deviceId: WORD });
    expect(boundDevice(WORD, WORD)).toEqual({ ok: true, deviceId: WORD });
    const other = "ef".repeat(32);
    expect(boundDevice(WORD, other)).toEqual({
      ok: false,
      why: "other-device",
      reviewed: WORD,
      told: other,
    });
  });
});

describe("the platform's answers", () => {
  it("about an allowance", () => {
    const yes = {
      is_allowed: true,
      compose_hash_allowed: true,
      device_id_allowed: true,
      error: null,
    };
    expect(readAllowance(yes)).toMatchObject({ isAllowed: true, error: null });
    expect(readAllowance({ ...yes, error: "the node is away" })).toMatchObject({
      isAllowed: false,
    });
    expect(readAllowance({ ...yes, is_allowed: false })).toMatchObject({ isAllowed: false });
    expect(
      readAllowance({ is_allowed: false, device_id_allowed: null, allow_any_device: true }),
    ).toMatchObject({
      deviceAllowed: true,
      composeHashAllowed: null,
    });
    for (const none of [null, [], "true", {}, { is_allowed: "true" }, { is_allowed: 1 }]) {
      expect(readAllowance(none)).toBeNull();
    }
  });

  it("about who can approve", () => {
    const answer = {
      is_onchain_kms: true,
      chain_id: 8453,
      app_contract_address: `0x${"AB".repeat(20)}`,
      deployer_address: `0x${"cd".repeat(20)}`,
      deployer_type: "safe",
      safe_app_url: "https://app.safe.example/home",
    };
    expect(readApprover(answer)).toEqual({
      onChain: true,
      chainId: 8453,
      contract: `0x${"ab".repeat(20)}`,
      deployer: `0x${"cd".repeat(20)}`,
      kind: "safe",
      safeUrl: "https://app.safe.example/home",
    });
    const odd = {
      ...answer,
      deployer_type: "dao",
      safe_app_url: "javascript:alert(1)",
      deployer_address: "",
    };
    expect(readApprover(odd)).toMatchObject({ kind: null, safeUrl: null, deployer: null });
    expect(readApprover([])).toBeNull();
  });
});
