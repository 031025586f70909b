/** A node that answers anything: `register` ends, throws nothing, and signs nothing but the two writes. */
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeRaw, type RawTransaction } from "../../simulator/evm/raw.ts";
import { register } from "../../src/chain/register.ts";
import type { Registration } from "../../src/chain/registration.ts";
import type { HttpAnswer } from "../../src/net/transport.ts";
import { formsOfKey, parsePrivateKey } from "../../src/text/private-key.ts";
import { SimulatedClock } from "../support/simulated/clock.ts";
import { APP_ID, COMPOSE_HASH, DEVICE_ID, KEY, OWNER } from "./support.ts";

const HOUR_MS = 3_600_000;
const MAX_FEE = 10n ** 16n;
const WORD = (value: string) => `0x${value.padStart(64, "0")}`;

/** What an answer may hold: the right thing, nearly it, and anything else. */
const quantity = fc.oneof(
  fc.constantFrom("0x0", "0x1", "0x7", "0x2105", "0xc350", "0x3b9aca00", `0x${"f".repeat(64)}`),
  fc.constantFrom("0x", "1", "0x1fffffffffffff", "0x20000000000000", "-0x1"),
);
const word = fc.constantFrom(WORD("0"), WORD("1"), WORD("2"), WORD(OWNER.slice(2)), "0x", "0x01");
const block = fc.record(
  {
    number: quantity,
    hash: fc.constantFrom(WORD("aa"), WORD("bb"), "0x", null),
    baseFeePerGas: quantity,
  },
  { requiredKeys: [] },
);
const receipt = fc.record({
  transactionHash: fc.constantFrom("SENT", WORD("cc")),
  status: fc.constantFrom("0x0", "0x1", "0x2", null),
  blockNumber: quantity,
  gasUsed: quantity,
});
const result = fc.oneof(
  quantity,
  word,
  block,
  fc.oneof(receipt, fc.constant(null)),
  fc.constant("SENT"),
  fc.anything({ maxDepth: 2 }),
);
const error = fc.record({
  code: fc.oneof(fc.constantFrom(3, -32000, -32005, -32601, -32602, -32603), fc.integer()),
  message: fc.oneof(
    fc.constantFrom(
      "execution reverted",
      "nonce too low",
      "already known",
      "header not found",
      "RAW",
    ),
    fc.string({ maxLength: 30 }),
  ),
  data: fc.oneof(fc.constant(undefined), word, fc.string({ maxLength: 30 })),
});
/** By method, so that a good part of the stories gets as far as signing. */
const sane: Readonly<Record<string, unknown>> = {
  eth_chainId: "0x2105",
  eth_getBlockByNumber: { number: "0x10", hash: WORD("aa"), baseFeePerGas: "0x989680" },
  eth_getTransactionCount: "0x7",
  eth_estimateGas: "0xc350",
  eth_maxPriorityFeePerGas: "0xf4240",
  eth_getBalance: "0xde0b6b3a7640000",
  eth_sendRawTransaction: "SENT",
  eth_getTransactionReceipt: null,
};
const body = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ kind: "sane" as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("result" as const), result }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("error" as const), error }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("text" as const), text: fc.string() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("json" as const), json: fc.jsonValue() }) },
);
const answers = fc.array(
  fc.record({ body, status: fc.constantFrom(200, 200, 200, 200, 400, 429, 500, 503) }),
  { minLength: 1, maxLength: 60 },
);

type Answers = typeof answers extends fc.Arbitrary<infer T> ? T : never;

interface Story {
  readonly end: Registration;
  readonly sent: readonly RawTransaction[];
  readonly requests: readonly string[];
  readonly shown: string;
  readonly tookMs: number;
}

/** Plays the answers in their order, over and over. */
async function play(list: Answers): Promise<Story> {
  const parsed = parsePrivateKey(KEY);
  if (!parsed.ok) throw new Error(parsed.problem);
  const clock = new SimulatedClock(Date.UTC(2026, 6, 2));
  const begun = clock.now();
  const requests: string[] = [];
  const sent: RawTransaction[] = [];
  const told: unknown[] = [];
  const transport = async (request: { readonly body?: string }): Promise<HttpAnswer> => {
    const text = request.body ?? "";
    const { id, method, params } = JSON.parse(text) as {
      id: number;
      method: string;
      params: string[];
    };
    const { status, body: said } = list[requests.length % list.length] as Answers[number];
    requests.push(text);
    if (method === "eth_sendRawTransaction") sent.push(decodeRaw(params[0] as string));
    await clock.sleep(10);
    const fill = (value: unknown) =>
      JSON.stringify(value ?? null)
        .replaceAll('"SENT"', JSON.stringify(sent.at(-1)?.hash ?? "none"))
        .replaceAll("RAW", method === "eth_sendRawTransaction" ? (params[0] as string) : "raw");
    const call = WORD(
      method === "eth_call" && JSON.stringify(params).includes("8da5cb5b") ? OWNER.slice(2) : "0",
    );
    const right = method === "eth_call" ? call : sane[method];
    const bodies = {
      sane: () => `{"jsonrpc":"2.0","id":${id},"result":${fill(right)}}`,
      result: () =>
        `{"jsonrpc":"2.0","id":${id},"result":${fill("result" in said ? said.result : null)}}`,
      error: () =>
        `{"jsonrpc":"2.0","id":${id},"error":${fill("error" in said ? said.error : null)}}`,
      text: () => ("text" in said ? said.text : ""),
      json: () => JSON.stringify("json" in said ? said.json : null),
    };
    return { status: said.kind === "sane" ? 200 : status, headers: {}, body: bodies[said.kind]() };
  };
  const end = await clock.drive(
    register(
      {
        appId: APP_ID,
        chainId: 8453,
        composeHash: COMPOSE_HASH,
        deviceId: DEVICE_ID,
        key: parsed.key,
        maxFee: MAX_FEE,
      },
      {
        transport,
        clock,
        random: () => 0.5,
        signal: new AbortController().signal,
        url: "https://rpc.invalid",
        timeoutMs: 20_000,
        redact: String,
        save: (saved) => void told.push(saved),
        tell: (event) => void told.push(event),
      },
    ),
  );
  const shown = inspect([end, told], { depth: null, maxStringLength: null, maxArrayLength: null });
  return { end, sent, requests, shown, tookMs: clock.now() - begun };
}

describe("a hostile node", () => {
  it("gets no more than the two writes, within max_fee, and no key", async () => {
    const ends: Record<string, number> = {};
    let signed = 0;
    await fc.assert(
      fc.asyncProperty(answers, async (list) => {
        const { end, sent, requests, shown, tookMs } = await play(list);
        const writes = [`0x2a819728${DEVICE_ID}`, `0xdfc77223${COMPOSE_HASH}`];
        for (const { to, value, data, chainId, gas, maxFeePerGas } of sent) {
          expect([to, value, chainId]).toEqual([`0x${APP_ID}`, 0n, 8453n]);
          expect(writes).toContain(data);
          expect(gas * maxFeePerGas <= MAX_FEE).toBe(true);
        }
        // Never more than the planner allows for each of the two.
        expect(new Set(sent.map(({ hash }) => hash)).size).toBeLessThanOrEqual(6);
        expect(tookMs).toBeLessThan(HOUR_MS);
        for (const form of formsOfKey(KEY)) expect(shown + requests.join()).not.toContain(form);
        // Neither are signed bytes repeated, as a node may do in its reasons.
        expect(shown).not.toMatch(/02f8[0-9a-f]{100}/);
        // Fit for the state.
        expect(JSON.parse(JSON.stringify(end))).toEqual(end);
        signed += sent.length > 0 ? 1 : 0;
        const why = end.end === "failed" ? end.trouble.why : end.end;
        ends[why] = (ends[why] ?? 0) + 1;
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 60), seed: Number(process.env.FUZZ_SEED ?? 8) },
    );
    // Stories that never get anywhere would prove little.
    expect(signed).toBeGreaterThan(10);
    expect(Object.keys(ends).length).toBeGreaterThanOrEqual(4);
  });
});
