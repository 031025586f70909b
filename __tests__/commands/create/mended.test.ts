/**
 * The cases that led to the mending of creation, one test a case, in simulated time: money first, then wrong
 * greens and reds, then words. Each stands for its kind; the tests of the rules are with the rules.
 */
import { describe, expect, it } from "@jest/globals";
import {
  type Inputs,
  type Result,
  Simulation,
  type SimulationOptions,
} from "../../support/simulated/simulation.ts";

const SECOND = 1_000;

interface Entry {
  readonly outcome: string;
  readonly vm_uuid: string | null;
  readonly error: string | null;
  readonly deleted_at_latest: string | null;
  readonly instance_url: string | null;
  readonly compose_hash: string | null;
}

const posts = (sim: Simulation) => sim.requests.filter(({ route }) => route === "create").length;
const left = (sim: Simulation) => sim.replicas().filter(({ deleted }) => !deleted);
const logOf = ({ runner }: Result) =>
  runner.entries.map(({ text, title = "" }) => `${title} ${text}`).join("\n");
const entriesOf = ({ runner }: Result) => JSON.parse(runner.outputs.replicas ?? "[]") as Entry[];

function errorOf({ runner, exitCode }: Result): string {
  const errors = runner.entries.filter(({ kind }) => kind === "error");
  expect(errors).toHaveLength(exitCode ?? 0);
  return errors[0]?.text ?? "";
}

const cutAfter = (sim: Simulation, times: number | "always" = "always") =>
  sim.fault({ route: "create", kind: "drop", when: "after", times });
const cutBefore = (sim: Simulation, times: number | "always" = "always") =>
  sim.fault({ route: "create", kind: "drop", when: "before", times });
const forbidList = (sim: Simulation) =>
  sim.fault({ route: "list", kind: "status", when: "before", status: 403, times: "always" });

/** Main, then post. */
async function both(
  sim: Simulation,
  inputs: Inputs,
  between: () => Promise<void> = async () => {},
) {
  const main = await sim.main(inputs);
  await between();
  return { main, post: await sim.post(main) };
}

describe("money", () => {
  const THREE = { count: "3", wait: "false", cleanup: "on_failure" };

  it("1: lost one after another, and nobody else creates: none is left", async () => {
    const sim = new Simulation({ listLagMs: 35 * SECOND });
    cutAfter(sim);
    const { main, post } = await both(sim, { ...THREE, exclusive: "true" }, () =>
      sim.pass(60 * SECOND),
    );
    expect(main.exitCode).toBe(1);
    expect(left(sim)).toEqual([]);
    const gone = sim.replicas().map(({ vmUuid }) => vmUuid);
    expect(gone.length).toBeGreaterThan(1);
    for (const uuid of gone) expect(errorOf(post)).not.toContain(uuid);
  });

  it("1: without that promise none is deleted, and each is named with its link", async () => {
    const sim = new Simulation({ listLagMs: 35 * SECOND });
    cutAfter(sim);
    const { post } = await both(sim, THREE, () => sim.pass(60 * SECOND));
    expect(post.exitCode).toBe(1);
    expect(left(sim)).toHaveLength(sim.replicas().length);
    for (const { vmUuid } of left(sim)) {
      expect(logOf(post)).toContain(vmUuid);
      expect(logOf(post)).toContain(vmUuid.replaceAll("-", ""));
    }
  });

  it("1a: another job's replica lives, and is named as perhaps another's", async () => {
    const sim = new Simulation();
    cutBefore(sim, 1);
    sim.after(330, () => sim.addStranger());
    const { post } = await both(sim, { wait: "false", cleanup: "always" });
    const stranger = sim.cvms().find(({ origin }) => origin === "stranger");
    expect([stranger?.deletes, stranger?.deleted]).toEqual([0, false]);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toContain(stranger?.vmUuid);
  });

  it("2: nothing to search with: the brake", async () => {
    const sim = new Simulation();
    forbidList(sim);
    cutBefore(sim);
    const main = await sim.main({ count: "100" });
    expect(posts(sim)).toBeLessThanOrEqual(2);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "AMBIGUOUS"]);
    expect(errorOf(main)).toMatch(/\b98\b/);
    expect(entriesOf(main)).toHaveLength(100);
  });

  it("3: the brake after a search", async () => {
    const sim = new Simulation();
    cutBefore(sim);
    await sim.main({ count: "4" });
    expect(posts(sim)).toBeLessThanOrEqual(2);
  });

  it.each([
    [400, "ERR-04-001"],
    [400, "ERR-04-002"],
    [403, "ERR-04-003"],
    [400, "ERR-02-015"],
    [403, ""],
    [402, ""],
  ])("4: %s %s speaks of the whole run", async (status, code) => {
    const sim = new Simulation();
    const body = code === "" ? "" : JSON.stringify({ error_code: code, message: "no" });
    sim.fault({ route: "create", kind: "status", when: "before", status, body, times: "always" });
    const main = await sim.main({ count: "4" });
    expect(posts(sim)).toBe(1);
    expect(main.runner.outputs.error_code).toBe(code || `HTTP-${status}`);
    expect(entriesOf(main)).toHaveLength(4);
  });

  it.each(["ERR-02-003", "ERR-02-005"])("4: %s speaks of one node", async (code) => {
    const sim = new Simulation();
    const body = JSON.stringify({ error_code: code, message: "full" });
    sim.fault({ route: "create", kind: "status", when: "before", status: 400, body });
    const main = await sim.main({ count: "4" });
    expect([posts(sim), left(sim).length]).toEqual([4, 3]);
    expect(main.runner.outputs.error_code).toBe(code);
  });

  it("5: dead ones count", async () => {
    const sim = new Simulation({ deadInstances: ["error", "exited"] });
    const main = await sim.main({ instances: "3" });
    expect([posts(sim), main.exitCode, main.runner.outputs.error_code]).toEqual([0, 1, "DEAD"]);
    const dead = sim.cvms().filter(({ status }) => ["error", "exited"].includes(status));
    expect(dead).toHaveLength(2);
    for (const { vmUuid } of dead) expect(errorOf(main)).toContain(vmUuid);
  });

  it("6: dead and missing", async () => {
    const sim = new Simulation({ deadInstances: ["error"] });
    const main = await sim.main({ instances: "4" });
    expect([posts(sim), main.exitCode, main.runner.outputs.error_code]).toEqual([2, 1, "DEAD"]);
    expect(entriesOf(main).filter(({ outcome }) => outcome === "created")).toHaveLength(2);
  });

  it("7: another revision does not count", async () => {
    const sim = new Simulation();
    const hash = sim.world.source.composeHash;
    for (let n = 0; n < 2; n++)
      sim.addStranger({ composeHash: "cd".repeat(32), status: "running" });
    const main = await sim.main({ instances: "3", compose_hash: hash });
    expect([posts(sim), main.exitCode]).toEqual([2, 0]);
    expect(left(sim).map(({ composeHash }) => composeHash)).toEqual([hash, hash]);
  });

  it("8: another node does not count", async () => {
    const nodes = [3, 5, 7].map((id) => ({ id, name: `node${id}` }));
    const sim = new Simulation({ nodes });
    sim.addStranger({ nodeId: 5, status: "running" });
    const main = await sim.main({ instances: "2", node_id: "7" });
    expect([posts(sim), main.exitCode]).toEqual([2, 0]);
    expect(left(sim).map(({ nodeId }) => nodeId)).toEqual([7, 7]);
  });

  it("9: a sick instance of somebody else is no reason to delete", async () => {
    const sim = new Simulation({ bootMs: 300 });
    sim.addStranger({ plan: { bootMs: 10_000 * SECOND } });
    const { main } = await both(sim, { instances: "3", cleanup: "on_failure", wait_timeout: "5s" });
    expect(main.exitCode).toBe(1);
    expect(sim.cvms().filter(({ deletes }) => deletes > 0)).toEqual([]);
  });

  it("10: a ttl while the CVM is busy costs nothing", async () => {
    const sim = new Simulation({ bootMs: 15 * SECOND, replicaPlans: [{ busyMs: 15 * SECOND }] });
    const main = await sim.main({ ttl: "2h", wait_timeout: "60s" });
    expect([main.exitCode, main.runner.outputs.status]).toEqual([0, "running"]);
    const [made] = sim.replicas();
    // The API tells whole seconds.
    const end = (made?.createdAt ?? 0) + 7_200 * SECOND;
    expect(Math.abs((made?.scheduledDeleteAt ?? 0) - end)).toBeLessThan(SECOND);
  });

  it("11: a ttl that is refused for good does not cost the wait", async () => {
    const sim = new Simulation({ bootMs: 4 * SECOND });
    sim.fault({
      route: "scheduled-delete",
      kind: "status",
      when: "before",
      status: 409,
      times: "always",
    });
    const { main, post } = await both(sim, { ttl: "2h", wait_timeout: "15s" });
    expect([main.exitCode, main.runner.outputs.status]).toEqual([1, "running"]);
    expect(main.tookMs).toBeLessThan(45 * SECOND);
    expect(main.runner.outputs.instance_url).not.toBe("");
    expect(errorOf(main)).toContain("ttl");
    expect(post.exitCode).toBe(1);
  });

  it("12: when it ends", async () => {
    const sim = new Simulation();
    const main = await sim.main({ ttl: "2h", count: "2" });
    for (const [n, { deleted_at_latest: end }] of entriesOf(main).entries()) {
      const wanted = (sim.replicas()[n]?.createdAt ?? 0) + 7_200 * SECOND;
      expect(Math.abs(Date.parse(end ?? "") - wanted)).toBeLessThan(SECOND);
    }
  });
});

describe("wrong greens and reds", () => {
  const play = (
    plan: NonNullable<SimulationOptions["replicaPlans"]>[number],
    more: SimulationOptions = {},
  ) => new Simulation({ ...more, replicaPlans: [plan] });

  it("13: endpoints come late", async () => {
    const main = await play({ endpointsLagMs: 6 * SECOND }).main();
    const { instance_url: url, app_url: app } = main.runner.outputs;
    expect([main.exitCode, url === "", app === ""]).toEqual([0, false, false]);
    expect(entriesOf(main)[0]?.instance_url).toBe(url);
  });

  it("14: the instance id is filled in once", async () => {
    const sim = play({ instanceIdNull: true, backfill: "updates" }, { gatewayForm: "host" });
    const main = await sim.main();
    expect(main.exitCode).toBe(0);
    expect(main.runner.outputs.instance_id).toMatch(/^[0-9a-f]{40}$/);
    expect(main.runner.outputs.instance_url).toContain(main.runner.outputs.instance_id);
    expect(sim.requests.filter(({ route }) => route === "instance-id")).toHaveLength(1);
  });

  it("15: the instance id stands in the event log alone", async () => {
    const sim = play(
      { instanceIdNull: true, backfill: "skips", attestationEvent: true },
      { gatewayForm: "host" },
    );
    const main = await sim.main();
    expect(main.exitCode).toBe(0);
    const { instance_id: id, instance_url: url } = main.runner.outputs;
    expect(id).toMatch(/^[0-9a-f]{40}$/);
    expect(url).toMatch(new RegExp(`^https://${id}-8080\\.`));
    expect(sim.requests.filter(({ route }) => route === "instance-id").length).toBeLessThanOrEqual(
      1,
    );
  });

  it("16: no URL with None in it", async () => {
    const sim = play(
      { instanceIdNull: true, instanceUrlNone: true, backfill: "updates" },
      { gatewayForm: "host" },
    );
    const main = await sim.main();
    expect(JSON.stringify(main.runner.outputs)).not.toMatch(/None|https:\/\/null/);
    expect(main.runner.outputs.instance_url).toContain(main.runner.outputs.instance_id);
  });

  const NOWHERE = { instanceIdNull: true, backfill: "skips", attestationEvent: false } as const;

  it("17: no URL at all is a warning", async () => {
    const main = await play(NOWHERE, { gatewayForm: "host" }).main({ wait_timeout: "8s" });
    expect(main.exitCode).toBe(0);
    const warnings = main.runner.entries.filter(({ kind }) => kind === "warning");
    expect(warnings.map(({ text }) => text).join()).toMatch(/URL/);
    expect(logOf(main)).toContain("NO_URL");
    expect(main.tookMs).toBeLessThan(75 * SECOND);
  });

  it("18: no URL with a health check is red, and no reason to delete", async () => {
    const sim = play(NOWHERE, { gatewayForm: "host" });
    const { main, post } = await both(sim, {
      health_check: "/h",
      wait_timeout: "6s",
      cleanup: "on_failure",
    });
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "NO_URL"]);
    expect([post.exitCode, left(sim).length]).toEqual([0, 1]);
  });

  it("19: 401 from the batch route alone", async () => {
    const sim = new Simulation({ bootMs: 3 * SECOND });
    sim.fault({ route: "batch", kind: "status", when: "before", status: 401, times: "always" });
    const main = await sim.main();
    expect([main.exitCode, main.runner.outputs.status]).toEqual([0, "running"]);
  });

  it("20: a single 401, and a key that is rejected everywhere", async () => {
    const once = new Simulation({ bootMs: 9 * SECOND });
    once.fault({ route: "batch", kind: "status", when: "before", status: 401, nth: 2 });
    expect((await once.main()).exitCode).toBe(0);
    const sim = new Simulation({ bootMs: 90 * SECOND });
    sim.after(3 * SECOND, () =>
      sim.fault({ route: "*", kind: "status", when: "before", status: 401, times: "always" }),
    );
    const main = await sim.main();
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "HTTP-401"]);
    expect(main.tookMs).toBeLessThan(30 * SECOND);
    expect(errorOf(main)).toMatch(/API key/);
  });

  it("21: the list is forbidden, and the second create carries the source's hash", async () => {
    const sim = new Simulation();
    forbidList(sim);
    const main = await sim.main({ count: "2", wait: "false" });
    expect([main.exitCode, left(sim).length]).toEqual([0, 2]);
    const bodies = sim.requests.filter(({ route }) => route === "create").map(({ body }) => body);
    expect(bodies[1]).toContain(sim.world.source.composeHash);
  });
});

describe("words", () => {
  it("27: a 465 without a token", async () => {
    const sim = new Simulation({ onChain: true, chainHashes: "none", omitToken: true });
    const main = await sim.main();
    expect(main.runner.outputs.commit_token).toBe("");
    expect(errorOf(main)).toMatch(/no commit token/);
  });

  it("31: post after a green run orders no deletion", async () => {
    const { post } = await both(new Simulation(), { cleanup: "never" });
    expect(post.exitCode).toBe(0);
    expect(logOf(post)).not.toMatch(/delete it/i);
  });

  it("32: what post found stands in its summary", async () => {
    const sim = new Simulation({ listLagMs: 3 * SECOND });
    cutAfter(sim);
    const process = sim.start({ wait: "false" });
    sim.after(1 * SECOND, () => process.kill());
    const main = await process.finished;
    await sim.pass(5 * SECOND);
    const post = await sim.post(main);
    const [made] = sim.replicas();
    expect(logOf(post)).toContain(made?.vmUuid);
    expect(post.runner.markdown).toContain(made?.vmUuid);
  });

  it("33: advice after AMBIGUOUS", async () => {
    const sim = new Simulation();
    forbidList(sim);
    cutBefore(sim);
    const text = errorOf(await sim.main());
    expect(text).not.toMatch(/instances is safe/);
    expect(text).toMatch(/\d+ minutes/);
  });

  it("34: the path of a health check", async () => {
    const sim = new Simulation({ replicaPlans: [{ health: { kind: "drop" } }] });
    const main = await sim.main({ health_check: "/healthz", wait_timeout: "8s" });
    expect(main.runner.outputs.error_code).toBe("UNHEALTHY");
    expect(errorOf(main)).toContain("/healthz");
  });

  it("38: the revision on success", async () => {
    const sim = new Simulation();
    const main = await sim.main();
    expect(main.runner.outputs.compose_hash).toBe(sim.world.source.composeHash);
  });
});

describe("reports of comparable tools' users", () => {
  const nothingSent = async (inputs: Inputs) => {
    const sim = new Simulation();
    const main = await sim.main(inputs);
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "INPUT"]);
    expect(sim.requests).toEqual([]);
    return errorOf(main);
  };

  it("R1: a transaction without its token", async () => {
    const text = await nothingSent({ transaction_hash: `0x${"ab".repeat(32)}`, commit_token: "" });
    expect(text).toMatch(/commit_token is empty: its expression came out empty/);
    const alone = await nothingSent({ transaction_hash: `0x${"ab".repeat(32)}` });
    expect(alone).toMatch(/transaction_hash.*commit_token/);
  });

  it.each([
    ["with compose_hash", true],
    ["without", false],
  ])("R17: an edge says 503 after the work, %s", async (_, given) => {
    const sim = new Simulation();
    sim.fault({
      route: "create",
      kind: "status",
      when: "after",
      status: 503,
      headers: { "retry-after": "1" },
    });
    const hash = given ? { compose_hash: sim.world.source.composeHash } : {};
    const { main } = await both(sim, { ...hash, cleanup: "on_failure" });
    expect([main.exitCode, left(sim).length, posts(sim)]).toEqual([0, 1, 1]);
    expect(main.runner.outputs.vm_uuid).toBe(left(sim)[0]?.vmUuid);
  });

  it("R2: another revision than was asked for", async () => {
    const sim = new Simulation({ replicaPlans: [{ madeWithHash: "ab".repeat(32) }] });
    const { main } = await both(sim, {
      compose_hash: sim.world.source.composeHash,
      cleanup: "on_failure",
    });
    expect([main.exitCode, main.runner.outputs.error_code]).toEqual([1, "MISMATCH"]);
    expect(errorOf(main)).toContain("ab".repeat(32));
    expect(errorOf(main)).toContain(sim.world.source.composeHash);
    expect(left(sim)).toEqual([]);
  });

  it("R3: killed while it waits, the ids are out", async () => {
    const sim = new Simulation({ bootMs: 60 * SECOND });
    const process = sim.start();
    sim.after(5 * SECOND, () => process.kill());
    const { runner } = await process.finished;
    const [made] = sim.replicas();
    expect(runner.outputs).toMatchObject({ vm_uuid: made?.vmUuid, name: made?.name });
    expect(runner.outputs.replicas).toContain(made?.vmUuid);
  });

  it("R4: a locked CVM is deleted in the end", async () => {
    const sim = new Simulation();
    sim.fault({ route: "delete", kind: "status", when: "before", status: 423, times: 3 });
    const { post } = await both(sim, { cleanup: "always" });
    expect([post.exitCode, left(sim)]).toEqual([0, []]);
  });

  it("R7: whole numbers as GitHub's forms hand them on", async () => {
    const sim = new Simulation();
    expect((await sim.main({ count: "2.0" })).exitCode).toBe(0);
    expect(left(sim)).toHaveLength(2);
    expect(await nothingSent({ count: "2.5" })).toMatch(/count/);
  });

  it("R9: a spurious refusal while several are created", async () => {
    const sim = new Simulation();
    const body = JSON.stringify({ error_code: "ERR-02-009", message: "incompatible" });
    sim.fault({ route: "create", kind: "status", when: "before", status: 400, body });
    expect((await sim.main()).exitCode).toBe(0);
    expect([posts(sim), left(sim).length]).toEqual([2, 1]);
  });

  it("R11: post without a key sends nothing", async () => {
    const sim = new Simulation();
    const main = await sim.main({ cleanup: "always" });
    const before = sim.requests.length;
    const { INPUT_API_KEY: _, ...env } = main.env;
    const post = await sim.post({ ...main, env });
    expect(sim.requests).toHaveLength(before);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toMatch(/PHALA_CLOUD_API_KEY/);
  });

  it("R12: nobody could look", async () => {
    const sim = new Simulation();
    sim.on("answered", "create", () => {
      for (const route of ["list", "batch", "cvm"]) {
        sim.fault({ route, kind: "status", when: "before", status: 502, times: "always" });
      }
    });
    const text = errorOf(await sim.main({ wait_timeout: "12s" }));
    expect(text).not.toMatch(/deleted/);
    expect(text).toMatch(/may be fine/);
  });

  it("R15: a key in quotes", async () => {
    expect(await nothingSent({ api_key: '"phak_abc"' })).toMatch(/quote/);
  });

  it("R16: the create answer says error", async () => {
    const sim = new Simulation({ replicaPlans: [{ steps: [{ atMs: 0, status: "error" }] }] });
    const main = await sim.main({ wait: "false" });
    const warnings = main.runner.entries.filter(({ kind }) => kind === "warning");
    expect(warnings.map(({ text }) => text).join()).toMatch(/error/);
  });
});
