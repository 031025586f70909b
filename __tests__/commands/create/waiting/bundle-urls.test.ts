/** URLs, two witnesses and what is unlike what was asked for, in both worlds: the bundle sends and reads the same. */
import { expect } from "@jest/globals";
import { describeCases, errorOf, type Seen } from "../../../support/play.ts";

const DOMAIN = "gateway.simulator.invalid";
const OTHER = "b2".repeat(32);

function expectWhole({ main, cloud, requests }: Seen, backfills: number): void {
  const id = cloud.world.cvms.find(({ origin }) => origin === "replica")?.futureInstanceId;
  expect(main.outputs).toMatchObject({
    outcome: "created",
    status: "running",
    instance_id: id,
    instance_url: `https://${id}-8080.${DOMAIN}`,
    app_url: `https://${cloud.appId}-8080.${DOMAIN}`,
  });
  expect(JSON.stringify(main.outputs)).not.toMatch(/\bNone\b/);
  expect(requests.filter(({ route }) => route === "instance-id")).toHaveLength(backfills);
}

describeCases("a replica's own URL", [
  {
    name: "endpoints that come late are waited for",
    process: true,
    api: { gatewayForm: "host", replicaPlans: [{ bootMs: 300, endpointsLagMs: 2_000 }] },
    expects: (seen) => expectWhole(seen, 0),
  },
  {
    name: "an instance id that stays null is filled in by the platform, and None is never shown",
    process: true,
    api: {
      gatewayForm: "host",
      replicaPlans: [
        { bootMs: 300, instanceIdNull: true, instanceUrlNone: true, backfill: "updates" },
      ],
    },
    expects: (seen) => expectWhole(seen, 1),
  },
  {
    name: "one that the platform does not know is read from the replica's event log",
    process: true,
    api: {
      gatewayForm: "host",
      replicaPlans: [{ bootMs: 300, instanceIdNull: true, backfill: "skips" }],
    },
    expects: (seen) => expectWhole(seen, 1),
  },
  {
    name: "no URL at all is green with a word",
    api: {
      gatewayForm: "host",
      replicaPlans: [{ bootMs: 300, instanceIdNull: true, attestationEvent: false }],
    },
    inputs: { wait_timeout: "6s" },
    expects: ({ main }) => {
      expect(main.outputs).toMatchObject({ outcome: "created", error_code: "", instance_url: "" });
      const [warning, ...more] = main.annotations;
      expect(more).toEqual([]);
      expect(warning).toMatchObject({ level: "warning", message: expect.stringContaining("URL") });
      expect(main.log).toContain("NO_URL");
    },
  },
  {
    name: "no URL and a health check is red with a code of its own",
    api: {
      gatewayForm: "host",
      replicaPlans: [{ bootMs: 300, instanceIdNull: true, attestationEvent: false }],
    },
    inputs: { wait_timeout: "6s", health_check: "/h" },
    expects: ({ main }) => {
      expect(main.outputs).toMatchObject({ outcome: "failed", error_code: "NO_URL" });
      expect(errorOf(main)).toMatch(/\/h was not asked/);
    },
  },
]);

describeCases("a route that denies alone", [
  {
    name: "the batch status route answers 401 always: green all the same",
    api: { bootMs: 1_500 },
    given: (cloud) =>
      cloud.fault({ route: "batch", kind: "status", when: "before", status: 401, times: "always" }),
    expects: ({ main }) =>
      expect(main.outputs).toMatchObject({ outcome: "created", status: "running" }),
  },
  {
    name: "it answers 401 once: green all the same",
    api: { bootMs: 1_500 },
    given: (cloud) =>
      cloud.fault({ route: "batch", nth: 2, kind: "status", when: "before", status: 401 }),
    expects: ({ main }) =>
      expect(main.outputs).toMatchObject({ outcome: "created", status: "running" }),
  },
  {
    name: "all routes answer 401: red, and the key is named",
    api: { bootMs: 60_000 },
    given: (cloud) => {
      const denied = { kind: "status", when: "before", status: 401, times: "always" } as const;
      cloud.fault({ route: "batch", nth: 2, ...denied });
      cloud.fault({ route: "list", nth: 2, ...denied });
      cloud.fault({ route: "cvm", ...denied });
    },
    expects: ({ main }) => {
      expect(main.outputs).toMatchObject({ outcome: "failed", error_code: "HTTP-401" });
      expect(errorOf(main)).toMatch(/API key was rejected/);
    },
  },
]);

describeCases("what is said of a wait", [
  {
    name: "another revision than was asked for is red and keeps its outputs",
    api: { replicaPlans: [{ bootMs: 300, madeWithHash: OTHER }] },
    inputs: (cloud) => ({ compose_hash: cloud.composeHash }),
    expects: ({ main, left, cloud }) => {
      expect(main.outputs).toMatchObject({
        outcome: "failed",
        error_code: "MISMATCH",
        vm_uuid: left[0]?.vmUuid,
      });
      expect(errorOf(main)).toContain(OTHER);
      expect(errorOf(main)).toContain(cloud.composeHash);
    },
  },
  {
    name: "a health check that is refused is named by its path and address",
    only: "process",
    api: { bootMs: 300 },
    given: (cloud) => {
      // Nobody listens there.
      cloud.world.origin = "http://127.0.0.1:9";
    },
    inputs: { health_check: "/healthz", wait_timeout: "3s" },
    expects: ({ main }) => {
      expect(main.outputs.error_code).toBe("UNHEALTHY");
      expect(errorOf(main)).toMatch(
        /asked at http:\/\/127\.0\.0\.1:9\/\S+\/healthz: the connection was refused/,
      );
    },
  },
  {
    name: "reads that all fail from the creation on tell nothing of a deletion",
    given: (cloud) => {
      const down = { kind: "status", when: "before", status: 502, times: "always" } as const;
      cloud.fault({ route: "batch", ...down });
      cloud.fault({ route: "list", nth: 2, ...down });
      cloud.fault({ route: "cvm", ...down });
    },
    inputs: { wait_timeout: "3s" },
    expects: ({ main }) => {
      expect(main.outputs).toMatchObject({ outcome: "timeout", error_code: "TIMEOUT" });
      expect(errorOf(main)).toMatch(/the API could not be read since .* may be fine/);
      expect(errorOf(main)).not.toMatch(/deleted/);
    },
  },
]);
