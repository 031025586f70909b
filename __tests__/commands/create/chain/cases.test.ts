/**
 * The fault table of a step that signs, in simulated time and as a process: whatever the node does, each row
 * ends with exactly the registrations that were needed, one replica, and the key in nothing that was written.
 */
import { expect } from "@jest/globals";
import type { ChainFaultKind } from "../../../../simulator/evm/faults.ts";
import { accountOf, decodeRaw } from "../../../../simulator/evm/raw.ts";
import { formsOfKey } from "../../../../src/text/private-key.ts";
import { type Case, type Cloud, describeCases, type Seen } from "../../../support/play.ts";

const KEY = "c0ffee".padEnd(64, "5");
const OWNER = accountOf(Buffer.from(KEY, "hex"));
const SEND = "eth_sendRawTransaction";
const RECEIPT = "eth_getTransactionReceipt";

const nodeOf = (cloud: Cloud) => {
  if (cloud.node === undefined) throw new Error("no chain");
  return cloud.node;
};

/** What registered something, in order. */
function registrations(cloud: Cloud): string[] {
  const mined = nodeOf(cloud).evm.mined();
  return mined
    .filter(({ ok, logs }) => ok && logs.length > 0)
    .map(({ transaction }) => transaction.data);
}

/** Every transaction that was sent: to the contract, one of the two writes, within the bound, a nonce each. */
function lawful({ cloud, main, post }: Seen): void {
  const { rpc, evm, url } = nodeOf(cloud);
  const sent = rpc.requests
    .filter(({ method }) => method === SEND)
    .map(({ params }) => decodeRaw(String(params[0])));
  for (const { to, value, data, gas, maxFeePerGas } of sent) {
    expect([to, value]).toEqual([evm.contract, 0n]);
    expect(data).toMatch(/^0x(?:2a819728|dfc77223)[0-9a-f]{64}$/);
    expect(gas * maxFeePerGas <= 10n ** 16n).toBe(true);
  }
  const done = registrations(cloud);
  expect(done).toEqual([...new Set(done)]);
  const written = JSON.stringify([main, post]) + JSON.stringify(rpc.requests);
  for (const form of formsOfKey(KEY)) expect(written).not.toContain(form);
  const token = new URL(url).pathname.split("/").at(-1) || "none such";
  expect(JSON.stringify([main, post])).not.toContain(token);
}

/** One replica, by a commit that names the transaction which registered its revision. */
function wellDone(seen: Seen): void {
  lawful(seen);
  expect([seen.main.exitCode, seen.main.outputs.outcome]).toEqual([0, "created"]);
  expect([seen.left.length, registrations(seen.cloud).length]).toEqual([1, 2]);
  const commit = seen.posts.find(({ route }) => route === "commit");
  const mined = nodeOf(seen.cloud).evm.mined();
  const registering = mined.find(({ transaction }) => transaction.data.startsWith("0xdfc77223"));
  const named = (JSON.parse(commit?.body ?? "{}") as { transaction_hash?: string })
    .transaction_hash;
  expect(named).toBe(registering?.transaction.hash);
  expect(seen.main.outputs.is_allowed).toBe("true");
}

const base = {
  api: { onChain: true, chainHashes: "none", chainDevices: "none" },
  evm: { owner: OWNER, blockMs: 300 },
  inputs: (cloud: Cloud) => ({ private_key: KEY, rpc_url: nodeOf(cloud).url }),
} as const;

function faulty(method: string, kind: ChainFaultKind, times: number | "always" = 1) {
  return (cloud: Cloud) => nodeOf(cloud).rpc.faults.add({ method, times, ...kind });
}

const says = (message: string, when: "before" | "after" = "before"): ChainFaultKind => ({
  kind: "says",
  when,
  code: -32000,
  message,
});
const limit: ChainFaultKind = { kind: "status", when: "before", status: 429 };

const ROWS: readonly (Partial<Case> & { readonly name: string })[] = [
  { name: "an honest node" },
  {
    name: "the answer to a transaction is lost",
    given: faulty(SEND, { kind: "drop", when: "after" }),
  },
  {
    name: "a transaction is lost on its way",
    given: faulty(SEND, { kind: "drop", when: "before" }),
  },
  { name: "429 at every other question", given: faulty("eth_call", limit, 3) },
  { name: "429 for a transaction", given: faulty(SEND, limit) },
  { name: "already known", given: faulty(SEND, says("already known", "after")) },
  {
    name: "nonce too low, for one that was taken",
    given: faulty(SEND, says("nonce too low", "after")),
  },
  {
    name: "replacement transaction underpriced",
    given: faulty(SEND, says("replacement transaction underpriced", "after")),
  },
  {
    name: "receipts that are null for a while",
    given: faulty(RECEIPT, { kind: "result", result: null }, 3),
  },
  { name: "a node that lags behind another", evm: { ...base.evm, nodes: [{ lag: 1 }, {}] } },
  {
    name: "a node that knows of nothing pending",
    evm: { ...base.evm, nodes: [{ tellsPending: false }] },
  },
  {
    name: "a node without a tip to suggest",
    evm: { ...base.evm, nodes: [{ suggestsTip: false }] },
  },
];

describeCases(
  "a step that signs",
  ROWS.map((row) => ({ ...base, expects: wellDone, ...row })),
);

const REFUSED: readonly Case[] = [
  {
    ...base,
    name: "its key is another's",
    inputs: (cloud) => ({ private_key: "0ddba11".padEnd(64, "2"), rpc_url: nodeOf(cloud).url }),
    expects: (seen) => {
      lawful(seen);
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "REJECTED" });
      expect([registrations(seen.cloud), seen.left]).toEqual([[], []]);
    },
  },
  {
    ...base,
    name: "above max_fee",
    inputs: (cloud) => ({ private_key: KEY, rpc_url: nodeOf(cloud).url, max_fee: "0.0000000001" }),
    expects: (seen) => {
      lawful(seen);
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "REJECTED" });
      expect(seen.main.outputs.error_message).toMatch(/max_fee allows 0\.0000000001 ETH/);
      expect([registrations(seen.cloud), seen.left]).toEqual([[], []]);
    },
  },
  {
    ...base,
    name: "another chain",
    evm: { ...base.evm, chainId: 1 },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "REJECTED" });
      expect(seen.main.outputs.error_message).toMatch(/chain 8453 \(Base\).*chain 1 \(Ethereum\)/);
      expect([registrations(seen.cloud), seen.left]).toEqual([[], []]);
    },
  },
  {
    ...base,
    name: "the contract reverts",
    given: (cloud) => {
      nodeOf(cloud).evm.refusal = "closed";
    },
    expects: (seen) => {
      lawful(seen);
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "CHAIN" });
      expect([registrations(seen.cloud), seen.left]).toEqual([[], []]);
    },
  },
];

describeCases("a step that signs, and may not", REFUSED);

const approve = (cloud: Cloud) => {
  const { chain, source, nodes } = cloud.world;
  for (const { deviceId } of nodes) chain.register({ composeHash: source.composeHash, deviceId });
};

describeCases("a step that waits for somebody's approval", [
  {
    name: "which comes",
    process: true,
    api: base.api,
    inputs: { approval_timeout: "60s" },
    given: (cloud) => {
      let asked = 0;
      cloud.on("answered", "is-allowed", () => {
        if (++asked === 1) approve(cloud);
      });
    },
    expects: ({ main, left }) => {
      expect([main.exitCode, main.outputs.is_allowed, left.length]).toEqual([0, "true", 1]);
      const notices = main.annotations.filter(({ level }) => level === "notice");
      expect(notices.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^Waiting for an approval on chain until.*Who can approve: 0x/),
      ]);
      expect(main.summary).toContain("Waiting for on-chain approval");
    },
  },
  {
    name: "and is killed",
    process: true,
    api: base.api,
    inputs: { approval_timeout: "60s", cleanup: "always" },
    blow: { how: "kill", moment: "answered", route: "is-allowed" },
    expects: ({ main, post, left }) => {
      expect([main.exitCode, post?.exitCode, left.length]).toEqual([null, 0, 0]);
      expect(post?.log).toMatch(/waited for an approval on chain: it had created nothing/);
      expect(main.outputs.commit_token).toMatch(/./);
      expect(main.summary).toContain("Waiting for on-chain approval");
    },
  },
  {
    name: "and is cancelled",
    process: true,
    api: base.api,
    inputs: { approval_timeout: "60s" },
    blow: { how: "cancel", moment: "answered", route: "is-allowed" },
    expects: ({ main, left }) => {
      expect([main.exitCode, main.outputs.outcome, left.length]).toEqual([1, "cancelled", 0]);
      expect(main.outputs.is_allowed).toBe("false");
      for (const name of ["commit_token", "compose_hash", "device_id", "kms_info"]) {
        expect(main.outputs[name]).toMatch(/./);
      }
    },
  },
]);
