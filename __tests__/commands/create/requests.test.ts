/** What goes out to the API for each input: given, absent and blank. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import type { Simulator } from "../../../simulator/index.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { SimulatedCloud } from "../../support/simulated-cloud.ts";
import { create, inItsWorld, SLOW, succeeded, thePost, worldOf } from "../../support/steps.ts";

const BLOB = "00ff".repeat(40);

/** The headers that a create request must have, and no others (those that HTTP itself needs aside). */
function headersOf(sim: Simulator): Record<string, string> {
  // What sends it over HTTP adds who it is.
  const sent = !(sim instanceof SimulatedCloud);
  const { name, version } = JSON.parse(
    readFileSync(`${REPOSITORY}/package.json`, "utf8"),
  ) as Record<string, string>;
  return {
    accept: "application/json",
    "x-api-key": sim.apiKey,
    "x-phala-version": "2026-01-21",
    ...(sent && { "user-agent": `${name}/${version}` }),
  };
}

/** Headers of a request without the ones that belong to the connection. */
function ownHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const transport = new Set(["host", "connection", "content-length"]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !transport.has(name)));
}

interface Row {
  readonly name: string;
  readonly inputs: (sim: Simulator) => Record<string, string>;
  /** The whole JSON body; null: none at all. */
  readonly body: (sim: Simulator) => Record<string, unknown> | null;
}

const none = () => null;
const plain: readonly Row[] = [
  { name: "nothing given", inputs: () => ({}), body: none },
  { name: "node_id", inputs: () => ({ node_id: "31" }), body: () => ({ node_id: 31 }) },
  {
    name: "node_id in white space",
    inputs: () => ({ node_id: "\t31\n" }),
    body: () => ({ node_id: 31 }),
  },
  {
    name: "node_id by name",
    inputs: () => ({ node_id: "SIM-Prod5" }),
    body: () => ({ node_id: 31 }),
  },
  { name: "node_id blank", inputs: () => ({ node_id: "  " }), body: none },
  { name: "teepod_id", inputs: () => ({ teepod_id: "31" }), body: () => ({ teepod_id: 31 }) },
  { name: "teepod_id blank", inputs: () => ({ teepod_id: "" }), body: none },
  {
    name: "teepod_id with a blank node_id",
    inputs: () => ({ teepod_id: "26", node_id: " " }),
    body: () => ({ teepod_id: 26 }),
  },
  {
    name: "compose_hash",
    inputs: (sim) => ({ compose_hash: sim.composeHash }),
    body: (sim) => ({ compose_hash: sim.composeHash }),
  },
  {
    name: "compose_hash with 0x",
    inputs: (sim) => ({ compose_hash: `0x${sim.composeHash}` }),
    body: (sim) => ({ compose_hash: sim.composeHash }),
  },
  { name: "compose_hash blank", inputs: () => ({ compose_hash: "\n" }), body: none },
  {
    name: "encrypted_env",
    inputs: () => ({ encrypted_env: BLOB }),
    body: () => ({ encrypted_env: BLOB }),
  },
  {
    name: "encrypted_env with 0x",
    inputs: () => ({ encrypted_env: `0x${BLOB}` }),
    body: () => ({ encrypted_env: BLOB }),
  },
  { name: "encrypted_env blank", inputs: () => ({ encrypted_env: " \r\n " }), body: none },
  { name: "prepare_only false", inputs: () => ({ prepare_only: "false" }), body: none },
  { name: "prepare_only unset", inputs: () => ({ prepare_only: "unset" }), body: none },
  {
    name: "all fields",
    inputs: (sim) => ({ node_id: "31", compose_hash: sim.composeHash, encrypted_env: BLOB }),
    body: (sim) => ({ node_id: 31, compose_hash: sim.composeHash, encrypted_env: BLOB }),
  },
];

describe("the create request", () => {
  it.concurrent.each(plain)(
    "holds exactly what was given: $name",
    ({ name, inputs, body }) =>
      worldOf(name)({}, async (sim) => {
        const result = await create(sim, inputs(sim));
        succeeded(result);
        const post = thePost(sim);
        const wanted = body(sim);
        expect(post.method).toBe("POST");
        expect(post.path).toBe(`/api/v1/apps/${sim.appId}/cvms/${sim.vmUuid}/replicas`);
        expect(ownHeaders(post.headers)).toEqual({
          ...headersOf(sim),
          ...(wanted !== null && { "content-type": "application/json" }),
        });
        if (wanted === null) {
          expect(post.body).toBe("");
          expect(post.headers["content-length"] ?? "0").toBe("0");
          expect(post.headers["transfer-encoding"]).toBeUndefined();
        } else {
          expect(JSON.parse(post.body)).toEqual(wanted);
        }
        expect(sim.replicas()).toHaveLength(1);
      }),
    SLOW,
  );

  it.concurrent.each(["true", "True", "TRUE"])(
    "asks for a preparation when prepare_only is %s",
    (prepare_only) =>
      worldOf(`prepare_only ${prepare_only}`)({ onChain: true }, async (sim) => {
        const result = await create(sim, { prepare_only });
        succeeded(result, "pending_approval");
        const post = thePost(sim);
        expect(ownHeaders(post.headers)).toEqual({ ...headersOf(sim), "x-prepare-only": "true" });
        expect(post.body).toBe("");
        expect(sim.replicas()).toEqual([]);
      }),
    SLOW,
  );

  it.concurrent.each([
    {
      name: "app_id with 0x, in capitals",
      app: (id: string) => `0x${id.toUpperCase()}`,
      uuid: (id: string) => id,
    },
    { name: "app_id with app_", app: (id: string) => ` app_${id} `, uuid: (id: string) => id },
    {
      name: "vm_uuid without dashes",
      app: (id: string) => id,
      uuid: (id: string) => id.replaceAll("-", ""),
    },
    {
      name: "vm_uuid in capitals",
      app: (id: string) => id,
      uuid: (id: string) => `\n${id.toUpperCase()}\n`,
    },
  ])(
    "sends ids in the API's own form: $name",
    ({ name, app, uuid }) =>
      worldOf(name)({}, async (sim) => {
        const result = await create(sim, { app_id: app(sim.appId), vm_uuid: uuid(sim.vmUuid) });
        succeeded(result);
        expect(thePost(sim).path).toBe(`/api/v1/apps/${sim.appId}/cvms/${sim.vmUuid}/replicas`);
        expect(result.outputs.app_id).toBe(sim.appId);
      }),
    SLOW,
  );

  inItsWorld("sends every request with key, version and name", {}, async (sim) => {
    succeeded(await create(sim, { node_id: "sim-prod5", wait: "true", poll_interval: "0.1" }));
    expect(new Set(sim.requests.map(({ route }) => route))).toContain("nodes");
    for (const { headers } of sim.requests) expect(headers).toMatchObject(headersOf(sim));
  });
});

describe("request_timeout", () => {
  it.concurrent.each([
    { name: "absent", inputs: {} },
    { name: "blank", inputs: { request_timeout: "  " } },
    { name: "60s", inputs: { request_timeout: "60s" } },
    { name: "a bare number", inputs: { request_timeout: "60" } },
  ])(
    "$name: an answer that takes two seconds is waited for",
    ({ name, inputs }) =>
      worldOf(name)({}, async (sim) => {
        sim.fault({ route: "create", kind: "delay", ms: 2_000 });
        succeeded(await create(sim, inputs));
      }),
    SLOW,
  );
});
