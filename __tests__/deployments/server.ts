/**
 * The routes of the GitHub API that record deployments and tell them, on a loopback port, as strict as GitHub: a
 * request that GitHub would refuse is refused here in the same way.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { emptyGithub, type Github, route } from "./routes.ts";

export type { Fault, Github, Recorded, Seen } from "./routes.ts";
export { HEAD_SHA, record, refusal, SHA, TOKEN } from "./routes.ts";

/** @param base the path in front of the routes: `/api/v3` on an Enterprise Server */
export async function startGithub(base = ""): Promise<Github> {
  const server = createServer((request, response) => {
    void serve(github, base, request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const github = emptyGithub(origin, origin + base, () => close(server));
  return github;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

async function serve(
  github: Github,
  base: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let text = "";
  for await (const chunk of request) text += chunk;
  const body = text === "" ? undefined : JSON.parse(text);
  const { method = "", url: path = "", headers } = request;
  const seen = { method, path, headers, body };
  github.seen.push(seen);
  github.onRequest(seen);
  const fault = github.faults.shift();
  if (fault === "hang") return;
  if (fault === "reset") {
    request.socket.destroy();
  } else if (fault === "hang-in-body") {
    response.writeHead(201, { "content-type": "application/json" });
    response.write('{"id":');
  } else {
    const answer = fault ?? route(github, base, seen);
    const json = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {});
    const type = typeof answer.body === "string" ? "text/html" : "application/json; charset=utf-8";
    response.writeHead(answer.status, {
      "content-type": type,
      "x-github-request-id": "AAAA:1:2",
      // What octokit would complain of in the log.
      deprecation: "true",
      ...answer.headers,
    });
    response.end(json);
  }
}
