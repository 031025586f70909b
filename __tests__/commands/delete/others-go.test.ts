/** Others go while a deletion waits: `keep_at_least` goes by a list that is no older than a few seconds. Simulated. */
import { expect } from "@jest/globals";
import { type Case, type Cloud, describeCases, type Seen } from "../../support/play.ts";
import { alone, ended, listed, namesLeft, sent } from "./support.ts";

const BUSY = { route: "delete", kind: "status", when: "before", status: 409, times: 8 } as const;
/** A second for each request. */
const SLOW = { liveInstances: 21, latencyMs: 500 } as const;

/** The one that was to stay dies when the n-th DELETE was answered. */
function dies(cloud: Cloud, nth = 4): void {
  let answered = 0;
  cloud.on("answered", "delete", () => {
    answered++;
    if (answered === nth) cloud.update(cloud.vmUuid, { status: "error" });
  });
}

const running = ({ cloud }: Seen) =>
  cloud
    .cvms()
    .filter((cvm) => !cvm.deleted && cvm.status === "running" && cvm.appId === cloud.appId);

/** How many lists were read up to the last DELETE. */
function lists({ requests }: Seen): number {
  const last = requests.findLastIndex(({ method }) => method === "DELETE");
  return requests.slice(0, last).filter(({ route }) => route === "list").length;
}

const cases: readonly Omit<Case, "command">[] = [
  {
    name: "the one that was to stay dies while another is busy: one of the selected stays",
    api: { liveInstances: 3 },
    given: (cloud) => {
      cloud.fault(BUSY);
      dies(cloud);
    },
    inputs: alone({ name: "web-*" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(running(seen)).toHaveLength(1);
      expect(listed(seen, "kept")).toHaveLength(1);
      expect(listed(seen, "kept")[0]).toMatch(/: last-running$/);
      const warnings = seen.main.annotations.filter(({ level }) => level === "warning");
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringMatching(/keep_at_least: 0/),
      ]);
    },
  },
  {
    name: "the only one that is selected, by its whole name: kept, and red",
    api: { liveInstances: 2 },
    given: (cloud) => {
      cloud.fault(BUSY);
      dies(cloud);
    },
    inputs: alone({ name: "web-seed1" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "KEPT"]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed1"]);
    },
  },
  {
    name: "with keep_at_least: 0 it goes, and no list is read for it",
    api: { liveInstances: 2 },
    given: (cloud) => {
      cloud.fault(BUSY);
      dies(cloud);
    },
    inputs: alone({ name: "web-seed1", keep_at_least: "0" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(lists(seen)).toBe(1);
    },
  },
  {
    name: "many that are quick: one list for all",
    api: { liveInstances: 41 },
    inputs: alone({ name: "web-*", max_deletions: "50" }),
    expects: (seen) => {
      expect(sent(seen)).toHaveLength(40);
      expect(lists(seen)).toBe(1);
    },
  },
  {
    name: "many that are slow: a list every few seconds, and no more",
    api: SLOW,
    inputs: alone({ name: "web-*", max_deletions: "50" }),
    expects: (seen) => {
      expect(sent(seen)).toHaveLength(20);
      // About 40 s of reads and deletions.
      expect(lists(seen)).toBeGreaterThanOrEqual(5);
      expect(lists(seen)).toBeLessThanOrEqual(9);
    },
  },
  {
    name: "the list fails for a moment when it is read again: the deletion waits for it",
    api: { liveInstances: 3 },
    given: (cloud) => {
      cloud.fault(BUSY);
      cloud.fault({ route: "list", kind: "status", when: "before", status: 502, nth: 2, times: 2 });
    },
    inputs: alone({ name: "web-*" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(namesLeft(seen)).toEqual(["web"]);
    },
  },
  {
    name: "the list may not be read any more: what nobody can tell is not deleted",
    api: { liveInstances: 2 },
    given: (cloud) => {
      cloud.fault({ ...BUSY, times: "always" });
      cloud.fault({
        route: "list",
        kind: "status",
        when: "before",
        status: 403,
        nth: 2,
        times: "always",
      });
    },
    inputs: alone({ name: "web-seed1", wait: "false" }),
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "HTTP-403"]);
      expect(namesLeft(seen)).toEqual(["web", "web-seed1"]);
    },
  },
];

describeCases(
  "others that go meanwhile",
  cases.map((each): Case => ({ ...each, command: "delete", only: "simulated" })),
);
