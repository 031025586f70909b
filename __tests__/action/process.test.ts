/** The step's process ends when its work is done, whatever the server keeps open. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "@jest/globals";
import "../support/retry.ts";
import { runPost, startStep } from "../support/runner.ts";
import { create, failed, SLOW, succeeded, withSim } from "../support/steps.ts";

/** Long before this, in ms, a process that has nothing left to do is gone. */
const BOUND = 20_000;
/** A deadline that would keep the process alive if its timer were left behind. */
const PATIENT = { request_timeout: "1h", wait_timeout: "1h" };

/** A server that answers as told and never closes a connection of its own accord. */
async function withClingyServer<T>(
  answer: (response: ServerResponse, method: string) => void,
  work: (server: { readonly api_url: string; readonly open: () => number }) => Promise<T>,
): Promise<T> {
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    request.resume();
    response.on("error", () => response.destroy());
    response.setHeader("connection", "keep-alive");
    answer(response, request.method ?? "");
  });
  let open = 0;
  server.on("connection", (socket) => {
    open += 1;
    socket.once("close", () => {
      open -= 1;
    });
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  try {
    return await work({ api_url: `http://127.0.0.1:${port}/api/v1`, open: () => open });
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

describe("the process", () => {
  it.concurrent(
    "ends after success, with every deadline far away",
    () =>
      withSim({}, async (sim) => {
        const main = await create(
          sim,
          { ...PATIENT, wait: "true", poll_interval: "0.1" },
          { timeoutMs: BOUND },
        );
        succeeded(main);
        expect((await runPost(main)).exitCode).toBe(0);
      }),
    SLOW,
  );

  it.concurrent.each([
    {
      name: "a refusal whose body is left unread",
      status: 307,
      headers: { location: "https://x.example/" },
    },
    { name: "a refusal that never ends", status: 401, headers: {} },
  ])(
    "ends after $name, although the server keeps the socket",
    ({ status, headers }) =>
      withClingyServer(
        (response) => {
          response.writeHead(status, headers);
          const more = () => {
            while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20)));
          };
          response.on("drain", more);
          more();
        },
        ({ api_url }) =>
          withSim({}, async (sim) => {
            const result = await create(sim, { ...PATIENT, api_url }, { timeoutMs: BOUND });
            failed(result, { code: `HTTP-${status}` });
          }),
      ),
    SLOW,
  );

  it.concurrent(
    "ends after a deadline, although the server still holds the request",
    () =>
      withClingyServer(
        () => undefined,
        ({ api_url, open }) =>
          withSim({}, async (sim) => {
            const inputs = { ...PATIENT, api_url, request_timeout: "0.3", instances: "2" };
            failed(await create(sim, inputs, { timeoutMs: BOUND }), { code: "TIMEOUT" });
            expect(open()).toBe(0);
          }),
      ),
    SLOW,
  );

  it.concurrent(
    "ends after answers on connections that stay open",
    () =>
      withClingyServer(
        (response, method) => {
          const refusal = JSON.stringify({ detail: method });
          response.writeHead(method === "GET" ? 403 : 400, { "content-length": refusal.length });
          response.end(refusal);
        },
        ({ api_url }) =>
          withSim({}, async (sim) => {
            const result = await create(sim, { ...PATIENT, api_url }, { timeoutMs: BOUND });
            failed(result, { code: "HTTP-400" });
          }),
      ),
    SLOW,
  );

  it.concurrent(
    "has told everything by the time its last line is out",
    () =>
      withSim({}, async (sim) => {
        const step = startStep({
          api: sim,
          inputs: { app_id: sim.appId, vm_uuid: sim.vmUuid, wait: "false", ...PATIENT },
          timeoutMs: BOUND,
        });
        // The closing line is the last that a run prints; from there only the exit is left.
        const closing = await step.line(/ · https:\/\/cloud\.phala\.com\//);
        const result = await step.finished;
        succeeded(result);
        expect(result.stdout.trimEnd().split("\n").at(-1)).toBe(closing);
      }),
    SLOW,
  );
});
