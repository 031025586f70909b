/** A 465 answer: asked for by `prepare_only`, or met without it. */
import { describe, expect, it } from "@jest/globals";
import { BASE_PATH } from "../../../../simulator/core.ts";
import type { Simulator, SimulatorOptions } from "../../../../simulator/index.ts";
import type { StepResult } from "../../../support/runner.ts";
import { outputsForOtherJobs } from "../../../support/runner.ts";
import {
  answerWith,
  create,
  everythingWritten,
  failed,
  inItsWorld,
  posts,
  SLOW,
  succeeded,
  worldOf,
} from "../../../support/steps.ts";

type Form = NonNullable<SimulatorOptions["form465"]>;
const FORMS: readonly Form[] = ["envelope", "detail", "flat", "flat-detail", "string"];
/** What an approver has to register on an app whose contract knows nothing yet. */
const UNREGISTERED: SimulatorOptions = {
  onChain: true,
  chainHashes: "none",
  chainDevices: "none",
  placement: "source",
};

/** The token that the simulator handed out. */
function tokenOf(sim: Simulator): string {
  const [token] = sim.world.tokens.keys();
  return token ?? "";
}

/** The approval outputs in full, as the simulator's options make them. */
function approvalOutputs(sim: Simulator, allowed = false): Record<string, string> {
  const token = tokenOf(sim);
  const device = sim.nodes.find(({ id }) => id === 26)?.deviceId ?? "";
  const source = `cvms/${sim.vmUuid}`;
  return {
    compose_hash: sim.composeHash,
    device_id: device,
    commit_token: token,
    commit_url: `https://cloud.phala.com/simulated/${source}/confirm-replica?token=${token}&compose_hash=${sim.composeHash}`,
    api_commit_url: `${sim.world.origin}${BASE_PATH}/${source}/commit-replica?token=${token}`,
    onchain_status: JSON.stringify({
      compose_hash_allowed: allowed,
      device_id_allowed: allowed,
      is_allowed: allowed,
    }),
    kms_info: JSON.stringify({
      id: sim.world.kmsId,
      slug: "kms-base-sim1",
      url: "https://kms.simulator.invalid",
      version: "v0.5.8",
      chain_id: 8453,
      kms_contract_address: `0x${"a1".repeat(20)}`,
      gateway_app_id: `0x${"b2".repeat(20)}`,
    }),
  };
}

const EMPTY = {
  compose_hash: "",
  device_id: "",
  commit_token: "",
  commit_url: "",
  api_commit_url: "",
  onchain_status: "",
  kms_info: "",
};

/** The token crosses jobs by the outputs, so no runner may mask it, and so nothing else may hold it. */
function tokenOnlyInOutputs(result: StepResult, sim: Simulator): void {
  const token = tokenOf(sim);
  expect(token).not.toBe("");
  const { outputs: _outputs, ...rest } = everythingWritten(result);
  for (const text of Object.values(rest)) expect(text).not.toContain(token);
  expect(result.masks.filter((mask) => token.includes(mask) || mask.includes(token))).toEqual([]);
  const handed = outputsForOtherJobs(result.outputs, result.masks);
  expect(handed.commit_token).toBe(result.outputs.commit_token);
  expect(handed.commit_url).toBe(result.outputs.commit_url);
  expect(handed.api_commit_url).toBe(result.outputs.api_commit_url);
}

describe("a 465 that prepare_only asked for", () => {
  it.concurrent.each(FORMS)(
    "is a success in the form %s",
    (form465) =>
      worldOf(`prepare ${form465}`)({ ...UNREGISTERED, form465 }, async (sim) => {
        const result = await create(sim, { prepare_only: "true" });
        succeeded(result, "pending_approval");
        const wanted = form465 === "string" ? EMPTY : approvalOutputs(sim);
        expect(result.outputs).toMatchObject(wanted);
        expect(result.outputs.replicas).toBe("[]");
        expect(result.outputs.vm_uuid).toBe("");
        expect(posts(sim)).toHaveLength(1);
        expect(sim.replicas()).toEqual([]);
        tokenOnlyInOutputs(result, sim);
        if (form465 !== "string") {
          expect(result.stdout).toContain(sim.composeHash);
          expect(result.stdout).toContain(approvalOutputs(sim).device_id);
          expect(result.stdout).toContain(`0x${sim.appId}`);
          expect(result.stdout).toContain("8453");
        }
      }),
    SLOW,
  );

  inItsWorld(
    "hands out what there is where the answer has no token",
    { ...UNREGISTERED, omitToken: true },
    async (sim) => {
      const result = await create(sim, { prepare_only: "true" });
      succeeded(result, "pending_approval");
      const without = { commit_token: "", commit_url: "", api_commit_url: "" };
      expect(result.outputs).toMatchObject({ ...approvalOutputs(sim), ...without });
    },
  );

  inItsWorld(
    "commits nothing although all is registered already",
    { onChain: true, placement: "source" },
    async (sim) => {
      const result = await create(sim, { prepare_only: "true" });
      succeeded(result, "pending_approval");
      expect(result.outputs).toMatchObject(approvalOutputs(sim, true));
      expect(sim.requests.filter(({ route }) => route === "commit")).toEqual([]);
      expect(sim.replicas()).toEqual([]);
    },
  );

  inItsWorld("keeps the token out of the debug log too", UNREGISTERED, async (sim) => {
    const result = await create(sim, { prepare_only: "true" }, { debug: true });
    succeeded(result, "pending_approval");
    tokenOnlyInOutputs(result, sim);
  });

  inItsWorld("does not take a stranger's types for its own", UNREGISTERED, async (sim) => {
    const details = [
      null,
      "text",
      { field: 7, value: "x" },
      { field: "compose_hash", value: { a: 1 } },
      { field: "device_id", value: 12 },
      { field: "commit_token", value: null },
      { field: "kms_info", value: "text" },
      { field: "onchain_status", value: [true] },
    ];
    answerWith(sim, "create", 465, { error_code: "ERR-01-005", message: "m", details });
    const result = await create(sim, { prepare_only: "true" });
    succeeded(result, "pending_approval");
    expect(result.outputs).toMatchObject(EMPTY);
  });

  it.concurrent.each([
    { name: "empty", body: "" },
    { name: "HTML", body: "<html><title>465</title></html>" },
    { name: "cut off", body: '{"error_code":"ERR-01-005","deta' },
  ])(
    "with a body that is $name is pending all the same",
    ({ name, body }) =>
      worldOf(name)(UNREGISTERED, async (sim) => {
        answerWith(sim, "create", 465, body);
        const result = await create(sim, { prepare_only: "true" });
        succeeded(result, "pending_approval");
        expect(result.outputs).toMatchObject(EMPTY);
      }),
    SLOW,
  );
});

describe("a 465 that nobody asked for", () => {
  it.concurrent.each(FORMS)(
    "is a failure that says what to register, in the form %s",
    (form465) =>
      worldOf(`create ${form465}`)({ ...UNREGISTERED, form465 }, async (sim) => {
        const result = await create(sim);
        const message = failed(result, { code: "ERR-01-005", outcome: "pending_approval" });
        const wanted = form465 === "string" ? EMPTY : approvalOutputs(sim);
        expect(result.outputs).toMatchObject(wanted);
        expect(posts(sim)).toHaveLength(1);
        expect(sim.replicas()).toEqual([]);
        tokenOnlyInOutputs(result, sim);
        expect(message).toMatch(/approval|regist/i);
        expect(message).toMatch(/commit/i);
        // Its details lack the token: no step could commit by an output that is empty.
        expect(message.includes("no commit token")).toBe(form465 === "string");
        expect(message.includes("hold what is needed")).toBe(form465 !== "string");
        if (form465 === "string") return;
        expect(message).toContain(sim.composeHash);
        expect(message).toContain(wanted.device_id);
        expect(message).toContain(`0x${sim.appId}`);
        expect(message).toContain("8453");
      }),
    SLOW,
  );

  inItsWorld(
    "names only what is missing",
    { onChain: true, chainDevices: "none", placement: "source" },
    async (sim) => {
      const result = await create(sim);
      const message = failed(result, { code: "ERR-01-005", outcome: "pending_approval" });
      expect(message).toContain(sim.nodes[0]?.deviceId);
      expect(message).not.toContain(sim.composeHash);
    },
  );

  it.concurrent.each(FORMS.filter((form) => form !== "string"))(
    "is committed at once where all is registered, in the form %s",
    (form465) =>
      worldOf(`at once ${form465}`)(
        { onChain: true, always465: true, placement: "source", form465 },
        async (sim) => {
          const result = await create(sim);
          succeeded(result);
          expect(posts(sim)).toHaveLength(1);
          expect(sim.requests.filter(({ route }) => route === "commit")).toHaveLength(1);
          expect(sim.replicas().map(({ vmUuid }) => vmUuid)).toEqual([result.outputs.vm_uuid]);
          tokenOnlyInOutputs(result, sim);
        },
      ),
    SLOW,
  );

  inItsWorld(
    "shows the token to nobody where the commit is refused with it in the reason",
    { onChain: true, always465: true, placement: "source" },
    async (sim) => {
      sim.on("after-work", "commit", ({ answer }) => {
        const token = tokenOf(sim);
        const body = JSON.stringify({
          error_code: "ERR-01-006",
          message: `token ${token} is void`,
        });
        Object.assign(answer ?? {}, { status: 466, body });
      });
      const result = await create(sim);
      expect(failed(result, { code: "ERR-01-006" })).toMatch(/token \S+ is void/);
      tokenOnlyInOutputs(result, sim);
      expect(result.outputs.replicas).not.toContain(tokenOf(sim));
    },
  );

  inItsWorld(
    "is no failure of an app whose chain has everything",
    { onChain: true, placement: "source" },
    async (sim) => {
      const result = await create(sim);
      succeeded(result);
      // The revision is put out on success as well; all else is an approval's alone.
      expect(result.outputs).toMatchObject({ ...EMPTY, compose_hash: sim.composeHash });
      expect(sim.replicas()).toHaveLength(1);
    },
  );
});
