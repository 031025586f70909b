import { describe, expect, it } from "@jest/globals";
import type { Survey } from "../../src/fleet/look.ts";
import { planRun } from "../../src/fleet/plan/create.ts";
import { readCreateInputs } from "../../src/inputs/create.ts";
import type { Inputs } from "../../src/inputs/types.ts";
import { failureOf } from "../../src/report/annotation/of-trouble.ts";
import { cvm, HASH, OTHER_HASH, uuid } from "../support/rows.ts";

/** Inputs as the runner would pass them. */
function inputs(given: Readonly<Record<string, string>> = {}): Inputs {
  const all = { api_key: "phak_test", app_id: "3c".repeat(20), vm_uuid: uuid(1), ...given };
  const env = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
  const read = readCreateInputs(env);
  if ("faults" in read) throw new Error(read.faults.join(" "));
  return read.inputs;
}

function surveyed(over: Partial<Survey> = {}): Survey {
  const live = over.live ?? [cvm(1)];
  return {
    cvms: live,
    source: live[0] ?? null,
    live,
    clockOffsetMs: 0,
    workspaceSlug: null,
    placements: [],
    ...over,
  };
}

const nodes = [
  { id: 26, name: "prod9" },
  { id: 31, name: "prod5" },
];

describe("which requests a run sends", () => {
  it.each<[string, Record<string, string>, Partial<Survey>, (number | null)[]]>([
    ["one by default", {}, {}, [null]],
    ["one a listed node", { node_id: "26,31" }, { placements: nodes }, [26, 31]],
    ["count", { count: "3" }, {}, [null, null, null]],
    ["count over nodes", { node_id: "26,31", count: "3" }, { placements: nodes }, [26, 31, 26]],
    ["count below the nodes", { node_id: "26,31", count: "1" }, { placements: nodes }, [26]],
    ["instances, some missing", { instances: "3" }, {}, [null, null]],
    [
      "instances over nodes",
      { instances: "4", node_id: "26,31" },
      { placements: nodes },
      [31, 26, 31],
    ],
    [
      "instances on nodes where none is, the source's revision apart",
      { instances: "2", node_id: "31", compose_hash: OTHER_HASH },
      { placements: nodes.slice(1) },
      [31, 31],
    ],
    ["instances, none missing", { instances: "1" }, {}, []],
    [
      "instances, some of them dead",
      { instances: "3" },
      { cvms: [cvm(1), cvm(2, { status: "error" })] },
      [null],
    ],
    [
      "a commit: one, and the node is not ours to say",
      { commit_token: "token-of-a-test" },
      { live: [cvm(1), cvm(2, { composeHash: OTHER_HASH })] },
      [null],
    ],
  ])("%s", (_name, given, over, expected) => {
    const plan = planRun(inputs(given), surveyed(over));
    expect(plan.ok && plan.slots.map(({ nodeId }) => nodeId)).toEqual(expected);
  });

  it("says how many are there and how many are missing", () => {
    const plan = planRun(inputs({ instances: "3" }), surveyed());
    expect(plan.ok && plan.notes).toMatchObject([{ live: 1, wanted: 3, missing: 2 }]);
    const full = planRun(inputs({ instances: "1" }), surveyed());
    expect(full.ok && full.notes).toMatchObject([{ missing: 0 }]);
  });

  it("refuses live instances that differ, with their hashes and names", () => {
    const live = [cvm(1), cvm(2), cvm(3, { composeHash: OTHER_HASH })];
    const plan = planRun(inputs({ count: "2" }), surveyed({ live }));
    if (plan.ok) throw new Error("it has a plan");
    const nowhere = { replica: null, workspaceSlug: null, appId: null };
    const { code, text } = failureOf(plan.trouble, nowhere);
    expect(code).toBe("INPUT");
    expect(text).toContain(`${HASH}: web-1 (${uuid(1)}), web-2 (${uuid(2)})`);
    expect(text).toContain(`${OTHER_HASH}: web-3 (${uuid(3)})`);
  });

  it("does not mind that they differ where nothing is missing", () => {
    const live = [cvm(1), cvm(2, { composeHash: OTHER_HASH })];
    expect(planRun(inputs({ instances: "2" }), surveyed({ live }))).toMatchObject({
      ok: true,
      slots: [],
    });
  });
});
