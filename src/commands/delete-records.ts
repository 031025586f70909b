/** The GitHub deployments of a delete: those that select, and those that become inactive. */
import { openDeployments } from "../deployments/deployments.ts";
import { type Desk, openDesk } from "../deployments/desk.ts";
import { DeploymentBook, type Found, type Owned } from "../deployments/owned.ts";
import { type Read, readBeside, type SeenRows } from "../fleet/look-to-delete.ts";
import { type DeleteInputs, isPullRequest } from "../inputs/delete.ts";
import { isDeleted } from "../ledger/replica.ts";
import type { Cvm } from "../phala/cvm.ts";
import { notLookedFor, staleLine } from "../report/log/deleting.ts";
import type { Run } from "./command.ts";
import { DEPLOYMENT_WORDS } from "./telling-github.ts";

export interface Records {
  /** UUIDs of the app's CVMs that active deployments name; null: nobody asked. */
  readonly recorded: readonly string[] | null;
  /** The active deployments of each of them. */
  readonly active: readonly Owned[];
  /** Of these CVMs, what the app's list did not show: made since it was read, or listed late. */
  readonly late: readonly Cvm[];
  /** Of what the API does not know any more: they may have been left active by a step that was killed. */
  readonly stale: readonly Owned[];
}

const NO_RECORDS: Records = { recorded: null, active: [], late: [], stale: [] };

/** Of more deployments than this, the newest, it is not asked in one run what became of CVMs that are not listed. */
const MOST_UNLISTED = 50;
/** Where nobody asked for deployments, a thousand of the newest are looked at. */
const MOST_PAGES = 10;

/** What `deployment_environment` selects. Where it can't be read, nothing is to be deleted by guess. */
export async function ownedRecords(
  run: Run<DeleteInputs>,
  seen: SeenRows,
): Promise<Found<Records>> {
  const { edges, ledger, inputs, appId } = run;
  const { deploymentEnvironment: environment, githubToken: token } = inputs;
  if (environment === null) return { ok: true, value: NO_RECORDS };
  const desk = await openDesk(edges, { token });
  if (typeof desk === "string") return problem(desk);
  const { pullRequest } = desk.workflow;
  const ofOne = isPullRequest(edges.env);
  if (ofOne && pullRequest === null) {
    return problem("The event that started the run names no pull request.");
  }
  const book = new DeploymentBook(edges, ledger, desk);
  const list = await book.list(environment);
  if (!list.ok) return list;
  const own = list.value.filter(
    (one) => one.appId === appId && (!ofOne || one.pullRequest === pullRequest),
  );
  const isListed = ({ vmUuid }: Owned) => seen.rows.some((row) => row.vmUuid === vmUuid);
  const unlisted = own.filter((one) => !isListed(one)).slice(0, MOST_UNLISTED);
  // Asked after the deployments: what another job made and recorded since the list was read is in no row of it.
  const beside = await readBeside(run, [...new Set(unlisted.map(({ vmUuid }) => vmUuid))], seen);
  return sorted(book, own.filter(isListed), unlisted, beside);
}

/** @param beside what became of the CVMs of the unlisted ones */
async function sorted(
  book: DeploymentBook,
  listed: readonly Owned[],
  unlisted: readonly Owned[],
  beside: ReadonlyMap<string, Read>,
): Promise<Found<Records>> {
  const active: Owned[] = [];
  const late = new Map<string, Cvm>();
  for (const one of [...listed, ...unlisted]) {
    const read = beside.get(one.vmUuid);
    if (read?.is === "gone" || read?.is === "elsewhere") continue;
    const is = await book.isActive(one.id);
    if (!is.ok) return is;
    if (!is.value) continue;
    if (read?.is === "unreadable") return { ok: false, trouble: read.trouble };
    if (read !== undefined) late.set(one.vmUuid, read.cvm);
    active.push(one);
  }
  const recorded = [...new Set(active.map(({ vmUuid }) => vmUuid))];
  const stale = unlisted.filter(({ vmUuid }) => beside.get(vmUuid)?.is === "gone");
  return { ok: true, value: { recorded, active, late: [...late.values()], stale } };
}

function problem(text: string): Found<never> {
  return { ok: false, trouble: { kind: "github", problem: text } };
}

/**
 * Has GitHub show as inactive what is gone. Failures are no reason for red: a warning where deployments were
 * what selected, a notice where nobody spoke of them.
 */
export async function closeRecords(run: Run<DeleteInputs>, records: Records): Promise<void> {
  const { edges, ledger, inputs } = run;
  const { githubToken: token } = inputs;
  const gone = new Set(
    ledger
      .replicas()
      .filter(isDeleted)
      .map(({ ident }) => ident.uuid ?? ""),
  );
  if (edges.cancel.aborted || token === null) return;
  if (records.recorded === null && gone.size === 0) return;
  const desk = await openDesk(edges, { token });
  if (typeof desk === "string") return;
  const ids =
    records.recorded === null
      ? await recordsOf(run, desk, gone)
      : [...namesOf(records.active, gone), ...(await leftActive(run, desk, records))];
  const deployments = openDeployments(edges, { token }, DEPLOYMENT_WORDS);
  for (const id of ids) {
    const { warning } = await deployments.deactivate(id);
    if (warning === null) continue;
    if (records.recorded === null) edges.runner.notice(warning);
    else edges.runner.warning(warning);
  }
}

function namesOf(owned: readonly Owned[], gone: ReadonlySet<string>): readonly number[] {
  return owned.filter(({ vmUuid }) => gone.has(vmUuid)).map(({ id }) => id);
}

/** The deployments of what was deleted, where another word than an environment selected it. */
async function recordsOf(
  { edges, ledger }: Run<DeleteInputs>,
  desk: Desk,
  gone: ReadonlySet<string>,
): Promise<readonly number[]> {
  const book = new DeploymentBook(edges, ledger, desk, { maxTries: 2, totalMs: 15_000 });
  const all = (found: readonly Owned[]) =>
    [...gone].every((uuid) => found.some(({ vmUuid }) => vmUuid === uuid));
  const list = await book.list(null, { enough: all, mostPages: MOST_PAGES });
  if (list.ok) return namesOf(list.value, gone);
  edges.runner.notice(notLookedFor(list.trouble));
  return [];
}

/** What a step that was killed between a deletion and its record has left. */
async function leftActive(
  { edges, ledger }: Run<DeleteInputs>,
  desk: Desk,
  { stale }: Records,
): Promise<readonly number[]> {
  const book = new DeploymentBook(edges, ledger, desk);
  const ids: number[] = [];
  for (const { id } of stale) {
    const is = await book.isActive(id);
    if (!is.ok) break;
    if (is.value) ids.push(id);
  }
  if (ids.length > 0) edges.runner.info(staleLine(ids.length));
  return ids;
}
