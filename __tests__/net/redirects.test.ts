/** A redirect is not followed: the key would go along to another host. */
import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../simulator/index.ts";
import {
  create,
  everythingWritten,
  expectHidden,
  failed,
  posts,
  SLOW,
  withSim,
} from "../support/steps.ts";

describe("a redirect", () => {
  /** Runs against a simulator whose route redirects to another one; the other must hear nothing. */
  async function redirected(
    route: string,
    status: number,
    to: (other: Simulator) => string,
  ): Promise<string> {
    return withSim({}, (other) =>
      withSim({}, async (sim) => {
        sim.fault({ route, kind: "redirect", status, location: to(other), times: "always" });
        const result = await create(sim);
        const message = failed(result, { code: `HTTP-${status}` });
        expect(other.requests).toEqual([]);
        expect(sim.replicas()).toEqual([]);
        expectHidden(result, sim.apiKey);
        expect(posts(sim)).toHaveLength(route === "create" ? 1 : 0);
        expect(everythingWritten(result).stdout).not.toContain("key=of-the-location");
        return message;
      }),
    );
  }

  const same = ({ appId, vmUuid, apiUrl }: Simulator) =>
    `${apiUrl}/apps/${appId}/cvms/${vmUuid}/replicas?key=of-the-location`;
  it.concurrent.each([
    ...[301, 302, 303, 307, 308].map((status) => ({ status, route: "create" })),
    { status: 307, route: "list" },
  ])(
    "$status of the route $route is not followed, and the key stays here",
    async ({ status, route }) => {
      const message = await redirected(route, status, same);
      expect(message).toMatch(
        new RegExp(`HTTP ${status}: a redirect to http://127\\.0\\.0\\.1:\\d+`),
      );
      expect(message).toMatch(/redirects are not followed/i);
      expect(message).toMatch(/api_url/);
    },
    SLOW,
  );

  it.concurrent.each(["/login", "", "https://a b", "javascript:alert(1)"])(
    "to %j is told without a crash",
    async (location) => {
      expect(await redirected("create", 302, () => location)).toMatch(
        /redirects are not followed/i,
      );
    },
    SLOW,
  );
});
