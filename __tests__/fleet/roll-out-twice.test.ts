/** Whatever is handed to the loop of a rollout, time passes in it. */
import { expect, it } from "@jest/globals";
import { Instance } from "../../src/fleet/update/instance.ts";
import { RollOut } from "../../src/fleet/update/roll-out.ts";
import type { UpdateRules } from "../../src/fleet/update/rules.ts";
import { keyOfCvm, wasFound } from "../../src/ledger/replica.ts";
import { readCvm } from "../../src/phala/cvm.ts";
import { APP_ID, bench, row, START_AT } from "../support/desk.ts";

const OLD = "0d".repeat(32);
const NEW = "77ab".repeat(16);

const RULES: UpdateRules = {
  wanted: NEW,
  maxUnavailable: 2,
  onFailure: "stop",
  limitMs: 60_000,
  instanceTimeoutMs: 600_000,
  pollMs: 5_000,
  apiUrl: "https://api.unit.invalid/api/v1",
  port: null,
  healthCheck: null,
  healthExpect: null,
  healthForMs: 0,
  verify: "off",
  encryptedEnv: null,
  rows: [{ id: "r1", vmUuid: null, composeHash: NEW, createdAt: null }],
  source: null,
  follows: false,
};

it("one that is there twice is asked for once, and the step ends", async () => {
  const told = row(1, { app_id: APP_ID, compose_hash: OLD, name: "web-1" });
  const b = bench(({ method }) => ({ status: method === "GET" ? 200 : 202, body: [told] }));
  const cvm = readCvm(told);
  if (cvm === null) throw new Error("no row");
  b.ledger.append(wasFound(cvm));
  const facts = { wanted: NEW, since: START_AT, isSource: false, port: null };
  const twice = [1, 2].map(() => new Instance(keyOfCvm(cvm), cvm, facts));
  const rollOut = new RollOut({ ...b, appId: APP_ID }, twice, RULES, null);
  const { end } = await b.clock.drive(rollOut.run());
  expect(end).toBe("out-of-time");
  expect(b.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
});
