import type { Edges } from "../action/edges.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { PhalaClient } from "../phala/api.ts";

/** What the verbs on replicas work with. */
export interface Bench {
  readonly edges: Edges;
  readonly api: PhalaClient;
  readonly ledger: Ledger;
  readonly appId: string;
}
