/** What a red step says, in simulated time: one annotation with title, code and link, whatever went wrong. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { redLogs } from "../../script/red-logs.ts";
import { OWN_CODES } from "../../src/report/words/error-code.ts";
import { type Entry, type Result, Simulation } from "../support/simulated/simulation.ts";
import { lose, playRed, RED_CASES, refuse } from "./red.ts";

const LINK =
  /\nError code: (\S+)\nhttps:\/\/github\.com\/[\w.-]+\/[\w.-]+\/blob\/v1\/docs\/operations\.md#(\S+)$/;

function errorsOf({ runner }: Result): Entry[] {
  return runner.entries.filter(({ kind }) => kind === "error");
}

function errorOf(result: Result): Entry {
  const errors = errorsOf(result);
  expect([result.exitCode, errors.length]).toEqual([1, 1]);
  return errors[0] as Entry;
}

function logOf({ runner }: Result): string {
  return runner.entries.map(({ text }) => text).join("\n");
}

describe("a red step", () => {
  it.each(RED_CASES)("$code: one annotation with title, code and link", async (one) => {
    const main = await playRed(one);
    const { text, title = "" } = errorOf(main);
    const [, code, anchor] = LINK.exec(text) ?? [];
    expect([code, anchor]).toEqual([one.code, one.code.toLowerCase()]);
    expect(text).toMatch(one.says);
    expect(title).toContain(`(${one.code})`);
    const { outputs, markdown } = main.runner;
    expect(outputs.error_code).toBe(one.code);
    expect(outputs.error_message).toBe(text.slice(0, text.lastIndexOf("\n")));
    expect(outputs.error_message).not.toContain("https://github.com");
    expect(markdown).toContain(`Error code <code>${one.code.replaceAll("_", "&#95;")}</code>`);
  });

  it("that was cancelled has a title and a link, and no code", async () => {
    const sim = new Simulation({ bootMs: 60_000 });
    const process = sim.start();
    sim.after(5_000, () => process.cancel());
    const main = await process.finished;
    const { text, title } = errorOf(main);
    expect(title).toBe("The step was cancelled");
    expect(text).toMatch(/^The step was cancelled\.\nCreated, and billed.*\nhttps:\S+#cancelled$/);
    expect(main.runner.outputs).toMatchObject({ error_code: "", error_message: "" });
  });
});

describe("the page of red logs", () => {
  it("is what the runs print now", async () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/red-logs.md"), "utf8");
    expect(page).toBe(await redLogs());
  });

  it("has a run for each code of our own", () => {
    const codes = RED_CASES.map(({ code }) => code);
    expect(OWN_CODES.filter((code) => !codes.includes(code))).toEqual([]);
  });
});

describe("a green step", () => {
  it("has no annotation and no message", async () => {
    const main = await new Simulation().main();
    expect([main.exitCode, errorsOf(main)]).toEqual([0, []]);
    expect(main.runner.outputs).toMatchObject({ error_code: "", error_message: "" });
  });
});

describe("bounded", () => {
  it("60 creates, each refused with a reason of its own", async () => {
    const sim = new Simulation();
    for (let nth = 1; nth <= 60; nth++) {
      const message = `${nth} ${"full ".repeat(79)}`.slice(0, 400);
      const body = JSON.stringify({ error_code: "ERR-02-005", message });
      sim.fault({ route: "create", kind: "status", when: "before", status: 400, body, nth });
    }
    const main = await sim.main({ count: "60", wait: "false" });
    const { text } = errorOf(main);
    expect(sim.requests.filter(({ route }) => route === "create")).toHaveLength(60);
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(text).toMatch(/^60 of 60 replicas failed\.\n/);
    expect(text).toMatch(/\n- … and 5\d more, in the step's log\nNothing was created/);
    // Each of them is in the log and in the summary.
    for (let nth = 1; nth <= 60; nth++) {
      expect(logOf(main)).toContain(`ERR-02-005: ${nth} full`);
      expect(main.runner.markdown).toContain(`ERR-02-005&#58; ${nth} full`);
    }
    expect(Buffer.byteLength(main.runner.markdown)).toBeLessThan(1_048_576);
  });

  it("40 created, none of which can be deleted", async () => {
    const sim = new Simulation();
    refuse(sim, "delete", 403);
    const main = await sim.main({ count: "40", wait: "false", cleanup: "always" });
    const post = await sim.post(main);
    const { text, title } = errorOf(post);
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(title).toBe("Something may still be billed (HTTP-403)");
    expect(LINK.exec(text)?.slice(1)).toEqual(["HTTP-403", "http-403"]);
    for (const { vmUuid } of sim.replicas()) expect(logOf(post)).toContain(vmUuid);
    expect(sim.replicas()).toHaveLength(40);
  });

  it("60 candidates for one lost answer", async () => {
    const sim = new Simulation();
    sim.on("after-work", "create", () => {
      for (let n = 0; n < 60; n++) sim.addStranger();
    });
    lose(sim);
    const main = await sim.main({ wait: "false" });
    const { text } = errorOf(main);
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(text).toMatch(/^It is unclear.*61 new CVMs fit.*\n- /);
    expect(text).toMatch(/\n- … and \d+ more, in the step's log\nPerhaps created/);
    const log = logOf(main);
    for (const { vmUuid, origin } of sim.cvms()) {
      if (origin !== "seed") expect(log).toContain(vmUuid);
    }
  });
});

describe("the job summary", () => {
  it("60 replicas: the chart says how many it leaves out", async () => {
    const { runner, exitCode } = await new Simulation().main({ count: "60" });
    expect(exitCode).toBe(0);
    expect(runner.markdown.match(/^ {2}section /gm)).toHaveLength(20);
    expect(runner.markdown).toContain("and 40 more replicas, which the chart has no room for");
  });

  it("keeps the cost, in USD, where one of two failed", async () => {
    const sim = new Simulation({ replicaPlans: [{}, { bootMs: 3_600_000 }] });
    const main = await sim.main({ count: "2", wait_timeout: "20s" });
    expect(main.runner.outputs.outcome).toBe("partial");
    expect(errorOf(main).title).toBe("Only 1 of 2 replicas came up (TIMEOUT)");
    expect(main.runner.markdown).toMatch(/\*\*Cost:\*\* 0\.\d+ USD per hour for 2 of 2 replicas/);
  });

  it("shows an adopted replica as such", async () => {
    const sim = new Simulation();
    lose(sim);
    const main = await sim.main({ wait: "false" });
    expect(main.exitCode).toBe(0);
    expect(main.runner.markdown).toMatch(/\(adopted\).*\n\nAdopted: /);
  });
});

describe("an approval that only the third of three needs", () => {
  it("does not deny the two that were created", async () => {
    const sim = new Simulation({ onChain: true, chainDevices: "all" });
    let creates = 0;
    sim.on("before-work", "create", () => {
      if (++creates === 3) sim.world.chain.revoke({ composeHash: sim.world.source.composeHash });
    });
    const main = await sim.main({ count: "3", wait: "false" });
    expect(main.runner.outputs).toMatchObject({ outcome: "partial", error_code: "ERR-01-005" });
    expect(sim.replicas()).toHaveLength(2);
    const written = [logOf(main), main.runner.markdown, ...Object.values(main.runner.outputs)];
    expect(written.join("\n")).not.toMatch(/nothing was created/i);
  });
});
