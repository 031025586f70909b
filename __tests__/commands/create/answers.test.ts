/** Every form in which the API (or a proxy in front of it) refuses, as the annotation tells it. */
import { describe, expect } from "@jest/globals";
import { answerWith, create, failed, literally, posts } from "../../support/steps.ts";
import { inEitherWorld } from "../../support/worlds.ts";

interface Row {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  readonly code: string;
  /** What the annotation must hold besides what was tried and the status. */
  readonly says: readonly (string | RegExp)[];
  readonly never?: readonly (string | RegExp)[];
}

const envelope = {
  error_code: "ERR-02-005",
  message: "Node sim-prod9 has no free slots.",
  details: [
    { field: "node_id", value: 26, message: "try a smaller one" },
    { field: "slots", value: { free: 0 }, message: null },
  ],
  suggestions: ["Choose another node.", "Call support"],
  links: [{ url: "https://docs.phala.com/errors#02-005", label: "Docs" }],
  request_id: "req-in-body",
};
const structured = [
  "ERR-02-005",
  "Node sim-prod9 has no free slots",
  "node_id: try a smaller one",
  "Choose another node",
  "Call support",
  "https://docs.phala.com/errors#02-005",
  "req-in-body",
  /node is full/i,
];

const refusals: readonly Row[] = [
  {
    name: "FastAPI's detail string",
    status: 400,
    body: { detail: "app_id does not match the CVM" },
    headers: { "X-Request-ID": "req-of-header" },
    code: "HTTP-400",
    says: ["app_id does not match the CVM", "req-of-header", /app_id and vm_uuid belong together/],
  },
  {
    name: "FastAPI's list of faults",
    status: 422,
    body: {
      detail: [
        {
          loc: ["body", "node_id"],
          msg: "Input should be a valid integer",
          type: "int_parsing",
          input: "x",
          ctx: {},
        },
        { loc: ["body", "items", 3], msg: "Field required", type: "missing", input: null },
      ],
    },
    code: "HTTP-422",
    says: ["body.node_id: Input should be a valid integer", "body.items.3: Field required"],
  },
  {
    name: "a list with entries of other types",
    status: 422,
    body: { detail: ["plain text", null, 7, { msg: "no place" }, { loc: "body", msg: { a: 1 } }] },
    code: "HTTP-422",
    says: ["plain text", "no place"],
  },
  {
    name: "the structured error",
    status: 400,
    body: envelope,
    code: "ERR-02-005",
    says: structured,
  },
  {
    name: "the structured error inside detail",
    status: 400,
    body: { detail: envelope },
    code: "ERR-02-005",
    says: structured,
  },
  {
    name: "the flat error",
    status: 403,
    body: { message: "Workspace is suspended" },
    headers: { "x-request-id": "req-9" },
    code: "HTTP-403",
    says: ["Workspace is suspended", "req-9", /key|workspace/],
  },
  {
    name: "a message inside detail",
    status: 400,
    body: { detail: { message: "Bad target node" } },
    code: "HTTP-400",
    says: ["Bad target node"],
  },
  {
    name: "a message that is an object",
    status: 400,
    body: {
      message: { text: "x" },
      error_code: 17,
      details: "none",
      suggestions: [{}],
      links: ["y"],
    },
    code: "HTTP-400",
    says: [/no reason/i],
  },
  {
    name: "an error code of a stranger's making",
    status: 400,
    body: { error_code: "ERR\nmessage", message: "odd" },
    code: "HTTP-400",
    says: ["odd"],
  },
  {
    name: "a proxy's HTML",
    status: 404,
    body: "<!doctype html><html><head><title>404 Not Found</title></head><body><hr>nginx</body></html>",
    code: "HTTP-404",
    says: ["404 Not Found", /api_url/],
    never: [/<\w+>/, "doctype"],
  },
  {
    name: "HTML without a title, but with style and script",
    status: 403,
    body: "<html><style>body { color: red }</style><script>var a = 1;</script><h1>Access &amp; denied</h1></html>",
    code: "HTTP-403",
    says: [/Access .* denied/],
    never: ["color: red", "var a", "<h1>"],
  },
  { name: "an empty body", status: 403, body: "", code: "HTTP-403", says: [/no reason/i] },
  { name: "white space", status: 400, body: " \n ", code: "HTTP-400", says: [/no reason/i] },
  {
    name: "JSON that breaks off",
    status: 400,
    body: '{"detail": "app_id does not mat',
    code: "HTTP-400",
    says: [/breaks off|cut off|not JSON/],
  },
  {
    name: "plain text",
    status: 400,
    body: "upstream said no",
    code: "HTTP-400",
    says: ["upstream said no"],
  },
  { name: "a JSON string", status: 400, body: '"go away"', code: "HTTP-400", says: ["go away"] },
  { name: "a JSON number", status: 400, body: "42", code: "HTTP-400", says: [] },
  { name: "a JSON list", status: 400, body: "[1,2]", code: "HTTP-400", says: [/no reason/i] },
  { name: "JSON null", status: 400, body: "null", code: "HTTP-400", says: [/no reason/i] },
  { name: "true", status: 400, body: "true", code: "HTTP-400", says: [/no reason/i] },
  {
    name: "an endless reason",
    status: 400,
    body: { detail: `it starts so ${"x".repeat(50_000)}` },
    code: "HTTP-400",
    says: ["it starts so"],
    never: ["x".repeat(2_000)],
  },
  {
    name: "a reason of several lines",
    status: 400,
    body: { detail: "first line\nsecond line\r\nthird line" },
    code: "HTTP-400",
    says: ["first line second line third line"],
  },
  {
    name: "a rate limit longer than anyone waits",
    status: 429,
    body: { detail: "slow down" },
    headers: { "Retry-After": "86400" },
    code: "HTTP-429",
    says: ["slow down", /24 h/, /too many requests/i],
  },
];

describe("a refused create", () => {
  inEitherWorld(
    "$name",
    refusals,
    ({ status, body, headers = {}, code, says, never = [] }, world) =>
      world({}, async (sim) => {
        answerWith(sim, "create", status, body, headers);
        const result = await create(sim, { node_id: "sim-prod5" });
        const message = failed(result, { code });
        expect(message).toContain("create a replica on node sim-prod5 (31)");
        expect(message).toContain(`HTTP ${status}`);
        for (const part of says)
          expect(message).toMatch(part instanceof RegExp ? part : literally(part));
        for (const part of never) {
          expect(result.stdout).not.toMatch(part instanceof RegExp ? part : literally(part));
        }
        // It reads as sentences: no doubled stops, no gaps, something to do at its end.
        const [why = "", ...more] = message.split("\n");
        expect(why).not.toMatch(/\.\.|\s{2}|\r| [.,;:]( |$)/);
        expect(more).toEqual([
          "Nothing was created, so nothing more is billed than before.",
          `Error code: ${code}`,
          expect.stringMatching(/^https:\S+\/docs\/operations\.md#\S+$/),
        ]);
        expect(message.length).toBeLessThan(2_000);
        expect(posts(sim)).toHaveLength(1);
        expect(sim.replicas()).toEqual([]);
      }),
  );
});
