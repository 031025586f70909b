/** One request at a node, and what is made of its answer; what the contract's reads make of odd nodes. */
import { describe, expect, it } from "@jest/globals";
import { Contract } from "../../src/chain/contract.ts";
import { Rpc } from "../../src/chain/rpc.ts";
import { type HttpAnswer, type HttpRequest, NetworkError } from "../../src/net/transport.ts";
import { SimulatedClock } from "../support/simulated/clock.ts";

type Say = (id: number, method: string) => unknown;

/** A node that says this to each request, in turn; the last one over and over. */
function node(...says: readonly Say[]) {
  const clock = new SimulatedClock(0);
  const requests: HttpRequest[] = [];
  const rpc = new Rpc({
    transport: async (request): Promise<HttpAnswer> => {
      const { id, method } = JSON.parse(request.body ?? "") as { id: number; method: string };
      const say = says[Math.min(requests.length, says.length - 1)] as Say;
      requests.push(request);
      const said = say(id, method);
      if (said instanceof Error) throw said;
      const { status = 200, body } = said as { status?: number; body: unknown };
      return { status, headers: {}, body: typeof body === "string" ? body : JSON.stringify(body) };
    },
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    url: "https://rpc.invalid/v2/key",
    timeoutMs: 20_000,
    redact: (text) => text.replaceAll("secret", "***"),
    onRetry: () => undefined,
  });
  const drive = <T>(work: Promise<T>): Promise<T> => clock.drive(work);
  return { rpc, requests, drive };
}

const result =
  (value: unknown): Say =>
  (id) => ({ body: { jsonrpc: "2.0", id, result: value } });
const failed =
  (error: unknown, status = 200): Say =>
  (id) => ({
    status,
    body: { jsonrpc: "2.0", id, error },
  });
const text = (value: unknown) => (typeof value === "string" ? value : null);

describe("one request", () => {
  const once = (say: Say) => node(say).rpc.once("eth_x", [1], text);

  it("is a POST of JSON-RPC 2.0, with a number of its own", async () => {
    const { rpc, requests } = node(result("a"));
    expect(await rpc.once("eth_x", [1], text)).toEqual({ ok: true, value: "a" });
    await rpc.once("eth_y", [], text);
    expect(requests.map(({ method, url, body }) => [method, url, JSON.parse(body ?? "")])).toEqual([
      [
        "POST",
        "https://rpc.invalid/v2/key",
        { jsonrpc: "2.0", id: 1, method: "eth_x", params: [1] },
      ],
      [
        "POST",
        "https://rpc.invalid/v2/key",
        { jsonrpc: "2.0", id: 2, method: "eth_y", params: [] },
      ],
    ]);
  });

  it.each<[string, Say]>([
    ["to another request", (id) => ({ body: { jsonrpc: "2.0", id: id + 1, result: "a" } })],
    ["to nobody", () => ({ body: { jsonrpc: "2.0", id: null, result: "a" } })],
    [
      "with another request's error",
      (id) => ({ body: { id: id + 1, error: { code: 3, message: "x" } } }),
    ],
    ["of another form", result(5)],
    ["with no result", (id) => ({ body: { jsonrpc: "2.0", id } })],
    ["with an error that is none", failed({ message: "x" })],
    ["with an error whose code is no whole number", failed({ code: 1.5, message: "x" })],
    ["that is a batch", (id) => ({ body: [{ jsonrpc: "2.0", id, result: "a" }] })],
    ["that is a web page", () => ({ body: "<html>" })],
    ["that is empty", () => ({ body: "" })],
    ["that nests too deep", () => ({ body: "[".repeat(200_000) })],
  ])("is not answered by an answer %s", async (_name, say) => {
    expect(await once(say)).toMatchObject({ ok: false, fault: { kind: "unreadable" } });
  });

  it.each<[string, Say]>([
    ["with 200", failed({ code: -32000, message: "no" })],
    ["with 400", failed({ code: -32000, message: "no" }, 400)],
    [
      "to a request that it could not read",
      () => ({ body: { id: null, error: { code: -32000, message: "no" } } }),
    ],
  ])("is answered by an error %s", async (_name, say) => {
    const fault = { kind: "rpc", code: -32000, message: "no", data: null };
    expect(await once(say)).toEqual({ ok: false, method: "eth_x", fault });
  });

  it.each([401, 403, 429, 500, 503])("leaves a status %i to HTTP's rules", async (status) => {
    const say = failed({ code: -32000, message: "already known" }, status);
    expect(await once(say)).toMatchObject({ fault: { kind: "answer", status } });
  });

  it("has no secret and no signed bytes in a reason", async () => {
    const raw = `02f8${"ab".repeat(100)}`;
    const message = `secret: can't read 0x${raw}, ${raw}`;
    const said = await once(failed({ code: -32000, message }));
    expect(said).toMatchObject({ fault: { message: "***: can't read (bytes), (bytes)" } });
    const page = await once(() => ({ status: 500, body: { detail: message } }));
    expect(page).toMatchObject({ fault: { reason: "***: can't read (bytes), (bytes)" } });
  });

  it("keeps a hash in a reason, and cuts a long one", async () => {
    const hash = `0x${"ab".repeat(32)}`;
    expect(await once(failed({ code: 1, message: hash }))).toMatchObject({
      fault: { message: hash },
    });
    const long = await once(failed({ code: 1, message: "no ".repeat(1_000) }));
    expect(long.ok || (long.fault.kind === "rpc" && long.fault.message.length)).toBe(300);
  });

  it("may not be answered at all", async () => {
    const say = () => new NetworkError("reset", "ECONNRESET");
    expect(await once(say)).toMatchObject({ fault: { kind: "network", network: "reset" } });
  });
});

describe("the contract's reads", () => {
  const WORD = "cd".repeat(32);
  const subject = {
    contract: "a1".repeat(20),
    composeHash: WORD,
    deviceId: WORD,
    signer: `0x${"b2".repeat(20)}`,
  };
  const block = (hash: string) => ({
    number: "0x10",
    hash: `0x${hash.padStart(64, "0")}`,
    baseFeePerGas: "0x1",
  });

  it("of a receipt that is another transaction's are none", async () => {
    const other = {
      transactionHash: `0x${"ee".repeat(32)}`,
      status: "0x1",
      blockNumber: "0x1",
      gasUsed: "0x1",
    };
    const { rpc, drive } = node(result(other));
    const receipt = await drive(new Contract(rpc, subject, String).receipt(`0x${WORD}`));
    expect(receipt).toMatchObject({ ok: false, fault: { kind: "unreadable" } });
  });

  /** A node that takes no hash where a block is named, and whose block 16 has these hashes, in turn. */
  function byNumber(...hashes: readonly string[]) {
    let heads = 0;
    return node((id, method) => {
      const answer = (value: unknown) => ({ body: { jsonrpc: "2.0", id, result: value } });
      if (method === "eth_getBlockByNumber") {
        const hash = hashes[Math.min(heads++, hashes.length - 1)] as string;
        return answer(block(hash));
      }
      if (method === "eth_getTransactionCount" && heads < 2) {
        return { body: { jsonrpc: "2.0", id, error: { code: -32602, message: "no object" } } };
      }
      return answer(method === "eth_call" ? `0x${"1".padStart(64, "0")}` : "0x7");
    });
  }

  it("begin anew where their block was replaced meanwhile", async () => {
    const { rpc, requests, drive } = byNumber("a", "a", "b", "b", "b");
    const look = await drive(new Contract(rpc, subject, String).look());
    expect(look).toMatchObject({ ok: true, value: { head: { hash: block("b").hash }, latest: 7 } });
    // By hash, by number, compared and found to be another, by number again, compared.
    const heads = requests.filter(({ body }) => body?.includes("eth_getBlockByNumber"));
    expect(heads).toHaveLength(5);
  });

  it("are given up where it is another each time", async () => {
    const { rpc, drive } = byNumber(...Array.from({ length: 60 }, (_, i) => i.toString(16)));
    const look = await drive(new Contract(rpc, subject, String).look());
    expect(look).toMatchObject({ ok: false, fault: { kind: "unreadable" } });
  });
});
