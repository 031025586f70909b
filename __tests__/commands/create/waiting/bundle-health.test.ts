/** Health checks, a sample on the bundle as a process; and ten replicas at once, which is one. */
import { describe, expect, it } from "@jest/globals";
import type { ReplicaPlan } from "../../../../simulator/index.ts";
import { certificateFor } from "../../../support/certificate.ts";
import {
  checkEnd,
  errorText,
  left,
  post,
  posts,
  SLOW,
  start,
  withSim,
} from "../../../support/processes.ts";
import { replicasOf } from "../../../support/simulated-steps.ts";
import { carryOut, type Row, removeOnceSeen } from "./bundle-rows.ts";

const short = { wait_timeout: "3s" };
const healthy = { health_check: "/healthz" };

const ROWS: Readonly<Record<string, Row>> = {
  "the deadline while a health check hangs": {
    plans: [{ bootMs: 300, health: { kind: "hang" } }],
    inputs: { ...short, ...healthy },
    outcome: "failed",
    code: "UNHEALTHY",
    says: /was not healthy within 3 s/,
  },
  "healthy after a while": {
    plans: [{ bootMs: 300, health: { kind: "ok-after", okAfterMs: 1_500 } }],
    inputs: healthy,
    outcome: "created",
    log: /not healthy yet, it answered HTTP 503.*\n(.*\n)*.*: healthy/,
  },
  "running but unhealthy": {
    plans: [{ bootMs: 300, health: { kind: "status", status: 500 } }],
    inputs: { ...short, ...healthy },
    outcome: "failed",
    code: "UNHEALTHY",
    says: /HTTP 500.*billed/s,
    silent: /certificate/,
  },
  "flapping health": {
    plans: [{ bootMs: 300, health: { kind: "flap", statuses: [200, 503] } }],
    inputs: { ...short, ...healthy },
    outcome: "failed",
    code: "UNHEALTHY",
    says: /HTTP 503/,
  },
  "healthy on the app URL only": {
    plans: [{ bootMs: 300, health: { kind: "app-only" } }],
    inputs: { ...short, ...healthy },
    outcome: "failed",
    code: "UNHEALTHY",
    says: /HTTP 502/,
  },
  "a health URL that redirects elsewhere": {
    plans: [
      {
        bootMs: 300,
        health: {
          kind: "answer",
          status: 302,
          headers: { location: "http://127.0.0.1:1/" },
          body: "",
        },
      },
    ],
    inputs: { ...short, ...healthy },
    outcome: "failed",
    code: "UNHEALTHY",
    says: /HTTP 302/,
  },
  "a health URL that resets": {
    plans: [{ bootMs: 300, health: { kind: "drop" } }],
    inputs: { ...short, ...healthy },
    outcome: "failed",
    code: "UNHEALTHY",
    says: /connection broke/,
  },
  "a health answer that never ends in words": {
    plans: [{ bootMs: 300, health: { kind: "answer", status: 200, body: "x".repeat(100_000) } }],
    inputs: healthy,
    outcome: "created",
  },
};

describe("a health check", () => {
  it.concurrent.each(Object.entries(ROWS))("%s", (name, row) => carryOut(name, row), SLOW);
});

describe("a health URL with a certificate that is not trusted", () => {
  it.concurrent(
    "is told apart from a wrong answer, and gets no key",
    async () => {
      const tls = await certificateFor(["localhost"], { loopback: true });
      await withSim({ tls }, (apps) =>
        withSim({ bootMs: 300 }, async (sim) => {
          // The API stays as it is; the apps' URLs lead to a server with a certificate of its own.
          sim.world.origin = new URL(apps.apiUrl).origin;
          const main = await start(sim, { ...short, ...healthy }).finished;
          checkEnd(sim, main);
          expect(main.outputs).toMatchObject({ outcome: "failed", error_code: "UNHEALTHY" });
          expect(main.outputs.instance_url).toMatch(/^https:/);
          expect(errorText(main)).toMatch(/certificate is not trusted \(\w*SELF_SIGNED/);
          expect(errorText(main)).not.toMatch(/HTTP \d\d\d/);
          expect([...apps.gatewayRequests, ...apps.requests]).toEqual([]);
        }),
      );
    },
    SLOW,
  );
});

describe("ten replicas", () => {
  it.concurrent(
    "have ten fates, each told",
    async () => {
      const at = (status: string) => [{ atMs: 600, status }];
      const plans: ReplicaPlan[] = [
        {},
        { bootMs: 3_000 },
        { steps: at("error") },
        { steps: at("exited") },
        { steps: at("stopped") },
        {},
        { steps: [{ atMs: 300, status: "error", bootError: "key request refused" }] },
        { bootMs: 600_000 },
        { health: { kind: "status", status: 500 } },
        { health: { kind: "ok-after", okAfterMs: 1_000 } },
      ];
      await withSim({ bootMs: 2_500, replicaPlans: plans }, async (sim) => {
        removeOnceSeen(sim, 5);
        const inputs = { count: "10", wait_timeout: "8s", cleanup: "on_failure", ...healthy };
        const main = await start(sim, inputs).finished;
        checkEnd(sim, main);
        expect(main.outputs).toMatchObject({ outcome: "partial", error_code: "BOOT" });
        expect(posts(sim)).toBe(10);
        const reasons = [
          null,
          null,
          /status is error/,
          /status is exited/,
          /it stopped/,
          /somebody deleted it/,
          /key request refused/,
          /did not run within 8 s/,
          /HTTP 500/,
          null,
        ];
        for (const [index, reason] of reasons.entries()) {
          const entry = replicasOf(main.outputs)[index];
          expect(entry?.vm_uuid).toBe(sim.replicas()[index]?.vmUuid);
          expect(entry?.outcome).toBe(reason === null ? "created" : "failed");
          if (reason === null) expect(entry?.instance_url).toMatch(/^http/);
          else expect(entry?.error).toMatch(reason);
        }
        expect(errorText(main)).toMatch(/7 of 10/);
        expect(left(sim)).toHaveLength(9);
        const after = await post(sim, main);
        expect(after.exitCode).toBe(0);
        expect(left(sim)).toEqual([]);
      });
    },
    SLOW,
  );
});
