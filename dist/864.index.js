"use strict";
exports.id = 864;
exports.ids = [864];
exports.modules = {

/***/ 6864:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  register: () => (/* binding */ register)
});

// EXTERNAL MODULE: ./build/net/retry-after.js
var retry_after = __webpack_require__(6874);
;// CONCATENATED MODULE: ./build/chain/hex.js
/** The forms of bytes and numbers in JSON-RPC. Each reader answers null for anything else. */
/** Bytes of even hex, `0x` in front tolerated. @throws where the text is none: for our own values alone */
function bytesOf(hex) {
    const digits = hex.replace(/^0x/i, "");
    if (!/^(?:[0-9a-f]{2})*$/i.test(digits))
        throw new Error("not even hex digits");
    return Buffer.from(digits, "hex");
}
/** Lower-case hex with `0x`. */
function hexOf(bytes) {
    return `0x${Buffer.from(bytes).toString("hex")}`;
}
/** A number as JSON-RPC wants it: hex without zeros in front. */
function quantity(value) {
    return `0x${value.toString(16)}`;
}
/** A number of at most 256 bits. Zeros in front are against the rules, and harmless. */
function readQuantity(value) {
    return typeof value === "string" && /^0x[0-9a-f]{1,64}$/i.test(value) ? BigInt(value) : null;
}
/** A number that JavaScript counts exactly: a nonce, a block's number, a chain's id. */
function readCount(value) {
    const read = readQuantity(value);
    return read !== null && read <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(read) : null;
}
/** 32 bytes with `0x`, lower-case: a hash. */
function readHash(value) {
    return typeof value === "string" && /^0x[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : null;
}
/** Bytes of any number with `0x`, lower-case. */
function readBytes(value) {
    return typeof value === "string" && /^0x(?:[0-9a-f]{2})*$/i.test(value)
        ? value.toLowerCase()
        : null;
}

;// CONCATENATED MODULE: ./build/chain/abi.js
/**
 * The whole of what is ever asked of an app's contract: four reads and two writes (API facts, "Chain").
 * Nothing else can be called: there is no function here that takes a selector.
 */

const READS = {
    allowAnyDevice: "0x3440a16a",
    owner: "0x8da5cb5b",
};
const READS_OF_WORD = {
    allowedDeviceIds: "0xbf8b211b",
    allowedComposeHashes: "0x2f6622e5",
};
const WRITES = {
    device: "0x2a819728",
    "compose-hash": "0xdfc77223",
};
/** Errors by their selectors: the contract's own, and Solidity's two. */
const NOT_OWNER = "0x118cdaa7";
const TEXT = "0x08c379a0";
const PANIC = "0x4e487b71";
/** The longest reason that is kept, in bytes of its text. */
const MOST_TEXT = 400;
/** Calldata of a read without an argument. */
function readData(name) {
    return READS[name];
}
/** Calldata of a read of one word. @param word 64 hex digits without `0x` */
function readWordData(name, word) {
    return READS_OF_WORD[name] + checkedWord(word);
}
/** Calldata of one of the two writes. @param word 64 hex digits without `0x` */
function writeData(what, word) {
    return WRITES[what] + checkedWord(word);
}
function checkedWord(word) {
    if (!/^[0-9a-f]{64}$/.test(word))
        throw new Error("not 64 lower-case hex digits");
    return word;
}
/** A `bool` that a read answered; anything but one word of 0 or 1 is null. */
function readBool(result) {
    if (!/^0x0{63}[01]$/.test(result))
        return null;
    return result.endsWith("1");
}
/** An `address` that a read answered, lower-case with `0x`; anything else is null. */
function readAddress(result) {
    const digits = /^0x0{24}([0-9a-f]{40})$/.exec(result)?.[1];
    return digits === undefined ? null : `0x${digits}`;
}
/** Why a call was refused, from the bytes that it left. @param redact takes out what must not be printed */
function readRevert(data, redact) {
    const bytes = readBytes(data);
    if (bytes === null || bytes.length < 10)
        return { error: "unknown" };
    const selector = bytes.slice(0, 10);
    const argument = bytes.slice(10);
    const account = selector === NOT_OWNER ? readAddress(`0x${argument}`) : null;
    if (account !== null)
        return { error: "not-owner", account };
    if (selector === PANIC && argument.length === 64) {
        return { error: "panic", code: `0x${BigInt(`0x${argument}`).toString(16)}` };
    }
    const text = selector === TEXT ? readText(argument) : null;
    return text === null
        ? { error: "other", selector }
        : { error: "text", text: redact(text).slice(0, MOST_TEXT) };
}
/** A `string`, the only argument: its offset, its length, its bytes. */
function readText(argument) {
    if (!/^0{62}20[0-9a-f]{64}/.test(argument))
        return null;
    const length = BigInt(`0x${argument.slice(64, 128)}`);
    const bytes = argument.slice(128);
    if (length > BigInt(bytes.length / 2))
        return null;
    const text = Buffer.from(bytes.slice(0, Number(length) * 2), "hex").toString("utf8");
    return text === "" ? null : text;
}

// EXTERNAL MODULE: ./build/text/json.js
var json = __webpack_require__(8049);
// EXTERNAL MODULE: ./build/net/retry.js
var retry = __webpack_require__(8853);
;// CONCATENATED MODULE: ./build/chain/rpc-errors.js
/** What errors of Ethereum nodes mean. They share no codes, so it is read from their words as well. */


/** Invalid request, unknown method, wrong parameters, unreadable JSON: asking again would change nothing. */
const OUR_MISTAKE = new Set([-32600, -32601, -32602, -32700]);
/** The method is not known, or not in this form. */
function isUnsupported(fault) {
    return fault.kind === "rpc" && OUR_MISTAKE.has(fault.code);
}
/** Whether a read is worth another try. */
function isPassing(fault) {
    if (fault.kind !== "rpc")
        return (0,retry/* judgeRepeatable */.hv)(fault) === "retry";
    // Rate limits, a block that this node does not have yet, a timeout inside: nodes say it in many ways.
    return !OUR_MISTAKE.has(fault.code) && !isRevert(fault);
}
/** The contract refused the call: 3 by geth's rule, -32015 by Nethermind's, other nodes say it in words. */
function isRevert(fault) {
    if (fault.kind !== "rpc")
        return false;
    return [3, -32015].includes(fault.code) || /\brevert(?:ed)?\b/i.test(fault.message);
}
/** The bytes that a revert left; some nodes give them in the text alone. */
function revertBytes(fault) {
    return fault.data ?? readBytes(/0x[0-9a-f]{8,}/i.exec(fault.message)?.[0]);
}
/** Words of geth, Erigon, Nethermind, Besu, Reth, Hardhat and Anvil; the first that fits counts. */
const WORDS = [
    [
        "known",
        /already ?known|known transaction|already imported|already exists|already in (?:the )?(?:mem)?pool|existing tx with same hash|same hash was already/i,
    ],
    // "underpriced" alone is another thing: too cheap for this node now, perhaps not later.
    [
        "occupied",
        /replacement|could not replace|gas price supplied is too low.*same nonce|another transaction with same nonce/i,
    ],
    ["nonce-low", /nonce (?:is )?too low|old ?nonce|nonce.{0,40}already (?:been )?used|stale nonce/i],
    [
        "refused",
        /insufficient (?:funds|balance)|exceeds? (?:the )?block gas limit|intrinsic gas|invalid (?:sender|signature|chain)|chain ?id|wrong chain|not supported|gas required exceeds|sender not an eoa|exceeds the configured cap|\brlp\b|max priority fee per gas higher/i,
    ],
];
/** What the answer to a send means that is no success. */
function sendAnswerOf(fault) {
    if (fault.kind === "rpc") {
        const found = WORDS.find(([, words]) => words.test(fault.message));
        return found?.[0] ?? (OUR_MISTAKE.has(fault.code) ? "refused" : "unsure");
    }
    // A key that the provider does not accept, an address that is none: certainly not taken.
    const final = fault.kind === "answer" && (0,retry/* judgeRepeatable */.hv)(fault) === "final";
    return final || (fault.kind === "network" && fault.network === "certificate")
        ? "refused"
        : "unsure";
}

;// CONCATENATED MODULE: ./build/chain/contract.js




/** The least that any transaction uses; a node that estimates less is not believed. */
const LEAST_GAS = 21000n;
/** How often a look is begun anew whose block was replaced meanwhile. */
const MOST_LOOKS = 5;
/** The app's contract and its signer, as a node shows them. Reads alone. */
class Contract {
    #rpc;
    #subject;
    #redact;
    /** The node takes a block's hash where one is named (EIP-1898). */
    #byHash = true;
    constructor(rpc, subject, redact) {
        this.#rpc = rpc;
        this.#subject = subject;
        this.#redact = redact;
    }
    chainId() {
        return this.#rpc.ask("eth_chainId", [], readCount);
    }
    /**
     * Nonce and allowances of one and the same block, named by its hash: public addresses have many nodes
     * behind them, and the nonce of one with the allowances of another that lags would have a registration
     * signed anew that is on the chain already.
     */
    async look() {
        for (let tries = 1;; tries++) {
            const head = await this.#head("latest");
            if (!head.ok)
                return head;
            const byHash = this.#byHash;
            const look = await this.#lookAt(head.value);
            if (byHash && !look.ok && isUnsupported(look.fault)) {
                // Without names by hash the number must do, and the hash is compared afterwards.
                this.#byHash = false;
                continue;
            }
            if (byHash || !look.ok)
                return look;
            const again = await this.#head(quantity(head.value.number));
            if (!again.ok)
                return again;
            if (again.value.hash === head.value.hash)
                return look;
            if (tries >= MOST_LOOKS)
                return changing();
        }
    }
    async #lookAt(head) {
        const latest = await this.#nonceAt(this.#at(head));
        if (!latest.ok)
            return latest;
        const pending = await this.#nonceAt("pending");
        if (!pending.ok && !isUnsupported(pending.fault))
            return pending;
        const { deviceId, composeHash } = this.#subject;
        const hash = await this.#boolAt(head, readWordData("allowedComposeHashes", composeHash));
        if (!hash.ok)
            return hash;
        const device = await this.#device(head, deviceId);
        if (!device.ok)
            return device;
        const missing = device.value === false || hash.value !== true;
        const owner = missing ? await this.#owner(head) : { ok: true, value: null };
        if (!owner.ok)
            return owner;
        return {
            ok: true,
            value: {
                head,
                latest: latest.value,
                // A node that lags knows less of what is pending than the block tells.
                pending: Math.max(latest.value, pending.ok ? pending.value : 0),
                deviceAllowed: device.value !== false,
                composeHashAllowed: hash.value === true,
                owner: owner.value,
                answers: hash.value !== null || owner.value !== null,
            },
        };
    }
    /** A transaction's receipt, or that this node has none (yet). */
    receipt(transaction) {
        return this.#rpc.ask("eth_getTransactionReceipt", [transaction], (result) => readReceipt(result, transaction));
    }
    /** The tip that the node suggests; null where it does not. */
    async tip() {
        const tip = await this.#rpc.ask("eth_maxPriorityFeePerGas", [], readQuantity);
        return !tip.ok && isUnsupported(tip.fault) ? { ok: true, value: null } : tip;
    }
    gas(data) {
        return this.#rpc.ask("eth_estimateGas", [this.#call(data)], (result) => {
            const gas = readQuantity(result);
            return gas === null || gas < LEAST_GAS ? null : gas;
        });
    }
    balance() {
        const { signer } = this.#subject;
        return this.#rpc.ask("eth_getBalance", [signer, "latest"], readQuantity);
    }
    /** Why a write of ours was refused in a block: the same call, as if in that block's state. */
    async reason(data, receipt, gas) {
        if (!receipt.found)
            return { error: "unknown" };
        if (receipt.gasUsed >= gas)
            return { error: "out-of-gas" };
        const params = [this.#call(data), quantity(receipt.block)];
        const again = await this.#rpc.once("eth_call", params, readBytes);
        return again.ok ? { error: "unknown" } : this.revertOf(again.fault);
    }
    /** The reason in a node's refusal of a call. */
    revertOf(fault) {
        return isRevert(fault) ? readRevert(revertBytes(fault), this.#redact) : { error: "unknown" };
    }
    #head(block) {
        return this.#rpc.ask("eth_getBlockByNumber", [block, false], readHead);
    }
    #nonceAt(block) {
        return this.#rpc.ask("eth_getTransactionCount", [this.#subject.signer, block], readCount);
    }
    /** Null: there is no device to ask about. */
    async #device(head, deviceId) {
        if (deviceId === null)
            return { ok: true, value: null };
        const listed = await this.#boolAt(head, readWordData("allowedDeviceIds", deviceId));
        if (!listed.ok || listed.value === true)
            return listed;
        const any = await this.#boolAt(head, readData("allowAnyDevice"));
        return any.ok ? { ok: true, value: any.value === true } : any;
    }
    async #owner(head) {
        const owner = await this.#read(head, readData("owner"));
        return owner.ok
            ? { ok: true, value: owner.value === null ? null : readAddress(owner.value) }
            : owner;
    }
    /** A read that the contract refuses or does not have counts as null: not allowed, as the CLI has it. */
    async #boolAt(head, data) {
        const read = await this.#read(head, data);
        return read.ok ? { ok: true, value: read.value === null ? null : readBool(read.value) } : read;
    }
    async #read(head, data) {
        const read = await this.#rpc.ask("eth_call", [this.#call(data), this.#at(head)], readBytes);
        return !read.ok && isRevert(read.fault) ? { ok: true, value: null } : read;
    }
    #at(head) {
        return this.#byHash ? { blockHash: head.hash } : quantity(head.number);
    }
    #call(data) {
        return { from: this.#subject.signer, to: `0x${this.#subject.contract}`, data };
    }
}
function changing() {
    const fault = {
        kind: "unreadable",
        status: 200,
        problem: "another block under the same number at each look",
        requestId: null,
        page: false,
    };
    return { ok: false, method: "eth_getBlockByNumber", fault };
}
function readHead(result) {
    const number = readCount((0,json/* fieldOf */._F)(result, "number"));
    const hash = readHash((0,json/* fieldOf */._F)(result, "hash"));
    // A chain without one knows no transactions of type 2.
    const baseFee = readQuantity((0,json/* fieldOf */._F)(result, "baseFeePerGas"));
    return number === null || hash === null || baseFee === null ? null : { number, hash, baseFee };
}
function readReceipt(result, transaction) {
    if (result === null)
        return { found: false };
    if (!(0,json/* isObject */.Gv)(result) || readHash(result.transactionHash) !== transaction)
        return null;
    const status = readCount(result.status);
    const block = readCount(result.blockNumber);
    const gasUsed = readQuantity(result.gasUsed);
    if (block === null || gasUsed === null || (status !== 0 && status !== 1))
        return null;
    return { found: true, ok: status === 1, block, gasUsed };
}

;// CONCATENATED MODULE: ./build/chain/next-transaction.js
const LIMITS = {
    pollMs: 3_000,
    chainMs: 12_000,
    rebroadcastMs: 30_000,
    unsureMs: 1_000,
    minedMs: 300_000,
    pendingMs: 300_000,
    effectMs: 60_000,
    receiptMs: 30_000,
    passedMs: 30_000,
    freshMs: 10_000,
    mostSigned: 3,
};
const CHECK_CHAIN = { do: "check", what: "chain" };
const CHECK_RECEIPTS = { do: "check", what: "receipts" };
function nextTransaction(world) {
    const { view, own } = world;
    if (view === null)
        return CHECK_CHAIN;
    const what = view.missing[0];
    if (what === undefined)
        return toTheEnd(world, view);
    const reverted = own.find((one) => one.receipt === "reverted" && view.missing.includes(one.what));
    if (reverted !== undefined) {
        // Somebody else may have registered it since that look.
        const older = view.at < (reverted.askedAt ?? view.at);
        return older ? CHECK_CHAIN : fail({ why: "reverted", own: reverted });
    }
    const open = own.findLast((one) => isOpen(one, world, view));
    return open === undefined ? toSign(world, view, what) : toSettle(world, view, open);
}
/** Whether a transaction of ours has to come to an end before anything else is signed. */
function isOpen(own, world, view) {
    const missing = view.missing.includes(own.what);
    // A look that is older than the receipt would have the same nonce used again.
    if (own.receipt !== "none")
        return missing || view.latest <= own.nonce;
    if (view.latest <= own.nonce)
        return !isSuperseded(own, world);
    return missing && !isDead(own, world);
}
/** Its nonce is another transaction's for good, or we have signed anew because it was. */
function isDead(own, world) {
    if (isSuperseded(own, world))
        return true;
    const { receipt, passedAt, askedAt } = own;
    if (receipt !== "none" || passedAt === null || askedAt === null)
        return false;
    return askedAt - passedAt >= world.limits.passedMs;
}
function isSuperseded(own, { own: all }) {
    return all.findLast(({ what }) => what === own.what) !== own;
}
/** Nothing is missing: which transaction was it? A receipt may come later than what it tells of. */
function toTheEnd({ now, own, limits }, view) {
    const ours = own.filter(({ what }) => what === "compose-hash");
    const mined = ours.find(({ receipt }) => receipt === "ok");
    if (mined !== undefined)
        return { do: "done", transaction: mined.transaction };
    const last = ours.at(-1);
    const waitedMs = now - (view.completeSince ?? view.at);
    if (last === undefined || last.receipt === "reverted" || waitedMs >= limits.receiptMs) {
        return { do: "done", transaction: null };
    }
    return at(now, [[(last.askedAt ?? view.at) + limits.pollMs, CHECK_RECEIPTS]]);
}
/** Nothing of ours is under way, and this is missing. */
function toSign({ now, own, limits }, view, what) {
    if (view.barred)
        return { do: "refuse" };
    const signed = own.filter((one) => one.what === what);
    const last = signed.at(-1);
    if (last !== undefined && signed.length >= limits.mostSigned) {
        return fail({ why: "nonce-taken", what, nonce: last.nonce });
    }
    if (view.pending > view.latest) {
        const waitedMs = now - (view.pendingSince ?? view.at);
        if (waitedMs >= limits.pendingMs) {
            return fail({ why: "pending", nonce: view.latest, waitedMs });
        }
        return at(now, [[view.at + limits.pollMs, CHECK_CHAIN]]);
    }
    if (now - view.at > limits.freshMs)
        return CHECK_CHAIN;
    return { do: "sign", what, nonce: view.latest };
}
/** A transaction of ours is under way. */
function toSettle({ now, limits }, view, own) {
    const soon = [view.at + limits.pollMs, CHECK_CHAIN];
    if (own.receipt !== "none") {
        // In a block, and not to be seen: the look was older, or by a node that lags.
        const late = now - (own.minedAt ?? now) >= limits.effectMs;
        return late ? fail({ why: "no-effect", own }) : at(now, [soon]);
    }
    // Its nonce is used up: by itself, and its receipt is late, or by another transaction.
    if (view.latest > own.nonce)
        return at(now, [soon]);
    if (own.sends.every(({ answer }) => answer === "refused"))
        return fail({ why: "not-taken", own });
    const waitedMs = now - own.signedAt;
    if (waitedMs >= limits.minedMs)
        return fail({ why: "not-mined", own, waitedMs });
    const last = own.sends.at(-1);
    const doubtful = last.answer === "nonce-low" || last.answer === "occupied";
    const looks = [
        doubtful ? soon : [view.at + limits.chainMs, CHECK_CHAIN],
        [Math.max(own.askedAt ?? 0, last.at) + limits.pollMs, CHECK_RECEIPTS],
    ];
    const asked = own.askedAt !== null && own.askedAt >= last.at;
    const again = asked
        ? [last.at + pauseMs(own, last, limits), { do: "send-again", transaction: own.transaction }]
        : [last.at + pauseMs(own, last, limits), CHECK_RECEIPTS];
    return at(now, [again, ...looks]);
}
/** How long after its last send a transaction may be sent again, in ms. */
function pauseMs(own, last, { unsureMs, rebroadcastMs }) {
    if (last.answer !== "unsure")
        return rebroadcastMs;
    const known = own.sends.findLastIndex(({ answer }) => answer !== "unsure");
    const inARow = own.sends.length - 1 - known;
    const doubled = Math.min(unsureMs * 2 ** (inARow - 1), rebroadcastMs);
    return Math.max(doubled, Math.min(last.againMs ?? 0, rebroadcastMs));
}
/** The first step that is due, or to wait for the earliest. */
function at(now, appointments) {
    const due = appointments.find(([time]) => time <= now);
    if (due !== undefined)
        return due[1];
    return { do: "wait", ms: Math.min(...appointments.map(([time]) => time)) - now };
}
function fail(because) {
    return { do: "fail", because };
}

;// CONCATENATED MODULE: ./build/chain/fees.js
/** What a transaction may cost, apart from all I/O. All amounts are wei; gas is a number of units. */
/** 0.001 gwei: the least that nodes of OP chains such as Base suggest, where a node suggests none. */
const LEAST_TIP = 1000000n;
/**
 * Gas and prices of a transaction that costs at most `max_fee`, and no more than the signer has.
 *
 * It offers twice the base fee, which holds through six full blocks in a row (EIP-1559: 12.5 % a block), and
 * less where `max_fee` or the balance leave less; but what would not even get into the next block is not
 * signed: it would lie in the pool and block the signer's later ones. On Base a fee for the data on Ethereum
 * comes on top, which no transaction can bound.
 */
function feeOf({ baseFee, tip, gas: estimate, balance, maxFee }) {
    // The state may change between the estimate and the block; what is not used is not paid.
    const gas = estimate + (estimate + 3n) / 4n;
    const wantedTip = tip === null || tip < LEAST_TIP ? LEAST_TIP : tip;
    const leastPrice = baseFee + (baseFee + 7n) / 8n + wantedTip;
    const least = gas * leastPrice;
    if (least > maxFee)
        return { ok: false, why: "fee", least };
    if (least > balance)
        return { ok: false, why: "funds", least };
    const price = smallest(2n * baseFee + wantedTip, maxFee / gas, balance / gas);
    // With a base fee of next to nothing, twice of it is less than an eighth rounded up.
    const maxFeePerGas = price < leastPrice ? leastPrice : price;
    return { ok: true, gas, maxFeePerGas, maxPriorityFeePerGas: wantedTip };
}
function smallest(...values) {
    return values.reduce((least, value) => (value < least ? value : least));
}

;// CONCATENATED MODULE: ./build/chain/quote.js


/** What the transaction is to cost by what the node says, or why it is not to be signed. */
async function quote(contract, { what, data, baseFee, maxFee }) {
    const gas = await contract.gas(data);
    if (!gas.ok && isRevert(gas.fault)) {
        const revert = contract.revertOf(gas.fault);
        return { kind: "chain", why: "reverted", what, transaction: null, revert };
    }
    if (!gas.ok)
        return rpcTrouble(gas);
    const tip = await contract.tip();
    if (!tip.ok)
        return rpcTrouble(tip);
    const balance = await contract.balance();
    if (!balance.ok)
        return rpcTrouble(balance);
    const has = balance.value;
    const fee = feeOf({ baseFee, tip: tip.value, gas: gas.value, balance: has, maxFee });
    if (fee.ok) {
        const { maxFeePerGas, maxPriorityFeePerGas } = fee;
        return { gas: fee.gas, maxFeePerGas, maxPriorityFeePerGas };
    }
    const least = fee.least.toString();
    return fee.why === "fee"
        ? { kind: "rejected", why: "fee", what, least, most: maxFee.toString() }
        : { kind: "rejected", why: "funds", what, least, has: has.toString() };
}
/** A request that failed for good. */
function rpcTrouble({ method, fault, }) {
    return { kind: "chain", why: "rpc", method, fault };
}

// EXTERNAL MODULE: ./build/net/fault.js
var fault = __webpack_require__(1723);
;// CONCATENATED MODULE: ./build/chain/rpc.js





/** How long a read is tried: public nodes refuse for a while, and lag behind one another. */
const READ_BUDGET = { maxTries: 8, totalMs: 90_000, tryMs: 20_000 };
/** The longest message of a node that is kept, in characters. */
const MOST_MESSAGE = 300;
/** An Ethereum node over JSON-RPC 2.0. Throws nothing; what it answers counts as hostile until it is read. */
class Rpc {
    #edges;
    #asked = 0;
    constructor(edges) {
        // Nodes quote what they were sent; signed bytes have no place in a log or in the state.
        this.#edges = { ...edges, redact: (text) => withoutBytes(edges.redact(text)) };
    }
    /** One request, sent once. @param read null where the result is not of the form */
    async once(method, params, read, timeoutMs = this.#edges.timeoutMs) {
        const { transport, signal, url, redact } = this.#edges;
        const id = ++this.#asked;
        const failed = (fault) => ({ ok: false, method, fault });
        let answer;
        try {
            answer = await transport({
                method: "POST",
                url,
                headers: { "content-type": "application/json", accept: "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
                timeoutMs,
                signal,
            });
        }
        catch (error) {
            return failed((0,fault/* networkFault */.T4)(error));
        }
        const body = (0,json/* parseJson */.qF)(answer.body);
        const said = readError(body, id, redact);
        // Some providers say their errors with a status. What is for everyone (a limit, a key) stays HTTP's.
        if (said !== null && (isSuccess(answer) || answer.status === 400))
            return failed(said);
        if (!isSuccess(answer))
            return failed((0,fault/* answerFault */.NM)(answer, redact));
        const value = (0,json/* fieldOf */._F)(body, "id") === id ? read((0,json/* fieldOf */._F)(body, "result")) : null;
        if (value === null)
            return failed((0,fault/* unreadable */.O$)(answer, "no answer to what was asked"));
        return { ok: true, value };
    }
    /** A read: tried again while that may help. */
    async ask(method, params, read) {
        const { clock, random, signal, timeoutMs, onRetry } = this.#edges;
        const begun = clock.now();
        for (let tries = 1;; tries++) {
            const leftMs = Math.max(1, begun + READ_BUDGET.totalMs - clock.now());
            const tryMs = Math.min(timeoutMs, leftMs, READ_BUDGET.tryMs ?? leftMs);
            const answer = await this.once(method, params, read, tryMs);
            if (answer.ok || signal.aborted || !isPassing(answer.fault))
                return answer;
            const { fault } = answer;
            const now = clock.now();
            const next = (0,retry/* nextTry */.F_)(ruled(fault), tries, now - begun, READ_BUDGET, now, random());
            if (!next.again)
                return answer;
            onRetry(method, fault, next.waitMs);
            await clock.sleep(next.waitMs, signal);
            if (signal.aborted)
                return answer;
        }
    }
}
/** A text without hex that is longer than a hash. */
function withoutBytes(text) {
    return text.replace(/(?:0x)?[0-9a-f]{65,}/gi, "(bytes)");
}
function isSuccess({ status }) {
    return status >= 200 && status < 300;
}
/** Of a fault the rules of trying again need to know what HTTP said; an error of JSON-RPC says no time. */
function ruled(fault) {
    return fault.kind === "rpc" ? { kind: "network", network: "other", detail: "" } : fault;
}
/** The error of a JSON-RPC answer to our request; one that could not read the request has a null id. */
function readError(body, id, redact) {
    const error = (0,json/* fieldOf */._F)(body, "error");
    const answered = (0,json/* fieldOf */._F)(body, "id");
    if (!(0,json/* isObject */.Gv)(error) || (answered !== id && answered !== null))
        return null;
    const code = (0,json/* numberAt */.tk)(error, "code");
    if (code === null || !Number.isSafeInteger(code))
        return null;
    const data = (0,json/* fieldOf */._F)(error, "data");
    return {
        kind: "rpc",
        code,
        message: redact((0,json/* stringAt */.bX)(error, "message") ?? "").slice(0, MOST_MESSAGE),
        data: readReason(data),
    };
}
/** Bytes of a revert: geth has them as they are, Hardhat one level deeper, Nethermind behind a word. */
function readReason(data) {
    const text = (0,json/* isObject */.Gv)(data) ? (0,json/* fieldOf */._F)(data, "data") : data;
    return readBytes(typeof text === "string" ? text.replace(/^Reverted /, "") : null);
}

// EXTERNAL MODULE: ./node_modules/@noble/curves/secp256k1.js + 8 modules
var secp256k1 = __webpack_require__(4081);
// EXTERNAL MODULE: ./node_modules/@noble/hashes/sha3.js
var sha3 = __webpack_require__(8041);
;// CONCATENATED MODULE: ./build/chain/rlp.js
/** A number as RLP has it: big-endian bytes without zeros in front, so that 0 is empty. */
function rlpNumber(value) {
    const number = BigInt(value);
    if (number < 0n)
        throw new RangeError("RLP has no negative numbers");
    if (number === 0n)
        return new Uint8Array();
    const digits = number.toString(16);
    return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
}
function rlp(item) {
    if (!(item instanceof Uint8Array))
        return prefixed(0xc0, Buffer.concat(item.map(rlp)));
    // A single small byte stands for itself.
    return item.length === 1 && item[0] < 0x80 ? item : prefixed(0x80, item);
}
/** Up to 55 bytes the prefix holds the length; beyond, it holds how many bytes the length itself takes. */
function prefixed(base, payload) {
    if (payload.length <= 55)
        return Buffer.concat([Uint8Array.of(base + payload.length), payload]);
    const length = rlpNumber(payload.length);
    return Buffer.concat([Uint8Array.of(base + 55 + length.length), length, payload]);
}

;// CONCATENATED MODULE: ./build/chain/transaction.js




const TYPE = 2;
/**
 * Signs a transaction. The signature is that of RFC 6979, so the same transaction and key always make the
 * same bytes.
 */
function signTransaction(transaction, key) {
    const fields = fieldsOf(transaction);
    const digest = (0,sha3/* keccak_256 */.lY)(typed(fields));
    const signature = secp256k1/* secp256k1 */.bI.sign(digest, key.bytes(), { prehash: false, format: "recovered" });
    // The recovery id comes in front of r and s; as a field of its own it is the parity of y.
    const parity = signature[0];
    const [r, s] = [signature.subarray(1, 33), signature.subarray(33, 65)];
    const raw = typed([...fields, rlpNumber(parity), number(r), number(s)]);
    return { raw: hexOf(raw), hash: hexOf((0,sha3/* keccak_256 */.lY)(raw)) };
}
/** The key's account: lower-case hex with `0x`. */
function addressOfKey(key) {
    const point = secp256k1/* secp256k1 */.bI.getPublicKey(key.bytes(), false);
    return hexOf((0,sha3/* keccak_256 */.lY)(point.subarray(1)).subarray(12));
}
function fieldsOf(transaction) {
    const to = bytesOf(transaction.to);
    // Twenty bytes or none, and none would make a new contract.
    if (to.length !== 20)
        throw new Error("the contract's address is not 20 bytes");
    return [
        rlpNumber(transaction.chainId),
        rlpNumber(transaction.nonce),
        rlpNumber(transaction.maxPriorityFeePerGas),
        rlpNumber(transaction.maxFeePerGas),
        rlpNumber(transaction.gas),
        to,
        rlpNumber(0), // value
        bytesOf(transaction.data),
        [], // access list
    ];
}
function typed(fields) {
    return Buffer.concat([Uint8Array.of(TYPE), rlp(fields)]);
}
/** `r` and `s` are numbers in the encoding: zeros in front go. */
function number(bytes) {
    return rlpNumber(BigInt(hexOf(bytes)));
}

;// CONCATENATED MODULE: ./build/chain/world.js
/** A world that nothing is known of. @param now ms since the epoch */
function newWorld(now, limits) {
    return { now, view: null, own: [], limits };
}
function afterLook(world, seen) {
    const { now } = world;
    const missing = [];
    if (!seen.deviceAllowed)
        missing.push("device");
    if (!seen.composeHashAllowed)
        missing.push("compose-hash");
    const since = (held, before) => held ? (before ?? now) : null;
    const view = {
        at: now,
        missing,
        latest: seen.latest,
        pending: seen.pending,
        pendingSince: since(seen.pending > seen.latest, world.view?.pendingSince),
        completeSince: since(missing.length === 0, world.view?.completeSince),
        barred: seen.barred,
    };
    const own = world.own.map((one) => {
        const passed = seen.latest > one.nonce && missing.includes(one.what);
        return { ...one, passedAt: since(passed, one.passedAt) };
    });
    return { ...world, view, own };
}
/** Signed and saved, but not sent yet. */
function afterSigning(world, saved) {
    const own = {
        ...saved,
        signedAt: world.now,
        sends: [],
        receipt: "none",
        askedAt: null,
        minedAt: null,
        passedAt: null,
    };
    return { ...world, own: [...world.own, own] };
}
function afterSending(world, transaction, send) {
    return changed(world, transaction, (own) => ({ ...own, sends: [...own.sends, send] }));
}
function afterReceipt(world, transaction, receipt) {
    return changed(world, transaction, (own) => ({
        ...own,
        receipt,
        askedAt: world.now,
        minedAt: receipt === "none" ? null : (own.minedAt ?? world.now),
    }));
}
function changed(world, transaction, change) {
    const own = world.own.map((one) => (one.transaction === transaction ? change(one) : one));
    return { ...world, own };
}

;// CONCATENATED MODULE: ./build/chain/register.js
/**
 * Registers a compose hash, and the device where it must be, with a key: the only door of this room to a
 * signature. Loads the cryptography, so it is imported where a key was given and nowhere else.
 */










/**
 * Brings the app's contract to allow the compose hash on the device. What is allowed already costs nothing;
 * run again after whatever happened, it goes on from what the chain shows.
 *
 * @throws what `save` throws; the bytes have not left then
 */
async function register(order, edges) {
    return new Registrar(order, edges).run();
}
class Registrar {
    #order;
    #edges;
    #rpc;
    #contract;
    #signer;
    /** Of each of our transactions; they are kept here alone, and end with the process. */
    #signed = new Map();
    #receipts = new Map();
    /** What the node last had against each of them. */
    #faults = new Map();
    #world;
    #look = null;
    #waits = false;
    constructor(order, edges) {
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
    async run() {
        let end = await this.#checkChainId();
        while (end === null && !this.#edges.signal.aborted) {
            this.#world = { ...this.#world, now: this.#edges.clock.now() };
            const step = nextTransaction(this.#world);
            if (step.do === "done") {
                return { end: "allowed", transaction: step.transaction, sent: this.#sent() };
            }
            if (step.do === "refuse")
                end = { kind: "rejected", ...this.#bar() };
            else if (step.do === "fail")
                end = await this.#failed(step.because);
            else if (step.do === "wait")
                await this.#wait(step.ms);
            else if (step.do === "sign")
                end = await this.#sign(step.what, step.nonce);
            else if (step.do === "send-again")
                await this.#send(step.transaction);
            else
                end = await this.#check(step.what === "chain");
        }
        const sent = this.#sent();
        // What a cancelled request answers is no trouble of the chain's.
        if (this.#edges.signal.aborted || end === null)
            return { end: "cancelled", sent };
        return { end: "failed", trouble: end, sent };
    }
    async #checkChainId() {
        const { chainId } = this.#order;
        const told = chainId === null ? null : await this.#contract.chainId();
        if (told?.ok === false)
            return rpcTrouble(told);
        if (told?.value === chainId && chainId !== null)
            return null;
        return { kind: "rejected", why: "other-chain", app: chainId, rpc: told?.value ?? null };
    }
    /** Looks at our transactions, and at the chain. */
    async #check(chain) {
        for (const own of this.#world.own) {
            if (own.receipt === "ok" && !chain)
                continue;
            const receipt = await this.#contract.receipt(own.transaction);
            if (!receipt.ok)
                return rpcTrouble(receipt);
            this.#noteReceipt(own, receipt.value);
        }
        if (!chain)
            return null;
        const look = await this.#contract.look();
        if (!look.ok)
            return rpcTrouble(look);
        this.#look = look.value;
        const barred = !look.value.answers || look.value.owner !== this.#signer;
        this.#world = afterLook(this.#now(), { ...look.value, barred });
        return null;
    }
    #noteReceipt(own, receipt) {
        const { what, transaction, nonce } = own;
        this.#receipts.set(transaction, receipt);
        const state = !receipt.found ? "none" : receipt.ok ? "ok" : "reverted";
        this.#world = afterReceipt(this.#now(), transaction, state);
        if (state === "ok" && own.receipt !== "ok") {
            this.#edges.tell({ event: "registered", what, transaction, nonce });
        }
    }
    /** Signs, saves, sends, in this order. */
    async #sign(what, nonce) {
        const { appId, chainId, composeHash, deviceId, key, maxFee } = this.#order;
        const word = what === "device" ? deviceId : composeHash;
        if (word === null || chainId === null)
            throw new Error("nothing to sign");
        const data = writeData(what, word);
        const { baseFee } = this.#look.head;
        const fee = await quote(this.#contract, { what, data, baseFee, maxFee });
        if ("kind" in fee)
            return fee;
        if (this.#edges.signal.aborted)
            return null;
        const signed = signTransaction({ chainId, nonce, to: appId, data, ...fee }, key);
        const saved = { what, transaction: signed.hash, nonce };
        this.#edges.save(saved);
        this.#signed.set(signed.hash, { ...signed, gas: fee.gas, data });
        this.#world = afterSigning(this.#now(), saved);
        await this.#send(signed.hash);
        return null;
    }
    async #send(transaction) {
        const own = this.#own(transaction);
        const raw = this.#signed.get(transaction)?.raw;
        const { what, nonce } = own;
        this.#edges.tell({ event: "sent", again: own.sends.length > 0, what, transaction, nonce });
        // A node that answers another hash has taken something else, or lies: nothing is certain then.
        const answer = await this.#rpc.once("eth_sendRawTransaction", [raw], (hash) => readHash(hash) === transaction ? true : null);
        const fault = answer.ok ? null : answer.fault;
        if (fault !== null)
            this.#faults.set(transaction, fault);
        const at = this.#edges.clock.now();
        const againMs = fault?.kind === "answer" ? (0,retry_after/* retryAfterMs */.V)(fault, at) : null;
        const said = fault === null ? "accepted" : sendAnswerOf(fault);
        this.#world = afterSending(this.#now(), transaction, { at, answer: said, againMs });
    }
    async #failed(because) {
        const problem = async () => {
            if (!("own" in because))
                return because;
            const { why, own } = because;
            const { what, transaction } = own;
            switch (why) {
                case "reverted":
                    return { why, what, transaction, revert: await this.#reason(transaction) };
                case "not-taken":
                    return { why, what, fault: this.#faults.get(transaction) };
                case "no-effect":
                    return { why, transaction };
                case "not-mined":
                    return { why, transaction, waitedMs: because.waitedMs };
            }
        };
        return { kind: "chain", ...(await problem()) };
    }
    async #reason(transaction) {
        const signed = this.#signed.get(transaction);
        const receipt = this.#receipts.get(transaction) ?? { found: false };
        return this.#contract.reason(signed?.data ?? "0x", receipt, signed?.gas ?? 0n);
    }
    #bar() {
        const { appId } = this.#order;
        if (this.#look?.answers !== true)
            return { why: "no-contract", contract: `0x${appId}` };
        return { why: "not-owner", signer: this.#signer, owner: this.#look.owner };
    }
    async #wait(ms) {
        const { view } = this.#world;
        if (view !== null &&
            view.pendingSince !== null &&
            this.#world.own.length === 0 &&
            !this.#waits) {
            this.#waits = true;
            this.#edges.tell({ event: "waiting", nonce: view.latest });
        }
        await this.#edges.clock.sleep(ms, this.#edges.signal);
    }
    #own(transaction) {
        return this.#world.own.find((own) => own.transaction === transaction);
    }
    #now() {
        return { ...this.#world, now: this.#edges.clock.now() };
    }
    #sent() {
        return this.#world.own.map(({ what, transaction, nonce }) => ({ what, transaction, nonce }));
    }
}


/***/ })

};
;