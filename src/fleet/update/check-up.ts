/** An instance that runs: has it its URL, and is it healthy? */

import { identOf } from "../../ledger/replica.ts";
import { builtInstanceUrl, gatewayDomain } from "../../phala/gateway.ts";
import type { Bench } from "../bench.ts";
import { URL_WINDOW_MS } from "../follow/address.ts";
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
async function searchUrl({ api, appId, edges }: Bench, one: Instance, rules: UpdateRules) {
  const now = edges.clock.now();
  one.urlWantedSince ??= now;
  if (one.attestedAt !== null && now - one.attestedAt < ATTEST_EVERY_MS) return;
  one.attestedAt = now;
  const { row } = one;
  const options = { signal: edges.cancel, timeoutMs: PROBE_MS };
  const told = await api.attestedInstanceId(one.uuid, options);
  const id = told.ok ? told.value.instanceId : null;
  if (id === null || rules.port !== null) return;
  one.url = builtInstanceUrl(id, row.appUrl, row.appId ?? appId, gatewayDomain(row.raw));
}

/** Without a health check nobody needs its URL now: a warning, once it had its time. */
function withoutUrl(bench: Bench, one: Instance, rules: UpdateRules): void {
  const { clock } = bench.edges;
  if (rules.healthCheck !== null) return;
  if (clock.now() - (one.urlWantedSince ?? clock.now()) < URL_WINDOW_MS) return;
  const elapsedMs = clock.now() - (one.under?.startedAt ?? one.since);
  const stage = one.under === null ? "there" : one.under.back ? "back" : "forth";
  if (!one.isSource) {
    bench.ledger.append({
      replica: one.key,
      fact: "warned",
      trouble: {
        kind: "update",
        stage,
        replica: identOf(one.row),
        end: { why: "no-url" },
        elapsedMs,
      },
    });
  }
  serves(bench, one, rules);
}

/** It does what can be seen from outside; where something is to be proven, that is next. */
function serves(bench: Bench, one: Instance, rules: UpdateRules): void {
  if (rules.healthCheck !== null) reached(bench, one, "healthy");
  if (rules.verify === "off") finish(bench, one);
  else one.proofSince = bench.edges.clock.now();
}
