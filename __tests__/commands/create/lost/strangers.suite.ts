/** Somebody else creates CVMs in the same app while an answer of ours is lost. */
import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../../../simulator/index.ts";
import {
  errorOf,
  existing,
  main,
  namedByMain,
  namedInLog,
  POSITIONS,
  post,
  postsOf,
  replicasOf,
  sorted,
  together,
  WINDOWS,
  withSim,
  withSimulated,
} from "../../../support/runs.ts";

type Come = (sim: Simulator) => string[];

const FITTING: readonly { readonly name: string; readonly come: Come }[] = [
  { name: "one stranger", come: (sim) => [sim.addStranger().vmUuid] },
  {
    name: "several strangers",
    come: (sim) => [1, 2, 3].map(() => sim.addStranger().vmUuid),
  },
];

const MISFITS: readonly { readonly name: string; readonly come: Come }[] = [
  { name: "on another node", come: (sim) => [sim.addStranger({ nodeId: 26 }).vmUuid] },
  {
    name: "of another compose hash",
    come: (sim) => [sim.addStranger({ nodeId: 31, composeHash: "ab".repeat(32) }).vmUuid],
  },
  {
    name: "created before our request",
    come: (sim) => [sim.addStranger({ nodeId: 31, createdAt: Date.now() - 120_000 }).vmUuid],
  },
  {
    name: "in another app",
    come: (sim) => [sim.addStranger({ nodeId: 31, appId: sim.other.appId }).vmUuid],
  },
];

export function strangers(): void {
  describe("a stranger's newcomer that fits as well as ours", () => {
    it.concurrent.each(FITTING)(
      "$name: none is adopted, all are listed, none is touched",
      ({ come }) => together(POSITIONS, ({ at }) => checkSeveral(come, at)),
      WINDOWS,
    );
  });

  describe("a stranger's newcomer that does not fit", () => {
    it.concurrent("ours is adopted", () => together(MISFITS, checkMisfit), WINDOWS);
  });

  describe("two jobs at once", () => {
    it.concurrent(
      "that both lose an answer list both replicas and delete none",
      () => checkTwoJobs(),
      WINDOWS,
    );
    it.concurrent(
      "whose requests the API refuses while another is open report what was refused",
      () => checkRefusedJobs(),
      WINDOWS,
    );
  });
}

export function neverMade(): void {
  describe("a stranger's newcomer, and ours was never made", () => {
    it.concurrent(
      "is not taken for it where it does not fit",
      () => together(MISFITS, checkNeverMade),
      WINDOWS,
    );
    it.concurrent(
      "a newcomer beside a request that the API refused is named, and not taken for ours",
      () => checkRefused(),
      WINDOWS,
    );
  });
}

async function checkMisfit({ come }: { readonly come: Come }): Promise<void> {
  await withSimulated({}, async (sim) => {
    const theirs = comeWith(sim, 1, come);
    sim.fault({ route: "create", nth: 2, kind: "drop", when: "after" });
    const result = await main(sim, { count: "3", node_id: "31" });
    expect(result.outputs).toMatchObject({ outcome: "created", error_code: "" });
    expect(theirs).toHaveLength(1);
    expect(replicasOf(result)[1]?.outcome).toBe("adopted");
    expect(sorted(namedByMain(result))).toEqual(sorted(existing(sim)));
    expect(postsOf(sim)).toHaveLength(3);
  });
}

async function checkNeverMade({ come }: { readonly come: Come }): Promise<void> {
  await withSimulated({}, async (sim) => {
    sim.on("before-work", "create", () => come(sim));
    sim.fault({ route: "create", kind: "drop", when: "before" });
    const result = await main(sim, { node_id: "31" });
    expect(result.outputs).toMatchObject({ outcome: "failed", error_code: "AMBIGUOUS" });
    expect(namedByMain(result)).toEqual([]);
    expect(errorOf(result)).toMatch(/Nothing new was seen/);
    const later = await post(sim, result);
    expect([later.exitCode, namedInLog(later)]).toEqual([0, []]);
    expect(existing(sim)).toEqual([]);
  });
}

/** Lets strangers come while the request of this number (from 0) is being worked on. */
function comeWith(sim: Simulator, at: number, come: Come): string[] {
  const uuids: string[] = [];
  let seen = 0;
  sim.on("after-work", "create", () => {
    if (seen++ === at) uuids.push(...come(sim));
  });
  return uuids;
}

async function checkSeveral(come: Come, at: number): Promise<void> {
  await withSimulated({}, async (sim) => {
    const theirs = comeWith(sim, at, come);
    sim.fault({ route: "create", nth: at + 1, kind: "drop", when: "after" });
    const result = await main(sim, { count: "3" });
    expect(result.outputs).toMatchObject({ outcome: "partial", error_code: "AMBIGUOUS" });
    expect(result.exitCode).toBe(1);
    expect(postsOf(sim)).toHaveLength(3);
    expect(existing(sim)).toHaveLength(3);
    expect(namedByMain(result)).toHaveLength(2);
    const error = errorOf(result);
    const lost = existing(sim).filter((uuid) => !namedByMain(result).includes(uuid));
    for (const uuid of [...lost, ...theirs]) {
      expect(error).toContain(uuid);
      expect(error).toContain(`/instances/${uuid.replaceAll("-", "")}`);
    }
    expect(error).toMatch(/none was adopted and none is touched/);

    const later = await post(sim, result);
    expect(later.exitCode).toBe(1);
    expect(errorOf(later)).toMatch(/new CVMs .*none was touched/);
    expect(sorted(namedInLog(later))).toEqual(sorted([...existing(sim), ...theirs]));
    expect(sim.requests.filter(({ method }) => method === "DELETE")).toEqual([]);
    expect(sim.cvms().filter(({ deleted, removing }) => deleted || removing)).toEqual([]);
  });
}

/** 429 first, so nothing was made; a stranger comes in the pause; then our second try is lost before the work. */
async function checkRefused(): Promise<void> {
  await withSimulated({}, async (sim) => {
    const body = JSON.stringify({ error_code: "ERR-02-009", message: "no" });
    sim.fault({ route: "create", kind: "status", when: "before", status: 400, body });
    sim.on("before-work", "create", () => void sim.addStranger());
    const result = await main(sim);
    // Sent again it might be made twice, and taken for ours it might be somebody else's.
    expect(result.outputs).toMatchObject({ outcome: "failed", error_code: "ERR-02-009" });
    expect([postsOf(sim).length, namedByMain(result)]).toEqual([1, []]);
    const [theirs] = sim.cvms().filter(({ origin }) => origin === "stranger");
    expect(errorOf(result)).toContain(theirs?.vmUuid);
  });
}

/** A hook that lets nobody pass before two have come. */
function meet(): () => Promise<void> {
  let arrived = 0;
  let open: () => void = () => undefined;
  const both = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    arrived += 1;
    if (arrived === 2) open();
    return both;
  };
}

/** The jobs' first requests meet for certain; whether the later ones do is up to the machine. */
async function checkRefusedJobs(): Promise<void> {
  await withSim({ refuseConcurrent: true }, async (sim) => {
    sim.on("before-work", "create", meet());
    const inputs = { count: "2", compose_hash: sim.composeHash };
    const results = await Promise.all([main(sim, inputs), main(sim, inputs)]);
    const refused = postsOf(sim).filter(({ status }) => status === 400);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(postsOf(sim)).toHaveLength(4);
    expect(existing(sim)).toHaveLength(4 - refused.length);
    expect(sorted(results.flatMap(namedByMain))).toEqual(sorted(existing(sim)));
    const failed = results.flatMap(replicasOf).filter(({ outcome }) => outcome === "failed");
    expect(failed).toHaveLength(refused.length);
    for (const { vm_uuid, error } of failed) {
      expect(vm_uuid).toBeNull();
      expect(error).toContain("ERR-02-009");
    }
  });
}

async function checkTwoJobs(): Promise<void> {
  await withSim({}, async (sim) => {
    sim.fault({ route: "create", kind: "drop", when: "after", times: 2 });
    // Neither is worked on before both have come: each job's baseline knows of neither newcomer, and
    // neither is answered before both were made.
    sim.on("before-work", "create", meet());
    sim.on("after-work", "create", meet());
    const inputs = { compose_hash: sim.composeHash };
    const results = await Promise.all([main(sim, inputs), main(sim, inputs)]);
    expect(postsOf(sim)).toHaveLength(2);
    expect(existing(sim)).toHaveLength(2);
    for (const result of results) {
      expect(result.outputs).toMatchObject({ outcome: "failed", error_code: "AMBIGUOUS" });
      expect(namedByMain(result)).toEqual([]);
      for (const uuid of existing(sim)) expect(errorOf(result)).toContain(uuid);
      const later = await post(sim, result);
      expect(later.exitCode).toBe(1);
      expect(sorted(namedInLog(later))).toEqual(sorted(existing(sim)));
    }
  });
}
