/** Who can approve: the answer of `GET /apps/{app_id}/kms-info` (API facts, 5.2). */
import { booleanAt, isObject, numberAt, stringAt } from "../text/json.ts";
import { webUrl } from "../text/url.ts";

const KINDS = ["eoa", "safe", "legacy_multisig", "erc4337", "contract"] as const;

export interface Approver {
  /** Null: not told. */
  readonly onChain: boolean | null;
  readonly chainId: number | null;
  /** The app's contract and the one who deployed it, with `0x`, lower-case; null: not told. */
  readonly contract: string | null;
  readonly deployer: string | null;
  /** `eoa`: an account with a key. Null: not told, or a kind that came later. */
  readonly kind: (typeof KINDS)[number] | null;
  /** The Safe's own page; `https:` alone. */
  readonly safeUrl: string | null;
}

/** Null where it is no such answer. Empty texts of this group of routes stand for null. */
export function readApprover(value: unknown): Approver | null {
  if (!isObject(value)) return null;
  const kind = stringAt(value, "deployer_type");
  const page = webUrl(stringAt(value, "safe_app_url"));
  return {
    onChain: booleanAt(value, "is_onchain_kms"),
    chainId: numberAt(value, "chain_id"),
    contract: address(stringAt(value, "app_contract_address")),
    deployer: address(stringAt(value, "deployer_address")),
    kind: KINDS.find((one) => one === kind) ?? null,
    safeUrl: page?.protocol === "https:" ? page.href : null,
  };
}

function address(text: string | null): string | null {
  return text !== null && /^0x[0-9a-f]{40}$/i.test(text) ? text.toLowerCase() : null;
}
