/** Error answers in every form that is known. */
import { describe, expect, it } from "@jest/globals";
import {
  type AnswerFault,
  answerFault,
  isUnknownToApi,
  networkFault,
  unreadable,
} from "../../src/net/fault.ts";
import { NetworkError } from "../../src/net/transport.ts";

function fault(body: unknown, headers: Record<string, string> = {}, status = 400): AnswerFault {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return answerFault({ status, headers, body: text }, (shown) => shown.replaceAll("secret", "***"));
}

const envelope = {
  error_code: "ERR-02-005",
  message: "full",
  details: [
    { field: "node_id", value: 7, message: "no" },
    { field: "x", value: 1, message: null },
  ],
  suggestions: ["one", "", 7, "two"],
  links: [{ url: "https://a", label: "A" }, { label: "no url" }, { url: "https://b" }],
  request_id: "req-1",
};

describe("the reason", () => {
  it.each([
    ["a detail string", { detail: "text" }, "text"],
    ["an empty detail", { detail: "" }, null],
    [
      "a 422 list",
      { detail: [{ loc: ["body", "a", 0], msg: "m" }, { msg: "n" }] },
      "body.a.0: m; n",
    ],
    ["a 422 list of strings", { detail: ["a", "b"] }, "a; b"],
    ["an empty list", { detail: [] }, null],
    ["a list of nothing useful", { detail: [null, 1, {}, { msg: {} }] }, null],
    ["an envelope", envelope, "full; node_id: no"],
    ["an envelope in detail", { detail: envelope }, "full; node_id: no"],
    ["a message", { message: "m" }, "m"],
    ["a message in detail", { detail: { message: "m" } }, "m"],
    ["an error", { error: "e" }, "e"],
    ["details alone", { error_code: "ERR-1", details: [{ message: "d" }] }, "d"],
    ["an object of another kind", { ok: false }, null],
    ["a string", '"text"', "text"],
    ["an empty string", '""', null],
    ["a number", "42", null],
    ["null", "null", null],
    ["a list", "[]", null],
    ["nothing", "", null],
    ["white space", " \r\n\t", null],
    [
      "HTML with a title",
      "<html><TITLE lang=x>\n 502 Bad Gateway\n</TITLE>more",
      "502 Bad Gateway",
    ],
    ["HTML with an empty title", "<title> </title><h1>Sorry</h1>", "Sorry"],
    ["plain text", "  upstream\n  failed ", "upstream failed"],
  ])("of %s", (_name, body, expected) => expect(fault(body).reason).toBe(expected));

  it("of cut-off JSON says so, without repeating the piece", () => {
    for (const piece of ['{"detail":"secret-ish', '["a', ' "abc']) {
      expect(fault(piece).reason).toMatch(/breaks off/);
      expect(fault(piece).reason).not.toContain("secret-ish");
    }
  });

  it("of an endless text is found without end", () => {
    expect(fault(`<${"<".repeat(200_000)}`).reason?.length ?? 0).toBeLessThan(30_000);
  });
});

describe("the code", () => {
  it.each([
    ["at the top", envelope, "ERR-02-005"],
    ["in detail", { detail: envelope }, "ERR-02-005"],
    ["at the top before detail", { ...envelope, detail: { error_code: "ERR-9" } }, "ERR-02-005"],
    ["a number", { error_code: 7 }, null],
    ["another word", { error_code: "E_FULL" }, null],
    ["with a line end", { error_code: "ERR-1\n" }, null],
    ["with a command", { error_code: "ERR-::error::" }, null],
    ["absurdly long", { error_code: `ERR-${"1".repeat(100)}` }, null],
    ["none", { detail: "ERR-02-005" }, null],
  ])("%s", (_name, body, expected) => expect(fault(body).errorCode).toBe(expected));
});

describe("the rest", () => {
  it("takes what is text of suggestions and links", () => {
    expect(fault(envelope)).toMatchObject({
      suggestions: ["one", "two"],
      links: ["https://a", "https://b"],
    });
  });

  it("takes no more of them than are shown, and nothing with a secret in it", () => {
    const many = Array.from({ length: 9 }, (_, n) => `secret ${n}`);
    const links = many.map((url) => ({ url }));
    expect(fault({ ...envelope, message: "a secret", suggestions: many, links })).toMatchObject({
      reason: "a ***; node_id: no",
      suggestions: ["*** 0", "*** 1", "*** 2"],
      links: ["*** 0", "*** 1"],
    });
  });

  it.each([
    ["a page", "<!doctype html><title>Log in</title>", true],
    ["a page after white space", "\n  <html>", true],
    ["JSON", { detail: "<b>" }, false],
    ["text", "Bad gateway", false],
    ["nothing", "", false],
  ])("knows a web page: %s", (_name, body, page) => expect(fault(body).page).toBe(page));

  it.each([
    ["a page", "<html>", "other"],
    ["a proxy's text", "default backend - 404", "other"],
    ["a number", "404", "other"],
    ["JSON that breaks off", '{"detail":"Not', "other"],
    ["nothing", " \r\n", "none"],
    ["JSON", { detail: "CVM not found" }, "json"],
  ] as const)("a 404 that is %s: the API's own word, or not", (_name, body, form) => {
    const said = fault(body, {}, 404);
    expect(said.form).toBe(form);
    expect(isUnknownToApi(said)).toBe(form === "json");
    expect(isUnknownToApi(said, true)).toBe(form !== "other");
    expect(isUnknownToApi(fault(body, {}, 403), true)).toBe(false);
  });

  it.each([
    ["the body's", envelope, { "x-request-id": "req-2" }, "req-1"],
    ["the header's", { detail: "x" }, { "x-request-id": "req-2" }, "req-2"],
    ["no", { detail: "x" }, {}, null],
    ["an empty header as no", { detail: "x" }, { "x-request-id": "" }, null],
  ])("takes %s request id", (_name, body, headers, expected) => {
    expect(fault(body, headers as Record<string, string>).requestId).toBe(expected);
  });

  it("reads Retry-After as it is, and the server's clock", () => {
    const headers = { "retry-after": "7", date: "Thu, 02 Jul 2026 08:15:09 GMT" };
    expect(fault({}, headers)).toMatchObject({
      retryAfter: "7",
      serverTime: Date.UTC(2026, 6, 2, 8, 15, 9),
    });
    expect(fault({}, { date: "yesterday" })).toMatchObject({ retryAfter: null, serverTime: null });
  });

  it.each([
    ["https://user:word@evil.example:8443/a?key=x", "https://evil.example:8443"],
    ["/login", null],
    ["", null],
  ])("keeps of a redirect to %j the origin alone", (location, expected) => {
    expect(fault("", { location }, 302).location).toBe(expected);
  });
});

describe("other faults", () => {
  it("keeps kind and detail of a network error, and of others the name alone", () => {
    expect(networkFault(new NetworkError("reset", "ECONNRESET"))).toEqual({
      kind: "network",
      network: "reset",
      detail: "ECONNRESET",
    });
    expect(networkFault(new TypeError("secret inside"))).toEqual({
      kind: "network",
      network: "other",
      detail: "TypeError",
    });
    expect(networkFault("thrown text")).toMatchObject({ network: "other" });
  });

  it("names the address that was asked, with its port", () => {
    const error = new NetworkError("refused", "ECONNREFUSED");
    expect(networkFault(error, "https://api.example/v1")).toMatchObject({
      address: "api.example:443",
    });
    expect(networkFault(error, "http://[::1]:9/v1").address).toBe("[::1]:9");
    expect(networkFault(error, "no address")).not.toHaveProperty("address");
  });

  it("an unreadable answer has its request id", () => {
    const answer = { status: 200, headers: { "x-request-id": "r" }, body: "" };
    expect(unreadable(answer, "an empty body")).toEqual({
      kind: "unreadable",
      status: 200,
      problem: "an empty body",
      requestId: "r",
      page: false,
    });
  });
});
