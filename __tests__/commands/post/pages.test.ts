/** Create's post meets a proxy's 404: what runs is not told as gone, and goes in the end. */
import { describe, expect, it, jest } from "@jest/globals";
import { Simulation } from "../../support/simulated/simulation.ts";
import {
  checkPost,
  errorOf,
  expectOthersUntouched,
  left,
  logOf,
  MINUTE,
  SECOND,
} from "../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const ROUTES = ["delete", "cvm", "list"];

function denied(sim: Simulation, routes: readonly string[], body: string, always = false): void {
  const answer = { kind: "status", when: "before", status: 404, body } as const;
  for (const route of routes)
    sim.fault({ route, ...answer, ...(always ? { times: "always" } : {}) });
}

async function created(): Promise<{
  readonly sim: Simulation;
  readonly main: Awaited<ReturnType<Simulation["main"]>>;
}> {
  const sim = new Simulation({ bootMs: SECOND });
  const main = await sim.main({ cleanup: "always" });
  // Long enough ago that nothing is unknown for being new.
  await sim.pass(MINUTE);
  return { sim, main };
}

describe.each([
  ["a page", "<html><head><title>404 Not Found</title></head></html>"],
  ["a text", "default backend - 404"],
  ["no body", ""],
])("a 404 with %s", (_name, body) => {
  it("once to the DELETE, the read and the list: it goes all the same", async () => {
    const { sim, main } = await created();
    denied(sim, ROUTES, body);
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(0);
    expect(left(sim)).toEqual([]);
    expectOthersUntouched(sim);
  });

  it("to everything: red, and not called gone", async () => {
    const { sim, main } = await created();
    denied(sim, ["*"], body, true);
    const post = await sim.post(main);
    checkPost(sim, post);
    expect(post.exitCode).toBe(1);
    expect(errorOf(post)).toContain(sim.replica(0).vmUuid);
    expect(logOf(post)).not.toMatch(/\) is gone|Cleaned up/);
  });
});

it("the API's own 404 in one look, which is a lie, is not enough", async () => {
  const { sim, main } = await created();
  denied(sim, ROUTES, JSON.stringify({ detail: "CVM not found" }));
  const post = await sim.post(main);
  checkPost(sim, post);
  expect(post.exitCode).toBe(0);
  expect(left(sim)).toEqual([]);
});

it("costs a cleanup that goes well one more look", async () => {
  const { sim, main } = await created();
  const post = await sim.post(main);
  expect(post.tookMs).toBeLessThan(10 * SECOND);
  expect(left(sim)).toEqual([]);
});
