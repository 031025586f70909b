/**
 * A try whose answer was lost, and in whose place another one made the replica, is refused for as long as the name is
 * taken. A platform that frees a name while its CVM is on its way out carries it out after the cleanup.
 */
import { describe, expect, it } from "@jest/globals";
import { Simulation } from "../../support/simulated/simulation.ts";

const INPUTS = {
  vm_uuid: "",
  name: "web-1,web-2",
  wait: "false",
  cleanup: "always",
  request_timeout: "5s",
};

interface Cloud {
  /** The second name's first try is carried out so long after it was sent. */
  readonly afterMs?: number;
  /** Its second try gets no answer either, and is carried out at once. */
  readonly dropsSecond?: boolean;
}

async function played(
  inputs: Readonly<Record<string, string>>,
  { afterMs = 61_000, dropsSecond = false }: Cloud = {},
) {
  const sim = new Simulation({ removeMs: 60_000, nameFreeWhileGoing: true });
  sim.fault({ route: "instances", nth: 2, kind: "late", afterMs });
  if (dropsSecond) sim.fault({ route: "instances", nth: 3, kind: "drop", when: "after" });
  const main = await sim.main({ ...INPUTS, ...inputs });
  expect(main.exitCode).toBe(0);
  const ours = sim.replicas().map(({ vmUuid }) => vmUuid);
  const post = await sim.post(main);
  const late = sim.replicas().filter(({ vmUuid }) => !ours.includes(vmUuid));
  return { sim, post, ours, late };
}

const textOf = ({ runner }: Awaited<ReturnType<typeof played>>["post"]) =>
  runner.entries.map(({ text }) => text).join("\n");

describe("a name that is free again", () => {
  it("what comes late under it is named, and not deleted: it may be another run's", async () => {
    const { post, late } = await played({});
    expect(late).toMatchObject([{ name: "web-2", deleted: false }]);
    expect(post.exitCode).toBe(1);
    expect(textOf(post)).toMatch(new RegExp(`web-2 \\(${late[0]?.vmUuid}\\).* may be another's`));
  });

  it("also where no try was answered, and what another one made was found", async () => {
    const { post, ours, late } = await played({}, { dropsSecond: true });
    expect(ours).toHaveLength(2);
    expect(late).toMatchObject([{ name: "web-2", deleted: false }]);
    expect(post.exitCode).toBe(1);
    expect(textOf(post)).toContain(late[0]?.vmUuid);
  });

  it("is deleted where nobody else creates any", async () => {
    const { post, ours, late } = await played({ exclusive: "true" });
    expect(late).toMatchObject([{ name: "web-2", deleted: true }]);
    expect(post.exitCode).toBe(0);
    expect(textOf(post)).toContain(`Cleaned up: ${ours.length + 1} deleted, none left.`);
  });

  it("nothing is said where nothing came", async () => {
    const { post, ours, late } = await played({}, { afterMs: 3_600_000 });
    expect(late).toEqual([]);
    expect(post.exitCode).toBe(0);
    expect(textOf(post)).not.toContain("lost request");
    expect(textOf(post)).toContain(`Cleaned up: ${ours.length} deleted, none left.`);
  });

  it("is not looked for where nothing is deleted", async () => {
    const { sim, post, late } = await played({ cleanup: "never" });
    expect(late).toEqual([]);
    expect(post.exitCode).toBe(0);
    expect(post.runner.entries.filter(({ kind }) => kind === "warning")).toEqual([]);
    expect(textOf(post)).not.toContain("Looking for");
    expect(sim.replicas()).toHaveLength(2);
  });
});
