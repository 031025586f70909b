/** What the API itself refuses, and the advice that an on-call gets. The server here is the strict simulator. */
import { describe, expect, it } from "@jest/globals";
import type { Simulator, SimulatorOptions } from "../../../simulator/index.ts";
import { SOURCE_IMAGE } from "../../../simulator/nodes.ts";
import { answerWith, create, failed, hideList, posts, SLOW, withSim } from "../../support/steps.ts";
import { inEitherWorld } from "../../support/worlds.ts";

interface Row {
  readonly name: string;
  /** Needs a real server. */
  readonly process?: true;
  readonly options?: SimulatorOptions;
  readonly inputs: (sim: Simulator) => Record<string, string>;
  readonly arrange?: (sim: Simulator) => void;
  readonly code: string;
  readonly says: readonly RegExp[];
  /** How many create requests came in. */
  readonly posts: number;
}

const nodes = [
  { id: 26, name: "home" },
  { id: 27, name: "full", slots: 0 },
  { id: 28, name: "other-image", images: ["dstack-0.1.0"] },
  { id: 29, name: "locked", forbidden: true },
];

const rows: readonly Row[] = [
  {
    name: "the key is rejected",
    inputs: () => ({ api_key: "phak_wrong_one" }),
    code: "HTTP-401",
    says: [/HTTP 401/, /Invalid or missing API key/, /key was rejected/, /secret/],
    posts: 0,
  },
  {
    name: "the CVM is another app's",
    inputs: (sim) => ({ vm_uuid: sim.other.vmUuid }),
    code: "INPUT",
    says: [/vm_uuid/, /app_id/, /belong together/],
    posts: 0,
  },
  {
    name: "the CVM is another app's, and the list is hidden",
    inputs: (sim) => ({ vm_uuid: sim.other.vmUuid }),
    arrange: hideList,
    code: "HTTP-400",
    says: [/HTTP 400/, /app_id does not match/, /app_id and vm_uuid belong together/],
    posts: 1,
  },
  {
    name: "the CVM does not exist, and the list is hidden",
    inputs: () => ({ vm_uuid: "00000000-0000-4000-8000-000000000000" }),
    arrange: hideList,
    code: "ERR-03-008",
    says: [/HTTP 404 ERR-03-008/, /not found in this workspace/, /check app_id and vm_uuid/],
    posts: 1,
  },
  {
    name: "the app is unknown",
    inputs: () => ({ app_id: "0".repeat(40) }),
    code: "HTTP-404",
    says: [/HTTP 404/, /App not found/, /app_id/],
    posts: 0,
  },
  {
    name: "the app is somebody else's",
    inputs: (sim) => ({ app_id: sim.foreign.appId, vm_uuid: sim.foreign.vmUuid }),
    code: "HTTP-403",
    says: [/HTTP 403/, /Not enough permissions/, /workspace/],
    posts: 1,
  },
  {
    name: "compose_hash is needed, and the list is hidden",
    options: { liveInstances: 2 },
    inputs: () => ({}),
    arrange: hideList,
    code: "ERR-03-009",
    says: [/ERR-03-009/, /several live instances/, /give compose_hash/],
    posts: 1,
  },
  {
    name: "compose_hash is no revision of the app",
    inputs: () => ({ compose_hash: "0".repeat(64) }),
    code: "ERR-02-008",
    says: [/ERR-02-008/, /unknown revision/],
    posts: 1,
  },
  {
    name: "the node is full",
    inputs: () => ({ node_id: "full" }),
    code: "ERR-02-005",
    says: [
      /ERR-02-005/,
      /on node full \(27\)/,
      /no free CVM slots/,
      /another node_id, or leave it out/,
    ],
    posts: 1,
  },
  {
    name: "the image is missing on the node",
    inputs: () => ({ node_id: "28" }),
    code: "ERR-03-006",
    says: [
      /ERR-03-006/,
      new RegExp(SOURCE_IMAGE.replaceAll(".", "\\.")),
      /OS image is not on the target node/,
    ],
    posts: 1,
  },
  {
    name: "the node may not be used",
    inputs: () => ({ node_id: "29" }),
    code: "ERR-02-012",
    says: [/ERR-02-012/, /no access to the node/],
    posts: 1,
  },
  {
    name: "the node does not exist",
    inputs: () => ({ node_id: "4711" }),
    code: "ERR-01-001",
    says: [/ERR-01-001/, /4711/, /No such node/, /GET \/teepods\/available/],
    posts: 1,
  },
  {
    name: "a number that is no node's",
    inputs: () => ({ node_id: "99999999999" }),
    code: "ERR-01-001",
    says: [/ERR-01-001/, /check node_id/],
    posts: 1,
  },
  {
    name: "the balance is too low",
    inputs: () => ({}),
    arrange: (sim) =>
      answerWith(sim, "create", 400, { error_code: "ERR-04-001", message: "Insufficient balance" }),
    code: "ERR-04-001",
    says: [/ERR-04-001/, /Insufficient balance/, /top it up at https:\/\/cloud\.phala\.com/],
    posts: 1,
  },
  {
    name: "the API's address is another server's",
    process: true,
    inputs: (sim) => ({ api_url: sim.apiUrl.replace("/api/v1", "/api/v2") }),
    code: "HTTP-404",
    says: [/HTTP 404/, /api_url/],
    posts: 0,
  },
];

describe("a refusal of the API", () => {
  inEitherWorld(
    "$name",
    rows,
    ({ options = {}, inputs, arrange, code, says, posts: sent }, world) =>
      world({ nodes, ...options }, async (sim) => {
        arrange?.(sim);
        const message = failed(await create(sim, inputs(sim)), { code });
        for (const part of says) expect(message).toMatch(part);
        expect(posts(sim)).toHaveLength(sent);
        expect(sim.replicas()).toEqual([]);
      }),
  );

  it.concurrent(
    "names the request id that the server gave",
    () =>
      withSim({ nodes }, async (sim) => {
        let id = "";
        sim.on("after-work", "create", ({ answer }) => {
          id = answer?.headers["x-request-id"] ?? "";
        });
        const message = failed(await create(sim, { node_id: "full" }), { code: "ERR-02-005" });
        expect(id).not.toBe("");
        expect(message).toContain(`request id ${id}`);
      }),
    SLOW,
  );

  it.concurrent(
    "is understood where its code stands inside detail",
    () =>
      withSim({ nodes, errorForm: "detail" }, async (sim) => {
        const message = failed(await create(sim, { node_id: "full" }), { code: "ERR-02-005" });
        expect(message).toMatch(/node is full/);
      }),
    SLOW,
  );
});
