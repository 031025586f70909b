/** Who listens to the ledger, and what it does where one of them breaks. */
import { describe, expect, it } from "@jest/globals";
import type { NewFact } from "../../src/ledger/fact.ts";
import { Ledger, NO_PEN } from "../../src/ledger/ledger.ts";
import { Simulation } from "../support/simulated/simulation.ts";

const ENDED: NewFact = { fact: "ended", outcome: "created", ownFailure: false };
const APPROVING: NewFact = { fact: "approving", waits: true };

const fails = (error: unknown): never => {
  throw error;
};

describe("a subscriber", () => {
  it("is told what another one appends only after all were told of what came before", () => {
    const ledger = new Ledger(() => 0, NO_PEN);
    const heard: string[] = [];
    ledger.subscribe(({ fact }) => {
      if (fact === "ended") ledger.append(APPROVING);
    }, fails);
    ledger.subscribe(({ fact }) => heard.push(fact), fails);
    ledger.append(ENDED);
    expect(heard).toEqual(["ended", "approving"]);
  });

  it("that throws stops nothing: the others are told, and who subscribed it", () => {
    const ledger = new Ledger(() => 0, NO_PEN);
    const heard: string[] = [];
    const broken: unknown[] = [];
    ledger.subscribe(
      () => fails(new Error("no words")),
      (error) => broken.push(error),
    );
    ledger.subscribe(({ fact }) => heard.push(fact), fails);
    ledger.append(ENDED);
    ledger.append(APPROVING);
    expect(heard).toEqual(["ended", "approving"]);
    expect(broken).toEqual([new Error("no words"), new Error("no words")]);
    expect(ledger.run.outcome).toBe("created");
  });
});

describe("a step that can't print what happens", () => {
  it.each([
    ["create", {}, "created"],
    ["delete", { vm_uuids: "of the source", keep_at_least: "0" }, "deleted"],
  ] as const)("goes on, and says so once: %s", async (command, given, outcome) => {
    const sim = new Simulation({});
    const inputs = "vm_uuids" in given ? { ...given, vm_uuids: sim.world.source.vmUuid } : given;
    const step = command === "create" ? sim.start(inputs) : sim.start(inputs, command);
    const { runner } = step;
    const info = runner.info.bind(runner);
    runner.info = (text: string) => {
      // What is said before, and at the end, is not of the ledger.
      const begun = sim.requests.some(({ method }) => method !== "GET");
      if (begun && runner.outputs.outcome === undefined) throw new TypeError("no such word");
      info(text);
    };
    const { exitCode } = await step.finished;
    expect({ exitCode, outcome: runner.outputs.outcome }).toEqual({ exitCode: 0, outcome });
    const warnings = runner.entries.filter(({ kind }) => kind === "warning");
    expect(warnings.map(({ text }) => text)).toEqual([
      expect.stringMatching(/could not be printed \(no such word\)\. The step goes on/),
    ]);
  });
});
