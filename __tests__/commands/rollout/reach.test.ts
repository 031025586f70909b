/** Where each instance is reached: the address of `port`, built where the API does not tell it, and ports that there are not. */
import { expect } from "@jest/globals";
import { REPLICA_FIELDS } from "../../repository/interface.ts";
import { type Case, type Cloud, describeCases, errorOf, type Seen } from "../../support/play.ts";
import { deployed, entriesOf, hashesOf, instancesOf, NEW, redeploysOf, toSource } from "./stage.ts";

const usual = {
  command: "rollout",
  given: (cloud: Cloud) => deployed(cloud),
  inputs: toSource,
} as const;
const NO_ID = { instanceIdNull: true } as const;
const TWO_PORTS = { liveInstances: 3, updateMs: 2_000, ports: [8080, 9090] } as const;

const outcomes = (seen: Seen) => entriesOf(seen).map(({ outcome }) => outcome);
const warnings = ({ main }: Seen) =>
  main.annotations.filter(({ level }) => level === "warning").map(({ message }) => message);
/** From the first look to the last. Ms. */
const tookMs = ({ requests }: Seen) => (requests.at(-1)?.at ?? 0) - (requests[0]?.at ?? 0);

/** The address that the gateway knows each by is put out for each. */
function expectReached(seen: Seen, port: number): void {
  const entries = entriesOf(seen);
  const ids = instancesOf(seen.cloud).map(({ futureInstanceId }) => futureInstanceId);
  expect(entries.map(({ instance_id: id }) => id)).toEqual(ids);
  for (const { instance_id: id, instance_url: url, app_url: app } of entries) {
    expect(url).toMatch(new RegExp(`^https?://.*${id}-${port}(\\.|$)`));
    expect(app).toMatch(new RegExp(`${seen.cloud.appId}-${port}$`));
  }
}

const reached: readonly Case[] = [
  {
    ...usual,
    name: "each entry has the URLs of the port, whether it was updated or not",
    api: TWO_PORTS,
    inputs: (cloud) => ({ ...toSource(cloud), port: "9090", health_check: "/healthz" }),
    process: true,
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expectReached(seen, 9090);
      for (const entry of entriesOf(seen)) {
        expect(Object.keys(entry)).toEqual(expect.arrayContaining([...REPLICA_FIELDS]));
      }
    },
  },
  {
    ...usual,
    name: "one that was left untouched has the URL of the port too",
    api: { ...TWO_PORTS, updatePlans: [{ status: "exited" }] },
    inputs: (cloud) => ({ ...toSource(cloud), port: "9090" }),
    expects: (seen) => {
      expect(outcomes(seen)).toEqual(["unchanged", "failed", "untouched"]);
      expect(entriesOf(seen)[2]?.instance_url).toMatch(/-9090$/);
      expect(entriesOf(seen)[2]?.app_url).toMatch(/-9090$/);
    },
  },
  ...["8080", "9090"].flatMap((port) =>
    [{}, { health_check: "/healthz" }].map(
      (health): Case => ({
        ...usual,
        name: `an id that the API does not tell is taken from the event log: port ${port}, ${"health_check" in health ? "with" : "without"} a health check`,
        only: "simulated",
        api: { ...TWO_PORTS, existingPlans: [NO_ID, NO_ID, NO_ID] },
        inputs: (cloud) => ({ ...toSource(cloud), port, ...health }),
        expects: (seen) => {
          expect(seen.main.outputs.outcome).toBe("rolled_out");
          expectReached(seen, Number(port));
          expect(warnings(seen)).toEqual([]);
          expect(tookMs(seen)).toBeLessThan(40_000);
        },
      }),
    ),
  ),
  {
    ...usual,
    name: "without a port it is built for the first one, and put out",
    only: "simulated",
    api: { ...TWO_PORTS, existingPlans: [NO_ID, NO_ID, NO_ID] },
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expectReached(seen, 8080);
    },
  },
];

const NOWHERE = { existingPlans: Array(3).fill({ ...NO_ID, endpointsNever: true }) } as const;

const unreached: readonly Case[] = [
  ...[{}, { health_check: "/healthz" }].map(
    (health): Case => ({
      ...usual,
      name: `a port that the source does not have: NO_URL at once, naming those that there are, ${"health_check" in health ? "with" : "without"} a health check`,
      api: TWO_PORTS,
      inputs: (cloud) => ({ ...toSource(cloud), port: "9999", ...health }),
      only: "simulated",
      expects: (seen) => {
        expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "NO_URL" });
        expect(errorOf(seen.main)).toMatch(
          /no endpoint on port 9999; there are: 8080, 9090.*Nothing was touched/,
        );
        expect(redeploysOf(seen)).toEqual([]);
        expect(tookMs(seen)).toBeLessThan(20_000);
      },
    }),
  ),
  {
    ...usual,
    name: "a port that the new revision does not have, and no source: the first one shows it, the rest is not touched",
    only: "simulated",
    api: TWO_PORTS,
    given: () => undefined,
    inputs: (cloud) => {
      cloud.world.revisions.note({ ...cloud.world.source, composeHash: NEW }, "update", 0);
      return { compose_hash: NEW, port: "9999" };
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "failed", error_code: "NO_URL" });
      expect(errorOf(seen.main)).toMatch(/no endpoint on port 9999; there are: 8080, 9090/);
      expect(outcomes(seen)).toEqual(["failed", "untouched", "untouched"]);
    },
  },
  {
    ...usual,
    name: "one that lacks the port goes back all the same, since the revision of before may never have had it",
    only: "simulated",
    api: TWO_PORTS,
    given: () => undefined,
    inputs: (cloud) => {
      cloud.world.revisions.note({ ...cloud.world.source, composeHash: NEW }, "update", 0);
      return { compose_hash: NEW, port: "9999", health_check: "/healthz", on_failure: "rollback" };
    },
    expects: (seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "rolled_back", error_code: "NO_URL" });
      expect(hashesOf(seen)).not.toContain(NEW);
      expect(warnings(seen).join("\n")).toMatch(
        /Brought back, .* no endpoint on port 9999.*NO_URL/,
      );
    },
  },
  {
    ...usual,
    name: "instances without any URL, and none is asked: a warning each, and green",
    only: "simulated",
    api: { liveInstances: 3, updateMs: 2_000, ...NOWHERE },
    expects: (seen) => {
      expect(seen.main.exitCode).toBe(0);
      expect(seen.main.outputs).toMatchObject({ outcome: "rolled_out", error_code: "" });
      expect(warnings(seen)).toHaveLength(3);
      for (const warning of warnings(seen)) expect(warning).toMatch(/no URL of its own.*NO_URL/);
    },
  },
];

describeCases("where a rollout reaches its instances", reached);
describeCases("a rollout that does not reach its instances", unreached);
