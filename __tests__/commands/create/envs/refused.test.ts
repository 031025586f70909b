import { expect, it } from "@jest/globals";
import type { SimulatorOptions } from "../../../../simulator/index.ts";
import {
  ALL_REGISTERED,
  answerTo,
  asked,
  BOUND_MS,
  type Cloud,
  errorText,
  expectEnd,
  type Inputs,
  inBothWorlds,
  job,
  post,
  posts,
  replicas,
  withCloud,
} from "../../../support/jobs.ts";
import { seed } from "../../../support/secrecy.ts";

/** Codes that the interface knows for a step that failed before any create request. */
const REFUSAL = /^(?:INPUT|NETWORK|TIMEOUT|HTTP-\d{3}|ERR-[\d-]+)$/;

/** Nothing was created or asked for, and the annotation says why. */
async function expectRefused(sim: Cloud, inputs: Inputs, why: RegExp): Promise<void> {
  const result = await job(sim, { cleanup: "always", ...inputs });
  expectEnd(result, { exit: 1, outcome: "failed", code: REFUSAL });
  expect(errorText(result)).toMatch(why);
  const [, exists, ...rest] = errorText(result).split("\n");
  expect([exists, rest.length]).toEqual([expect.stringMatching(/^Nothing was created/), 2]);
  expect(posts(sim)).toEqual({ create: 0, commit: 0 });
  expect(sim.requests.filter(({ body }) => body !== "")).toEqual([]);
  const after = await post(sim, result);
  expect([after.exitCode, replicas(sim), asked(sim, "delete")]).toEqual([0, [], []]);
}

type Row = Record<string, unknown>;

type Arrange = (sim: Cloud) => void;

/** Every answer of a route is this one. */
function answering(route: string, status: number, body?: (sim: Cloud) => unknown): Arrange {
  return (sim) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body(sim)) };
    sim.fault({ route, kind: "status", when: "before", status, times: "always", ...text });
  };
}

/** The honest answer of the KMS's key route with a change. */
function signed(
  change: (honest: { readonly public_key: string; readonly signature: string }) => unknown,
) {
  return answering("kms-pubkey", 200, (sim) => change(sim.world.kms.served(sim.appId)));
}

/** What the KMS says of itself; `match`: whether the chain agrees, null where there is no chain. */
function kmsInfo(k256_pubkey: (sim: Cloud) => string, match: boolean | null): Arrange {
  return answering("kms-info", 200, (sim) => {
    const kms_info = { k256_pubkey: k256_pubkey(sim) };
    const verification = { k256_pubkey_match: match };
    return {
      rpc: { bootstrap_info: kms_info },
      on_chain: match === null ? null : { kms_info, verification },
    };
  });
}

const none: Arrange = () => undefined;

const UNTRUSTED: readonly [string, RegExp, SimulatorOptions, Arrange][] = [
  ["signed by another root key", /not signed/, { kmsConduct: "other-root" }, none],
  ["signed for another app", /not signed/, { kmsConduct: "other-app" }, none],
  ["a tampered signature", /signed|signature/, { kmsConduct: "tampered" }, none],
  ["a signature of 64 bytes", /signature/, { kmsConduct: "short-signature" }, none],
  ["another key than the signed one", /not signed/, { kmsConduct: "swapped-key" }, none],
  ["a key of 31 bytes", /key/, { kmsConduct: "short-key" }, none],
  ["an all-zero key, signed", /key/, { kmsConduct: "zero-key" }, none],
  [
    "a root key told with the CVM that did not sign",
    /not signed/,
    { kmsConduct: "other-root", k256InCvm: true },
    none,
  ],
  ["another root key", /not signed/, {}, kmsInfo(otherRootKey, null)],
  ["another root key on the chain", /not signed/, {}, kmsInfo(otherRootKey, true)],
  ["a root key that the chain disowns", /chain/, {}, kmsInfo((sim) => sim.rootKey, false)],
  ["a root key of 31 bytes", /root key/, {}, kmsInfo(() => "00".repeat(31), true)],
  ["no root key at all", /root key/, {}, answering("kms-info", 200, () => ({}))],
  ["no signature", /encryption key/, {}, signed(({ public_key }) => ({ public_key }))],
  [
    "an empty signature",
    /encryption key|signature/,
    {},
    signed((key) => ({ ...key, signature: "" })),
  ],
  [
    "a signature that is no hex",
    /signature/,
    {},
    signed((key) => ({ ...key, signature: "zz".repeat(65) })),
  ],
  [
    "a recovery id of 27 more",
    /signature/,
    {},
    signed((key) => {
      const id = 27 + Number.parseInt(key.signature.slice(128), 16);
      return { ...key, signature: key.signature.slice(0, 128) + id.toString(16) };
    }),
  ],
  ["a KMS that does not know the app", /encryption key.*404/, {}, answering("kms-pubkey", 404)],
  [
    "a KMS that can't be reached by the API",
    /encryption key.*500/,
    {},
    answering("kms-pubkey", 500),
  ],
  ["a KMS whose root key can't be read", /root key.*503/, {}, answering("kms-info", 503)],
  [
    "a KMS that is a web page",
    /encryption key/,
    {},
    (sim) => sim.fault({ route: "kms-pubkey", kind: "garbage", form: "html", times: "always" }),
  ],
  [
    "a KMS route that resets",
    /encryption key/,
    {},
    (sim) => sim.fault({ route: "kms-pubkey", kind: "drop", when: "before", times: "always" }),
  ],
  [
    "a KMS route that redirects",
    /encryption key.*redirect/,
    {},
    (sim) =>
      sim.fault({ route: "kms-pubkey", kind: "redirect", location: `${sim.apiUrl}/auth/me` }),
  ],
  [
    "a KMS whose name can't be read",
    /encryption key.*403/,
    {},
    (sim) => sim.fault({ route: "cvm", nth: 2, kind: "status", when: "before", status: 403 }),
  ],
];

/** A point of the curve that is nobody's root key here: the generator. */
function otherRootKey(): string {
  return "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
}

inBothWorlds(
  "an on-chain app's key that can't be trusted is fatal: %s",
  UNTRUSTED,
  ["signed by another root key", "a tampered signature", "a KMS that can't be reached by the API"],
  async (asProcess, _name, why, options, arrange) => {
    await withCloud(asProcess, { ...ALL_REGISTERED, ...options }, async (sim) => {
      arrange(sim);
      await expectRefused(sim, { envs: `TOKEN=${seed("fatal")}` }, why);
    });
  },
);

it(
  "a root key that the chain disowns is told as such, at once",
  async () => {
    await withCloud(false, ALL_REGISTERED, async (sim) => {
      kmsInfo(() => sim.rootKey, false)(sim);
      const result = await job(sim, { envs: `TOKEN=${seed("disowned")}` });
      expectEnd(result, { exit: 1, outcome: "failed", code: "INPUT" });
      expect(asked(sim, "kms-info")).toHaveLength(1);
    });
  },
  BOUND_MS,
);

const UNUSABLE: readonly [string, RegExp, (body: Row) => unknown][] = [
  ["none", /encryption key/, keyed(null)],
  ["an empty one", /encryption key/, keyed("")],
  ["one of 31 bytes", /encryption key/, keyed("ab".repeat(31))],
  ["one of 33 bytes", /encryption key/, keyed("ab".repeat(33))],
  ["one that is no hex", /encryption key/, keyed("zz".repeat(32))],
  ["an all-zero one", /encryption key/, keyed("00".repeat(32))],
  ["another point of low order", /encryption key/, keyed(`01${"00".repeat(31)}`)],
  ["a number", /encryption key/, keyed(12)],
  [
    "a KMS that nobody tells",
    /does not tell/,
    ({ kms_info: _info, kms_type: _type, ...rest }) => rest,
  ],
];

function keyed(key: unknown) {
  return (body: Row) => ({
    ...body,
    kms_info: { chain_id: null, encrypted_env_pubkey: key },
  });
}

inBothWorlds(
  "a key of Phala's KMS that can't be used is fatal: %s",
  UNUSABLE,
  ["an all-zero one"],
  async (asProcess, _name, why, change) => {
    await withCloud(asProcess, {}, async (sim) => {
      const body = JSON.stringify(change(answerTo(sim, `/cvms/${sim.vmUuid}`) as Row));
      sim.fault({
        route: "cvm",
        kind: "status",
        when: "before",
        status: 200,
        body,
        times: "always",
      });
      await expectRefused(sim, { envs: `TOKEN=${seed("phala")}` }, why);
    });
  },
);

it(
  "a key of Phala's KMS that can't be used is fatal: neither the CVM nor the list can be read",
  async () => {
    await withCloud(false, {}, async (sim) => {
      for (const route of ["cvm", "list"]) {
        sim.fault({ route, kind: "status", when: "before", status: 403, times: "always" });
      }
      await expectRefused(sim, { envs: `TOKEN=${seed("blind")}` }, /encryption key.*403/);
    });
  },
  BOUND_MS,
);

it(
  "one look that says on-chain is enough to demand a signature",
  async () => {
    await withCloud(false, ALL_REGISTERED, async (sim) => {
      // As if someone in between had swapped a single answer, for a key of their own.
      sim.on("answered", "cvm", ({ answer }) => {
        const body = JSON.parse(answer?.body ?? "{}") as Row;
        const kms_info = { chain_id: null, encrypted_env_pubkey: "ab".repeat(32) };
        Object.assign(answer ?? {}, {
          body: JSON.stringify({ ...body, kms_type: "phala", kms_info }),
        });
      });
      signed(({ public_key }) => ({ public_key, signature: "00".repeat(65) }))(sim);
      await expectRefused(sim, { envs: `TOKEN=${seed("downgrade")}` }, /can't be trusted/);
      expect(asked(sim, "kms-pubkey")).toHaveLength(1);
    });
  },
  BOUND_MS,
);
