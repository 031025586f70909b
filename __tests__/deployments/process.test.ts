/** What shows only in a process of its own: which code is loaded, and the proxy variables. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { type Github, startGithub, TOKEN } from "./server.ts";
import { runnerEnv } from "./support.ts";

const CHILD = join(import.meta.dirname, "child.ts");
/** Above what a busy machine takes for a process, in ms. */
const SLOW = 60_000;

interface Result {
  readonly started: { readonly id: number | null; readonly warning: string | null } | null;
  readonly octokit: boolean;
}

async function runChild(env: Record<string, string>, ...flags: string[]): Promise<Result> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [CHILD, ...flags], {
    env: { PATH, NODE_COMPILE_CACHE, INPUT_GITHUB_TOKEN: TOKEN, ...env },
    timeout: SLOW,
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

async function withGithubAlone<T>(base: string, work: (github: Github) => Promise<T>): Promise<T> {
  const github = await startGithub(base);
  try {
    return await work(github);
  } finally {
    await github.close();
  }
}

describe("octokit's code", () => {
  it(
    "is not loaded where no deployment is recorded",
    async () => {
      await withGithubAlone("", async ({ apiUrl, seen }) => {
        expect(await runChild(runnerEnv(apiUrl), "--idle")).toEqual({
          started: null,
          octokit: false,
        });
        expect(seen).toEqual([]);
      });
    },
    SLOW,
  );

  it(
    "is loaded with the first one, and the process ends by itself",
    async () => {
      await withGithubAlone("", async ({ apiUrl }) => {
        expect(await runChild(runnerEnv(apiUrl))).toMatchObject({
          started: { id: 101, warning: null },
          octokit: true,
        });
      });
    },
    SLOW,
  );
});

describe("a lost request", () => {
  it(
    "to a GitHub that is not there is tried four times",
    async () => {
      const github = await startGithub();
      await github.close();
      const { started } = await runChild(runnerEnv(github.apiUrl));
      expect(started?.warning).toMatch(
        /the connection was refused \(ECONNREFUSED\)\. Given up after 4 tries\. Check the runner's way/,
      );
    },
    SLOW,
  );

  it(
    "to create a deployment is not sent again",
    async () => {
      await withGithubAlone("", async (github) => {
        github.faults.push("reset");
        const { started } = await runChild(runnerEnv(github.apiUrl));
        expect(started?.warning).toContain("the connection broke before an answer came");
        expect(github.seen).toHaveLength(1);
      });
    },
    SLOW,
  );
});

describe("a proxy", () => {
  it(
    "is used for a GitHub that is elsewhere",
    async () => {
      await withGithubAlone("/api/v3", async (github) => {
        const proxy = await startProxy(new URL(github.origin).port);
        try {
          const env = { ...runnerEnv("http://ghes.example/api/v3"), http_proxy: proxy.url };
          const { started } = await runChild(env);
          expect(started).toEqual({ id: 101, done: true, warning: null });
          expect(proxy.targets).toEqual(["ghes.example:80"]);
          expect(github.seen.map(({ path }) => path)).toEqual([
            "/api/v3/repos/octo/web/deployments",
          ]);
        } finally {
          await proxy.close();
        }
      });
    },
    SLOW,
  );

  it(
    "is left aside by no_proxy, and for this machine",
    async () => {
      await withGithubAlone("", async (github) => {
        const proxy = await startProxy(new URL(github.origin).port);
        try {
          const env = { ...runnerEnv(github.apiUrl), http_proxy: proxy.url, no_proxy: "127.0.0.1" };
          expect((await runChild(env)).started).toMatchObject({ id: 101 });
          expect(proxy.targets).toEqual([]);
        } finally {
          await proxy.close();
        }
      });
    },
    SLOW,
  );

  it(
    "that refuses is named",
    async () => {
      const proxy = await startProxy(null);
      try {
        const env = { ...runnerEnv("http://ghes.example/api/v3"), http_proxy: proxy.url };
        const { started } = await runChild(env);
        expect(started?.warning).toContain("the proxy did not open the connection");
        expect(started?.warning).toContain("Check https_proxy and no_proxy.");
        expect(started?.warning).not.toContain(TOKEN);
      } finally {
        await proxy.close();
      }
    },
    SLOW,
  );
});

/** Opens every tunnel to one port of this machine, whatever was asked for. @param port null: opens none */
async function startProxy(port: string | null) {
  const targets: string[] = [];
  const server: Server = createServer((_, response) => response.writeHead(405).end());
  server.on("connect", (request, client) => {
    targets.push(request.url ?? "");
    if (port === null) {
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const upstream = connect(Number(port), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    const end = () => {
      upstream.destroy();
      client.destroy();
    };
    upstream.on("error", end).on("close", end);
    client.on("error", end).on("close", end);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url, targets, close };
}
