/** Every reader of an answer, on real answers that were spoiled: no crash, and nothing accepted that is none. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Attempt, Fault } from "../../src/net/fault.ts";
import { judgeRepeatable } from "../../src/net/retry.ts";
import { retryAfterMs } from "../../src/net/retry-after.ts";
import { type PhalaClient, phalaClient } from "../../src/phala/api.ts";
import { isLive, isOnChain, readCvm } from "../../src/phala/cvm.ts";
import { readBootStatuses } from "../../src/phala/status.ts";
import { judgeCreate } from "../../src/phala/tries.ts";
import { readVm } from "../../src/phala/vm.ts";
import type { CreateAnswer } from "../../src/phala/wire.ts";
import { requestFailure } from "../../src/report/annotation/failure.ts";
import { whatToRegister } from "../../src/report/words/approval.ts";
import { changes, junk, realShapes, type Shape, scribbled, spoiled } from "./shapes.ts";
import { hold, holdAsync, LIMIT_MS, nasty } from "./support.ts";

const UUID = "0f8b1f5e-2f6c-4d4b-9d55-0a3c5d0b7a11";
const APP = "ab".repeat(20);
const IS_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const shapes = realShapes();
const shape = (...routes: string[]) =>
  fc.constantFrom(...shapes.filter(({ route }) => routes.length === 0 || routes.includes(route)));

/** Null or of the type, wherever a field promises that. */
function promises(value: object, types: Readonly<Record<string, readonly string[]>>): void {
  for (const [field, allowed] of Object.entries(types)) {
    const found = (value as Record<string, unknown>)[field];
    expect([field, found === null ? "null" : typeof found]).toEqual([
      field,
      expect.stringMatching(new RegExp(`^(?:${allowed.join("|")})$`)),
    ]);
    if (typeof found === "number") expect([field, Number.isFinite(found)]).toEqual([field, true]);
  }
}

const TEXT = ["string", "null"];
const NUMBER = ["number", "null"];
const ID = ["number", "string", "null"];

describe("the simulator's answers", () => {
  it("are there for every route, good ones and refusals", () => {
    const kinds = new Set(shapes.map(({ route, status }) => `${route} ${status}`));
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining([
        "batch 200",
        "create 200",
        "create 400",
        "create 422",
        "create 465",
        "cvm 200",
        "delete 404",
        "kms-info 200",
        "kms-pubkey 200",
        "list 200",
        "nodes 200",
      ]),
    );
  });
});

/** Changes anywhere, and often one of the fields that are read. */
const spoiledBody = (...routes: string[]) =>
  fc.oneof(
    fc.tuple(shape(...routes), changes).map(([real, spoil]) => spoiled(real.body, spoil)),
    fc
      .tuple(
        shape(...routes),
        fc.constantFrom("id", "name", "status", "teepod_id", "teepod", "node_info", "created_at"),
        // `1e999` is a number to a JSON parser.
        fc.oneof(junk, fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)),
      )
      .map(([{ body }, field, value]) => {
        const put = (row: unknown) =>
          typeof row === "object" && row !== null ? { ...row, [field]: value } : row;
        return Array.isArray(body) ? body.map(put) : put(body);
      }),
  );

describe("readers", () => {
  it(
    "a VM has an identity, and fields of their types",
    () => {
      let read = 0;
      hold(
        fc.property(spoiledBody("create"), (body) => {
          const vm = readVm(body);
          if (vm === null) return;
          read += 1;
          expect(vm.vmUuid !== null || (vm.id !== null && vm.name !== null)).toBe(true);
          if (vm.vmUuid !== null) expect(vm.vmUuid).toMatch(IS_UUID);
          promises(vm, {
            id: ID,
            name: TEXT,
            status: TEXT,
            teepodId: NUMBER,
            teepodName: TEXT,
            appId: TEXT,
            instanceId: TEXT,
            appUrl: TEXT,
            createdAt: NUMBER,
          });
        }),
      );
      expect(read).toBeGreaterThan(20);
    },
    LIMIT_MS,
  );

  it(
    "a CVM has an identity, and fields of their types",
    () => {
      let read = 0;
      hold(
        fc.property(spoiledBody("cvm", "list"), (body) => {
          for (const row of Array.isArray(body) ? body : [body]) {
            const cvm = readCvm(row);
            if (cvm === null) continue;
            read += 1;
            expect(cvm.vmUuid !== null || cvm.id !== null).toBe(true);
            if (cvm.vmUuid !== null) expect(cvm.vmUuid).toMatch(IS_UUID);
            if (cvm.appId !== null) expect(cvm.appId).toMatch(/^[0-9a-f]{40}$/);
            if (cvm.composeHash !== null) expect(cvm.composeHash).toMatch(/^[0-9a-f]{64}$/);
            promises(cvm, {
              id: ID,
              name: TEXT,
              status: ["string"],
              inProgress: ["boolean"],
              instanceId: TEXT,
              nodeId: NUMBER,
              nodeName: TEXT,
              region: TEXT,
              createdAt: NUMBER,
              deleted: ["boolean"],
              appUrl: TEXT,
              instanceUrl: TEXT,
              workspaceSlug: TEXT,
            });
            expect(typeof isLive(cvm)).toBe("boolean");
            expect([true, false, null]).toContain(isOnChain(cvm));
          }
        }),
      );
      expect(read).toBeGreaterThan(20);
    },
    LIMIT_MS,
  );

  it(
    "statuses are by UUID",
    () => {
      hold(
        fc.property(shape("batch"), changes, (real, spoil) => {
          for (const [uuid, status] of readBootStatuses(spoiled(real.body, spoil)) ?? []) {
            expect(uuid).toMatch(IS_UUID);
            expect(status.status).toBe(status.status.toLowerCase());
            promises(status, {
              inProgress: ["boolean"],
              bootProgress: TEXT,
              bootError: TEXT,
            });
          }
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    "take anything at all without a crash",
    () => {
      hold(
        fc.property(fc.oneof(junk, fc.jsonValue()), (value) => {
          for (const read of [readVm, readCvm, readBootStatuses]) read(value);
        }),
      );
    },
    LIMIT_MS,
  );
});

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
