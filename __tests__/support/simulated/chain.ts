/** A chain beside the simulated cloud, in the same time: what its blocks register, the platform sees. */
import type { End } from "../../../simulator/acts.ts";
import type { EvmChain, EvmOptions } from "../../../simulator/evm/chain.ts";
import { chainOf, mirror } from "../../../simulator/evm/platform.ts";
import { ChainRpc, type ChainRpcOptions } from "../../../simulator/evm/rpc.ts";
import type { World } from "../../../simulator/world.ts";
import type { HttpRequest } from "../../../src/net/transport.ts";
import type { SimulatedClock } from "./clock.ts";
import type { Reply } from "./server.ts";

export type ChainSetting = Partial<Omit<EvmOptions, "now" | "contract">> &
  Pick<EvmOptions, "owner"> &
  ChainRpcOptions;

/** A provider's key in the URL's path, as most have it. */
export const RPC_TOKEN = "rpc-token".padEnd(24, "7");
export const SIMULATED_RPC = `https://rpc.simulated.invalid/v2/${RPC_TOKEN}`;

/** One way to the node, and back. In ms. */
const LATENCY_MS = 20;

export class SimulatedChain {
  readonly evm: EvmChain;
  readonly rpc: ChainRpc;
  /** Has the platform see what is in blocks by now. */
  readonly sync: () => void;
  /** Called when the bytes of a transaction arrive, before and after the work. */
  onSend: (moment: "before" | "after") => void = () => undefined;
  readonly #clock: SimulatedClock;

  constructor(world: World, clock: SimulatedClock, setting: ChainSetting) {
    this.#clock = clock;
    this.evm = chainOf(world, setting);
    this.rpc = new ChainRpc(this.evm, () => clock.now(), setting);
    this.sync = mirror(this.evm, world.chain);
  }

  async serve(request: HttpRequest): Promise<Reply> {
    await this.#clock.sleep(LATENCY_MS);
    const taken = this.rpc.take(request.body ?? "", request.headers);
    const sends = taken.request.method === "eth_sendRawTransaction";
    if (sends) this.onSend("before");
    const before = this.rpc.before(taken);
    if (before.act !== "work") return this.#reply(before);
    if (before.afterMs > 0) await this.#clock.sleep(before.afterMs);
    const after = this.rpc.work(taken);
    if (sends) this.onSend("after");
    return before.heard ? this.#reply(after) : { kind: "silence" };
  }

  async #reply(end: End): Promise<Reply> {
    if (end.act === "silence") return { kind: "silence" };
    if (end.act === "reset") return { kind: "broken", network: "reset", detail: "ECONNRESET" };
    if (end.act === "answer" && end.afterMs > 0) await this.#clock.sleep(end.afterMs);
    await this.#clock.sleep(LATENCY_MS);
    const { status, headers, body } = end.answer;
    const answer = { status, headers, body: Buffer.from(body).toString("utf8") };
    return end.act === "cut"
      ? { kind: "cut", answer: { ...answer, body: answer.body.slice(0, end.bytes) } }
      : { kind: "answer", answer };
  }
}
