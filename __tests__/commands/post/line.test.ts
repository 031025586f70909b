/** Many replicas and a slow API: who waits long for its turn has a second try too. In simulated time. */
import { expect, it, jest } from "@jest/globals";
import { Simulation } from "../../support/simulated/simulation.ts";
import { checkPost, SECOND } from "../../support/simulated-steps.ts";

// All work and no waiting, but the machine may be busy with many processes.
jest.setTimeout(60_000);

const COUNT = 60;

/** Main makes them and is kept from setting their ends; from then on each request takes 9 s. */
async function made(inputs: Readonly<Record<string, string>>) {
  const sim = new Simulation({ bootMs: SECOND });
  const unset = { kind: "status", when: "before", status: 403, times: "always" } as const;
  sim.fault({ route: "scheduled-delete", ...unset });
  const compose_hash = sim.world.source.composeHash;
  const main = await sim.main({ count: String(COUNT), compose_hash, ...inputs });
  sim.server.faults.clear();
  const serve = sim.server.serve.bind(sim.server);
  sim.server.serve = async (request) => {
    await sim.clock.sleep(9 * SECOND, request.signal);
    return serve(request);
  };
  expect(sim.replicas()).toHaveLength(COUNT);
  return { sim, main };
}

it.each([1, COUNT])("a 503 to the ttl of number %i: set by a second try", async (nth) => {
  const { sim, main } = await made({ ttl: "3h" });
  sim.fault({ route: "scheduled-delete", kind: "status", when: "before", status: 503, nth });
  const post = await sim.post(main);
  checkPost(sim, post);
  expect(post.exitCode).toBe(0);
  expect(sim.replicas().filter(({ scheduledDeleteAt }) => scheduledDeleteAt === null)).toEqual([]);
});
