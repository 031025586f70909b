/** Whether what was made is what was asked for. */
import { describe, expect, it } from "@jest/globals";
import { differencesOf, misfitOf, wontRun } from "../../src/fleet/plan/mismatch.ts";
import type { Replica } from "../../src/ledger/replica.ts";
import type { Slot } from "../../src/ledger/terms.ts";
import { readCvm } from "../../src/phala/cvm.ts";
import { readVm } from "../../src/phala/vm.ts";
import { failureOf } from "../../src/report/annotation/of-trouble.ts";
import { APP_ID, row, uuid } from "../support/desk.ts";
import { newReplica } from "../support/replicas.ts";
import { DOWN } from "../support/troubles.ts";

const ASKED = "a1".repeat(32);
const FOUND = "b2".repeat(32);

interface Told {
  readonly asked?: Partial<Slot>;
  readonly vm?: object;
  readonly cvm?: Readonly<Record<string, unknown>>;
}

function replica({ asked = {}, vm, cvm }: Told): Replica {
  const slot = { index: 0, nodeId: null, nodeName: null, composeHash: null, expectedHash: null };
  return {
    ...newReplica({ ...slot, ...asked }),
    origin: "created",
    vm: vm === undefined ? null : readVm({ id: 1, name: "web-1", vm_uuid: uuid(1), ...vm }),
    cvm: cvm === undefined ? null : readCvm(row(1, cvm)),
  };
}

const node = (id: number, name: string | null = null) => ({ node_info: { id, name } });

describe("what differs", () => {
  it.each<[string, Told, readonly [string, string, string][]]>([
    ["nothing was asked for", { vm: { teepod_id: 31 }, cvm: { compose_hash: FOUND } }, []],
    ["nothing is told", { asked: { nodeId: 26, composeHash: ASKED }, vm: {}, cvm: {} }, []],
    ["nothing was read", { asked: { nodeId: 26, composeHash: ASKED } }, []],
    [
      "all is as asked, spelled otherwise",
      {
        asked: { nodeId: 26, composeHash: ASKED },
        vm: { teepod_id: 26 },
        cvm: { compose_hash: `0x${ASKED.toUpperCase()}`, ...node(26) },
      },
      [],
    ],
    [
      "a revision that was expected, but not sent",
      { asked: { expectedHash: ASKED }, cvm: { compose_hash: FOUND } },
      [],
    ],
    [
      "the revision",
      { asked: { composeHash: ASKED }, cvm: { compose_hash: FOUND } },
      [["revision", ASKED, FOUND]],
    ],
    [
      "the node by the answer",
      {
        asked: { nodeId: 26, nodeName: "prod9" },
        vm: { teepod_id: 31, teepod: { name: "prod5" } },
      },
      [["node", "prod9 (26)", "prod5 (31)"]],
    ],
    [
      "the node by the row, against the answer",
      { asked: { nodeId: 26 }, vm: { teepod_id: 26 }, cvm: node(31, "prod5") },
      [["node", "26", "prod5 (31)"]],
    ],
    [
      "both",
      { asked: { nodeId: 26, composeHash: ASKED }, cvm: { compose_hash: FOUND, ...node(31) } },
      [
        ["revision", ASKED, FOUND],
        ["node", "26", "31"],
      ],
    ],
  ])("%s", (_name, told, expected) => {
    const found = differencesOf(replica(told)).map(({ what, asked, found: is }) => [
      what,
      asked,
      is,
    ]);
    expect(found).toEqual(expected);
  });

  it("is nothing of a CVM that was there before", () => {
    const there = { ...replica({ cvm: { compose_hash: FOUND, ...node(31) } }), slot: null };
    expect(differencesOf(there)).toEqual([]);
  });

  it("is said with both and a link", () => {
    const told = { asked: { nodeId: 26, composeHash: ASKED }, cvm: { compose_hash: FOUND } };
    const one = replica(told);
    const trouble = misfitOf(one);
    if (trouble === null) throw new Error("nothing differs");
    const about = { replica: one, workspaceSlug: "space", appId: APP_ID };
    const failure = failureOf(trouble, about);
    expect(failure.code).toBe("MISMATCH");
    expect(failure.text).toMatch(
      new RegExp(
        `^web-1 .*revision asked for: ${ASKED}, found: ${FOUND}.*See https://cloud.*/space/`,
      ),
    );
    expect(misfitOf(replica({}))).toBeNull();
  });
});

describe("what won't run by itself", () => {
  it.each(["error", "Error", "exited", "failed", "stopped", "stopping", "removing", "deleted"])(
    "%s",
    (status) => expect(wontRun(replica({ vm: { status } }))).toBe(true),
  );
  it.each(["starting", "running", "provisioning", "pending", "rebalancing", ""])(
    "not %j",
    (status) => expect(wontRun(replica({ vm: { status } }))).toBe(false),
  );

  it("is none that was never made, or has failed already", () => {
    const dead = replica({ vm: { status: "error" } });
    expect(wontRun({ ...dead, origin: "none" })).toBe(false);
    expect(wontRun({ ...dead, trouble: DOWN })).toBe(false);
  });
});
