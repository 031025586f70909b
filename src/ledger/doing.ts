import type { Ident, Place } from "./terms.ts";

/** What was tried: the object of "Could not …". */
export type Doing =
  | {
      readonly do:
        | "list"
        | "count"
        | "find-names"
        | "find-source"
        | "find-nodes"
        | "read-app"
        | "read-source"
        | "read-kms"
        | "read-key"
        | "read-root-key"
        | "read-deployments"
        | "read-revisions"
        | "follow"
        | "ask-allowance"
        | "ask-approval"
        | "ask-approver"
        | "prepare"
        | "commit";
    }
  /** Number `index` (from 0) of `of` requests. */
  | {
      readonly do: "create";
      readonly index: number;
      readonly place: Place;
      readonly of: number;
    }
  | { readonly do: "limit"; readonly replica: Ident; readonly ttlMs: number }
  | {
      readonly do: "delete" | "read" | "attest" | "instance-id" | "redeploy" | "replace-envs";
      readonly replica: Ident;
    }
  /** What Intel publishes. */
  | { readonly do: "collateral"; readonly what: string }
  | { readonly do: "record"; readonly name: string }
  | { readonly do: "tell"; readonly deployment: number; readonly state: string };
