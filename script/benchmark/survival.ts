/** The fault table of the tests, each row against one create: what becomes of it with us and with the CLI. */
import {
  CERTAIN,
  DONE,
  type FaultRow,
  UNDONE,
} from "../../__tests__/commands/create/lost/fault-table.ts";
import { startSimulator } from "../../simulator/index.ts";
import { run } from "./process.ts";
import { cli, ours, type Subjects, type Target } from "./subjects.ts";

/**
 * - `survived`: the program succeeded, one replica exists, and the program named it.
 * - `told`: it failed, and no replica exists that it did not name.
 * - `lost`: a replica exists, billed, that the program did not name.
 * - `twice`: more than one exists.
 */
export type Fate = "survived" | "told" | "lost" | "twice";

export interface SurvivalRow {
  readonly fault: string;
  readonly ours: Fate;
  readonly cli: Fate;
}

const AT_ONCE = 6;
const LIMIT_MS = 150_000;

/** Which rows can be survived at all depends on the server: where nothing was done, a failure is the truth. */
export async function survival(subjects: Subjects): Promise<readonly SurvivalRow[]> {
  const rows: SurvivalRow[] = [];
  const waiting = [...CERTAIN, ...DONE, ...UNDONE].map((row, index) => ({ row, index }));
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { row, index } = next;
      rows[index] = {
        fault: row.name,
        ours: await fateOf(row, (target) =>
          ours(subjects, target, { wait: "false", request_timeout: "30s", ...row.inputs }),
        ),
        cli: await fateOf(row, (target) => cli(subjects, target)),
      };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return rows;
}

async function fateOf(
  row: FaultRow,
  programOn: (target: Target) => Parameters<typeof run>[0],
): Promise<Fate> {
  const sim = await startSimulator({ bootMs: 60_000, ...row.sim });
  try {
    sim.fault({ route: "create", nth: 1, ...row.fault });
    const { exitCode, stdout, stderr } = await run(programOn(sim), LIMIT_MS);
    const made = sim.replicas();
    const said = `${stdout}${stderr}`.replaceAll("-", "");
    const unnamed = made.filter(({ vmUuid }) => !said.includes(vmUuid.replaceAll("-", "")));
    if (made.length > 1) return "twice";
    if (unnamed.length > 0) return "lost";
    return exitCode === 0 && made.length === 1 ? "survived" : "told";
  } finally {
    await sim.close();
  }
}

/** How many rows had each fate. */
export function counted(rows: readonly SurvivalRow[], who: "ours" | "cli"): Record<Fate, number> {
  const count = { survived: 0, told: 0, lost: 0, twice: 0 };
  for (const row of rows) count[row[who]] += 1;
  return count;
}
