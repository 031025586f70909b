import { describe, expect, it } from "@jest/globals";
import { answerFault, type Fault } from "../../src/net/fault.ts";
import type { NetworkKind } from "../../src/net/transport.ts";
import { isDoubtful, judgeDeletion, judgeTtl, mayHaveBegun } from "../../src/phala/deletion.ts";

function answer(status: number, body = ""): Fault {
  return answerFault({ status, headers: {}, body }, (text) => text);
}
const network = (kind: NetworkKind): Fault => ({ kind: "network", network: kind, detail: kind });
const CODED = JSON.stringify({ error_code: "ERR-03-007", message: "no" });

describe("a refused deletion", () => {
  it.each([400, 408, 409, 422, 423, 425, 429, 500, 501, 502, 503, 504])(
    "is asked for again after %s, with a code or without",
    (status) => {
      expect(judgeDeletion(answer(status))).toBe("retry");
      expect(judgeDeletion(answer(status, CODED))).toBe("retry");
    },
  );

  it.each([401, 403])("is over after %s", (status) => {
    expect(judgeDeletion(answer(status))).toBe("final");
    expect(judgeTtl(answer(status))).toBe("final");
  });

  it.each<[NetworkKind, string]>([
    ["reset", "retry"],
    ["timeout", "retry"],
    ["refused", "retry"],
    ["too-large", "retry"],
    ["certificate", "final"],
    ["cancelled", "final"],
  ])("(%s): %s", (kind, verdict) => {
    expect(judgeDeletion(network(kind))).toBe(verdict);
    expect(judgeTtl(network(kind))).toBe(verdict);
  });

  it.each<[string, Fault, boolean]>([
    ["a reset", network("reset"), true],
    ["a timeout", network("timeout"), true],
    ["a refused connection", network("refused"), false],
    ["502", answer(502), true],
    ["408", answer(408), true],
    ["409", answer(409), false],
    ["404", answer(404), false],
    ["403", answer(403), false],
  ])("%s: may it have begun all the same", (_name, fault, begun) => {
    expect(mayHaveBegun(fault)).toBe(begun);
  });

  it("is asked for again after what nobody can read", () => {
    const fault = {
      kind: "unreadable",
      status: 200,
      problem: "",
      requestId: null,
      page: false,
    } as const;
    expect([judgeDeletion(fault), judgeTtl(fault)]).toEqual(["retry", "retry"]);
  });
});

describe("a refused ttl", () => {
  it.each([408, 409, 423, 425, 429, 500, 503])(
    "is tried again for as long as there is: %s",
    (status) => {
      expect([judgeTtl(answer(status)), isDoubtful(answer(status))]).toEqual(["retry", false]);
    },
  );

  it.each([400, 404])("is tried again for a while: %s", (status) => {
    expect([judgeTtl(answer(status)), isDoubtful(answer(status))]).toEqual(["retry", true]);
  });

  it.each([307, 402, 405, 410, 422])("is over after %s", (status) => {
    expect(judgeTtl(answer(status))).toBe("final");
  });
});
