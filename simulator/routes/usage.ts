import { invalid, json, plain } from "../errors.ts";
import { appById } from "../lookup.ts";
import { queryInteger } from "../query.ts";
import type { Context, Route } from "../route.ts";
import { HOURLY_USD } from "../shapes-vm.ts";
import type { ApiAnswer, Cvm } from "../types.ts";
import { isoTime } from "../urls.ts";
import type { World } from "../world.ts";

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

function date(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  const msg = "Input should be a valid datetime or date";
  throw invalid([{ type: "datetime_from_date_parsing", loc: ["query", name], msg, input: text }]);
}

/** Epoch ms at which a CVM ceased to be billed, or now. */
function endOf(world: World, cvm: Cvm): number {
  const ends = [world.now(), cvm.vanishedAt, cvm.deleteRequestedAt, cvm.scheduledDeleteAt];
  return Math.min(...ends.filter((end) => end !== null));
}

/** One record for each hour that a CVM has begun, complete hours apart. */
function recordsOf(world: World, cvm: Cvm, from: number, to: number): Record<string, unknown>[] {
  const start = Math.max(cvm.createdAt, from);
  const end = Math.min(endOf(world, cvm), to, world.now() - world.settings.usageLagMs);
  const records: Record<string, unknown>[] = [];
  for (let at = start; at < end; at = Math.floor(at / HOUR + 1) * HOUR) {
    const until = Math.min(end, Math.floor(at / HOUR + 1) * HOUR);
    const hour = isoTime(world, Math.floor(at / HOUR) * HOUR);
    records.push({
      instance_id: cvm.vmUuid,
      project_id: 1,
      team_id: 1,
      timestamp: isoTime(world, until),
      event_type: "running",
      cost: (HOURLY_USD * (until - at)) / HOUR,
      details: null,
      usage_type: "compute",
      billing_start: isoTime(world, at),
      billing_end: isoTime(world, until),
      duration_minutes: (until - at) / 60_000,
      billing_key: `${cvm.vmUuid}:${hour}`,
      billing_hour: hour,
      billing_day: hour.slice(0, 10),
    });
  }
  return records;
}

function usage(context: Context): ApiAnswer {
  const { world, query } = context;
  const limit = queryInteger(query, "limit", { min: 1, max: 5000, fallback: 500 });
  const offset = queryInteger(query, "offset", { min: 0, max: 1_000_000_000, fallback: 0 });
  const to = date(query, "end_date") ?? world.now();
  const from = date(query, "start_date") ?? to - WEEK;
  const appId = appById(world, context.params.app_id ?? "");
  if (to < from) throw plain(400, "end_date must not be before start_date");
  const records = world.cvms
    .filter((cvm) => cvm.appId === appId)
    .flatMap((cvm) => recordsOf(world, cvm, from, to))
    .slice(offset, offset + limit);
  const cost = records.reduce((sum, record) => sum + (record.cost as number), 0);
  return json(200, { usage: records, total: records.length, total_cost: cost });
}

/** What an app's CVMs have cost (API facts, section 19). */
export const usageRoutes: readonly Route[] = [
  { name: "usage", method: "GET", path: "/apps/{app_id}/usage", run: usage },
];
