/** Failures in words, and the advice to each code that the API is known to give. */
import { describe, expect, it } from "@jest/globals";
import { Unwritable } from "../../src/action/unwritable.ts";
import { internal } from "../../src/commands/internal.ts";
import { needOf } from "../../src/ledger/need.ts";
import type { NetworkFault } from "../../src/net/fault.ts";
import type { NetworkKind } from "../../src/net/transport.ts";
import type { Approval } from "../../src/phala/approval.ts";
import { readApproval } from "../../src/phala/approval.ts";
import { codeOf, inputFailure, requestFailure } from "../../src/report/annotation/failure.ts";
import { failureOf } from "../../src/report/annotation/of-trouble.ts";
import { whatToRegister } from "../../src/report/words/approval.ts";
import { reasonOf } from "../../src/report/words/reason.ts";
import { answerFault as answer } from "../support/troubles.ts";

const NOWHERE = { replica: null, workspaceSlug: null, appId: null };
const internalFailure = (error: unknown) => failureOf(internal(error), NOWHERE);
const approvalFailure = (approval: Approval) =>
  failureOf({ kind: "approval", at: "create", need: needOf(approval) }, NOWHERE);

const network = (kind: NetworkKind, detail = "DETAIL"): NetworkFault => ({
  kind: "network",
  network: kind,
  detail,
});

describe("codeOf", () => {
  it.each([
    [answer({ errorCode: "ERR-02-005" }), "ERR-02-005"],
    [answer({ status: 503 }), "HTTP-503"],
    [
      { kind: "unreadable", status: 200, problem: "x", requestId: null, page: false } as const,
      "HTTP-200",
    ],
    [network("timeout"), "TIMEOUT"],
    [network("refused"), "NETWORK"],
    [network("too-large"), "NETWORK"],
  ])("%j", (fault, expected) => expect(codeOf(fault)).toBe(expected));
});

describe("advice", () => {
  it.each([
    ["01-001", /node_id/],
    ["01-006", /prepare/],
    ["01-007", /transaction_hash/],
    ["01-008", /register/],
    ["02-002", /another node_id|later/],
    ["02-003", /vCPU.*node_id/],
    ["02-004", /memory.*node_id/],
    ["02-005", /full.*node_id/],
    ["02-009", /again/],
    ["02-010", /image/],
    ["02-012", /access to the node/],
    ["02-015", /quota/],
    ["03-001", /vm_uuid/],
    ["03-003", /workspace/],
    ["03-006", /image.*node/],
    ["03-008", /app_id and vm_uuid/],
    ["03-009", /compose_hash/],
    ["04-001", /balance.*top it up/],
    ["04-002", /maximum/],
    ["04-003", /limit/],
  ])("to ERR-%s is our own", (code, expected) => {
    const { text } = requestFailure(
      "create a replica",
      answer({ errorCode: `ERR-${code}`, status: 418 }),
    );
    expect(text).toMatch(expected);
    expect(text).not.toContain("compare the inputs");
  });

  it.each([
    [401, /key was rejected/],
    [402, /balance/],
    [403, /workspace/],
    [404, /api_url/],
    [409, /in progress/],
    [413, /too large/],
    [422, /form/],
    [429, /many requests/],
    [500, /later/],
    [502, /later/],
    [302, /redirects are not followed/i],
    [418, /inputs/],
  ])("to HTTP %i", (status, expected) => {
    expect(requestFailure("x", answer({ status })).text).toMatch(expected);
  });

  it("to a web page suspects who stands in between", () => {
    const { text } = requestFailure("x", answer({ status: 403, page: true }));
    expect(text).toMatch(/web page.*proxy or firewall/);
    expect(text).not.toMatch(/workspace/);
    const page = { kind: "unreadable", status: 200, problem: "x", requestId: null } as const;
    expect(requestFailure("x", { ...page, page: true }).text).toMatch(/api_url.*login page/);
    expect(requestFailure("x", { ...page, page: false }).text).not.toMatch(/login page/);
  });

  it("to a code goes before the one to a status", () => {
    const { text } = requestFailure("x", answer({ status: 404, errorCode: "ERR-03-009" }));
    expect(text).toMatch(/compose_hash/);
    expect(text).not.toMatch(/api_url/);
  });

  it.each([
    ["refused", /refused \(DETAIL\).*api_url/],
    ["unresolved", /does not resolve.*api_url/],
    ["unreachable", /can't be reached.*firewall/],
    ["certificate", /certificate.*NODE_EXTRA_CA_CERTS/],
    ["proxy", /proxy.*https_proxy/],
    ["handshake", /no encrypted connection.*\(DETAIL\), so nothing was sent.*https_proxy/],
    ["connect-timeout", /DETAIL.*api_url/],
    ["reset", /broke before an answer/],
    ["cut-off", /middle of the answer/],
    ["too-large", /DETAIL/],
    ["timeout", /DETAIL.*request_timeout/],
    ["cancelled", /cancelled/],
    ["other", /failed \(DETAIL\)/],
  ] satisfies [NetworkKind, RegExp][])("to a network fault: %s", (kind, expected) => {
    expect(requestFailure("x", network(kind)).text).toMatch(expected);
  });

  it("to a network fault names the address that was asked", () => {
    const fault = { ...network("refused"), address: "127.0.0.1:9" };
    expect(requestFailure("x", fault).text).toMatch(/refused \(DETAIL\), address 127\.0\.0\.1:9\./);
  });

  it("gives a deadline one code, wherever it met the request", () => {
    for (const kind of ["timeout", "connect-timeout"] as const) {
      expect(requestFailure("x", network(kind)).code).toBe("TIMEOUT");
    }
    expect(requestFailure("x", network("handshake")).code).toBe("NETWORK");
  });
});

describe("the sentence", () => {
  it("has what was tried, status, code, reason, id, advice, suggestions, link", () => {
    const fault = answer({
      errorCode: "ERR-04-001",
      status: 402,
      reason: "Balance is too low...",
      requestId: "req-1",
      suggestions: ["Top up.", "b", "c"],
      links: ["https://a.example"],
    });
    const { code, text } = requestFailure("create a replica", fault);
    expect(code).toBe("ERR-04-001");
    expect(text).toMatch(
      /^Could not create a replica: HTTP 402 ERR-04-001: Balance is too low, request id req-1\. The workspace's balance/,
    );
    expect(text).toMatch(/suggests: Top up; b; c\./);
    expect(text).toContain("https://a.example");
  });

  it("says how often it was tried, and what the server asked for", () => {
    const tried = requestFailure("x", answer(), { again: false, because: "tries", tries: 6 });
    expect(tried.text).toMatch(/after 6 tries/);
    const asked = requestFailure("x", answer(), {
      again: false,
      because: "asked-too-long",
      askedMs: 3_600_000,
      tries: 1,
    });
    expect(asked.text).toMatch(/wait 1 h/);
  });

  it("keeps long and broken text short and whole", () => {
    const text = reasonOf(
      answer({ reason: "a\nb\u0000".repeat(5_000), requestId: "r".repeat(1_000) }),
    );
    expect(text.length).toBeLessThan(800);
    expect(text).not.toMatch(/\n/);
  });

  it("counts bad inputs", () => {
    expect(inputFailure(["a."])).toEqual({
      code: "INPUT",
      text: expect.stringMatching(/^An input is wrong.*a\.$/),
    });
    expect(inputFailure(["a.", "b\nc."])).toEqual({
      code: "INPUT",
      text: expect.stringMatching(/^2 inputs are wrong/),
      list: ["a.", "b c."],
    });
  });

  it.each([
    [new TypeError("x is not a function"), "TypeError: x is not a function"],
    [new Error("Error: Error: twice"), "twice"],
    ["just text", "just text"],
    [undefined, "undefined"],
    [{ a: 1 }, undefined],
  ])("tells a bug of ours: %p", (error, expected) => {
    const { code, text } = internalFailure(error);
    expect(code).toBe("INTERNAL");
    expect(text).toMatch(/report/);
    expect(text).not.toMatch(/Error: Error:|\n/);
    if (expected !== undefined) expect(text).toContain(expected);
  });

  it.each(["outputs", "state"] as const)("tells of %s that can't be written, and why", (what) => {
    const cause = new Error("ENOSPC: no space left on device, write");
    const { code, text } = internalFailure(new Unwritable(what, cause));
    expect(code).toBe("INTERNAL");
    expect(text).toMatch(new RegExp(`^The ${what} .*could not be written: ENOSPC: no space left`));
    // It is no bug of ours.
    expect(text).not.toMatch(/report it|unexpected/);
  });
});

describe("what to register", () => {
  const hash = "9d".repeat(32);
  const device = "77".repeat(32);
  const approval = (status: object | null, more: object = {}) =>
    readApproval(
      JSON.stringify({
        message: "m",
        compose_hash: hash,
        device_id: device,
        app_id: "0xabc",
        kms_info: { chain_id: 8453 },
        onchain_status: status,
        commit_token: "token-of-the-commit",
        commit_url: "https://x?token=token-of-the-commit",
        ...more,
      }),
    );

  it.each([
    ["both", { compose_hash_allowed: false, device_id_allowed: false }, [hash, device], []],
    ["the device", { compose_hash_allowed: true, device_id_allowed: false }, [device], [hash]],
    ["the hash", { compose_hash_allowed: false, device_id_allowed: true }, [hash], [device]],
    ["both, where nothing is told", null, [hash, device], []],
    [
      "neither",
      { compose_hash_allowed: true, device_id_allowed: true },
      ["already"],
      [hash, device],
    ],
  ])("names %s", (_name, status, says, omits) => {
    const text = whatToRegister(approval(status));
    for (const part of [...says, "0xabc", "8453"]) expect(text).toContain(part);
    for (const part of omits) expect(text).not.toContain(part);
  });

  it("promises no token that there is none of", () => {
    const { text } = approvalFailure(approval(null, { commit_token: null }));
    expect(text).toMatch(/gave no commit token, so the output commit_token is empty/);
    expect(text).not.toMatch(/hold what is needed/);
    expect(approvalFailure(approval(null)).text).toMatch(/commit_token and others\) hold/);
  });

  it("never names the token or the addresses that carry it", () => {
    const { code, text } = approvalFailure(approval(null));
    expect(code).toBe("ERR-01-005");
    expect(text).not.toContain("token-of-the-commit");
  });
});
