/**
 * Registers a compose hash, and the device where it must be, with a key: the only door of this room to a
 * signature. Loads the cryptography, so it is imported where a key was given and nowhere else.
 */
import { retryAfterMs } from "../net/retry-after.ts";
import { writeData } from "./abi.ts";
import { Contract, type Look, type Receipt } from "./contract.ts";
import { readHash } from "./hex.ts";
import { type Failure, LIMITS, nextTransaction, type Own, type World } from "./next-transaction.ts";
import { quote, rpcTrouble } from "./quote.ts";
import type { Order, RegisterEdges, Registration } from "./registration.ts";
import { Rpc } from "./rpc.ts";
import { sendAnswerOf } from "./rpc-errors.ts";
import { addressOfKey, type SignedTransaction, signTransaction } from "./transaction.ts";
import type {
  ChainProblem,
  ChainTrouble,
  Rejected,
  RpcFault,
  SavedTransaction,
  What,
} from "./trouble.ts";
import { afterLook, afterReceipt, afterSending, afterSigning, newWorld } from "./world.ts";

/**
 * Brings the app's contract to allow the compose hash on the device. What is allowed already costs nothing;
 * run again after whatever happened, it goes on from what the chain shows.
 *
 * @throws what `save` throws; the bytes have not left then
 */
export async function register(order: Order, edges: RegisterEdges): Promise<Registration> {
  return new Registrar(order, edges).run();
}

/** How an act can end the whole. */
type End = ChainTrouble | null;

class Registrar {
  readonly #order: Order;
  readonly #edges: RegisterEdges;
  readonly #rpc: Rpc;
  readonly #contract: Contract;
  readonly #signer: string;
  /** Of each of our transactions; they are kept here alone, and end with the process. */
  readonly #signed = new Map<
    string,
    SignedTransaction & { readonly gas: bigint; readonly data: string }
  >();
  readonly #receipts = new Map<string, Receipt>();
  /** What the node last had against each of them. */
  readonly #faults = new Map<string, RpcFault>();
  #world: World;
  #look: Look | null = null;
  #waits = false;

  constructor(order: Order, edges: RegisterEdges) {
    const { appId: contract, composeHash, deviceId, key } = order;
    this.#order = order;
    this.#edges = edges;
    this.#signer = addressOfKey(key);
    this.#rpc = new Rpc({
      ...edges,
      onRetry: (method, fault, waitMs) => edges.tell({ event: "retrying", method, fault, waitMs }),
    });
    const subject = { contract, composeHash, deviceId, signer: this.#signer };
    this.#contract = new Contract(this.#rpc, subject, edges.redact);
    this.#world = newWorld(edges.clock.now(), LIMITS);
  }

  async run(): Promise<Registration> {
    let end = await this.#checkChainId();
    while (end === null && !this.#edges.signal.aborted) {
      this.#world = { ...this.#world, now: this.#edges.clock.now() };
      const step = nextTransaction(this.#world);
      if (step.do === "done") {
        return { end: "allowed", transaction: step.transaction, sent: this.#sent() };
      }
      if (step.do === "refuse") end = { kind: "rejected", ...this.#bar() };
      else if (step.do === "fail") end = await this.#failed(step.because);
      else if (step.do === "wait") await this.#wait(step.ms);
      else if (step.do === "sign") end = await this.#sign(step.what, step.nonce);
      else if (step.do === "send-again") await this.#send(step.transaction);
      else end = await this.#check(step.what === "chain");
    }
    const sent = this.#sent();
    // What a cancelled request answers is no trouble of the chain's.
    if (this.#edges.signal.aborted || end === null) return { end: "cancelled", sent };
    return { end: "failed", trouble: end, sent };
  }

  async #checkChainId(): Promise<End> {
    const { chainId } = this.#order;
    const told = chainId === null ? null : await this.#contract.chainId();
    if (told?.ok === false) return rpcTrouble(told);
    if (told?.value === chainId && chainId !== null) return null;
    return { kind: "rejected", why: "other-chain", app: chainId, rpc: told?.value ?? null };
  }

  /** Looks at our transactions, and at the chain. */
  async #check(chain: boolean): Promise<End> {
    for (const own of this.#world.own) {
      if (own.receipt === "ok" && !chain) continue;
      const receipt = await this.#contract.receipt(own.transaction);
      if (!receipt.ok) return rpcTrouble(receipt);
      this.#noteReceipt(own, receipt.value);
    }
    if (!chain) return null;
    const look = await this.#contract.look();
    if (!look.ok) return rpcTrouble(look);
    this.#look = look.value;
    const barred = !look.value.answers || look.value.owner !== this.#signer;
    this.#world = afterLook(this.#now(), { ...look.value, barred });
    return null;
  }

  #noteReceipt(own: Own, receipt: Receipt): void {
    const { what, transaction, nonce } = own;
    this.#receipts.set(transaction, receipt);
    const state = !receipt.found ? "none" : receipt.ok ? "ok" : "reverted";
    this.#world = afterReceipt(this.#now(), transaction, state);
    if (state === "ok" && own.receipt !== "ok") {
      this.#edges.tell({ event: "registered", what, transaction, nonce });
    }
  }

  /** Signs, saves, sends, in this order. */
  async #sign(what: What, nonce: number): Promise<End> {
    const { appId, chainId, composeHash, deviceId, key, maxFee } = this.#order;
    const word = what === "device" ? deviceId : composeHash;
    if (word === null || chainId === null) throw new Error("nothing to sign");
    const data = writeData(what, word);
    const { baseFee } = (this.#look as Look).head;
    const fee = await quote(this.#contract, { what, data, baseFee, maxFee });
    if ("kind" in fee) return fee;
    if (this.#edges.signal.aborted) return null;
    const signed = signTransaction({ chainId, nonce, to: appId, data, ...fee }, key);
    const saved = { what, transaction: signed.hash, nonce };
    this.#edges.save(saved);
    this.#signed.set(signed.hash, { ...signed, gas: fee.gas, data });
    this.#world = afterSigning(this.#now(), saved);
    await this.#send(signed.hash);
    return null;
  }

  async #send(transaction: string): Promise<void> {
    const own = this.#own(transaction);
    const raw = this.#signed.get(transaction)?.raw;
    const { what, nonce } = own;
    this.#edges.tell({ event: "sent", again: own.sends.length > 0, what, transaction, nonce });
    // A node that answers another hash has taken something else, or lies: nothing is certain then.
    const answer = await this.#rpc.once("eth_sendRawTransaction", [raw], (hash) =>
      readHash(hash) === transaction ? true : null,
    );
    const fault = answer.ok ? null : answer.fault;
    if (fault !== null) this.#faults.set(transaction, fault);
    const at = this.#edges.clock.now();
    const againMs = fault?.kind === "answer" ? retryAfterMs(fault, at) : null;
    const said = fault === null ? "accepted" : sendAnswerOf(fault);
    this.#world = afterSending(this.#now(), transaction, { at, answer: said, againMs });
  }

  async #failed(because: Failure): Promise<ChainTrouble> {
    const problem = async (): Promise<ChainProblem> => {
      if (!("own" in because)) return because;
      const { why, own } = because;
      const { what, transaction } = own;
      switch (why) {
        case "reverted":
          return { why, what, transaction, revert: await this.#reason(transaction) };
        case "not-taken":
          return { why, what, fault: this.#faults.get(transaction) as RpcFault };
        case "no-effect":
          return { why, transaction };
        case "not-mined":
          return { why, transaction, waitedMs: because.waitedMs };
      }
    };
    return { kind: "chain", ...(await problem()) };
  }

  async #reason(transaction: string) {
    const signed = this.#signed.get(transaction);
    const receipt = this.#receipts.get(transaction) ?? { found: false as const };
    return this.#contract.reason(signed?.data ?? "0x", receipt, signed?.gas ?? 0n);
  }

  #bar(): Rejected {
    const { appId } = this.#order;
    if (this.#look?.answers !== true) return { why: "no-contract", contract: `0x${appId}` };
    return { why: "not-owner", signer: this.#signer, owner: this.#look.owner };
  }

  async #wait(ms: number): Promise<void> {
    const { view } = this.#world;
    if (
      view !== null &&
      view.pendingSince !== null &&
      this.#world.own.length === 0 &&
      !this.#waits
    ) {
      this.#waits = true;
      this.#edges.tell({ event: "waiting", nonce: view.latest });
    }
    await this.#edges.clock.sleep(ms, this.#edges.signal);
  }

  #own(transaction: string): Own {
    return this.#world.own.find((own) => own.transaction === transaction) as Own;
  }

  #now(): World {
    return { ...this.#world, now: this.#edges.clock.now() };
  }

  #sent(): SavedTransaction[] {
    return this.#world.own.map(({ what, transaction, nonce }) => ({ what, transaction, nonce }));
  }
}
