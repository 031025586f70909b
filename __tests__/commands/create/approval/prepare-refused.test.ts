import { expect, it } from "@jest/globals";
import type { Fault, SimulatorOptions } from "../../../../simulator/index.ts";
import {
  ALL_REGISTERED,
  answerTo,
  BOUND_MS,
  type Cloud,
  errorText,
  expectEnd,
  inBothWorlds,
  ON_CHAIN,
  post,
  posts,
  prepare,
  replicas,
  withCloud,
} from "../../../support/jobs.ts";
import { seed } from "../../../support/secrecy.ts";

type Row = Record<string, unknown>;

const withoutKms = ({ kms_info: _info, kms_type: _type, ...rest }: Row) => rest;

/** Answers a read without saying anything of the KMS. */
function bend(sim: Cloud, route: "list" | "cvm"): void {
  const answer = answerTo(
    sim,
    route === "list" ? `/apps/${sim.appId}/cvms` : `/cvms/${sim.vmUuid}`,
  );
  const bent = Array.isArray(answer) ? answer.map(withoutKms) : withoutKms(answer as Row);
  const body = JSON.stringify(bent);
  sim.fault({ route, kind: "status", when: "before", status: 200, body, times: "always" });
}
const failing = (route: string, status: number): Fault => ({
  route,
  kind: "status",
  when: "before",
  status,
  times: "always",
});

const REFUSED: readonly [string, RegExp, SimulatorOptions, (sim: Cloud) => unknown][] = [
  ["the list tells", /not on-chain/, {}, () => {}],
  [
    "the list can't be read, the CVM tells",
    /not on-chain/,
    {},
    (sim) => sim.fault(failing("list", 403)),
  ],
  ["the list does not say, the CVM tells", /not on-chain/, {}, (sim) => bend(sim, "list")],
  [
    "neither can be read",
    /on-chain.*HTTP 403|HTTP 403.*on-chain/,
    ON_CHAIN,
    (sim) => [sim.fault(failing("list", 403)), sim.fault(failing("*", 403))],
  ],
  ["neither says", /does not tell/, ON_CHAIN, (sim) => [bend(sim, "list"), bend(sim, "cvm")]],
  [
    "the CVM is rubbish",
    /on-chain/,
    ON_CHAIN,
    async (sim) => [
      bend(sim, "list"),
      sim.fault({ route: "cvm", kind: "garbage", form: "html", times: "always" }),
      sim.fault(failing("app-kms-info", 404)),
    ],
  ],
];

inBothWorlds(
  "an app without an on-chain KMS is refused before the POST, since that would be billed: %s",
  REFUSED,
  ["the list tells", "neither can be read"],
  async (asProcess, _name, why, options, arrange) => {
    await withCloud(asProcess, options, async (sim) => {
      await arrange(sim);
      const result = await prepare(sim, { envs: `TOKEN=${seed("refused")}` });
      expectEnd(result, { exit: 1, outcome: "failed", code: /^(?:INPUT|HTTP-\d+)$/ });
      expect(errorText(result)).toMatch(why);
      expect(errorText(result)).toMatch(/prepare_only|on-chain/);
      expect(posts(sim)).toEqual({ create: 0, commit: 0 });
      expect(replicas(sim)).toEqual([]);
    });
  },
);

const ALLOWED: readonly [string, (sim: Cloud) => unknown][] = [
  ["the list can't be read, the CVM tells", (sim) => sim.fault(failing("list", 403))],
  ["the list does not say, the CVM tells", (sim) => bend(sim, "list")],
];

it.each(ALLOWED)(
  "an app without an on-chain KMS is refused before the POST, since that would be billed: but an on-chain one is prepared: %s",
  async (_name, arrange) => {
    await withCloud(false, ON_CHAIN, async (sim) => {
      await arrange(sim);
      expectEnd(await prepare(sim), { exit: 0, outcome: "pending_approval" });
      expect(posts(sim)).toEqual({ create: 1, commit: 0 });
    });
  },
  BOUND_MS,
);

it(
  "a prepare that is answered by a replica is red, names it, and has it deleted where that was asked",
  async () => {
    await withCloud(false, ALL_REGISTERED, async (sim) => {
      // The API takes no notice of the header.
      sim.on("before-work", "create", ({ request }) => {
        Object.assign(request.headers, { "x-prepare-only": "" });
      });
      const result = await prepare(sim, { cleanup: "on_failure" });
      const [uuid = "none"] = replicas(sim);
      expectEnd(result, { exit: 1, outcome: "failed", code: "HTTP-200" });
      expect(errorText(result)).toContain(uuid);
      expect(errorText(result)).toMatch(/although prepare_only/);
      expect((await post(sim, result)).exitCode).toBe(0);
      expect(replicas(sim)).toEqual([]);
    });
  },
  BOUND_MS,
);
