/** Answers after which nobody knows whether the replica exists. */
import { describe, expect } from "@jest/globals";
import { answerWith, create, failed, hideList, literally, posts } from "../../../support/steps.ts";
import { inEitherWorld } from "../../../support/worlds.ts";

interface Row {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  /** What the annotation must hold. */
  readonly says: readonly (string | RegExp)[];
}

/** After these nobody knows whether the replica exists; with the list hidden, that is said at once. */
const losses: readonly Row[] = [
  {
    name: "500 with a detail",
    status: 500,
    body: { detail: "Internal error" },

    says: ["HTTP 500", "Internal error"],
  },
  {
    name: "502 from a proxy",
    status: 502,
    body: "<html><title>502 Bad Gateway</title></html>",

    says: ["HTTP 502", "502 Bad Gateway"],
  },
  { name: "504 without a body", status: 504, body: "", says: ["HTTP 504"] },
  {
    name: "500 with a code",
    status: 500,
    body: { error_code: "ERR-02-005", message: "m", request_id: "req-in-body" },

    says: ["HTTP 500", "ERR-02-005", "req-in-body"],
  },
  {
    name: "200 and HTML",
    status: 200,
    body: "<html>OK</html>",

    says: ["HTTP 200", /web page/],
  },
  {
    name: "200 and nothing",
    status: 200,
    body: "",

    says: ["HTTP 200", /empty body/],
  },
  {
    name: "200 and JSON that breaks off",
    status: 200,
    body: '{"id": 7, "na',

    says: ["HTTP 200", /breaks off/],
  },
  {
    name: "200 and a list",
    status: 200,
    body: "[]",

    says: ["HTTP 200", /array/],
  },
  {
    name: "200 and null",
    status: 200,
    body: "null",

    says: ["HTTP 200", /null/],
  },
  {
    name: "200 and a number",
    status: 200,
    body: "42",

    says: ["HTTP 200", /number/],
  },
  {
    name: "200 and a string",
    status: 200,
    body: '"created"',

    says: ["HTTP 200", /string/],
  },
  {
    name: "200 and an object of another kind",
    status: 200,
    body: { ok: true },

    says: ["HTTP 200"],
    headers: { "x-request-id": "req-odd" },
  },
  { name: "204 and nothing", status: 204, body: "", says: ["HTTP 204"] },
];

describe("an answer that leaves it open whether the replica exists", () => {
  inEitherWorld("$name", losses, ({ status, body, headers = {}, says }, world) =>
    world({}, async (sim) => {
      hideList(sim);
      answerWith(sim, "create", status, body, headers);
      const message = failed(await create(sim), { code: "AMBIGUOUS" });
      for (const part of says)
        expect(message).toMatch(part instanceof RegExp ? part : literally(part));
      if (headers["x-request-id"]) expect(message).toContain(headers["x-request-id"]);
      expect(message).toMatch(/unclear|not sent again/);
      expect(message).toMatch(/https:\/\/cloud\.phala\.com\//);
      expect(posts(sim)).toHaveLength(1);
    }),
  );
});
