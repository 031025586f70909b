/** Which route a look asks, and what its refusals mean. */
import { describe, expect, it } from "@jest/globals";
import {
  judgeLook,
  type LookRoute,
  type LookVerdict,
  nextRoute,
  Routes,
} from "../../src/fleet/follow/routes.ts";
import { answer } from "../support/rows.ts";

describe("a look's fault", () => {
  it.each<[number, LookVerdict]>([
    [401, "rejected"],
    [403, "forbidden"],
    [400, "refused"],
    [404, "refused"],
    [422, "refused"],
    [501, "refused"],
    [408, "failed"],
    [409, "failed"],
    [425, "failed"],
    [429, "failed"],
    [302, "failed"],
    [500, "failed"],
    [503, "failed"],
  ])("HTTP %s: %s", (status, verdict) => expect(judgeLook(answer(status))).toBe(verdict));

  it("without an answer, or one that can't be read: failed", () => {
    expect(judgeLook({ kind: "network", network: "reset", detail: "" })).toBe("failed");
    const fault = { kind: "unreadable", status: 200, problem: "", requestId: null } as const;
    expect(judgeLook({ ...fault, page: false })).toBe("failed");
  });
});

describe("what works", () => {
  it("is given up when it is refused, or denied twice in a row", () => {
    const routes = new Routes();
    routes.refused("batch", "refused");
    routes.refused("list", "rejected");
    expect([routes.works("batch"), routes.works("list")]).toEqual([false, true]);
    routes.answered("list");
    routes.refused("list", "forbidden");
    expect(routes.works("list")).toBe(true);
    routes.refused("list", "rejected");
    expect(routes.works("list")).toBe(false);
    routes.answered("list");
    expect(routes.works("list")).toBe(true);
  });

  it("is always each replica's own row", () => {
    const routes = new Routes();
    for (let n = 0; n < 5; n++) routes.refused("own", "refused");
    expect(routes.works("own")).toBe(true);
  });
});

describe("the next route", () => {
  type Case = [string, boolean, LookRoute[], LookRoute[], boolean, LookRoute | null];
  it.each<Case>([
    ["a status: the batch route", false, [], [], false, "batch"],
    ["without it the list", false, ["batch"], [], false, "list"],
    ["without both each row", false, ["batch", "list"], [], false, "own"],
    ["rows: the list", true, [], [], false, "list"],
    ["without it each row", true, ["list"], [], false, "own"],
    ["refused: the next one", false, [], ["batch"], false, "list"],
    ["all were asked", false, [], ["batch", "list", "own"], false, null],
    [
      "rows, and the key is denied: the batch route is the witness",
      true,
      [],
      ["list"],
      true,
      "batch",
    ],
    ["which was given up: each row", true, ["batch"], ["list"], true, "own"],
    ["only rows were left: one that was given up", true, ["batch", "list"], ["own"], true, "list"],
    ["not so without a denial", true, ["batch", "list"], ["own"], false, null],
    ["all were asked for a witness", true, [], ["list", "batch", "own"], true, null],
  ])("%s", (_name, rows, broken, asked, denied, expected) => {
    const works = (route: LookRoute) => !broken.includes(route);
    expect(nextRoute({ works }, { rows, asked, denied })).toBe(expected);
  });
});
