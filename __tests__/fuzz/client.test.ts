/** The client, whatever a server answers: a value or a fault, and a readable sentence for that. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Attempt, Fault } from "../../src/net/fault.ts";
import { judgeRepeatable } from "../../src/net/retry.ts";
import { retryAfterMs } from "../../src/net/retry-after.ts";
import { type PhalaClient, phalaClient } from "../../src/phala/api.ts";
import { judgeCreate } from "../../src/phala/tries.ts";
import type { CreateAnswer } from "../../src/phala/wire.ts";
import { requestFailure } from "../../src/report/annotation/failure.ts";
import { whatToRegister } from "../../src/report/words/approval.ts";
import { changes, junk, realShapes, type Shape, scribbled, spoiled } from "./shapes.ts";
import { holdAsync, LIMIT_MS, nasty } from "./support.ts";

const UUID = "0f8b1f5e-2f6c-4d4b-9d55-0a3c5d0b7a11";
const APP = "ab".repeat(20);
const shapes = realShapes();
const shape = () => fc.constantFrom(...shapes);

describe("the client", () => {
  const header = fc.oneof(
    nasty,
    fc.constantFrom(
      "1",
      "-1",
      "9".repeat(400),
      "Thu, 02 Jul 2026 08:00:00 GMT",
      "Thu",
      "https://h.example/%",
      "//h.example/x",
    ),
  );
  const headers = fc.record(
    { date: header, "retry-after": header, location: header, "x-request-id": header },
    { requiredKeys: [] },
  );
  const status = fc.oneof(
    fc.constantFrom(200, 201, 204, 400, 401, 404, 409, 422, 429, 465, 466, 503),
    fc.integer({ min: 0, max: 999 }),
  );
  const errorCode = fc.oneof(
    nasty.map((text) => `ERR-${text}`),
    fc.constantFrom(
      "ERR-02-005",
      "ERR-constructor",
      "ERR-toString",
      "ERR-valueOf",
      "ERR-",
      "02-005",
    ),
  );
  const link = fc.record({ url: nasty, label: nasty }, { requiredKeys: [] });
  const envelope = fc.record(
    {
      error_code: errorCode,
      message: nasty,
      error: nasty,
      details: fc.array(fc.record({ field: nasty, value: junk, message: nasty }), { maxLength: 3 }),
      suggestions: fc.array(nasty, { maxLength: 4 }),
      links: fc.array(link, { maxLength: 3 }),
      request_id: nasty,
    },
    { requiredKeys: [] },
  );
  const listed = fc.array(fc.record({ loc: fc.array(nasty, { maxLength: 3 }), msg: nasty }));
  const body = fc.oneof(
    envelope.map((value) => JSON.stringify(value)),
    fc.oneof(envelope, listed, nasty).map((detail) => JSON.stringify({ detail })),
    fc.tuple(shape(), changes).map(([real, spoil]) => JSON.stringify(spoiled(real.body, spoil))),
    shape().chain((real: Shape) => scribbled(JSON.stringify(real.body))),
    nasty,
    nasty.map((text) => `<html><head><title>${text}</title></head><body>${text}</body></html>`),
  );

  let calls: readonly ((api: PhalaClient) => Promise<CreateAnswer | Attempt<unknown>>)[] = [];
  beforeAll(() => {
    const create = { appId: APP, vmUuid: UUID, body: {}, prepareOnly: false };
    const commit = { vmUuid: UUID, token: "token-123", composeHash: null, transactionHash: "x" };
    calls = [
      (api) => api.createReplica(create),
      (api) => api.commitReplica(commit),
      (api) => api.listCvms(APP),
      (api) => api.getCvm(UUID),
      (api) => api.listNodes(),
      (api) => api.bootStatuses([UUID]),
      (api) => api.scheduleDelete(UUID, 0),
      (api) => api.deleteCvm(UUID),
      (api) => api.kmsOf(UUID),
      (api) => api.appKey("kms", APP),
      (api) => api.kmsRootKey("kms"),
    ];
  });

  it(
    "answers a value or a fault to whatever comes, and the fault has a readable sentence",
    async () => {
      const plain = (text: string) => text;
      await holdAsync(
        fc.asyncProperty(
          status,
          headers,
          body,
          fc.boolean(),
          async (code, head, text, breaksOff) => {
            const api = phalaClient(
              async () => ({
                status: code,
                headers: head as Record<string, string>,
                body: text,
                breaksOff,
              }),
              {
                apiUrl: "https://h.example",
                apiKey: "k",
                timeoutMs: 1,
                redact: plain,
                redactPrinted: plain,
              },
            );
            for (const call of calls) {
              const answer = await call(api);
              const fault = "ok" in answer ? (answer.ok ? null : answer.fault) : faultOf(answer);
              if (fault !== null) readable(fault);
            }
          },
        ),
        0.5,
      );
    },
    LIMIT_MS,
  );

  function faultOf(answer: CreateAnswer): Fault | null {
    if (answer.kind === "created") return null;
    if (answer.kind === "approval") {
      expect(whatToRegister(answer.approval)).not.toMatch(/\[object|undefined|[\r\n]/);
    }
    return answer.fault;
  }

  function readable(fault: Fault): void {
    const { code, text } = requestFailure("do this", fault);
    expect(code).toMatch(/^(?:ERR-[0-9A-Za-z-]{1,32}|HTTP-\d{1,3}|NETWORK|TIMEOUT)$/);
    expect(text).toMatch(/^Could not do this: [^\r\n]+$/);
    expect(text.length).toBeLessThan(3_000);
    expect(text).not.toMatch(/native code|Error: Error/);
    expect(["final", "retry", "uncertain"]).toContain(judgeCreate(fault));
    expect(["final", "retry", "uncertain"]).toContain(judgeRepeatable(fault));
    if (fault.kind !== "answer") return;
    const ms = retryAfterMs(fault, 0);
    expect(ms === null || ms >= 0).toBe(true);
  }
});
