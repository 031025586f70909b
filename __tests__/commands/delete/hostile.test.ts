/** A list that lies, and a step that is killed anywhere: nothing goes that should not, and the end is the same. */
import { describe, expect, it, jest } from "@jest/globals";
import {
  type Case,
  type Cloud,
  describeCases,
  type Inputs,
  type Seen,
} from "../../support/play.ts";
import { Simulation } from "../../support/simulated/simulation.ts";
import { alone, listed, namesLeft, sent, uuidOf } from "./support.ts";

jest.setTimeout(480_000);

type Row = Record<string, unknown>;

interface Lie {
  readonly name: string;
  /** The rows of the first list, made of the true ones: `web`, `web-seed1` and `web-seed2`, all running. */
  readonly change: (rows: readonly Row[], cloud: Cloud) => readonly unknown[];
  readonly inputs?: Inputs;
  /** Names of those that go all the same. */
  readonly go: readonly string[];
  readonly expects?: (seen: Seen) => void;
}

function rowsOf({ cvms, appId }: Cloud): readonly Row[] {
  return cvms()
    .filter((cvm) => cvm.appId === appId)
    .map((cvm): Row => {
      const created_at = new Date(cvm.createdAt).toISOString();
      const { vmUuid: vm_uuid, name, appId: app_id, hashId: id } = cvm;
      return { id, vm_uuid, name, app_id, status: "running", created_at, in_progress: false };
    });
}

const first = (rows: readonly Row[], over: Row) => [{ ...rows[0], ...over }, ...rows.slice(1)];
const second = (rows: readonly Row[], over: Row) => [
  rows[0],
  { ...rows[1], ...over },
  ...rows.slice(2),
];

const NAMES: readonly (readonly [what: string, name: string])[] = [
  ["a control character", "web-\u0000seed"],
  ["a line end", "web-seed\nx"],
  ["a letter that looks alike", "w\u0435b-seed1"],
  ["what hides text", "web-\u200bseed1"],
  ["what turns text around", "web-\u202eseed1"],
  ["another script's digits", "web-\u0661"],
  ["nothing", ""],
];

const LIES: readonly Lie[] = [
  ...NAMES.map(
    ([what, name]): Lie => ({
      name: `takes no name with ${what} for one that a pattern means`,
      change: (rows, cloud) => {
        // By its own route it is called the same, so that nothing but the name speaks against it.
        cloud.update(String(rows[1]?.vm_uuid), { name });
        return second(rows, { name });
      },
      go: ["web-seed2"],
    }),
  ),
  {
    name: "that shows another app's CVMs as its own loses none of them",
    change: (rows, { world }) => [
      ...rows.slice(0, 1),
      { ...rows[1], vm_uuid: world.other.vmUuid, name: "web-1" },
      { ...rows[2], vm_uuid: world.other.vmUuid, name: "web-1", app_id: null },
    ],
    go: [],
  },
  {
    name: "with rows of another app touches none of them",
    change: (rows, { world }) => rows.map((row) => ({ ...row, app_id: world.otherAppId })),
    go: [],
  },
  {
    name: "with ids that are none deletes by none of them",
    change: (rows) => [rows[0], { ...rows[1], vm_uuid: null }, { ...rows[2], vm_uuid: "web" }],
    go: [],
    expects: (seen) => {
      expect(listed(seen, "kept")).toEqual(["web-seed1: no-uuid", "web-seed2: no-uuid"]);
    },
  },
  {
    name: "that names one CVM twice deletes it once",
    change: (rows) => [...rows, rows[1], rows[1]],
    inputs: { max_deletions: "2" },
    go: ["web-seed2", "web-seed1"],
  },
  {
    name: "that names one CVM twice and not alike deletes it by neither",
    change: (rows) => [...rows, { ...rows[0], name: "web-fake" }],
    // Nor does it count as one of the running ones that stay, so another one has to.
    go: ["web-seed2"],
  },
  {
    name: "that shows the last running one twice does not make two of it",
    change: (rows) => [rows[1], rows[1], rows[1]],
    go: [],
  },
  {
    name: "that gives a name to another CVM deletes it by neither",
    change: (rows) => first(rows, { name: "web-preview" }),
    // By its own route it is called otherwise.
    go: ["web-seed2", "web-seed1"],
  },
  {
    name: "with dates that are none leaves what needs one",
    change: (rows) => rows.map((row) => ({ ...row, created_at: "yesterday" })),
    inputs: { older_than: "1h" },
    go: [],
  },
];

describeCases(
  "a list that lies",
  LIES.map(({ name, change, inputs, go, expects }, index): Case => {
    return {
      name,
      process: index === 0,
      command: "delete",
      api: { liveInstances: 3 },
      given: (cloud) => {
        const body = JSON.stringify(change(rowsOf(cloud), cloud));
        const answer = { kind: "status", when: "before", status: 200, body } as const;
        cloud.fault({ route: "list", ...answer, path: `/apps/${cloud.appId}/cvms` });
      },
      inputs: alone({ name: "web-*", wait_timeout: "30s", ...inputs }),
      post: false,
      expects: (seen) => {
        expect(seen.main.exitCode).toBe(0);
        expect(sent(seen)).toEqual(go.map((one) => uuidOf(seen.cloud, one)));
        // Of this app, and of the others.
        expect(namesLeft(seen)).toHaveLength(3 - go.length);
        expect(seen.cloud.cvms().filter(({ deletes }) => deletes > 0)).toHaveLength(go.length);
        expects?.(seen);
      },
    };
  }),
);

describe("killed at any moment, then run again", () => {
  const inputs = { github_token: "", name: "web-*", poll_interval: "1s" };
  const world = { liveInstances: 5, removeMs: 4_000, latencyMs: 40 } as const;

  it.each(Array.from({ length: 30 }, (_, n) => n * 40 + 7))(
    "after %i ms: the same end",
    async (ms) => {
      const sim = new Simulation(world);
      const process = sim.start(inputs, "delete");
      sim.after(ms, () => process.kill());
      const main = await process.finished;
      const asked = sim.requests.filter(({ method }) => method === "DELETE").length;
      const post = await sim.post(main);
      expect(post.exitCode).toBe(0);
      const said = post.runner.entries.map(({ text }) => text).join("\n");
      if (asked > 0) expect(said).toMatch(/there still|certainly gone/);
      const again = await sim.start(inputs, "delete").finished;
      expect(again.exitCode).toBe(0);
      await sim.pass(10_000);
      const left = sim.cvms().filter((cvm) => !cvm.deleted && cvm.appId === sim.world.appId);
      expect(left.map(({ name }) => name)).toEqual(["web"]);
      const third = await sim.start(inputs, "delete").finished;
      expect(third.runner.outputs.outcome).toBe("unchanged");
    },
  );
});
