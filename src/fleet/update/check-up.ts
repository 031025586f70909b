/** An instance that runs: has it its URL, and is it healthy? */

import { identOf } from "../../ledger/replica.ts";
import type { UpdateEnd } from "../../ledger/trouble.ts";
import type { Bench } from "../bench.ts";
import { addressed, lacksPort, ROW_IS_LATE_MS, URL_WINDOW_MS } from "../follow/address.ts";
import { healthUrl } from "../follow/health.ts";
import { isDue, judgeHealth } from "../plan/health-course.ts";
import { fail, finish, reached } from "./ends.ts";
import type { Instance } from "./instance.ts";
import { PROBE_MS, probe } from "./probe.ts";
import type { UpdateRules } from "./rules.ts";

/** Its event log is asked for the id so often at the most. Ms. */
const ATTEST_EVERY_MS = 30_000;

/** One round for one that runs by the looks. */
export async function checkUp(bench: Bench, one: Instance, rules: UpdateRules): Promise<void> {
  const { clock } = bench.edges;
  // Its attestation is all that is still open.
  if (one.proofSince !== null) return;
  if (lacksPort(one.row, rules.port)) return withoutPort(bench, one, rules, rules.port);
  if (one.url === null) await searchUrl(bench, one, rules);
  if (one.url === null) return withoutUrl(bench, one, rules);
  if (rules.healthCheck === null) return serves(bench, one, rules);
  const now = clock.now();
  if (!isDue(one.health, rules.healthForMs, now)) return;
  const address = addressOf(one, rules);
  const problem =
    address === null
      ? ({ got: "no-usable-url" } as const)
      : await probe(bench.edges, address, expectOf(one, rules));
  if (bench.edges.cancel.aborted) return;
  const judged = judgeHealth(one.health, problem, rules.healthForMs, clock.now());
  if (problem !== null && one.health.problem === null && !one.isSource) {
    bench.ledger.append({
      fact: "noted",
      note: { note: "not-healthy", replica: one.key, problem },
    });
  }
  one.health = judged.course;
  if (judged.verdict === "healthy") serves(bench, one, rules);
  if (judged.verdict === "sick" && problem !== null) {
    const { healthCheck: path, healthForMs: heldMs } = rules;
    fail(bench, one, { why: "unhealthy", address, path, problem, heldMs });
  }
}

/** Asks one that is not on the revision once whether it serves: a 2xx is what counts. */
export async function askOnce(bench: Bench, one: Instance, rules: UpdateRules): Promise<void> {
  const address = addressOf(one, rules);
  if (rules.healthCheck === null || address === null || one.parked) return;
  one.answered = (await probe(bench.edges, address, null)) === null;
}

/** Where its health is asked; null: it has no address that this step may ask. */
export function addressOf(one: Instance, { healthCheck, apiUrl }: UpdateRules): string | null {
  return one.url === null || healthCheck === null ? null : healthUrl(one.url, healthCheck, apiUrl);
}

/** The text that names the new version is asked of nothing else. */
function expectOf(one: Instance, { healthExpect, wanted }: UpdateRules): string | null {
  const isNew = one.has(wanted) && one.course.target === wanted;
  return isNew ? healthExpect : null;
}

/** An update keeps the instance's id, but its row may not tell it (API facts, "Instance id"). */
async function searchUrl(bench: Bench, one: Instance, { port }: UpdateRules): Promise<void> {
  const { api, appId, edges, ledger } = bench;
  const now = edges.clock.now();
  one.urlWantedSince ??= now;
  if (one.attestedAt !== null && now - one.attestedAt < ATTEST_EVERY_MS) return;
  one.attestedAt = now;
  const options = { signal: edges.cancel, timeoutMs: PROBE_MS };
  const told = await api.attestedInstanceId(one.uuid, options);
  one.foundId = (told.ok ? told.value.instanceId : null) ?? one.foundId;
  if (one.foundId === null) return;
  const cvm = addressed(one.row, one.foundId, appId, port);
  one.url = cvm.instanceUrl;
  if (isReplica(bench, one)) {
    ledger.append({ replica: one.key, fact: "located", ident: identOf(cvm), cvm });
  }
}

/** The source need not be selected: then it is no replica of this run. */
function isReplica({ ledger }: Bench, { key }: Instance): boolean {
  return ledger.replicas().some((replica) => replica.key === key);
}

/**
 * Its row lists others than the port that was asked for. Right after an update that may be the row of before; then it
 * is a slip, whether its health is asked or not.
 */
function withoutPort(bench: Bench, one: Instance, rules: UpdateRules, port: number): void {
  const now = bench.edges.clock.now();
  one.urlWantedSince ??= now;
  // An address of the revision before leads nowhere any more.
  one.url = null;
  if (now - one.urlWantedSince < ROW_IS_LATE_MS) return;
  const ports = one.row.endpoints.map((endpoint) => endpoint.port);
  const end: UpdateEnd = { why: "no-port", port, ports };
  // The revision of before may never have had it: there is nothing to ask, and nowhere else to go.
  if (one.under?.back === true) {
    warn(bench, one, end);
    passes(bench, one, rules);
  } else fail(bench, one, end);
}

/** Without a health check nobody needs its URL now: a warning, once it had its time. */
function withoutUrl(bench: Bench, one: Instance, rules: UpdateRules): void {
  const { clock } = bench.edges;
  if (rules.healthCheck !== null) return;
  if (clock.now() - (one.urlWantedSince ?? clock.now()) < URL_WINDOW_MS) return;
  // A source that is yet to be brought to another revision is told of after that.
  if (isReplica(bench, one) && (!one.isSource || one.has(rules.wanted))) {
    warn(bench, one, { why: "no-url" });
  }
  passes(bench, one, rules);
}

function warn({ ledger, edges }: Bench, one: Instance, end: UpdateEnd): void {
  const { key: replica, row, under, since } = one;
  const elapsedMs = edges.clock.now() - (under?.startedAt ?? since);
  const stage = under === null ? "there" : under.back ? "back" : "forth";
  const trouble = { kind: "update", stage, replica: identOf(row), end, elapsedMs } as const;
  ledger.append({ replica, fact: "warned", trouble });
}

/** It is healthy, where that was asked. */
function serves(bench: Bench, one: Instance, rules: UpdateRules): void {
  if (rules.healthCheck !== null) reached(bench, one, "healthy");
  passes(bench, one, rules);
}

/** It does what can be seen from outside; where something is to be proven, that is next. */
function passes(bench: Bench, one: Instance, rules: UpdateRules): void {
  if (rules.verify === "off") finish(bench, one);
  else one.proofSince = bench.edges.clock.now();
}
