/**
 * Gets an approval on chain: waits for somebody's, or gives it with a key. Of a create and of whatever else the
 * API answers with 465. What happens is told as it goes; how it ends is data.
 */
import type { Edges } from "../action/edges.ts";
import { nextAsk } from "../chain/allowed.ts";
import type { ApprovalEvent } from "../chain/approval-event.ts";
import { boundDevice } from "../chain/device.ts";
import type { ChainTrouble, Rejected, SavedTransaction } from "../chain/trouble.ts";
import type { ChainInputs, Signing } from "../inputs/chain.ts";
import type { Attempt, Fault } from "../net/fault.ts";
import { judgeRepeatable } from "../net/retry.ts";
import { retryAfterMs } from "../net/retry-after.ts";
import type { Allowance } from "../phala/allowance.ts";

/** What is to be approved: digits lower-case, without `0x`. */
export interface Sought {
  /** The app's id, which is its contract's address (API facts, "Chain"). */
  readonly appId: string;
  readonly composeHash: string;
  /** Null: no device is named. */
  readonly deviceId: string | null;
  /** The app's chain; null: not told. */
  readonly chainId: number | null;
}

export type Approved =
  /** It may be asked for again. `transaction`: ours that registered the hash; null: somebody else's did. */
  | { readonly end: "allowed"; readonly transaction: string | null }
  | { readonly end: "late"; readonly last: Allowance | null }
  | { readonly end: "cancelled" }
  | { readonly end: "failed"; readonly trouble: ChainTrouble }
  /** Whether it is allowed can't be read at all. */
  | { readonly end: "unread"; readonly fault: Fault };

export interface ApprovalEdges
  extends Pick<Edges, "transport" | "clock" | "random" | "runner" | "cancel"> {
  readonly isAllowed: (sought: Sought, signal: AbortSignal) => Promise<Attempt<Allowance>>;
  /** Called, and to be kept for good, before a transaction's bytes leave. */
  readonly save: (saved: SavedTransaction) => void;
  /**
   * It is asked from now on; told once for each thing that is sought.
   *
   * @param until ms since the epoch
   * @param ours it is registered by us, and the platform's own node is to see it; else somebody has to approve
   */
  readonly announce: (until: number, ours: boolean) => Promise<void>;
  readonly tell: (event: ApprovalEvent) => void;
}

/** The platform's own node may lag behind the transaction that we have seen in a block. In ms. */
const SETTLE_MS = 2 * 60_000;
/** How often it is said that nobody has approved yet, in ms. */
const STILL_MS = 10 * 60_000;
/** After so many answers in a row that no further try would change, the question is given up. */
const MOST_REFUSALS = 3;

export class Approvals {
  readonly #inputs: ChainInputs & { readonly requestTimeoutMs: number };
  readonly #edges: ApprovalEdges;
  /** When the first approval was needed: one deadline for all of a run. */
  #begunAt: number | null = null;
  /** What a run has registered, by what was sought. */
  readonly #registered = new Map<
    string,
    { readonly transaction: string | null; readonly at: number }
  >();
  /** When it was asked last, by what was sought. */
  readonly #asked = new Map<string, number>();
  readonly #told = new Set<string>();

  constructor(inputs: ChainInputs & { readonly requestTimeoutMs: number }, edges: ApprovalEdges) {
    this.#inputs = inputs;
    this.#edges = edges;
  }

  /** Whether the step is to get approvals at all. */
  get wanted(): boolean {
    return this.#inputs.signing !== null || this.#inputs.approvalTimeoutMs > 0;
  }

  /**
   * Until it is allowed, or its time is up. Called again for the same where the API did not see it that way, it
   * asks on within the same time, and signs nothing twice.
   *
   * @throws what `save` throws; no bytes have left then
   */
  async get(sought: Sought): Promise<Approved> {
    const { approvalTimeoutMs, signing } = this.#inputs;
    const now = this.#edges.clock.now();
    this.#begunAt ??= now;
    const until = this.#begunAt + approvalTimeoutMs;
    if (signing === null) return this.#ask(sought, until, null);
    const key = keyOf(sought);
    const registered = this.#registered.get(key);
    if (registered !== undefined) {
      const settled = Math.max(until, registered.at + SETTLE_MS);
      return this.#ask(sought, settled, registered.transaction);
    }
    const end = await this.#register(sought, signing);
    if (end.end !== "allowed") return end;
    this.#registered.set(key, { transaction: end.transaction, at: this.#edges.clock.now() });
    // The contract shows it, so there is nothing to ask before the API is asked for the thing itself.
    this.#asked.set(key, this.#edges.clock.now());
    return end;
  }

  async #register(sought: Sought, signing: Signing): Promise<Approved> {
    const { transport, clock, random, cancel, runner, save, tell } = this.#edges;
    // The cryptography sits in a chunk of its own: a step that doesn't sign does not load it.
    const { register } = await import("../chain/register.ts");
    const { key, rpcUrl, maxFee } = signing;
    const end = await register(
      { ...sought, key, maxFee },
      {
        transport,
        clock,
        random,
        signal: cancel,
        url: rpcUrl,
        timeoutMs: this.#inputs.requestTimeoutMs,
        redact: (text) => runner.redactPrinted(text),
        save,
        tell,
      },
    );
    if (end.end === "allowed") return { end: "allowed", transaction: end.transaction };
    if (end.end === "cancelled") return end;
    return { end: "failed", trouble: end.trouble };
  }

  /** @param transaction ours, which the platform may not have seen yet */
  async #ask(sought: Sought, until: number, transaction: string | null): Promise<Approved> {
    const { clock, cancel, tell, announce } = this.#edges;
    const begunAt = this.#begunAt ?? clock.now();
    const key = keyOf(sought);
    if (!this.#told.has(key)) await announce(until, this.#registered.has(key));
    this.#told.add(key);
    const told = new Telling(this.#edges, clock.now());
    for (let notBefore: number | null = null; !cancel.aborted; ) {
      const askedAt = this.#asked.get(key) ?? null;
      const next = nextAsk({ now: clock.now(), begunAt, until, askedAt, notBefore });
      if (next.do === "out-of-time") return { end: "late", last: told.last };
      if (next.do === "wait") {
        await clock.sleep(next.ms, cancel);
        continue;
      }
      this.#asked.set(key, clock.now());
      const answer = await this.#edges.isAllowed(sought, cancel);
      if (cancel.aborted) break;
      if (answer.ok) {
        if (mayTry(answer.value, sought)) {
          tell({ event: "allowed", elapsedMs: clock.now() - begunAt });
          return { end: "allowed", transaction };
        }
        told.notYet(answer.value);
        notBefore = null;
      } else {
        const { fault } = answer;
        if (told.isUseless(fault)) return { end: "unread", fault };
        const waitMs = fault.kind === "answer" ? retryAfterMs(fault, clock.now()) : null;
        notBefore = waitMs === null ? null : clock.now() + waitMs;
      }
    }
    return { end: "cancelled" };
  }
}

/** What was told of one wait, so that the log grows slower than the wait. */
class Telling {
  readonly #edges: ApprovalEdges;
  readonly #begunAt: number;
  last: Allowance | null = null;
  #toldAt: number;
  #refusals = 0;
  #isBlind = false;

  constructor(edges: ApprovalEdges, begunAt: number) {
    this.#edges = edges;
    this.#begunAt = begunAt;
    this.#toldAt = begunAt;
  }

  notYet(last: Allowance): void {
    const now = this.#edges.clock.now();
    this.last = last;
    this.#refusals = 0;
    this.#isBlind = false;
    if (now - this.#toldAt < STILL_MS) return;
    this.#toldAt = now;
    this.#edges.tell({ event: "not-yet", elapsedMs: now - this.#begunAt, last });
  }

  /** @returns whether no further try would change it */
  isUseless(fault: Fault): boolean {
    this.#refusals = judgeRepeatable(fault) === "final" ? this.#refusals + 1 : 0;
    if (!this.#isBlind) this.#edges.tell({ event: "unread", fault });
    this.#isBlind = true;
    return this.#refusals >= MOST_REFUSALS;
  }
}

/** A request that comes too early costs an answer: where no device is known, the hash alone has to do. */
function mayTry(allowance: Allowance, { deviceId }: Sought): boolean {
  const { isAllowed, composeHashAllowed, error } = allowance;
  return isAllowed || (deviceId === null && composeHashAllowed === true && error === null);
}

/** What was reviewed, as far as the inputs say. */
export interface Reviewed {
  readonly composeHash: string | null;
  readonly deviceId: string | null;
}

/**
 * Binds an approval to what was reviewed: whoever answers for the API must not be able to have another
 * revision or device approved. Null: it is as reviewed.
 */
export function unlike(
  reviewed: Reviewed,
  told: { readonly composeHash: string | null; readonly deviceId: string | null },
): Rejected | null {
  const device = boundDevice(reviewed.deviceId, told.deviceId);
  if (!device.ok) return device;
  const { composeHash } = reviewed;
  if (composeHash !== null && told.composeHash !== null && composeHash !== told.composeHash) {
    return { why: "other-hash", reviewed: composeHash, told: told.composeHash };
  }
  return null;
}

function keyOf({ appId, composeHash, deviceId, chainId }: Sought): string {
  return [appId, composeHash, deviceId, chainId].join(" ");
}
