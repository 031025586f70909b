import { isBilled, type Replica } from "../../ledger/replica.ts";
import type { Cvm } from "../../phala/cvm.ts";
import { objectAt, stringAt } from "../../text/json.ts";

/**
 * What the replicas of this run cost, as Markdown, whatever became of them: a replica that failed is billed
 * like any other. Empty where it made none.
 */
export function costOf(replicas: readonly Replica[]): string {
  const made = replicas.filter(isBilled);
  if (made.length === 0) return "";
  const prices = made.map(hourlyPrice).filter((price) => price !== null);
  const sum = prices.reduce((total, price) => total + price, 0);
  if (sum === 0 || !Number.isFinite(sum)) {
    return "**Cost:** each replica is billed until it is deleted; the API does not tell its price.";
  }
  const untold = made.length - prices.length;
  const all = made.length === 1 ? "" : ` for ${prices.length} of ${made.length} replicas`;
  const others = untold === 0 ? "" : "; the API does not tell the price of the others";
  return `**Cost:** ${Number(sum.toFixed(6))} USD per hour${all} (compute, as the API prices it), until deleted${others}.`;
}

/**
 * US dollars, the currency of all prices and costs of the API. A decimal number as text (OpenAPI,
 * `CVMResourceInfo`); null for anything else, or another period.
 */
export function hourlyPrice({ cvm }: { readonly cvm: Cvm | null }): number | null {
  const resource = objectAt(cvm?.raw, "resource");
  const text = stringAt(resource, "compute_billing_price") ?? "";
  const period = stringAt(resource, "billing_period") ?? "hourly";
  return period === "hourly" && /^\d{1,9}(?:\.\d{1,12})?$/.test(text) ? Number(text) : null;
}
