/**
 * The database that tells `created_at` may have another clock than the edge that tells `Date`. What comes new, and by
 * a little too old, is not taken for ours; but it is not nothing either.
 */
import { describe, expect, it } from "@jest/globals";
import { Simulation, type SimulationOptions } from "../../../support/simulated/simulation.ts";

const LATE_ANSWER = { kind: "status", when: "after" } as const;

async function played(
  inputs: Readonly<Record<string, string>>,
  status: number,
  world: SimulationOptions = { createdAtBehindMs: 5_000 },
) {
  const sim = new Simulation({ bootMs: 1_000, ...world });
  const named = inputs.name !== undefined;
  sim.fault({ route: named ? "instances" : "create", ...LATE_ANSWER, status });
  const composeHash = named ? {} : { compose_hash: sim.world.source.composeHash };
  const main = await sim.main({ cleanup: "always", wait: "false", ...composeHash, ...inputs });
  const post = await sim.post(main);
  return { sim, main, post, made: sim.replicas() };
}

type Played = Awaited<ReturnType<typeof played>>;
const said = ({ runner }: Played["post"]) => runner.entries.map(({ text }) => text).join("\n");

describe("created_at a few seconds too old", () => {
  it.each([502, 503])(
    "HTTP %s: it is named, not touched, and nothing is sent again",
    async (status) => {
      const { main, post, made } = await played({}, status);
      expect(made).toMatchObject([{ deleted: false }]);
      expect(main.exitCode).toBe(1);
      expect(main.runner.outputs.error_code).toBe("AMBIGUOUS");
      expect(main.runner.outputs.error_message).toContain(made[0]?.vmUuid);
      expect(main.runner.outputs.error_message).not.toContain("Nothing");
      expect(post.exitCode).toBe(1);
      expect(said(post)).toContain(made[0]?.vmUuid);
    },
  );

  it("is not deleted where nobody else is said to create any: times are what shows that", async () => {
    const { post, made } = await played({ exclusive: "true" }, 502);
    expect(made).toMatchObject([{ deleted: false }]);
    expect(post.exitCode).toBe(1);
    expect(said(post)).toContain(made[0]?.vmUuid);
  });

  it("of a request that was put off as well, where nobody else creates any", async () => {
    const { main, made } = await played({ exclusive: "true" }, 429);
    expect(made).toHaveLength(1);
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.error_message).toContain(made[0]?.vmUuid);
  });

  it("what bears the name that was asked for is used, and is nobody's to delete", async () => {
    const { main, post, made } = await played({ vm_uuid: "", name: "web-a" }, 502);
    expect(made).toMatchObject([{ name: "web-a", deleted: false }]);
    expect(main.exitCode).toBe(0);
    expect(main.runner.outputs.outcome).toBe("created");
    expect(said(main)).toContain("by created_at it is older than the request");
    expect(post.exitCode).toBe(1);
    expect(said(post)).toContain(made[0]?.vmUuid);
  });

  it("and where main was killed, by post as well", async () => {
    const sim = new Simulation({ bootMs: 1_000, createdAtBehindMs: 5_000 });
    sim.fault({ route: "instances", ...LATE_ANSWER, status: 502 });
    const running = sim.start({ vm_uuid: "", name: "web-a", cleanup: "always", wait: "false" });
    sim.on("answered", "instances", () => running.kill());
    const post = await sim.post(await running.finished);
    const [made] = sim.replicas();
    expect(made).toMatchObject({ name: "web-a", deleted: false });
    expect(post.exitCode).toBe(1);
    expect(said(post)).toContain(made?.vmUuid);
  });
});

describe("a clock that nobody can go by", () => {
  it("of a request that was put off, what is new is not nothing", async () => {
    const { main, made } = await played({}, 429, { clockSkewMs: -26 * 3_600_000 });
    expect(made).toHaveLength(1);
    expect(main.exitCode).toBe(1);
    expect(main.runner.outputs.error_message).toContain(made[0]?.vmUuid);
  });
});
