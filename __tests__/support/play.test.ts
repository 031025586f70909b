import { describe, expect, it } from "@jest/globals";
import { describeCases, errorOf, play } from "./play.ts";

describeCases("both worlds", [
  {
    name: "one replica, all well",
    process: true,
    expects: ({ main, post, left }) => {
      expect([main.exitCode, post?.exitCode, left.length]).toEqual([0, 0, 1]);
      expect(main.outputs.vm_uuid).toBe(left[0]?.vmUuid);
    },
  },
  {
    name: "killed when the create was worked on",
    process: true,
    blow: { how: "kill", moment: "after-work", route: "create" },
    expects: ({ main, left }) => {
      expect(main.exitCode).toBeNull();
      expect(left).toHaveLength(1);
    },
  },
  {
    name: "a fault, a stranger, and what comes between main and post",
    inputs: (cloud) => ({ vm_uuid: cloud.vmUuid, cleanup: "always" }),
    given: (cloud) => {
      cloud.fault({ route: "list", kind: "status", when: "before", status: 503, times: 1 });
      cloud.addStranger();
    },
    between: (cloud) => expect(cloud.replicas()).toHaveLength(1),
    expects: ({ main, left }) => {
      expect(main.exitCode).toBe(0);
      expect(left).toHaveLength(0);
    },
  },
]);

describe("what a case can't hide", () => {
  it("a wrong expectation", async () => {
    const seen = await play(
      { name: "bad", inputs: { vm_uuid: "x" }, expects: () => {} },
      "simulated",
    );
    expect(seen.main.exitCode).toBe(1);
    expect(errorOf(seen.main)).toContain("vm_uuid");
    expect(seen.requests).toEqual([]);
  });
});
