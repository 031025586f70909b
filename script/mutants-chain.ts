/** Planted defects of approvals on chain: each could sign twice, too dearly, the wrong thing, or nothing at all. */
import { type Mutant, mutant } from "./mutant.ts";

const OTHERS = "__tests__/chain/others.test.ts";
const REGISTER = "__tests__/chain/register.test.ts";
const FAULTS = "__tests__/chain/faults.test.ts";
const KILLED = "__tests__/chain/killed.test.ts";
const CREATE = "__tests__/commands/create/chain/signing.test.ts";
const RULES = "__tests__/chain/next-transaction.test.ts";

const NEXT = "chain/next-transaction.ts";
const RULE_MUTANTS: readonly Mutant[] = [
  mutant(
    "does not mind what is pending of the signer's",
    NEXT,
    "if (view.pending > view.latest) {",
    "if (view.pending < 0) {",
    [CREATE],
  ),
  mutant(
    "waits too long for what is pending",
    NEXT,
    "if (waitedMs >= limits.pendingMs) {",
    "if (waitedMs >= limits.pendingMs * 2) {",
    [RULES],
  ),
  mutant(
    "signs anew while its own may still get into a block",
    NEXT,
    "if (view.latest <= own.nonce) return !isSuperseded(own, world);",
    "if (view.latest <= own.nonce) return isSuperseded(own, world);",
    [RULES, FAULTS],
  ),
  mutant(
    "takes a nonce that is used up for another's at once",
    NEXT,
    "return askedAt - passedAt >= world.limits.passedMs;",
    "return askedAt >= passedAt;",
    [RULES, OTHERS],
  ),
  mutant(
    "signs by an old look",
    NEXT,
    "if (now - view.at > limits.freshMs) return CHECK_CHAIN;",
    "",
    [RULES],
  ),
  mutant(
    "signs for one registration without end",
    NEXT,
    "if (last !== undefined && signed.length >= limits.mostSigned) {",
    "if (last !== undefined && signed.length >= limits.mostSigned * 2) {",
    [RULES, OTHERS],
  ),
  mutant(
    "signs for somebody who may not register",
    NEXT,
    'if (view.barred) return { do: "refuse" };',
    "",
    [RULES, REGISTER],
  ),
  mutant(
    "waits too long for a block",
    NEXT,
    "if (waitedMs >= limits.minedMs) return",
    "if (waitedMs >= limits.minedMs * 2) return",
    [RULES],
  ),
  mutant(
    "calls a revert by an older look",
    NEXT,
    "return older ? CHECK_CHAIN : fail(",
    "return older && view.at < 0 ? CHECK_CHAIN : fail(",
    [RULES],
  ),
  mutant(
    "never sends the same bytes again",
    NEXT,
    '{ do: "send-again", transaction: own.transaction }]',
    "CHECK_RECEIPTS]",
    [RULES, FAULTS],
  ),
];

const REGISTRAR = "chain/register.ts";
const DEED_MUTANTS: readonly Mutant[] = [
  mutant(
    "sends before it has saved",
    REGISTRAR,
    "this.#edges.save(saved);\n    this.#signed.set",
    "void (await Promise.resolve()), setTimeout(() => this.#edges.save(saved), 0);\n    this.#signed.set",
    [KILLED, REGISTER],
  ),
  mutant(
    "signs after a cancel",
    REGISTRAR,
    'if ("kind" in fee) return fee;\n    if (this.#edges.signal.aborted) return null;',
    'if ("kind" in fee) return fee;',
    [KILLED],
  ),
  mutant(
    "does not ask which chain the node is of",
    REGISTRAR,
    "if (told?.value === chainId && chainId !== null) return null;",
    "if (chainId !== null) return null;",
    [REGISTER],
  ),
  mutant(
    "does not ask who owns the contract",
    REGISTRAR,
    "const barred = !look.value.answers || look.value.owner !== this.#signer;",
    "const barred = !look.value.answers;",
    [REGISTER, CREATE],
  ),
  mutant(
    "takes another hash for its own",
    REGISTRAR,
    "readHash(hash) === transaction ? true : null,",
    "readHash(hash) !== null ? true : null,",
    [FAULTS],
  ),
  mutant(
    "registers the hash before the device",
    "chain/world.ts",
    'if (!seen.deviceAllowed) missing.push("device");\n  if (!seen.composeHashAllowed) missing.push("compose-hash");',
    'if (!seen.composeHashAllowed) missing.push("compose-hash");\n  if (!seen.deviceAllowed) missing.push("device");',
    [REGISTER],
  ),
  mutant(
    "takes the receipt of another transaction",
    "chain/contract.ts",
    "if (!isObject(result) || readHash(result.transactionHash) !== transaction) return null;",
    "if (!isObject(result) || readHash(result.transactionHash) === null) return null;",
    [FAULTS],
  ),
  mutant(
    "takes nonce and allowances of different blocks",
    "chain/contract.ts",
    "return this.#byHash ? { blockHash: head.hash } : quantity(head.number);",
    'return this.#byHash ? "latest" : quantity(head.number);',
    [OTHERS],
  ),
  mutant(
    "is stopped by a node that does not say what is pending",
    "chain/contract.ts",
    'if (!pending.ok && pending.fault.kind !== "rpc") return pending;',
    "if (!pending.ok) return pending;",
    [REGISTER],
  ),
  mutant(
    "asks again and again what it would cost a signer who has nothing",
    "chain/rpc-errors.ts",
    "&& !isRevert(fault) && !isPoor(fault);",
    "&& !isRevert(fault);",
    [REGISTER],
  ),
  mutant(
    "pays whatever it costs",
    "chain/fees.ts",
    'if (least > maxFee) return { ok: false, why: "fee", least };',
    "",
    ["__tests__/chain/fees.test.ts", REGISTER],
  ),
  mutant(
    "offers more than max_fee",
    "chain/fees.ts",
    "smallest(2n * baseFee + wantedTip, maxFee / gas, balance / gas)",
    "smallest(2n * baseFee + wantedTip, balance / gas)",
    ["__tests__/chain/fees.test.ts"],
  ),
  mutant(
    "would make a contract",
    "chain/transaction.ts",
    'if (to.length !== 20) throw new Error("the contract\'s address is not 20 bytes");',
    "",
    ["__tests__/chain/transaction.test.ts"],
  ),
  mutant(
    "leaves signed bytes in what a node says",
    "chain/rpc.ts",
    "redact: (text) => withoutBytes(edges.redact(text))",
    "redact: (text) => edges.redact(text) || withoutBytes(text)",
    ["__tests__/chain/rpc.test.ts"],
  ),
  mutant(
    "believes the answer to another question",
    "chain/rpc.ts",
    'fieldOf(body, "id") === id ? read',
    'fieldOf(body, "id") !== undefined ? read',
    [FAULTS, "__tests__/chain/rpc.test.ts"],
  ),
];

const STEP_MUTANTS: readonly Mutant[] = [
  mutant(
    "approves another device than was reviewed",
    "chain/device.ts",
    "return reviewed === told\n",
    "return reviewed !== null\n",
    [CREATE],
  ),
  mutant(
    "approves another revision than was reviewed",
    "fleet/approve.ts",
    "told.composeHash !== null && composeHash !== told.composeHash",
    "told.composeHash !== null && composeHash === null",
    [CREATE],
  ),
  mutant(
    "signs again where the API does not see it",
    "fleet/approve.ts",
    "if (registered !== undefined) {",
    "if (registered !== undefined && registered.at < 0) {",
    [CREATE],
  ),
  mutant(
    "commits without the transaction that registered",
    "commands/approving.ts",
    "const transactionHash = end.transaction ?? this.#context.inputs.transactionHash;",
    "const transactionHash = this.#context.inputs.transactionHash;",
    [CREATE],
  ),
  mutant(
    "waits beyond its time",
    "fleet/approve.ts",
    "const until = this.#begunAt + approvalTimeoutMs;",
    "const until = now + approvalTimeoutMs;",
    [CREATE],
  ),
  mutant(
    "puts nothing out before it waits",
    "commands/approving.ts",
    "writeOutputs(runner, approvalOutputs(approval, false));",
    "void approvalOutputs(approval, false);",
    [CREATE],
  ),
  mutant(
    "does not say that it waited for an approval when it was killed",
    "commands/approving.ts",
    'ledger.append({ fact: "approving", waits: true });',
    "",
    [CREATE],
  ),
];

export const CHAIN_MUTANTS: readonly Mutant[] = [...RULE_MUTANTS, ...DEED_MUTANTS, ...STEP_MUTANTS];
