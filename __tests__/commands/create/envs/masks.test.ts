/** Which values of variables are masked, and what that does to outputs which have to cross jobs. */
import { describe, expect, it } from "@jest/globals";
import {
  BOUND_MS,
  expectMade,
  guestsFind,
  job,
  logText,
  plaintext,
  warnings,
  withCloud,
  withSimulator,
} from "../../../support/jobs.ts";
import { REPOSITORY } from "../../../support/repository.ts";
import { readManifest } from "../../../support/runner/manifest.ts";
import { outputsForOtherJobs } from "../../../support/runner.ts";
import { seed } from "../../../support/secrecy.ts";

const declared = Object.keys(readManifest(REPOSITORY).outputs).length;
const ALLOWED = ["PORT", "WORKERS", "DEBUG", "ENV", "TOKEN", "SHA", "CONFIG"];

describe("a usual .env", () => {
  it.each([false, true])(
    "with a secret beside everyday values lets every output cross jobs (as a process: %s)",
    async (asProcess) => {
      await withCloud(asProcess, { allowedEnvs: ALLOWED }, async (sim) => {
        const token = seed("real");
        const envs = `PORT=8080\nWORKERS=2\nDEBUG=true\nENV=dev\nTOKEN=${token}`;
        const result = await job(sim, { envs });
        expectMade(sim, result);
        expect(warnings(result)).toEqual([]);
        expect(result.masks).toContain(token);
        for (const everyday of ["8080", "2", "true", "dev"]) {
          expect(result.masks).not.toContain(everyday);
        }
        const handed = outputsForOtherJobs(result.outputs, result.masks);
        expect(Object.keys(handed)).toHaveLength(declared);
      });
    },
    BOUND_MS,
  );

  it("whose value stands in outputs is told of: the variable, the outputs, and what to do", async () => {
    await withCloud(false, { allowedEnvs: ALLOWED }, async (sim) => {
      // The node's name holds it.
      const result = await job(sim, { envs: `ENV=prod\nTOKEN=${seed("other")}` });
      expectMade(sim, result);
      const [warning = "", ...more] = warnings(result);
      expect(more).toEqual([]);
      const handed = outputsForOtherJobs(result.outputs, result.masks);
      const dropped = Object.keys(result.outputs).filter((name) => !(name in handed));
      expect(dropped).toEqual(expect.arrayContaining(["teepod_name", "replicas"]));
      for (const name of dropped) expect(warning).toMatch(new RegExp(`[ ,]${name}[,.]`));
      for (const name of Object.keys(handed)) {
        expect(warning).not.toMatch(new RegExp(`[ ,]${name}[,.]`));
      }
      expect(warning).toMatch(/^envs: the masked value of ENV also occurs/);
      expect(warning).toMatch(/another job.*envs_plain/);
      expect(warning).not.toMatch(/TOKEN|prod/);
    });
  });

  it("with a JSON text over several lines does not take every brace along", async () => {
    await withCloud(false, { allowedEnvs: ALLOWED }, async (sim) => {
      const key = seed("json");
      const result = await job(sim, { envs: `CONFIG='{\n  "key": "${key}",\n  "port": 1\n}'` });
      expectMade(sim, result);
      expect(warnings(result)).toEqual([]);
      expect(result.masks).not.toContain("{");
      const handed = outputsForOtherJobs(result.outputs, result.masks);
      expect(handed).toHaveProperty("replicas");
    });
  });
});

describe("envs_plain", () => {
  const SHA = "0123456789abcdef0123456789abcdef01234567";

  it.each([false, true])(
    "is sealed with envs and masked nowhere (as a process: %s)",
    async (asProcess) => {
      await withCloud(asProcess, { allowedEnvs: ALLOWED }, async (sim) => {
        const token = seed("beside");
        const envs_plain = `SHA=${SHA}\nENV=prod`;
        const result = await job(sim, { envs: `TOKEN=${token}`, envs_plain });
        expectMade(sim, result);
        expect(guestsFind(sim)).toEqual([
          plaintext([
            ["TOKEN", token],
            ["SHA", SHA],
            ["ENV", "prod"],
          ]),
        ]);
        expect(warnings(result)).toEqual([]);
        expect(result.masks).toContain(token);
        expect(result.masks).not.toContain(SHA);
        expect(result.masks).not.toContain("prod");
      });
    },
    BOUND_MS,
  );

  it("alone is the whole environment", async () => {
    await withCloud(false, { allowedEnvs: ALLOWED }, async (sim) => {
      expectMade(sim, await job(sim, { envs_plain: `SHA=${SHA}` }));
      expect(guestsFind(sim)).toEqual([plaintext([["SHA", SHA]])]);
    });
  });

  it(
    "never leaves the step in clear, although nothing masks it",
    async () => {
      await withSimulator({ allowedEnvs: ALLOWED }, async (sim) => {
        const result = await job(sim, { envs_plain: `SHA=${SHA}` });
        expect(JSON.stringify(sim.requests)).not.toContain(SHA);
        expect(logText(result)).not.toContain(SHA);
        expect(JSON.stringify(result.state)).not.toContain(SHA);
      });
    },
    BOUND_MS,
  );
});
