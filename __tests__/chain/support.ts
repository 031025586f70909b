/**
 * `register` against a simulated chain in simulated time: hours pass in milliseconds, a run can be killed or
 * cancelled at any moment, and the next one meets the chain that the first has left.
 */
import { inspect } from "node:util";
import { expect } from "@jest/globals";
import type { End } from "../../simulator/acts.ts";
import { EvmChain, type EvmOptions } from "../../simulator/evm/chain.ts";
import type { ChainFault } from "../../simulator/evm/faults.ts";
import { accountOf, decodeRaw } from "../../simulator/evm/raw.ts";
import { ChainRpc, type ChainRpcOptions } from "../../simulator/evm/rpc.ts";
import { seededRandom } from "../../simulator/random.ts";
import { register } from "../../src/chain/register.ts";
import type { Order, RegisterEvent, Registration } from "../../src/chain/registration.ts";
import type { SavedTransaction, What } from "../../src/chain/trouble.ts";
import type { HttpRequest } from "../../src/net/transport.ts";
import { formsOfKey, parsePrivateKey } from "../../src/text/private-key.ts";
import { SimulatedClock } from "../support/simulated/clock.ts";
import { exchange, type Server } from "../support/simulated/network.ts";
import type { Reply } from "../support/simulated/server.ts";

/** Built from parts, so that nothing takes them for real ones. */
export const KEY = "c0ffee".padEnd(64, "1");
export const OTHER_KEY = "0ddba11".padEnd(64, "2");
export const OWNER = accountOf(Buffer.from(KEY, "hex"));
export const STRANGER = accountOf(Buffer.from(OTHER_KEY, "hex"));
export const APP_ID = "a1".repeat(20);
export const COMPOSE_HASH = "cd".repeat(32);
export const DEVICE_ID = "de".repeat(32);
/** In the URL, where a provider has its key. */
export const RPC_TOKEN = "rpc-token".padEnd(24, "7");
const URL = `https://rpc.simulated.invalid/v2/${RPC_TOKEN}`;
const START_AT = Date.UTC(2026, 6, 2, 8, 0, 0);
const ETHER = 10n ** 18n;

export interface Setting extends Partial<Omit<EvmOptions, "now">>, ChainRpcOptions {
  readonly latencyMs?: number;
}

export class ChainWorld {
  readonly clock = new SimulatedClock(START_AT);
  readonly chain: EvmChain;
  readonly rpc: ChainRpc;
  readonly saved: SavedTransaction[] = [];
  /** Hashes of transactions whose bytes left, and whether they were saved by then. */
  readonly left: { readonly transaction: string; readonly saved: boolean }[] = [];
  readonly runs: Run[] = [];
  /** Told of each answer that came, just before the step has it. */
  answered: (request: string) => void = () => undefined;
  readonly #latencyMs: number;

  constructor(setting: Setting = {}) {
    const now = () => this.clock.now();
    this.#latencyMs = setting.latencyMs ?? 20;
    this.chain = new EvmChain({
      contract: `0x${APP_ID}`,
      owner: OWNER,
      nonces: { [OWNER]: 7 },
      ...setting,
      now,
    });
    this.rpc = new ChainRpc(this.chain, now, setting);
  }

  fault(fault: ChainFault): this {
    this.rpc.faults.add(fault);
    return this;
  }

  start(order: Partial<Order> = {}, key = KEY): Run {
    const run = new Run(this, this.#server(), order, key);
    this.runs.push(run);
    return run;
  }

  run(order: Partial<Order> = {}, key = KEY): Promise<Registration> {
    return this.clock.drive(this.start(order, key).finished) as Promise<Registration>;
  }

  after(ms: number, happens: () => void): this {
    this.clock.after(ms, happens);
    return this;
  }

  pass(ms: number): Promise<void> {
    return this.clock.drive(this.clock.sleep(ms));
  }

  /** How often a method was asked for. */
  count(method: string): number {
    return this.rpc.requests.filter((request) => request.method === method).length;
  }

  /** Successful registrations of the signer's, in order. */
  registered(): { readonly what: What; readonly nonce: number; readonly hash: string }[] {
    const whats = new Map<string, What>([
      [`0x2a819728${DEVICE_ID}`, "device"],
      [`0xdfc77223${COMPOSE_HASH}`, "compose-hash"],
    ]);
    return this.chain.mined().flatMap(({ ok, transaction: { from, data, nonce, hash } }) => {
      const what = ok && from === OWNER ? whats.get(data) : undefined;
      return what === undefined ? [] : [{ what, nonce, hash }];
    });
  }

  /** What must hold whatever happened. */
  check(maxFee = ETHER / 100n): void {
    const ours = this.rpc.requests
      .filter(({ method }) => method === "eth_sendRawTransaction")
      .map(({ params }) => decodeRaw(String(params[0])));
    const wanted = [`0xdfc77223${COMPOSE_HASH}`, `0x2a819728${DEVICE_ID}`];
    for (const { to, value, data, gas, maxFeePerGas, maxPriorityFeePerGas } of ours) {
      expect([to, value, wanted.includes(data)]).toEqual([`0x${APP_ID}`, 0n, true]);
      expect(gas * maxFeePerGas).toBeLessThanOrEqual(maxFee);
      expect(maxPriorityFeePerGas).toBeLessThanOrEqual(maxFeePerGas);
    }
    const hashes = new Set(ours.map(({ hash }) => hash));
    const sent = this.chain.mined().filter(({ transaction }) => hashes.has(transaction.hash));
    const done = sent.filter(({ ok }) => ok).map(({ transaction }) => transaction.data);
    expect(done).toEqual([...new Set(done)]);
    // Saved before they left, and nothing left that was not.
    expect(this.left.filter((one) => !one.saved)).toEqual([]);
    this.#checkSecrets();
  }

  #checkSecrets(): void {
    const shown = inspect(
      [this.saved, this.runs.map(({ told, end, order }) => [told, end, order])],
      { depth: null, maxStringLength: null, maxArrayLength: null },
    );
    const asked = JSON.stringify(this.rpc.requests);
    const raws = this.rpc.requests.flatMap(({ params }) =>
      params.filter((one) => typeof one === "string" && one.length > 70),
    );
    for (const form of formsOfKey(KEY)) expect(`${shown}${asked}`).not.toContain(form);
    for (const form of [RPC_TOKEN, ...raws]) expect(shown).not.toContain(form);
  }

  /** The wire between one run and the chain. */
  #server(): Server {
    const pause = (ms: number) => this.clock.sleep(ms);
    return {
      serve: async (request: HttpRequest): Promise<Reply> => {
        if (request.url !== URL)
          return { kind: "broken", network: "unresolved", detail: "ENOTFOUND" };
        this.#note(request.body ?? "");
        await pause(this.#latencyMs);
        const taken = this.rpc.take(request.body ?? "", request.headers);
        const before = this.rpc.before(taken);
        if (before.act !== "work") return this.#reply(before);
        if (before.afterMs > 0) await pause(before.afterMs);
        const after = this.rpc.work(taken);
        return before.heard ? this.#reply(after) : { kind: "silence" };
      },
    };
  }

  #note(body: string): void {
    const { method, params } = JSON.parse(body) as { method: string; params: unknown[] };
    if (method !== "eth_sendRawTransaction") return;
    const { hash } = decodeRaw(String(params[0]));
    this.left.push({
      transaction: hash,
      saved: this.saved.some((one) => one.transaction === hash),
    });
  }

  async #reply(end: End): Promise<Reply> {
    if (end.act === "silence") return { kind: "silence" };
    if (end.act === "reset") return { kind: "broken", network: "reset", detail: "ECONNRESET" };
    if (end.act === "answer" && end.afterMs > 0) await this.clock.sleep(end.afterMs);
    await this.clock.sleep(this.#latencyMs);
    const { status, headers, body } = end.answer;
    const answer = { status, headers, body: Buffer.from(body).toString("utf8") };
    return end.act === "cut"
      ? { kind: "cut", answer: { ...answer, body: answer.body.slice(0, end.bytes) } }
      : { kind: "answer", answer };
  }
}

/** One run of `register`, as if it were a process. */
export class Run {
  readonly order: Order;
  readonly told: RegisterEvent[] = [];
  /** Null where it was killed. */
  readonly finished: Promise<Registration | null>;
  end: Registration | null = null;
  readonly #cancel = new AbortController();
  #dead = false;
  #kill: () => void = () => undefined;

  constructor(world: ChainWorld, server: Server, order: Partial<Order>, keyDigits: string) {
    const parsed = parsePrivateKey(keyDigits);
    if (!parsed.ok) throw new Error(parsed.problem);
    this.order = {
      appId: APP_ID,
      chainId: 8453,
      composeHash: COMPOSE_HASH,
      deviceId: DEVICE_ID,
      key: parsed.key,
      maxFee: ETHER / 100n,
      ...order,
    };
    const { clock } = world;
    const killed = new Promise<null>((resolve) => {
      this.#kill = () => resolve(null);
    });
    const work = register(this.order, {
      transport: (request) =>
        this.#wait(exchange(clock, server, request)).finally(() =>
          world.answered(`${request.body}`),
        ),
      clock: { now: () => clock.now(), sleep: (ms, signal) => this.#wait(clock.sleep(ms, signal)) },
      random: seededRandom(5),
      signal: this.#cancel.signal,
      url: URL,
      timeoutMs: 20_000,
      redact: (text) => text.replaceAll(RPC_TOKEN, "***"),
      save: (saved) => void world.saved.push(saved),
      tell: (event) => void this.told.push(event),
    });
    this.finished = Promise.race([work, killed]).then((end) => {
      this.end = end;
      return end;
    });
  }

  cancel(): void {
    this.#cancel.abort();
  }

  /** SIGKILL: nothing more comes of it; what is on its way arrives. */
  kill(): void {
    this.#dead = true;
    this.#kill();
  }

  /** What a wait brings does not reach a process that is dead by then. */
  #wait<T>(wait: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      wait.then(
        (value) => this.#dead || resolve(value),
        (error: unknown) => this.#dead || reject(error),
      );
    });
  }
}
