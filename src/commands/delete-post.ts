/**
 * The post step of `delete`. It deletes nothing: where main was cancelled or killed in the middle, it looks,
 * and says what is certainly gone and what is not.
 */
import type { Edges } from "../action/edges.ts";
import { askFor } from "../fleet/ask.ts";
import type { Bench } from "../fleet/bench.ts";
import type { Replica } from "../ledger/replica.ts";
import { isUnknownToApi } from "../net/fault.ts";
import { AT_ONCE, inParallel } from "../net/parallel.ts";
import {
  type AfterDelete,
  afterDelete,
  NOTHING_ASKED,
  toldByMain,
} from "../report/log/after-delete.ts";
import { type LeftBehind, POST_BUDGET, runLookingPost, type Said } from "./post-looking.ts";

/** @returns the process's exit code */
export function runDeletePost(edges: Edges): Promise<0> {
  return runLookingPost(edges, { subject: "deletions", nothing: NOTHING_ASKED, toldByMain, look });
}

async function look({ replicas, bench, appId, workspaceSlug }: LeftBehind): Promise<Said> {
  const meant = replicas.filter(({ spared }) => spared === null);
  return afterDelete(await fatesOf(bench, meant), { appId, workspaceSlug });
}

/** Gone is what the list does not show and its own route does not know (API facts, "Deleting"). */
async function fatesOf(
  bench: Bench | null,
  meant: readonly Replica[],
): Promise<readonly AfterDelete[]> {
  const open = meant.filter(({ fate }) => fate !== "gone");
  const known = meant.filter(({ fate }) => fate === "gone");
  const sure = known.map((replica): AfterDelete => ({ replica, is: "gone" }));
  if (bench === null || open.length === 0) {
    return [...sure, ...open.map((replica): AfterDelete => ({ replica, is: "unknown" }))];
  }
  const { api, appId } = bench;
  const list = await askFor(bench, { do: "list" }, (options) => api.listCvms(appId, options), {
    budget: POST_BUDGET,
  });
  const listed = list.ok ? list.value.cvms : null;
  const looked = await inParallel(open, AT_ONCE, async (replica): Promise<AfterDelete> => {
    const uuid = replica.ident.uuid ?? "";
    const doing = { do: "read", replica: replica.ident } as const;
    const row = await askFor(bench, doing, (options) => api.getCvm(uuid, options), {
      budget: POST_BUDGET,
    });
    if (row.ok) return { replica, is: "there" };
    const { fault } = row;
    if (!isUnknownToApi(fault, listed !== null)) return { replica, is: "unknown" };
    // An app whose last CVM is gone may be unknown to the API as a whole.
    const noApp = !list.ok && isUnknownToApi(list.fault);
    if (listed === null && !noApp) return { replica, is: "unknown" };
    const seen = listed?.some(({ vmUuid, deleted }) => vmUuid === uuid && !deleted) ?? false;
    return { replica, is: seen ? "there" : "gone" };
  });
  return [...sure, ...looked];
}
