/** Which address is meant, and what a healthy answer must say. */
import { expect } from "@jest/globals";
import { type Case, describeCases, errorOf, type Seen } from "../../../support/play.ts";
import { NAMED } from "./support.ts";

const endpointsOf = ({ main }: Seen) =>
  JSON.parse(main.outputs.endpoints || "[]") as { port: number; instance: string; app: string }[];

const PORTS: readonly Case[] = [
  {
    name: "the port that was asked for is the instance's URL, and is asked",
    process: true,
    api: { ports: [8080, 9090] },
    inputs: { port: "9090", health_check: "/healthz" },
    expects: (seen) => {
      const { main, cloud } = seen;
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
      expect(endpointsOf(seen).map(({ port }) => port)).toEqual([8080, 9090]);
      expect(main.outputs.instance_url).toBe(endpointsOf(seen)[1]?.instance);
      expect(main.outputs.instance_url).toContain("-9090");
      expect(cloud.gatewayRequests.every(({ path }) => path.includes("-9090"))).toBe(true);
      expect(JSON.parse(main.outputs.instance_urls ?? "")).toEqual([main.outputs.instance_url]);
    },
  },
  {
    name: "no port given: the first that the API lists",
    api: { ports: [8080, 9090] },
    inputs: {},
    expects: ({ main }) => {
      expect(main.outputs.instance_url).toContain("-8080");
    },
  },
  {
    name: "a port that no endpoint has: red, with those that there are",
    api: { ports: [8080, 9090] },
    inputs: { port: "7070" },
    only: "simulated",
    expects: ({ main }) => {
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "NO_URL"]);
      expect(errorOf(main)).toContain("no endpoint on port 7070; there are: 8080, 9090");
      expect(main.outputs.instance_url).toBe("");
    },
  },
  {
    name: "of a replica that is there already, too",
    api: { ports: [8080, 9090] },
    given: (cloud) => cloud.addStranger({ name: "web-eu-1", createdAt: 1 }),
    inputs: { ...NAMED, name: "web-eu-1", port: "9090" },
    expects: ({ main }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "unchanged"]);
      expect(main.outputs.instance_url).toContain("-9090");
    },
  },
  {
    name: "the row has no instance id: the URL of that port is built",
    api: {
      ports: [8080, 9090],
      gatewayForm: "host",
      replicaPlans: [{ instanceIdNull: true, backfill: "updates" }],
    },
    inputs: { port: "9090" },
    only: "simulated",
    expects: ({ main }) => {
      expect(main.outputs.instance_url).toMatch(/^https:\/\/[0-9a-f]{40}-9090\./);
    },
  },
];

const VERSION = (version: string) => ({ health_check: "/version", health_expect: version });

const EXPECTS: readonly Case[] = [
  {
    name: "the version answers",
    process: true,
    inputs: (cloud) => VERSION(`version ${cloud.composeHash.slice(0, 12)}`),
    expects: ({ main }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
    },
  },
  {
    name: "another version answers: unhealthy, with the status, the body's beginning and the address",
    inputs: { ...VERSION("version 2.0"), wait_timeout: "3s" },
    expects: ({ main }) => {
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "UNHEALTHY"]);
      expect(errorOf(main)).toMatch(
        /asked at \S+\/version: it answered HTTP 200 without "version 2\.0": ok from [0-9a-f]+, version/,
      );
    },
  },
  {
    name: "a body that would act in a log, or holds a secret, is shown cleaned",
    api: {
      replicaPlans: [
        {
          health: {
            kind: "answer",
            status: 500,
            body: `bad\n::error::gotcha <b>secret-of-a-test</b>\u0007${"x".repeat(400)}`,
            headers: {},
          },
        },
      ],
    },
    inputs: { health_check: "/healthz", wait_timeout: "3s", envs: "TOKEN=secret-of-a-test" },
    expects: ({ main }) => {
      const text = errorOf(main);
      expect(text).not.toContain("secret-of-a-test");
      expect(text).not.toContain("x".repeat(250));
      expect(text).toMatch(/it answered HTTP 500: bad ::error::gotcha/);
      expect(main.log.split("\n").filter((line) => line.startsWith("::error::gotcha"))).toEqual([]);
    },
  },
  {
    name: "healthy for as long as it has to be",
    inputs: { health_check: "/healthz", health_for: "2m" },
    only: "simulated",
    expects: ({ main, cloud }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
      expect(cloud.gatewayRequests.length).toBeGreaterThanOrEqual(10);
      expect(cloud.gatewayRequests.length).toBeLessThanOrEqual(12);
    },
  },
  {
    name: "healthy, and then it falls ill: two bad answers in a row are enough",
    api: {
      replicaPlans: [{ health: { kind: "flap", statuses: [200, 200, 200, 500, 500, 200, 200] } }],
    },
    inputs: { health_check: "/healthz", health_for: "5m" },
    only: "simulated",
    expects: ({ main, cloud }) => {
      expect([main.exitCode, main.outputs.error_code]).toEqual([1, "UNHEALTHY"]);
      // The time for waiting is not up: nobody is to give it more.
      expect(main.outputs.error_message).toMatch(/not for 5 min without a break \(health_for\)/);
      expect(main.outputs.error_message).not.toContain("wait_timeout");
      expect(cloud.gatewayRequests).toHaveLength(5);
    },
  },
  {
    name: "one bad answer is none",
    api: {
      replicaPlans: [
        { health: { kind: "flap", statuses: [200, 200, 500, ...Array<number>(20).fill(200)] } },
      ],
    },
    inputs: { health_check: "/healthz", health_for: "1m" },
    only: "simulated",
    expects: ({ main }) => {
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
    },
  },
];

describeCases("ports", PORTS);
describeCases("what a healthy answer says, and for how long", EXPECTS);
