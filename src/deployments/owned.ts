/** Which CVMs GitHub deployments name: the ledger of what a pull request, or an environment, owns. */
import type { Edges } from "../action/edges.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { requestFailed } from "../ledger/request-failed.ts";
import type { Trouble } from "../ledger/trouble.ts";
import type { Attempt, Fault } from "../net/fault.ts";
import { type Persisted, persist } from "../net/persist.ts";
import type { Budget } from "../net/retry.ts";
import { parseAppId, parseUuid } from "../text/ids.ts";
import { isObject, numberAt, objectAt, parseJson, stringAt } from "../text/json.ts";
import type { Desk } from "./desk.ts";
import { type GithubAnswer, judge } from "./verdict.ts";

/** A deployment that names a CVM. */
export interface Owned {
  /** GitHub's number of it. */
  readonly id: number;
  readonly vmUuid: string;
  /** Null: recorded before the payload named the app. */
  readonly appId: string | null;
  readonly environment: string;
  /** The pull request's number; null: recorded for none. */
  readonly pullRequest: number | null;
}

export type Found<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly trouble: Trouble };

const BUDGET: Budget = { maxTries: 4, totalMs: 75_000, firstWaitMs: 1_000 };
const PER_PAGE = 100;
/** Ten thousand deployments, the newest first: what is older is nobody's that still runs. */
const MOST_PAGES = 100;

interface Until {
  readonly enough: (found: readonly Owned[]) => boolean;
  readonly mostPages: number;
}

/** Reads deployments, one request at a time, as GitHub asks for. Nothing is thrown. */
export class DeploymentBook {
  readonly #edges: Edges;
  readonly #ledger: Ledger;
  readonly #desk: Desk;
  readonly #budget: Budget;

  /** @param budget how long one request may be tried for */
  constructor(edges: Edges, ledger: Ledger, desk: Desk, budget: Budget = BUDGET) {
    this.#budget = budget;
    this.#edges = edges;
    this.#ledger = ledger;
    this.#desk = desk;
  }

  /**
   * The deployments that name a CVM, newest first, page by page.
   *
   * @param environment of this one alone; null: of all
   * @param until asked after each page whether the rest is not needed; and the most pages
   */
  async list(
    environment: string | null,
    until: Partial<Until> = {},
  ): Promise<Found<readonly Owned[]>> {
    const { enough = () => false, mostPages = MOST_PAGES } = until;
    const found = new Map<number, Owned>();
    const only = environment === null ? "" : `&environment=${encodeURIComponent(environment)}`;
    for (let page = 1; page <= mostPages; page++) {
      const answer = await this.#read(`?per_page=${PER_PAGE}&page=${page}${only}`);
      if (!answer.ok) return failed(answer);
      const { rows, more } = answer.value;
      // A row that moves to the next page meanwhile is met twice.
      for (const row of rows.map(readOwned).filter((one) => one !== null)) {
        if (environment === null || row.environment === environment) found.set(row.id, row);
      }
      if (!more || enough([...found.values()])) break;
    }
    return { ok: true, value: [...found.values()] };
  }

  /** Whether a deployment is not inactive: its newest status counts, and one without any is active. */
  async isActive(id: number): Promise<Found<boolean>> {
    const answer = await this.#read(`/${id}/statuses?per_page=1`);
    if (!answer.ok) return failed(answer);
    return { ok: true, value: stringAt(answer.value.rows[0], "state") !== "inactive" };
  }

  #read(rest: string): Promise<Persisted<Page>> {
    const { client, workflow } = this.#desk;
    const { cancel: signal } = this.#edges;
    const path = `/repos/${workflow.owner}/${workflow.repo}/deployments${rest}`;
    const doing = { do: "read-deployments" } as const;
    const onWait = (fault: Fault, waitMs: number, next: number) =>
      this.#ledger.append({ fact: "retrying", doing, fault, waitMs, next });
    // To read is to repeat without harm, as to tell a status is.
    const rules = { budget: this.#budget, judge: (fault: Fault) => judge("status", fault), signal };
    return persist(this.#edges, { ...rules, onWait }, async () => pageOf(await client.get(path)));
  }
}

interface Page {
  readonly rows: readonly unknown[];
  readonly more: boolean;
}

function pageOf(answer: Attempt<GithubAnswer>): Attempt<Page> {
  if (!answer.ok) return answer;
  const { status, data, headers } = answer.value;
  if (!Array.isArray(data)) {
    const problem = "an answer that is no list";
    return {
      ok: false,
      fault: { kind: "unreadable", status, problem, requestId: null, page: false },
    };
  }
  // A server may give fewer a page than it was asked for, and then says that there are more.
  const more = data.length >= PER_PAGE || /\brel="next"/.test(String(headers.link ?? ""));
  return { ok: true, value: { rows: data, more: more && data.length > 0 } };
}

/** Null: it names no CVM, so it is not one that the action recorded. The payload may come as text. */
function readOwned(row: unknown): Owned | null {
  const text = stringAt(row, "payload");
  const parsed = text === null ? objectAt(row, "payload") : parseJson(text);
  const payload = isObject(parsed) ? parsed : null;
  const id = numberAt(row, "id");
  const vmUuid = parseUuid(stringAt(payload, "vm_uuid") ?? "");
  if (id === null || !Number.isSafeInteger(id) || id <= 0 || vmUuid === null) return null;
  return {
    id,
    vmUuid,
    appId: parseAppId(stringAt(payload, "app_id") ?? ""),
    environment: stringAt(row, "environment") ?? "",
    pullRequest: numberAt(payload, "number"),
  };
}

function failed(read: Persisted<unknown> & { ok: false }): Found<never> {
  return { ok: false, trouble: requestFailed({ do: "read-deployments" }, read) };
}
