/** The app's list tells more than there is, or less. */
import { describe, expect, it } from "@jest/globals";
import { Simulation, type SimulationOptions } from "../../support/simulated/simulation.ts";
import { deployed, type Entry, instancesOf } from "./stage.ts";

type Row = Readonly<Record<string, unknown>>;

/** An app of some instances, whose source was deployed to; the lists tell what `change` makes of them. */
function cloud(
  change: (rows: readonly Row[], nth: number, sim: Simulation) => readonly Row[],
  more: SimulationOptions = {},
): Simulation {
  const sim = new Simulation({ liveInstances: 3, updateMs: 10_000, ...more });
  deployed(sim);
  let nth = 0;
  sim.on("after-work", "list", ({ answer }) => {
    if (answer === undefined) return;
    nth += 1;
    const rows = change(JSON.parse(String(answer.body)) as Row[], nth, sim);
    Object.assign(answer, { body: JSON.stringify(rows) });
  });
  return sim;
}

/** Runs the step, and what became of it; `away`: how many others did not serve at each redeploy. */
async function rollOut(sim: Simulation, inputs: Readonly<Record<string, string>> = {}) {
  const away: number[] = [];
  const targets: string[] = [];
  sim.on("before-work", "redeploy", ({ request }) => {
    const { vm_uuids } = JSON.parse(request.body) as { vm_uuids: string[] };
    targets.push(...vm_uuids.map((uuid) => sim.world.find(uuid)?.name ?? uuid));
    const others = instancesOf(sim).filter(({ vmUuid }) => !vm_uuids.includes(vmUuid));
    const views = others.map((cvm) => sim.world.view(cvm));
    away.push(views.filter(({ status, inProgress }) => status !== "running" || inProgress).length);
  });
  const source = sim.world.source.vmUuid;
  const { runner } = await sim.start({ source, ...inputs }, "rollout").finished;
  const { outcome, error_code: code, replicas = "[]" } = runner.outputs;
  const entries = JSON.parse(replicas) as (Entry & { readonly name: string })[];
  const told = entries.map((one) => `${one.name} ${one.outcome}`);
  const said = runner.entries.map(({ text }) => text).join("\n");
  return { away, targets, outcome, code, told, said };
}

const UPDATED = ["web unchanged", "web-seed1 updated", "web-seed2 updated"];

describe("a list that names one twice", () => {
  it.each([
    ["the first one alone", (nth: number) => nth === 1],
    ["each", () => true],
  ])("%s: it is one instance, and updated once", async (_name, lies) => {
    const sim = cloud((rows, nth) => (lies(nth) ? [...rows, ...rows.slice(1, 2)] : rows));
    const { away, targets, outcome, told } = await rollOut(sim);
    expect(outcome).toBe("rolled_out");
    expect(targets).toEqual(["web-seed1", "web-seed2"]);
    expect(away).toEqual([0, 0]);
    expect(told).toEqual(UPDATED);
  });

  it("does not make a share of them greater", async () => {
    const isSource = ({ vm_uuid }: Row, { world }: Simulation) => vm_uuid === world.source.vmUuid;
    const sim = cloud((rows, _nth, at) => [...rows, ...rows.filter((row) => isSource(row, at))]);
    // Of three that is one, of four two.
    const { away, outcome } = await rollOut(sim, { max_unavailable: "50%" });
    expect([outcome, away]).toEqual(["rolled_out", [0, 0]]);
  });

  it("in two ways at first, is looked at by its own route before it is chosen", async () => {
    const odd = { name: null, status: "error", compose_hash: "5c".repeat(32) };
    const sim = cloud((rows, nth) => (nth === 1 ? [...rows, { ...rows[1], ...odd }] : rows));
    const { away, targets, outcome, told } = await rollOut(sim, { name: "web*" });
    expect(outcome).toBe("rolled_out");
    expect(targets).toEqual(["web-seed1", "web-seed2"]);
    expect(away).toEqual([0, 0]);
    expect(told).toEqual(UPDATED);
  });

  it("in two ways, where its own route does not answer: nothing is touched", async () => {
    const sim = cloud((rows) => [...rows, { ...rows[1], status: "stopped" }]);
    sim.fault({ route: "cvm", kind: "status", when: "before", status: 500, times: 1_000 });
    const { targets, outcome, code } = await rollOut(sim);
    expect([outcome, code, targets]).toEqual(["failed", "HTTP-500", []]);
  });
});

describe("a list with another app's CVM", () => {
  it("does not make it an instance of this one", async () => {
    const sim = cloud((rows, _nth, { world }) => {
      const { vmUuid } = world.other;
      const more = { id: "cvm_x", app_id: world.otherAppId, vm_uuid: vmUuid, name: "web-other" };
      return [...rows, { ...rows[1], ...more }];
    });
    const { targets, outcome, told } = await rollOut(sim);
    expect(outcome).toBe("rolled_out");
    expect(targets).toEqual(["web-seed1", "web-seed2"]);
    expect(told).toEqual(UPDATED);
  });
});
