import { describe, expect, it } from "@jest/globals";
import { type Fault, refusal, startGithub } from "./server.ts";
import { SECRET, statesOf, TARGET, warnings, withGithub } from "./support.ts";

const END = { state: "success", description: "It runs.", environmentUrl: null } as const;
const MINUTE = { "retry-after": "60" };

describe("a refusal", () => {
  it.each([
    {
      name: "403 without the permission",
      fault: refusal(403, "Resource not accessible by integration", {
        "x-ratelimit-remaining": "4999",
        "x-ratelimit-reset": String(Date.UTC(2026, 6, 2, 8, 0, 20) / 1000),
      }),
      warning:
        /HTTP 403: Resource not accessible by integration, request id AAAA:1:2\. The job's token may not write deployments: give the job `permissions: deployments: write`\./,
    },
    {
      name: "401",
      fault: refusal(401, "Bad credentials"),
      warning: /HTTP 401: Bad credentials.* Leave github_token out/,
    },
    {
      name: "404",
      fault: refusal(404, "Not Found"),
      warning: /does not see this repository.*`permissions: deployments: write`/,
    },
    {
      name: "409",
      fault: refusal(409, "Conflict merging main into topic."),
      warning: /HTTP 409: Conflict merging main into topic/,
    },
    {
      name: "422 with what is wrong",
      fault: {
        status: 422,
        body: {
          message: "Validation Failed",
          errors: [{ resource: "Deployment", field: "environment", code: "too_long" }],
        },
      },
      warning:
        /HTTP 422: Validation Failed; environment: too_long.* Check deployment_environment\./,
    },
    {
      name: "202 without a deployment",
      fault: { status: 202, body: { message: "Auto-merged main into topic on deployment." } },
      warning: /HTTP 202 with an answer that names no deployment/,
    },
    {
      name: "204",
      fault: { status: 204, body: "" },
      warning: /HTTP 204 with an answer that names no deployment/,
    },
  ])("$name is one warning, and is not asked again", async ({ fault, warning }) => {
    await withGithub({}, async ({ github, deployments, waits }) => {
      github.faults.push(fault);
      const started = await deployments.start(TARGET);
      expect(started).toMatchObject({ id: null, done: false });
      expect(started.warning).toMatch(
        /^Could not record a GitHub deployment of web-2: .* The replicas are not affected\.$/,
      );
      expect(started.warning).toMatch(warning);
      expect(github.seen).toHaveLength(1);
      expect(waits).toEqual([]);

      const others = [deployments.start(TARGET), deployments.finish(7, END)];
      for (const other of await Promise.all(others)) {
        expect(other).toMatchObject({ done: false, warning: null });
      }
      expect(github.seen).toHaveLength(1);
    });
  });

  it("of one deployment leaves the others alone", async () => {
    await withGithub({}, async (desk) => {
      await desk.deployments.start(TARGET);
      const lost = await desk.deployments.finish(999, END);
      expect(lost).toMatchObject({ done: false });
      expect(lost.warning).toMatch(/^Could not set GitHub deployment 999 to success: HTTP 404/);
      expect(await desk.deployments.finish(101, END)).toEqual({ done: true, warning: null });
      expect(statesOf(desk, 101)).toEqual(["in_progress", "success"]);
    });
  });

  it("of the first status keeps the id", async () => {
    await withGithub({}, async ({ github, deployments }) => {
      github.onRequest = ({ path }) => {
        if (path.endsWith("/statuses")) github.faults.push(refusal(422, "Validation Failed"));
      };
      const started = await deployments.start(TARGET);
      expect(started).toMatchObject({ id: 101, done: false });
      expect(started.warning).toMatch(/^Could not set GitHub deployment 101 to in_progress:/);
    });
  });

  it("that is a page is told by its title, without secrets", async () => {
    await withGithub({}, async ({ github, deployments }) => {
      const body = `<html><head><title>Blocked ${SECRET}</title></head><body>no</body></html>`;
      github.faults.push({ status: 403, body });
      expect((await deployments.start(TARGET)).warning).toContain("HTTP 403: Blocked ***");
    });
  });
});

describe("what passes", () => {
  // The server's clock is five seconds ahead of the step's.
  const ahead = "Thu, 02 Jul 2026 08:00:05 GMT";
  const reset = String(Date.UTC(2026, 6, 2, 8, 0, 25) / 1000);
  it.each<{ name: string; fault: Fault; waits: number[] }>([
    { name: "429 with Retry-After", fault: refusal(429, "slow", MINUTE), waits: [60_000] },
    { name: "429 without a time", fault: refusal(429, "slow"), waits: [60_000] },
    { name: "403 with Retry-After", fault: refusal(403, "slow", MINUTE), waits: [60_000] },
    {
      name: "403 with a limit that ends, by the server's clock",
      fault: refusal(403, "API rate limit exceeded for installation.", {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": reset,
        date: ahead,
      }),
      waits: [20_000],
    },
    {
      name: "403 of a secondary limit without a time",
      fault: refusal(403, "You have exceeded a secondary rate limit."),
      waits: [60_000],
    },
    { name: "503 with no body", fault: { status: 503, body: "" }, waits: [750] },
    {
      name: "503 with Retry-After",
      fault: refusal(503, "maintenance", { "retry-after": "5" }),
      waits: [5_000],
    },
  ])("$name is waited for", async ({ fault, waits: expected }) => {
    await withGithub({}, async (desk) => {
      const { github, deployments, waits, log } = desk;
      github.faults.push(fault);
      expect(await deployments.start(TARGET)).toEqual({ id: 101, done: true, warning: null });
      expect(waits).toEqual(expected);
      expect(github.seen).toHaveLength(3);
      expect(github.statuses.size).toBe(1);
      expect(log).toHaveLength(1);
      expect(log[0]).toMatch(/^info: Could not record .* Try 2 follows in /);
    });
  });

  it.each([500, 502, 504])(
    "a %s may have made it, so it is not asked for again",
    async (status) => {
      await withGithub({}, async ({ github, deployments }) => {
        github.faults.push({ status, body: "<h1>Unicorn!</h1>" });
        const { done, id, warning } = await deployments.start(TARGET);
        expect([done, id, github.seen.length]).toEqual([false, null, 1]);
        expect(warning).toContain(`HTTP ${status}`);
      });
    },
  );

  it.each<{ name: string; fault: Fault }>([
    { name: "an answer that never ends", fault: "hang-in-body" },
    { name: "a broken gateway", fault: { status: 504, body: "" } },
  ])("$name is tried again for a status", async ({ fault }) => {
    await withGithub({ requestTimeoutMs: 1_000 }, async (desk) => {
      await desk.deployments.start(TARGET);
      desk.github.faults.push(fault);
      expect(await desk.deployments.finish(101, END)).toEqual({ done: true, warning: null });
      expect(statesOf(desk, 101)).toEqual(["in_progress", "success"]);
      expect(desk.waits).toEqual([750]);
    });
  });
});

describe("what does not pass", () => {
  it("ends after four tries, and nothing more is asked for", async () => {
    await withGithub({}, async ({ github, deployments, waits }) => {
      github.faults.push(...Array.from({ length: 9 }, () => refusal(503, "Unavailable")));
      const { warning, id } = await deployments.start(TARGET);
      expect(id).toBeNull();
      expect(warning).toMatch(/HTTP 503: Unavailable, .* Given up after 4 tries\./);
      expect(waits).toEqual([750, 1_500, 3_000]);
      expect((await deployments.start(TARGET)).warning).toBeNull();
      expect(github.seen).toHaveLength(4);
    });
  });

  it("is not tried for the next deployment either", async () => {
    await withGithub({}, async ({ github, deployments }) => {
      github.faults.push(...Array.from({ length: 4 }, () => refusal(500, "Oops")));
      expect((await deployments.finish(7, END)).warning).toContain("HTTP 500: Oops");
      expect(await deployments.finish(8, END)).toEqual({ done: false, warning: null });
      expect(github.seen).toHaveLength(4);
    });
  });

  it.each([
    {
      name: "Retry-After",
      fault: refusal(429, "slow", { "retry-after": "3600" }),
    },
    {
      name: "the limit's reset",
      fault: refusal(403, "API rate limit exceeded.", {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Date.UTC(2026, 6, 2, 9) / 1000),
        date: "Thu, 02 Jul 2026 08:00:00 GMT",
      }),
    },
  ])("a wait of an hour by $name is not waited for", async ({ fault }) => {
    await withGithub({}, async ({ github, deployments, waits }) => {
      github.faults.push(fault);
      const { warning } = await deployments.start(TARGET);
      expect(warning).toContain("GitHub asks to wait 1 h, longer than this step waits");
      expect(warning).not.toContain("permissions");
      expect(waits).toEqual([]);
      expect(github.seen).toHaveLength(1);
    });
  });

  it.each<{ fault: Fault; warning: string }>([
    { fault: "hang", warning: "no complete answer within 1 s" },
    { fault: "hang-in-body", warning: "no complete answer within 1 s" },
  ])("a creation whose answer is lost ($fault) is not repeated", async ({ fault, warning }) => {
    await withGithub({ requestTimeoutMs: 1_000 }, async ({ github, deployments }) => {
      github.faults.push(fault);
      const started = await deployments.start(TARGET);
      expect(started.id).toBeNull();
      expect(started.warning).toContain(warning);
      expect(started.warning).toContain("Check the runner's way to the GitHub API");
      expect(github.seen).toHaveLength(1);
    });
  });

  it("a status that hangs is tried four times", async () => {
    await withGithub({ requestTimeoutMs: 200 }, async ({ github, deployments }) => {
      github.faults.push("hang", "hang", "hang", "hang");
      const { warning } = await deployments.deactivate(7);
      expect(warning).toMatch(/to inactive: no complete answer .* Given up after 4 tries\./);
    });
  });
});

describe("a redirect", () => {
  const to = (location: string, status = 307): Fault => ({ status, headers: { location } });

  it.each([301, 302, 307, 308])(
    "of status %i on the API's own host is followed",
    async (status) => {
      await withGithub({}, async ({ github, deployments }) => {
        github.faults.push(to(`${github.origin}/repositories/7/deployments`, status));
        expect(await deployments.start(TARGET)).toMatchObject({ id: 101, warning: null });
        const [first, second] = github.seen;
        expect(second).toMatchObject({ method: "POST", path: "/repositories/7/deployments" });
        expect(second?.body).toEqual(first?.body);
        expect(second?.headers.authorization).toBe(first?.headers.authorization);
      });
    },
  );

  it("to another host is not followed: the token stays here", async () => {
    const other = await startGithub();
    try {
      await withGithub({}, async ({ github, deployments }) => {
        github.faults.push(to(`${other.origin}/repos/octo/web/deployments`));
        const { id, warning } = await deployments.start(TARGET);
        expect(id).toBeNull();
        expect(warning).toContain(`HTTP 307: a redirect to ${other.origin}`);
        expect(other.seen).toEqual([]);
      });
    } finally {
      await other.close();
    }
  });

  it("in a circle ends", async () => {
    await withGithub({}, async ({ github, deployments }) => {
      github.onRequest = () => github.faults.push(to("/repos/octo/web/deployments"));
      expect((await deployments.start(TARGET)).warning).toContain("HTTP 307");
      expect(github.seen).toHaveLength(4);
    });
  });
});

describe("a cancelled step", () => {
  it("gives a request up at once, without a word", async () => {
    await withGithub({}, async ({ github, deployments, controller }) => {
      github.faults.push("hang");
      github.onRequest = () => controller.abort();
      expect(await deployments.start(TARGET)).toEqual({ id: null, done: false, warning: null });
      expect(github.seen).toHaveLength(1);
    });
  });

  it("sends nothing more", async () => {
    await withGithub({}, async ({ github, deployments, controller }) => {
      controller.abort();
      expect(await deployments.finish(7, END)).toEqual({ done: false, warning: null });
      expect(github.seen).toEqual([]);
    });
  });
});

describe("without what it takes", () => {
  it.each([
    { name: "no token", options: { token: null }, warning: /github_token is empty/ },
    {
      name: "a token that can't be sent",
      options: { token: "ghs_two\nlines" },
      warning: /github_token \(not shown\) is not a token\.$/,
    },
    {
      name: "no repository",
      options: { env: { GITHUB_REPOSITORY: "" } },
      warning: /GITHUB_REPOSITORY/,
    },
  ])("($name) it says so once and sends nothing", async ({ options, warning }) => {
    await withGithub(options, async (desk) => {
      const first = await desk.deployments.start(TARGET);
      expect(first.id).toBeNull();
      expect(first.warning).toMatch(/^No GitHub deployment is recorded\. /);
      expect(first.warning).toMatch(warning);
      expect((await desk.deployments.start(TARGET)).warning).toBeNull();
      expect(desk.github.seen).toEqual([]);
      expect(warnings(desk)).toEqual([]);
    });
  });
});
