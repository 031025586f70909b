/** What the platform shows of a deletion that this step asked for is no reason to call it kept. In simulated time. */
import { expect } from "@jest/globals";
import { type Case, type Cloud, describeCases, type Inputs } from "../../support/play.ts";
import { alone, ended, listed, namesLeft, sent, uuidOf } from "./support.ts";

type Row = Record<string, unknown>;

/** Rows say of what is being deleted that an operation is in progress, and no more. */
function tellsNoMore(cloud: Cloud): void {
  const change = (row: Row): Row => {
    const cvm = cloud.cvms().find(({ vmUuid }) => vmUuid === row.vm_uuid);
    return cvm?.removing ? { ...row, status: "stopped", in_progress: true } : row;
  };
  for (const route of ["list", "cvm"]) {
    cloud.on("after-work", route, ({ answer }) => {
      if (answer?.status !== 200) return;
      const body: unknown = JSON.parse(answer.body);
      const changed = Array.isArray(body) ? body.map(change) : change(body as Row);
      Object.assign(answer, { body: JSON.stringify(changed) });
    });
  }
}

const stopped = (cloud: Cloud) => cloud.update(uuidOf(cloud, "web-seed2"), { status: "stopped" });

const selections: readonly Inputs[] = [
  { status: "stopped" },
  { status: "stopped", name: "web-seed2" },
];
const answers = [
  { said: "accepted" },
  { said: "lost", fault: { route: "delete", kind: "drop", when: "after" } },
  {
    said: "a 502 after the work",
    fault: { route: "delete", kind: "status", when: "after", status: 502 },
  },
] as const;

const inProgress = selections.flatMap((inputs) =>
  answers.flatMap((answer) =>
    ["true", "false"].map(
      (wait): Omit<Case, "command"> => ({
        name: `${Object.keys(inputs).join(" and ")}, ${answer.said}, wait ${wait}: its own deletion in progress`,
        api: { liveInstances: 3, removeMs: 60_000 },
        given: (cloud) => {
          stopped(cloud);
          tellsNoMore(cloud);
          if ("fault" in answer) cloud.fault(answer.fault);
        },
        inputs: alone({ ...inputs, wait }),
        expects: (seen) => {
          expect(ended(seen)).toEqual([0, "deleted", ""]);
          expect(listed(seen, "deleted")).toEqual(["web-seed2"]);
          expect(listed(seen, "kept")).toEqual([]);
          expect(sent(seen)).toHaveLength(1);
        },
      }),
    ),
  ),
);

const cases: readonly Omit<Case, "command">[] = [
  ...inProgress,
  {
    name: "renamed after it was accepted: waited for, and not asked for again",
    api: { liveInstances: 3, removeMs: 60_000 },
    given: (cloud) => {
      stopped(cloud);
      tellsNoMore(cloud);
      cloud.on("answered", "delete", () =>
        cloud.update(uuidOf(cloud, "web-seed2"), { name: "production" }),
      );
    },
    inputs: alone({ name: "web-seed2" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(listed(seen, "kept")).toEqual([]);
      expect(sent(seen)).toHaveLength(1);
    },
  },
  {
    name: "the last running one by now, after it was accepted: waited for",
    api: { liveInstances: 2, removeMs: 60_000 },
    given: (cloud) => {
      const running = (row: Row): Row =>
        row.name === "web-seed1" ? { ...row, status: "running" } : row;
      for (const route of ["list", "cvm"]) {
        cloud.on("after-work", route, ({ answer }) => {
          if (answer?.status !== 200) return;
          const body: unknown = JSON.parse(answer.body);
          const changed = Array.isArray(body) ? body.map(running) : running(body as Row);
          Object.assign(answer, { body: JSON.stringify(changed) });
        });
      }
      cloud.on("answered", "delete", () => cloud.update(cloud.vmUuid, { status: "error" }));
    },
    inputs: alone({ name: "web-*" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(listed(seen, "kept")).toEqual([]);
      expect(sent(seen)).toHaveLength(1);
    },
  },
  {
    name: "renamed after a request that was lost before the work: neither kept nor deleted",
    api: { liveInstances: 2 },
    given: (cloud) => {
      cloud.fault({ route: "delete", kind: "drop", when: "before" });
      cloud.on("before-work", "delete", () =>
        cloud.update(uuidOf(cloud, "web-seed1"), { name: "production" }),
      );
    },
    inputs: alone({ name: "web-*", wait_timeout: "1m" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "NETWORK"]);
      expect(listed(seen, "kept")).toEqual([]);
      expect(namesLeft(seen)).toEqual(["production", "web"]);
      expect(sent(seen)).toHaveLength(1);
    },
  },
  {
    name: "refused, then renamed: kept",
    api: { liveInstances: 2 },
    given: (cloud) => {
      cloud.fault({ route: "delete", kind: "status", when: "before", status: 409 });
      cloud.on("before-work", "delete", () =>
        cloud.update(uuidOf(cloud, "web-seed1"), { name: "production" }),
      );
    },
    inputs: alone({ name: "web-seed1" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "KEPT"]);
      expect(listed(seen, "kept")).toEqual(["web-seed1: changed"]);
      expect(namesLeft(seen)).toEqual(["production", "web"]);
    },
  },
];

describeCases(
  "its own deletion under way",
  cases.map((each): Case => ({ ...each, command: "delete", only: "simulated" })),
);
