/**
 * The post step of `rollout`. It changes nothing: where main was cancelled or killed in the middle, it looks, and
 * says what state each instance is in and what the next run will do.
 */
import type { Edges } from "../action/edges.ts";
import { closeDeployments } from "../deployments/close.ts";
import { askFor } from "../fleet/ask.ts";
import type { Bench } from "../fleet/bench.ts";
import { rawInput } from "../inputs/reader.ts";
import type { RunSoFar } from "../ledger/run-so-far.ts";
import type { Cvm } from "../phala/cvm.ts";
import { afterRollout, NOTHING_TOUCHED, toldByMain } from "../report/log/after-rollout.ts";
import { signedBefore } from "../report/log/approving.ts";
import { type LeftBehind, POST_BUDGET, runLookingPost, type Said } from "./post-looking.ts";
import { DEPLOYMENT_WORDS } from "./telling-github.ts";

/** A rollout deletes nothing. */
const NONE_GONE: ReadonlySet<string> = new Set();

/** @returns the process's exit code */
export function runRolloutPost(edges: Edges): Promise<0> {
  return runLookingPost(edges, {
    subject: "rollout",
    nothing: NOTHING_TOUCHED,
    toldByMain,
    look,
    afterwards: (run) => closeUp(edges, run),
  });
}

async function look(left: LeftBehind): Promise<Said> {
  const { replicas, approving: waited, appId, workspaceSlug, bench } = left;
  const rows = bench === null ? null : await rowsOf(bench);
  return afterRollout(replicas, rows, { appId, workspaceSlug, waited });
}

/** What was signed stays so, and GitHub's deployments come to an end. */
async function closeUp(edges: Edges, run: RunSoFar | null): Promise<void> {
  const { runner, env } = edges;
  const { outcome = null, signed = [] } = run ?? {};
  if (outcome !== "rolled_out" && signed.length > 0) runner.info(signedBefore(signed));
  const token = rawInput(env, "github_token");
  await closeDeployments(edges, { token }, NONE_GONE, DEPLOYMENT_WORDS);
}

/** The app's CVMs as they are now; null: they can't be read. */
async function rowsOf({ edges, ledger, api, appId }: Bench): Promise<readonly Cvm[] | null> {
  const list = await askFor(
    { edges, ledger },
    { do: "list" },
    (options) => api.listCvms(appId, options),
    { budget: POST_BUDGET },
  );
  return list.ok ? list.value.cvms : null;
}
