/** Every reader of an answer, on real answers that were spoiled: no crash, and nothing accepted that is none. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isLive, isOnChain, readCvm } from "../../src/phala/cvm.ts";
import { readBootStatuses } from "../../src/phala/status.ts";
import { readVm } from "../../src/phala/vm.ts";
import { changes, junk, realShapes, spoiled } from "./shapes.ts";
import { hold, LIMIT_MS } from "./support.ts";

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
