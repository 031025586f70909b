/** Each selector of delete alone and with each of the others: what goes is what all that are given mean. */
import { expect } from "@jest/globals";
import { type Case, describeCases } from "../../support/play.ts";
import { alone, ended, listed, namesLeft, uuidOf } from "./support.ts";

const DAY = 86_400_000;

/** One CVM for each answer to: does its name fit, is it listed, is it dead, is it old? */
const CVMS = Array.from({ length: 16 }, (_, bits) => {
  const [name, uuid, status, age] = [1, 2, 4, 8].map((bit) => (bits & bit) !== 0);
  const called = `${name ? "pr" : "web"}-${uuid ? "l" : "u"}${status ? "d" : "r"}${age ? "o" : "y"}`;
  return { called, fits: { name, vm_uuids: uuid, status, older_than: age } };
});

type Selector = keyof (typeof CVMS)[number]["fits"];

const SELECTORS: readonly Selector[] = ["name", "vm_uuids", "status", "older_than"];

const SETS = Array.from({ length: 15 }, (_, n) =>
  SELECTORS.filter((_one, at) => ((n + 1) & (1 << at)) !== 0),
);

const cases = SETS.map((given): Omit<Case, "command"> => {
  const meant = CVMS.filter(({ fits }) => given.every((one) => fits[one]));
  const names = meant.map(({ called }) => called).sort();
  return {
    name: `by ${given.join(" and ")}`,
    process: given.length === 1,
    post: false,
    given: (cloud) => {
      for (const { called, fits } of CVMS) {
        const createdAt = cloud.world.now() - (fits.older_than ? 3 : 1) * DAY;
        const { vmUuid } = cloud.addStranger({ name: called, createdAt });
        if (fits.status) cloud.update(vmUuid, { status: "exited" });
      }
    },
    inputs: (cloud) => {
      const uuids = CVMS.filter(({ fits }) => fits.vm_uuids).map(({ called }) =>
        uuidOf(cloud, called),
      );
      const all = {
        name: "pr-*",
        vm_uuids: JSON.stringify(uuids),
        status: "dead",
        older_than: "2d",
      };
      const some = Object.fromEntries(given.map((one) => [one, all[one]]));
      return alone({ ...some, max_deletions: "16" });
    },
    expects: (seen) => {
      if (given.join() === "older_than") {
        expect(ended(seen)).toEqual([1, "failed", "INPUT"]);
        expect(namesLeft(seen)).toHaveLength(CVMS.length + 1);
        return;
      }
      expect(ended(seen)).toEqual([0, "deleted", ""]);
      expect(listed(seen, "deleted").sort()).toEqual(names);
      const left = CVMS.map(({ called }) => called).filter((name) => !names.includes(name));
      expect(namesLeft(seen)).toEqual([...left, "web"].sort());
    },
  };
});

describeCases(
  "what is selected",
  cases.map((one) => ({ command: "delete", ...one })),
);
