/**
 * A server that repeats secrets wherever it may write. What each process leaves behind is searched by
 * `secretive`, as after every step of these tests.
 */
import { expect, it } from "@jest/globals";
import type { Simulator } from "../../../../simulator/index.ts";
import {
  ALL_REGISTERED,
  approve,
  BOUND_MS,
  begin,
  commit,
  commitInputs,
  expectEnd,
  expectMade,
  type Inputs,
  inItsWorld,
  job,
  ON_CHAIN,
  post,
  prepare,
  replicas,
  worldOf,
} from "../../../support/jobs.ts";
import { findsIn, leaksOf, seed, writingsOf } from "../../../support/secrecy.ts";

/** The texts that a server could build from what it was sent, in several encodings. */
function echo(sim: Simulator, ...more: readonly string[]): string {
  const secrets = [sim.apiKey, ...more];
  const encoded = secrets.flatMap((secret) => [
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    JSON.stringify(secret),
  ]);
  return [...secrets, ...encoded].join(" ");
}

/** Error bodies in each form that the API knows. */
const BODIES: readonly [string, (text: string) => string, string][] = [
  ["a string", (text) => JSON.stringify({ detail: text }), "HTTP-400"],
  [
    "a list",
    (text) => JSON.stringify({ detail: [{ loc: ["body", text], msg: text }] }),
    "HTTP-400",
  ],
  [
    "the envelope",
    (text) =>
      JSON.stringify({
        error_code: "ERR-02-008",
        message: text,
        request_id: text,
        details: [{ field: text, value: text, message: text }],
        suggestions: [text],
        links: [{ url: `https://host.invalid/${text}`, label: text }],
      }),
    "ERR-02-008",
  ],
  ["a page", (text) => `<html><title>${text}</title>`, "HTTP-400"],
];

it.concurrent.each(BODIES)(
  "an error answer that repeats key, token and blob: %s",
  async (name, form, code) => {
    await worldOf(name)(ALL_REGISTERED, async (sim) => {
      const prepared = await prepare(sim);
      const token = prepared.outputs.commit_token ?? "";
      const answer = { kind: "status", when: "before", status: 400 } as const;
      sim.fault({ route: "commit", ...answer, body: form(echo(sim, token)) });
      expectEnd(await commit(sim, prepared), { exit: 1, outcome: "failed", code });

      const encrypted_env = "ab".repeat(70);
      sim.fault({ route: "create", ...answer, body: form(echo(sim, encrypted_env)) });
      expectEnd(await job(sim, { encrypted_env }), { exit: 1, outcome: "failed", code });

      let sealed = "";
      const off = sim.on("before-work", "create", ({ request }) => {
        off();
        sealed = (JSON.parse(request.body) as Record<string, string>).encrypted_env ?? "";
        sim.fault({ route: "create", ...answer, body: form(echo(sim, sealed)) });
      });
      const result = await job(sim, { envs: `TOKEN=${seed("echo")}` });
      expectEnd(result, { exit: 1, outcome: "failed", code });
      expect(sealed).toMatch(/^[0-9a-f]{120,}$/);
      const writings = [...writingsOf(result).values()].join("\n");
      expect(findsIn(writings, sealed)).toEqual([]);
    });
  },
  BOUND_MS,
);

/** A 465 and a `VM` as the simulator would give them, with other texts in them. */
const TOKEN = "f2b1f9f6-0f0f-4c55-8a0e-0d5b1f6f7a10";

function approvalBody(sim: Simulator, text: string): string {
  const values = {
    compose_hash: sim.composeHash,
    device_id: "77".repeat(32),
    app_id: text,
    kms_info: { chain_id: 8453, slug: "kms" },
    commit_token: TOKEN,
    onchain_status: { is_allowed: false, compose_hash_allowed: false, device_id_allowed: false },
  };
  const details = Object.entries(values).map(([field, value]) => ({ field, value, message: text }));
  const suggestions = [text];
  return JSON.stringify({ error_code: "ERR-01-005", message: text, details, suggestions });
}

it.concurrent.each<[string, Inputs, number, string]>([
  ["prepare", { prepare_only: "true" }, 0, ""],
  ["create", {}, 1, "ERR-01-005"],
])(
  "a 465 that repeats the key and its own token in every text: %s",
  async (name, inputs, exit, code) => {
    await worldOf(name)(ON_CHAIN, async (sim) => {
      const body = approvalBody(sim, echo(sim, TOKEN));
      sim.fault({ route: "create", kind: "status", when: "before", status: 465, body });
      const result = await job(sim, inputs);
      expectEnd(result, { exit: exit as 0 | 1, outcome: "pending_approval", code });
      expect(result.outputs.commit_token).toBe(TOKEN);
    });
  },
  BOUND_MS,
);

inItsWorld(
  "a commit answered with a VM whose name is the token: kept out of log, summary and state",
  ON_CHAIN,
  async (sim) => {
    const prepared = await prepare(sim);
    approve(sim, prepared);
    const inputs: Inputs = {
      ...commitInputs(sim, prepared),
      cleanup: "always",
    };
    sim.on("after-work", "commit", ({ answer }) => {
      const vm = JSON.parse(answer?.body ?? "{}") as Record<string, unknown>;
      const body = JSON.stringify({ ...vm, name: inputs.commit_token, version: sim.apiKey });
      Object.assign(answer ?? {}, { body });
    });
    const result = await begin(sim, inputs, { mayLeak: true }).finished;
    expectEnd(result, { exit: 0, outcome: "created" });
    // The name is an output as it came; that much is the server's doing.
    expect(leaksOf(result).filter((leak) => !leak.includes(" in output "))).toEqual([]);
    expect((await post(sim, result)).exitCode).toBe(0);
    expect(replicas(sim)).toEqual([]);
  },
);

inItsWorld(
  "the whole story: secrets in job 1 and job 2, in every encoding that a server may choose",
  ON_CHAIN,
  async (sim) => {
    const value = `${seed("story")} "quoted" %41 \\n`;
    const prepared = await prepare(sim, { envs: `TOKEN='${value}'`, api_key: sim.apiKey });
    const token = prepared.outputs.commit_token ?? "";
    approve(sim, prepared);
    const text = echo(sim, token, value);
    const body = JSON.stringify({ detail: text });
    sim.fault({ route: "commit", kind: "status", when: "before", status: 467, body });
    sim.fault({ route: "batch", kind: "status", when: "before", status: 500, body });
    sim.fault({ route: "list", nth: 2, kind: "status", when: "before", status: 500, body });
    const result = await commit(sim, prepared, { cleanup: "always", health_check: "/healthz" });
    expectMade(sim, result);
    sim.fault({ route: "delete", kind: "status", when: "before", status: 500, body });
    expect((await post(sim, result)).exitCode).toBe(0);
    expect(replicas(sim)).toEqual([]);
  },
);

it.concurrent.each([
  ["marks that Markdown escapes", (name: string) => `p@ss_${seed(name)}(1)#*`],
  ["several lines", (name: string) => `first_${seed(name)}\nsecond_${seed(name)}`],
  ["more than is ever shown", (name: string) => seed(name).repeat(20)],
])(
  "a guest that repeats a variable in its boot error: %s",
  async (name, make) => {
    const value = make(name);
    // The longest piece that is shown ends within it, wherever that is.
    const bootError = `${"could not start: ".repeat(10)}${value}`;
    const plan = { bootMs: 60_000, steps: [{ atMs: 50, status: "error", bootError }] };
    await worldOf(name)({ replicaPlans: [plan] }, async (sim) => {
      const result = await job(sim, { envs: `TOKEN="${value}"`, poll_interval: "0.1s" });
      expectEnd(result, { exit: 1, outcome: "failed", code: "BOOT" });
      const written = [...writingsOf(result).values()].join("\n");
      expect(written).toContain("could not start");
      for (const piece of [value.slice(0, 12), ...value.split("\n")]) {
        expect(findsIn(written, piece)).toEqual([]);
      }
    });
  },
  BOUND_MS,
);
