/** The app's list tells more than there is, or less. */
import { describe, expect, it } from "@jest/globals";
import { Simulation, type SimulationOptions } from "../../support/simulated/simulation.ts";
import { deployed, type Entry, instancesOf, NEW } from "./stage.ts";

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

  it("in two ways in each, is looked at by its own route: one that serves is not taken for one away", async () => {
    const odd = { status: "error", compose_hash: "5c".repeat(32) };
    const sim = cloud((rows) => [...rows, { ...rows[1], ...odd }]);
    const { away, targets, outcome, told } = await rollOut(sim, { name: "web*" });
    expect(outcome).toBe("rolled_out");
    expect(targets.toSorted()).toEqual(["web-seed1", "web-seed2"]);
    expect(away).toEqual([0, 0]);
    expect(told.toSorted()).toEqual(UPDATED);
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

/** The lists between these moments, ms after the start, leave some out. */
function hides(fromMs: number, untilMs: number, isHidden: (name: string) => boolean) {
  return (rows: readonly Row[], _nth: number, sim: Simulation) => {
    const at = sim.clock.now() - sim.startAt;
    if (at < fromMs || at > untilMs) return rows;
    return rows.filter(({ name }) => !isHidden(String(name)));
  };
}

const LAST = (name: string) => name === "web-seed2";
const LEFT = ["web unchanged", "web-seed1 updated", "web-seed2 untouched"];

describe("a list that leaves out what is there", () => {
  it.each([
    ["one, before its turn", hides(4_000, 9_000, LAST)],
    ["one, for minutes", hides(1_000, 300_000, LAST)],
    ["all of them, while one is under way", hides(4_000, 60_000, () => true)],
  ])("%s: its own route shows it, and it is brought along", async (_name, change) => {
    const sim = cloud(change);
    const { away, targets, outcome, told } = await rollOut(sim);
    expect(outcome).toBe("rolled_out");
    expect(targets).toEqual(["web-seed1", "web-seed2"]);
    expect(away).toEqual([0, 0]);
    expect(told).toEqual(UPDATED);
    expect(new Set(instancesOf(sim).map(({ composeHash }) => composeHash))).toEqual(new Set([NEW]));
  });

  it.each<[string, Partial<Parameters<Simulation["fault"]>[0]>]>([
    ["a proxy's page with 404", { kind: "status", status: 404, body: "<html>none</html>" }],
    ["an error of the server", { kind: "status", status: 500 }],
    ["nothing", { kind: "drop" }],
  ])("and its own route answers %s: it is waited for", async (_name, fault) => {
    const sim = cloud(hides(4_000, 40_000, LAST));
    sim.fault({ route: "cvm", when: "before", times: 8, ...fault } as Parameters<
      typeof sim.fault
    >[0]);
    const { away, targets, outcome, told, said } = await rollOut(sim);
    expect(outcome).toBe("rolled_out");
    expect(targets).toEqual(["web-seed1", "web-seed2"]);
    expect(away).toEqual([0, 0]);
    expect(told).toEqual(UPDATED);
    expect(said.match(/list does not tell how web-seed2/g)).toHaveLength(1);
  });

  it("the source, until the first request: its own route shows that it serves", async () => {
    const sim = cloud((rows, nth) =>
      nth === 1 ? rows : rows.filter(({ name }) => name !== "web"),
    );
    const { outcome, told } = await rollOut(sim);
    expect([outcome, told]).toEqual(["rolled_out", UPDATED]);
  });

  it("for good, and its own route never tells: it ends red in its time, and nothing is told to be gone", async () => {
    const sim = cloud(hides(4_000, 3_600_000, LAST));
    sim.fault({ route: "cvm", kind: "status", when: "before", status: 500, times: 10_000 });
    const { outcome, code, told, said } = await rollOut(sim, { wait_timeout: "5m" });
    expect([outcome, code]).toEqual(["timeout", "TIMEOUT"]);
    expect(told).toEqual(LEFT);
    expect(said).not.toMatch(/gone already/);
  });
});

describe("one that somebody deletes", () => {
  it("before its turn is told as gone", async () => {
    const sim = cloud((rows) => rows);
    const last = instancesOf(sim).find(({ name }) => LAST(name));
    sim.after(4_000, () => last && sim.world.remove(last));
    const { targets, outcome, told, said } = await rollOut(sim);
    expect([outcome, targets]).toEqual(["rolled_out", ["web-seed1"]]);
    expect(told).toEqual(LEFT);
    expect(said).toMatch(/web-seed2 .* is gone already/);
  });

  it("while it is under way ends the step", async () => {
    const sim = cloud((rows) => rows, { updateMs: 60_000 });
    const first = instancesOf(sim).find(({ name }) => name === "web-seed1");
    sim.after(20_000, () => first && sim.world.remove(first));
    const { targets, outcome, said } = await rollOut(sim);
    expect([outcome, targets]).toEqual(["failed", ["web-seed1"]]);
    expect(said).toMatch(/web-seed1 .* is not there any more: somebody deleted it/);
  });

  it("is not gone by one look in which both routes deny it", async () => {
    const sim = cloud(hides(4_000, 9_000, LAST));
    sim.fault({ route: "cvm", kind: "status", when: "before", status: 404, times: 1 });
    const { outcome, told } = await rollOut(sim);
    expect([outcome, told]).toEqual(["rolled_out", UPDATED]);
  });
});
