import type { Replica } from "../../ledger/replica.ts";

/** Whom a trouble is of, and where the app is to be seen. */
export interface About {
  /** Null: no replica. */
  readonly replica: Replica | null;
  readonly workspaceSlug: string | null;
  /** Null: not known, before anything was sent. */
  readonly appId: string | null;
}
