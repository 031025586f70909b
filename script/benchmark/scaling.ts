/** What 1, 10 and 50 replicas cost in requests, bytes, time and memory. */
import { join } from "node:path";
import { startSimulator } from "../../simulator/index.ts";
import { accounted, readUsage, run } from "./process.ts";
import { startRelay } from "./relay.ts";
import { median, rounded } from "./stats.ts";
import { ours, type Subjects } from "./subjects.ts";

const COUNTS = [1, 10, 50] as const;
/** Boot time of each simulated replica, and the step's `poll_interval`, in ms. */
export const BOOT_MS = 5_000;
export const POLL_MS = 1_000;

export interface ScalingRow {
  readonly replicas: number;
  /** Requests by route; medians, as all that follows. */
  readonly creates: number;
  readonly statuses: number;
  readonly lists: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly wallMs: number;
  /** From the moment when the last replica ran to the end of the process. */
  readonly overheadMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

/** @param runs of each count */
export async function scaling(subjects: Subjects, runs: number): Promise<readonly ScalingRow[]> {
  const rows: ScalingRow[] = [];
  for (const replicas of COUNTS) {
    const all: ScalingRow[] = [];
    for (let n = 0; n < runs; n++) all.push(await once(subjects, replicas));
    rows.push(medians(all));
  }
  return rows;
}

async function once(subjects: Subjects, replicas: number): Promise<ScalingRow> {
  const sim = await startSimulator({ bootMs: BOOT_MS });
  const relay = await startRelay(sim.apiUrl);
  try {
    const file = join(subjects.folder, "usage.json");
    const inputs = {
      api_url: relay.url,
      count: String(replicas),
      poll_interval: String(POLL_MS / 1_000),
    };
    const result = await run(accounted(ours(subjects, sim, inputs), file));
    const made = sim.replicas();
    if (result.exitCode !== 0 || made.length !== replicas) {
      throw new Error(
        `${made.length} of ${replicas} replicas, exit ${result.exitCode}\n${result.stdout}`,
      );
    }
    const on = (...routes: readonly string[]) =>
      sim.requests.filter(({ route }) => routes.includes(route)).length;
    const lastRan =
      Math.max(...sim.requests.filter(({ route }) => route === "create").map(({ at }) => at)) +
      BOOT_MS;
    return {
      replicas,
      creates: on("create"),
      statuses: on("batch"),
      lists: on("list"),
      bytesSent: relay.bytes.sent,
      bytesReceived: relay.bytes.received,
      wallMs: result.ms,
      overheadMs: result.endedAt - lastRan,
      ...readUsage(file),
    };
  } finally {
    await relay.close();
    await sim.close();
  }
}

function medians(rows: readonly ScalingRow[]): ScalingRow {
  const of = (field: keyof ScalingRow) => rounded(median(rows.map((row) => row[field])), 4);
  return {
    replicas: of("replicas"),
    creates: of("creates"),
    statuses: of("statuses"),
    lists: of("lists"),
    bytesSent: of("bytesSent"),
    bytesReceived: of("bytesReceived"),
    wallMs: of("wallMs"),
    overheadMs: of("overheadMs"),
    cpuMs: of("cpuMs"),
    peakMb: of("peakMb"),
  };
}
