/** What an answer to a create proves, and of what it speaks: the tables on which money hangs, row by row. */
import { describe, expect, it } from "@jest/globals";
import type { Fault } from "../../src/net/fault.ts";
import {
  isBusyWithOthers,
  type Proof,
  proofOf,
  SCOPE_BY_CODE,
  type Scope,
  scopeOf,
} from "../../src/phala/verdict.ts";
import { ADVICE_BY_CODE } from "../../src/report/words/advice.ts";
import { answer, network, unreadable } from "../support/rows.ts";

const coded = { errorCode: "ERR-02-005" };
const timed = { retryAfter: "3" };

describe("what a failed create proves", () => {
  it.each<[string, Fault, Proof]>([
    ["connection refused", network("refused"), "unsent"],
    ["name not resolved", network("unresolved"), "unsent"],
    ["no way to the host", network("unreachable"), "unsent"],
    ["the proxy opens no tunnel", network("proxy"), "unsent"],
    ["bad certificate", network("certificate"), "unsent"],
    ["reset", network("reset"), "lost"],
    ["cut off", network("cut-off"), "lost"],
    ["timeout", network("timeout"), "lost"],
    ["too large", network("too-large"), "lost"],
    ["cancelled", network("cancelled"), "lost"],
    ["some other failure", network("other"), "lost"],
    ["unreadable 200", unreadable(), "lost"],
    ["unreadable 465", unreadable(465), "put-off"],
    ["429", answer(429), "put-off"],
    ["429 with a code", answer(429, coded), "refused"],
    ["429 with a code and a time", answer(429, { ...coded, ...timed }), "put-off"],
    ["409", answer(409), "put-off"],
    ["409 with a code", answer(409, coded), "refused"],
    ["503 that names a time", answer(503, timed), "put-off"],
    ["503", answer(503), "lost"],
    ["500 with a code", answer(500, coded), "lost"],
    ["502 that names a time", answer(502, timed), "lost"],
    ["504", answer(504), "lost"],
    ["408", answer(408), "lost"],
    ["400", answer(400), "refused"],
    ["400 with a code", answer(400, coded), "refused"],
    ["401", answer(401), "refused"],
    ["402", answer(402), "refused"],
    ["403", answer(403), "refused"],
    ["404", answer(404), "refused"],
    ["422", answer(422), "refused"],
    ["466", answer(466), "refused"],
    ["307", answer(307), "refused"],
    ["100, which no client hands on", answer(100), "lost"],
  ])("%s: %s", (_name, fault, proof) => {
    expect(proofOf(fault)).toBe(proof);
  });

  it("only ERR-02-009 with 400 is that of an API that is busy with other creations", () => {
    expect(isBusyWithOthers(answer(400, { errorCode: "ERR-02-009" }))).toBe(true);
    expect(isBusyWithOthers(answer(409, { errorCode: "ERR-02-009" }))).toBe(false);
    expect(isBusyWithOthers(answer(400, coded))).toBe(false);
    expect(isBusyWithOthers(network("reset"))).toBe(false);
  });
});

describe("of what an answer speaks", () => {
  const code = (errorCode: string, status = 400) => answer(status, { errorCode });

  it.each<[string, Fault, Scope]>([
    ["balance", code("ERR-04-001"), "run"],
    ["number of CVMs", code("ERR-04-002"), "run"],
    ["limit of resources", code("ERR-04-003", 403), "run"],
    ["a limit that nobody knows yet", code("ERR-04-999"), "run"],
    ["API tokens", code("ERR-05-002", 429), "run"],
    ["quota", code("ERR-02-015"), "run"],
    ["the source is not visible", code("ERR-03-008", 404), "run"],
    ["no permission", code("ERR-03-005", 404), "run"],
    ["401", answer(401), "run"],
    ["401 with a code that nobody knows", code("ERR-99-001", 401), "run"],
    ["402", answer(402), "run"],
    ["403", answer(403), "run"],
    ["429 at last", answer(429), "run"],
    ["503 at last", answer(503, timed), "run"],
    ["a redirect", answer(307), "run"],
    ["connection refused at last", network("refused"), "run"],
    ["bad certificate", network("certificate"), "run"],
    ["node without vCPUs", code("ERR-02-003"), "node"],
    ["node without slots", code("ERR-02-005"), "node"],
    ["no access to the node, though it is a 403", code("ERR-02-012", 403), "node"],
    ["no such node", code("ERR-01-001", 404), "node"],
    ["the node lacks the image", code("ERR-03-006"), "node"],
    ["a hash is wanted", code("ERR-03-009"), "request"],
    ["incompatible", code("ERR-02-009"), "request"],
    ["app id in use", code("ERR-03-007", 409), "request"],
    ["an unknown code", code("ERR-99-001"), "request"],
    ["a code that every object has", code("ERR-toString"), "request"],
    ["400", answer(400), "request"],
    ["404", answer(404), "request"],
    ["409 at last", answer(409), "request"],
    ["422", answer(422), "request"],
    ["a broken connection", network("reset"), "request"],
    ["unreadable", unreadable(), "request"],
  ])("%s: %s", (_name, fault, scope) => {
    expect(scopeOf(fault)).toBe(scope);
  });

  it("is known of each code for which there is advice", () => {
    const unknown = Object.keys(ADVICE_BY_CODE).filter(
      (one) => !one.startsWith("04-") && SCOPE_BY_CODE[one] === undefined,
    );
    expect(unknown).toEqual([]);
  });

  it("is the node only where the advice is to name another one", () => {
    const elsewhere = Object.entries(SCOPE_BY_CODE)
      .filter(([, scope]) => scope === "node")
      .filter(([one]) => !/node/.test(ADVICE_BY_CODE[one] ?? ""));
    expect(elsewhere).toEqual([]);
  });
});
