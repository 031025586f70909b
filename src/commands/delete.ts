/** The action `delete`: what a workflow can name goes, and nothing else. */
import { lookToDelete, type SeenRows, withLate } from "../fleet/look-to-delete.ts";
import {
  type DeleteWishes,
  isExact,
  type Selection,
  selectForDelete,
} from "../fleet/plan/select.ts";
import { isLastRunning, whyNotMeant } from "../fleet/plan/still-meant.ts";
import { retire } from "../fleet/retire.ts";
import { type DeleteInputs, readDeleteInputs } from "../inputs/delete.ts";
import { failedBy, type Judgement } from "../ledger/judgement.ts";
import { keyOfCvm, wasFound } from "../ledger/replica.ts";
import type { ReplicaKey } from "../ledger/terms.ts";
import { cvmKey } from "../phala/cvm.ts";
import { deleteExists, deleteTitle } from "../report/annotation/delete.ts";
import { keptRunningWarning, noAppWarning, selectionLines } from "../report/log/deleting.ts";
import { DELETE_ARRAYS, deleteOutputs } from "../report/outputs/delete.ts";
import { deleteSummary } from "../report/summary/delete.ts";
import type { Command, Run } from "./command.ts";
import { closeRecords, ownedRecords, type Records } from "./delete-records.ts";
import { judgeDelete } from "./judge-delete.ts";

export const deleteCommand: Command<DeleteInputs> = {
  arrays: DELETE_ARRAYS,
  read: readDeleteInputs,
  carryOut,
  outputs: deleteOutputs,
  summary: deleteSummary,
  title: deleteTitle,
  exists: deleteExists,
};

/** Looks, selects, says what it selected, deletes, and waits until it is gone. */
async function carryOut(run: Run<DeleteInputs>): Promise<Judgement> {
  const { inputs, ledger, edges } = run;
  const startedAt = edges.clock.now();
  const looked = await lookToDelete(run, inputs.vmUuids ?? []);
  if (!looked.ok) return failedBy(looked.trouble);
  const records = await ownedRecords(run, looked.seen);
  if (!records.ok) return failedBy(records.trouble);
  const all = withLate(looked.seen, records.value.late, run.appId);
  if (!all.ok) return failedBy(all.trouble);
  const { seen } = all;
  if (seen.noApp !== null) edges.runner.warning(noAppWarning(run.appId));
  const wishes = wishesOf(inputs, records.value);
  const began = startedAt + (seen.clockOffsetMs ?? 0);
  const selection = selectForDelete(seen.rows, wishes, began);
  note(run, seen, selection);
  if (selection.trouble !== null) return failedBy(selection.trouble);
  if (inputs.dryRun) return { outcome: "dry_run", trouble: null, exitCode: 0 };
  await remove(run, seen, wishes, selection);
  warnOfLate(run, wishes, selection);
  await closeRecords(run, records.value);
  return judgeDelete(ledger.replicas(), wishes);
}

function wishesOf(inputs: DeleteInputs, { recorded }: Records): DeleteWishes {
  const { vmUuids, names, status, olderThanMs, keep, leave, keepAtLeast, maxDeletions } = inputs;
  return { vmUuids, names, recorded, status, olderThanMs, keep, leave, keepAtLeast, maxDeletions };
}

/** What was seen and selected, as facts and in the log; what exactly would be deleted comes first. */
function note({ ledger, edges }: Run<DeleteInputs>, seen: SeenRows, selection: Selection): void {
  const { clockOffsetMs, workspaceSlug } = seen;
  ledger.append({ fact: "surveyed", known: null, clockOffsetMs, workspaceSlug });
  const kept = new Map(selection.kept.map((one) => [cvmKey(one.cvm), one]));
  const others = selection.selected.filter((cvm) => !selection.go.includes(cvm));
  for (const cvm of [...selection.go, ...others]) {
    ledger.append(wasFound(cvm));
  }
  const now = edges.clock.now() + (clockOffsetMs ?? 0);
  for (const line of selectionLines(selection, seen.rows.length, now)) edges.runner.info(line);
  for (const { cvm, why } of kept.values()) {
    ledger.append({ replica: keyOfCvm(cvm), fact: "spared", why });
  }
  const warning = keptRunningWarning(selection.kept);
  if (warning !== null) edges.runner.warning(warning);
}

/** What stays because the running ones that were to stay have gone meanwhile. */
function warnOfLate({ ledger, edges }: Run<DeleteInputs>, wishes: DeleteWishes, { go }: Selection) {
  const kept = go.flatMap((cvm) => {
    const why = ledger.replica(keyOfCvm(cvm)).spared;
    return why === null ? [] : [{ cvm, why, exact: isExact(cvm, wishes) }];
  });
  const warning = keptRunningWarning(kept);
  if (warning !== null) edges.runner.warning(warning);
}

async function remove(
  run: Run<DeleteInputs>,
  { rows, readAt }: SeenRows,
  { status, keepAtLeast }: DeleteWishes,
  { go }: Selection,
): Promise<void> {
  const { inputs, ledger, appId } = run;
  const { apiUrl, requestTimeoutMs, summary, wait, waitTimeoutMs, pollIntervalMs } = inputs;
  const nothingMade = { cleanup: "never", exclusive: false, ttlMs: null } as const;
  const access = { apiUrl, appId, source: null, requestTimeoutMs, summary };
  ledger.append({ fact: "began", command: "delete", ...access, ...nothingMade });
  const before = new Map(go.map((cvm) => [keyOfCvm(cvm), cvm]));
  const going = new Set(go.map(cvmKey));
  await retire(run, [...before.keys()], {
    absenceMs: wait ? waitTimeoutMs : 0,
    pollMs: pollIntervalMs,
    whyNot: (now, key, list) => {
      const row = before.get(key);
      const why = row === undefined ? "changed" : whyNotMeant(row, now, { appId, status });
      const spared = (one: ReplicaKey) => ledger.replica(one).spared !== null;
      const away = [...before].flatMap(([one, cvm]) => (spared(one) ? [] : [cvmKey(cvm)]));
      const last = list !== null && isLastRunning(now, list, new Set(away), { appId, keepAtLeast });
      return why ?? (last ? "last-running" : null);
    },
    listReadAt: keepAtLeast > 0 ? readAt : null,
    witnesses: rows.flatMap((cvm) =>
      cvm.vmUuid === null || going.has(cvmKey(cvm)) ? [] : [cvm.vmUuid],
    ),
    atOnce: 1,
    // Later steps go by what it says is deleted.
    proof: "both",
  });
}
