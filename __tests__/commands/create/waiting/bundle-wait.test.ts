/** Waiting, as rows: a sample on the bundle as a process, the others in simulated time. */
import { describe, it } from "@jest/globals";
import { SLOW } from "../../../support/processes.ts";
import { carryOut, type Row } from "./bundle-rows.ts";

const always = { times: "always" } as const;
const short = { wait_timeout: "3s" };

const ROWS: Readonly<Record<string, Row>> = {
  "a slow boot": { world: { bootMs: 4_000 }, outcome: "created", log: /: running, / },
  "a boot error that stays": {
    plans: [
      {
        bootMs: 600_000,
        steps: [{ atMs: 300, bootError: "no space left on device", bootProgress: "init-script" }],
      },
    ],
    outcome: "failed",
    code: "BOOT",
    says: /boot error.*no space left on device.*Last progress: init-script.*https:\/\/cloud\.phala\.com/,
  },
  "a boot error that clears": {
    plans: [
      {
        bootMs: 2_500,
        // Fewer than three looks: it clears before it counts as real.
        steps: [
          { atMs: 300, bootError: "gateway refused" },
          { atMs: 1_400, bootError: null },
        ],
      },
    ],
    inputs: { poll_interval: "0.7s" },
    outcome: "created",
  },
  stopped: {
    plans: [{ bootMs: 60_000, steps: [{ atMs: 500, status: "stopped" }] }],
    outcome: "failed",
    code: "BOOT",
    says: /it stopped/,
  },
  exited: {
    plans: [{ bootMs: 60_000, steps: [{ atMs: 500, status: "exited" }] }],
    outcome: "failed",
    code: "BOOT",
    says: /status is exited/,
  },
  error: {
    plans: [{ bootMs: 60_000, steps: [{ atMs: 500, status: "error", bootError: "oh no" }] }],
    outcome: "failed",
    code: "BOOT",
    says: /status is error.*Boot error: oh no/,
  },
  "deleted meanwhile": {
    world: { bootMs: 60_000 },
    deleted: true,
    outcome: "failed",
    code: "BOOT",
    says: /somebody deleted it/,
  },
  "looks that fail in all ways in between": {
    world: { bootMs: 3_000 },
    faults: [
      { route: "batch", nth: 1, kind: "status", when: "before", status: 502 },
      { route: "batch", nth: 2, kind: "drop", when: "before" },
      { route: "batch", nth: 3, kind: "garbage", form: "html" },
      { route: "batch", nth: 4, kind: "cut" },
      { route: "batch", nth: 5, kind: "hang", when: "before" },
      { route: "batch", nth: 6, kind: "garbage", form: "deep" },
      { route: "batch", nth: 7, kind: "empty" },
      { route: "batch", nth: 8, kind: "endless" },
      { route: "list", nth: 2, kind: "drop", when: "before" },
      { route: "list", nth: 3, kind: "garbage", form: "text" },
    ],
    inputs: { request_timeout: "1s" },
    outcome: "created",
    log: /Could not read the replicas' state.*Still waiting/,
  },
  "the key rejected meanwhile": {
    world: { bootMs: 60_000 },
    faults: [
      { route: "batch", nth: 2, kind: "status", when: "before", status: 401, ...always },
      { route: "list", nth: 2, kind: "status", when: "before", status: 401, ...always },
    ],
    outcome: "failed",
    code: "HTTP-401",
    says: /API key was rejected/,
  },
  "no status route": {
    world: { bootMs: 1_500 },
    faults: [{ route: "batch", kind: "status", when: "before", status: 404, ...always }],
    inputs: { health_check: "/healthz" },
    outcome: "created",
    log: /: healthy/,
  },
  "the deadline while booting": {
    world: { bootMs: 600_000 },
    inputs: short,
    outcome: "timeout",
    code: "TIMEOUT",
    says: /did not run within 3 s.*provisioning.*billed/s,
  },
  "the deadline while a look hangs": {
    world: { bootMs: 600_000 },
    faults: [{ route: "batch", nth: 2, kind: "hang", when: "before" }],
    inputs: short,
    outcome: "timeout",
    code: "TIMEOUT",
    says: /within 3 s/,
  },
  "a ttl that can't be set": {
    faults: [{ route: "scheduled-delete", kind: "status", when: "before", status: 403 }],
    inputs: { ttl: "1h" },
    outcome: "failed",
    code: "HTTP-403",
    says: /ttl.*billed/,
  },
};

describe("waiting", () => {
  it.concurrent.each(Object.entries(ROWS))("%s", (name, row) => carryOut(name, row), SLOW);
});
