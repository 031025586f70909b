/** A 404 that the API did not write: a proxy's page or text says nothing of what is there. */
import { expect } from "@jest/globals";
import { type Case, type Cloud, describeCases } from "../../support/play.ts";
import { alone, ended, listed, namesLeft, sent, uuidOf } from "./support.ts";

const PAGE = "<html><head><title>404 Not Found</title></head><body>nginx</body></html>";
const TEXT = "default backend - 404";
const ALL = ["web", "web-seed1", "web-seed2"];

/** @param times how many requests of this route in a row are answered so */
function denied(cloud: Cloud, route: string, body: string, times: number | "always" = 1): void {
  const headers = { "content-type": "text/plain" };
  const answer = { kind: "status", when: "before", status: 404, body, headers } as const;
  cloud.fault({ route, times, ...answer });
}

const once = ([PAGE, TEXT, ""] as const).flatMap((body) =>
  (["true", "false"] as const).flatMap((wait) =>
    ["cvm", "delete"].map(
      (route): Omit<Case, "command"> => ({
        name: `${body.slice(0, 7) || "nothing"} instead of the ${route} answer, wait: ${wait}: it goes all the same`,
        api: { liveInstances: 3 },
        given: (cloud) => denied(cloud, route, body),
        inputs: alone({ name: "web-seed2", wait }),
        only: "simulated",
        expects: (seen) => {
          expect(ended(seen)).toEqual([0, "deleted", ""]);
          expect(listed(seen, "deleted")).toEqual(["web-seed2"]);
          expect(seen.cloud.cvms().filter(({ deletes }) => deletes > 0)).toHaveLength(1);
        },
      }),
    ),
  ),
);

const always = [PAGE, TEXT, ""].map(
  (body): Omit<Case, "command"> => ({
    name: `${body.slice(0, 7) || "nothing"} instead of every answer: red, and nothing is told as deleted`,
    api: { liveInstances: 3 },
    given: (cloud) => denied(cloud, "*", body, "always"),
    inputs: (cloud) => alone({ vm_uuids: uuidOf(cloud, "web-seed1") }),
    only: "simulated",
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "HTTP-404"]);
      expect(listed(seen, "deleted")).toEqual([]);
      expect(namesLeft(seen)).toEqual(ALL);
    },
  }),
);

const cases: readonly Omit<Case, "command">[] = [
  ...once,
  ...always,
  {
    name: "from the look on, wait: false: red, and nothing is told as deleted",
    api: { liveInstances: 3 },
    given: (cloud) => {
      for (const route of ["cvm", "delete"]) denied(cloud, route, PAGE, "always");
    },
    inputs: alone({ name: "web-seed2", wait: "false" }),
    only: "simulated",
    expects: (seen) => {
      expect(ended(seen)).toEqual([1, "failed", "HTTP-404"]);
      expect(sent(seen)).toEqual([]);
      expect(listed(seen, "deleted")).toEqual([]);
    },
  },
  {
    name: "killed, and post meets nothing but pages: certain of nothing",
    api: { liveInstances: 3, removeMs: 3_600_000 },
    blow: { how: "kill", moment: "answered", route: "delete", nth: 1 },
    between: (cloud) => denied(cloud, "*", PAGE, "always"),
    inputs: alone({ name: "web-seed2" }),
    only: "simulated",
    expects: (seen) => {
      expect(seen.post?.log).not.toMatch(/certainly gone/);
      expect(seen.post?.log).toMatch(/web-seed2 \(.*\): whether it is gone could not be seen/);
    },
  },
];

describeCases(
  "a 404 that is not the API's",
  cases.map((each): Case => ({ ...each, command: "delete" })),
);
