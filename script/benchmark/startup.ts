/** One create without waiting, the whole process from start to end, against what it can be compared with. */
import { startSimulator } from "../../simulator/index.ts";
import { type Program, run } from "./process.ts";
import { median, quartiles, rounded } from "./stats.ts";
import { cli, emptyNode, other, ours, type Subjects, smallest, type Target } from "./subjects.ts";

export interface StartupRow {
  readonly program: string;
  readonly runs: number;
  readonly medianMs: number;
  readonly quartilesMs: readonly [number, number];
}

export interface Startup {
  readonly rows: readonly StartupRow[];
  /** Our median by the median of the other; the wanted bound where there is one. */
  readonly ratios: readonly {
    readonly against: string;
    readonly ratio: number;
    readonly wanted: string;
  }[];
  /** The other actions' medians by that of the smallest bundle with the same packages. */
  readonly others: readonly { readonly program: string; readonly ratio: number }[];
}

/** How much longer than the smallest bundle an action may take. */
export const MOST_TIMES_SMALLEST = 1.25;

export const NAMES = {
  empty: "empty Node process",
  smallest: "smallest bundle, same packages",
  undici: "smallest bundle, packages as npm gives them",
  ours: "this action, `wait: false`",
  delete: "action delete, nothing fits",
  rollout: "action rollout, nothing to roll out",
  verify: "action verify, nothing to verify",
  cli: "official CLI, `phala cvms replicate --json`",
} as const;
type Name = keyof typeof NAMES;
/** Each looks at the app, and finds nothing to do. */
const OTHERS = ["delete", "rollout", "verify"] as const;
/** Makes its one replica. */
const CREATE: ReadonlySet<Name> = new Set(["smallest", "undici", "ours", "cli"]);
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** @param runs of each program; they take turns, in another order each round, so that a busy moment hits all */
export async function startup(subjects: Subjects, runs: number): Promise<Startup> {
  // Each program has a simulator of its own: an app that grows would be longer in the list each time.
  const times = new Map<Name, number[]>();
  const names = (Object.keys(NAMES) as Name[]).filter(
    (name) => name !== "undici" || subjects.undici !== null,
  );
  for (let round = -1; round < runs; round++) {
    for (let n = 0; n < names.length; n++) {
      const name = names[(n + round + 1) % names.length] as Name;
      const ms = await once(subjects, name);
      // The first round warms the disk's cache.
      if (round >= 0) times.set(name, [...(times.get(name) ?? []), ms]);
    }
  }
  const medianOf = (name: Name) => median(times.get(name) ?? []);
  const against = (name: Name, wanted: string) => ({
    against: NAMES[name],
    ratio: rounded(medianOf("ours") / medianOf(name)),
    wanted,
  });
  const others = OTHERS.map((name) => ({
    program: NAMES[name],
    ratio: rounded(medianOf(name) / medianOf("smallest")),
  }));
  return {
    rows: names.map((name) => {
      const [low, high] = quartiles(times.get(name) ?? []);
      return {
        program: NAMES[name],
        runs,
        medianMs: rounded(medianOf(name)),
        quartilesMs: [rounded(low), rounded(high)],
      };
    }),
    ratios: [
      against("empty", ""),
      against("smallest", `≤ ${MOST_TIMES_SMALLEST}`),
      ...(subjects.undici === null ? [] : [against("undici", "")]),
      against("cli", "≤ 0.2"),
    ],
    others,
  };
}

async function once(subjects: Subjects, name: Name): Promise<number> {
  const sim = await startSimulator();
  try {
    const { ms, exitCode, stdout, stderr } = await run(programOf(subjects, name, sim));
    const made = sim.replicas().length;
    // A UUID that is not there is red: NOT_FOUND.
    const exits = name === "rollout" || name === "verify" ? 1 : 0;
    const listed = !OTHERS.some((one) => one === name) || sim.requests.length > 0;
    if (exitCode !== exits || made !== (CREATE.has(name) ? 1 : 0) || !listed) {
      throw new Error(`${NAMES[name]}: exit ${exitCode}, ${made} replicas\n${stdout}${stderr}`);
    }
    return ms;
  } finally {
    await sim.close();
  }
}

function programOf(subjects: Subjects, name: Name, target: Target): Program {
  switch (name) {
    case "empty":
      return emptyNode(subjects);
    case "smallest":
      return smallest(subjects, "smallest", target);
    case "undici":
      return smallest(subjects, "smallest-undici", target);
    case "ours":
      return ours(subjects, target, { wait: "false" });
    case "delete":
      return other(subjects, "delete", target, { name: "nobody-*" });
    case "rollout":
      return other(subjects, "rollout", target, { source: target.vmUuid, vm_uuids: NOBODY });
    case "verify":
      return other(subjects, "verify", target, { source: target.vmUuid, vm_uuids: NOBODY });
    case "cli":
      return cli(subjects, target);
  }
}
