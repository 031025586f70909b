/** The transport: what Node's errors mean, and deadlines that nothing else shortens. */
import { ClientRequest, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { createTransport, networkError } from "../../src/net/http.ts";
import { NetworkError, neverSent } from "../../src/net/transport.ts";
import { TunnelError } from "../../src/net/tunnel.ts";

function failure(message: string, more: object = {}): Error {
  return Object.assign(new Error(message), more);
}

describe("networkError", () => {
  it.each([
    ["a refused connection", failure("x", { code: "ECONNREFUSED", syscall: "connect" }), "refused"],
    [
      "IPv6 and IPv4 refused",
      new AggregateError([
        failure("a", { code: "ECONNREFUSED" }),
        failure("b", { code: "ENETUNREACH" }),
      ]),
      "refused",
    ],
    ["an unknown name", failure("x", { code: "ENOTFOUND", syscall: "getaddrinfo" }), "unresolved"],
    ["a resolver that is down", failure("x", { code: "EAI_AGAIN" }), "unresolved"],
    [
      "an unreachable network",
      failure("x", { code: "ENETUNREACH", syscall: "connect" }),
      "unreachable",
    ],
    [
      "an unreachable host",
      failure("x", { code: "EHOSTUNREACH", syscall: "connect" }),
      "unreachable",
    ],
    [
      "a connect that timed out",
      failure("x", { code: "ETIMEDOUT", syscall: "connect" }),
      "unreachable",
    ],
    ["a reset", failure("x", { code: "ECONNRESET", syscall: "read" }), "reset"],
    ["a hang-up", failure("socket hang up"), "reset"],
    ["a broken pipe", failure("x", { code: "EPIPE" }), "reset"],
    ["a late read", failure("x", { code: "ETIMEDOUT", syscall: "read" }), "timeout"],
    [
      "a self-signed certificate",
      failure("x", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
      "certificate",
    ],
    ["a self-signed chain", failure("x", { code: "SELF_SIGNED_CERT_IN_CHAIN" }), "certificate"],
    ["an unknown issuer", failure("x", { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }), "certificate"],
    [
      "another host's certificate",
      failure("x", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }),
      "certificate",
    ],
    ["an expired certificate", failure("x", { code: "CERT_HAS_EXPIRED" }), "certificate"],
    ["a proxy that refuses", new TunnelError("HTTP 407"), "proxy"],
    ["something else", failure("odd"), "other"],
    ["a thrown string", "odd", "other"],
  ])("%s", (_name, error, kind) => {
    const found = networkError(error, true);
    expect(found).toBeInstanceOf(NetworkError);
    expect(found.kind).toBe(kind);
    expect(found.detail).not.toBe("");
    expect(found.detail).not.toMatch(/object|undefined/);
  });
});

describe("networkError of a connection that never stood", () => {
  it.each([
    ["a reset", failure("x", { code: "ECONNRESET", syscall: "read" }), "handshake"],
    ["a hang-up", failure("socket hang up"), "handshake"],
    ["a late read", failure("x", { code: "ETIMEDOUT", syscall: "read" }), "handshake"],
    ["a server without TLS", failure("x", { code: "ERR_SSL_WRONG_VERSION_NUMBER" }), "handshake"],
    ["an alert", failure("x", { code: "EPROTO", syscall: "write" }), "handshake"],
    ["something else", failure("odd"), "handshake"],
    ["a refused connection", failure("x", { code: "ECONNREFUSED" }), "refused"],
    ["a proxy that refuses", new TunnelError("HTTP 407"), "proxy"],
    ["an expired certificate", failure("x", { code: "CERT_HAS_EXPIRED" }), "certificate"],
  ])("%s", (_name, error, kind) => {
    const found = networkError(error, false);
    expect(found.kind).toBe(kind);
    // No matter how it ended: nothing was sent. A certificate stays final, since it would not get better.
    expect(neverSent(found.kind)).toBe(kind !== "certificate");
  });
});

describe("createTransport", () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it("lets nothing end a request before its own deadline", async () => {
    const server = createServer((_request, response) => response.end("{}"));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const limits: number[] = [];
    const original = ClientRequest.prototype.setTimeout;
    jest.spyOn(ClientRequest.prototype, "setTimeout").mockImplementation(function (
      this: ClientRequest,
      limit: number,
      callback?: () => void,
    ) {
      limits.push(limit);
      return original.call(this, limit, callback);
    });
    const timeoutMs = 24 * 3_600_000;
    try {
      const { port } = server.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}/`;
      const answer = await createTransport("test/1")({
        method: "GET",
        url,
        headers: {},
        timeoutMs,
      });
      expect(answer).toMatchObject({ status: 200, body: "{}" });
    } finally {
      await new Promise((done) => server.close(done));
    }
    // A silence that the deadline allows must not end the request; 0 is no limit.
    expect(limits.filter((limit) => limit > 0 && limit < timeoutMs)).toEqual([]);
  });

  it.each([
    [undefined, Buffer.from("ä"), "ä"],
    [undefined, Buffer.from([0xff]), "\ufffd"],
    [
      "latin1" as const,
      Buffer.from([0x30, 0x82, 0xff, 0x00, 0x0d, 0x0a]),
      "0\u0082\u00ff\u0000\r\n",
    ],
  ])("reads a body as text, or with %s as its bytes", async (encoding, bytes, body) => {
    const server = createServer((_request, response) => response.end(bytes));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const { port } = server.address() as AddressInfo;
      const answer = await createTransport("test/1")({
        method: "GET",
        url: `http://127.0.0.1:${port}/`,
        headers: {},
        timeoutMs: 60_000,
        ...(encoding === undefined ? {} : { encoding }),
      });
      expect(answer.body).toBe(body);
    } finally {
      await new Promise((done) => server.close(done));
    }
  });

  it("does not send a request that was cancelled before", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const { port } = server.address() as AddressInfo;
      const request = {
        method: "GET",
        url: `http://127.0.0.1:${port}/`,
        headers: {},
        timeoutMs: 5_000,
      } as const;
      const sent = createTransport("test/1")({ ...request, signal: AbortSignal.abort() });
      await expect(sent).rejects.toMatchObject({ kind: "cancelled" });
      expect(asked).toBe(0);
    } finally {
      await new Promise((done) => server.close(done));
    }
  });
});
