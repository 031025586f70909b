/** What signs sits in a chunk of its own in the bundle: a step that doesn't sign does without. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { startSimulator } from "../../simulator/index.ts";
import { REPOSITORY } from "../support/repository.ts";
import { runStep } from "../support/runner.ts";

/** What nothing but the signing of transactions has. */
const SIGNS = /eth_sendRawTransaction/;
const chunks = readdirSync(join(REPOSITORY, "dist")).filter((name) => name.endsWith(".js"));
const signing = chunks.filter((name) =>
  SIGNS.test(readFileSync(join(REPOSITORY, "dist", name), "utf8")),
);

describe("the bundle", () => {
  it("has what signs in one chunk, which is not the one that every step loads", () => {
    expect(signing).toEqual([expect.stringMatching(/^\d+\.index\.js$/)]);
  });

  it("waits for an approval, and creates, where that chunk is not there", async () => {
    const action = mkdtempSync(join(tmpdir(), "action-"));
    const api = await startSimulator({ onChain: true, chainHashes: "none", chainDevices: "all" });
    try {
      for (const name of ["action.yml", "dist"]) {
        cpSync(join(REPOSITORY, name), join(action, name), { recursive: true });
      }
      for (const name of signing) rmSync(join(action, "dist", name));
      api.on("answered", "is-allowed", () => {
        api.chain.register({ composeHash: api.composeHash });
      });
      const inputs = { app_id: api.appId, vm_uuid: api.vmUuid, approval_timeout: "60s" };
      const main = await runStep({ api, action, inputs });
      expect([main.exitCode, main.outputs.outcome]).toEqual([0, "created"]);
    } finally {
      await api.close();
      rmSync(action, { recursive: true });
    }
  }, 60_000);
});
