/** Worlds whose answers are spoiled on their way, and inputs that are right. */
import fc from "fast-check";
import { type ReplicaPlan, routeName } from "../../simulator/core.ts";
import type { ApiAnswer } from "../../simulator/types.ts";
import type { Reply } from "../support/simulated/server.ts";
import { type Inputs, Simulation } from "../support/simulated/simulation.ts";
import { changes, scribbled, spoiled } from "./shapes.ts";
import { nasty } from "./support.ts";

export const KEY = "phak_S3cretKeyOfTheFuzz";
export const VALUE = "S3cretValueOfTheFuzz";
export const BLOB = "5ec2e7b10b5ec2e7b10b00";
export const SECRETS = [KEY, VALUE, BLOB] as const;

/** What becomes of one answer. */
export type Spoil = (answer: ApiAnswer) => ApiAnswer;

const inJson: fc.Arbitrary<Spoil> = changes.map((all) => (answer) => {
  try {
    return { ...answer, body: JSON.stringify(spoiled(JSON.parse(answer.body), all)) };
  } catch {
    return answer;
  }
});
const inText: fc.Arbitrary<Spoil> = fc
  .tuple(fc.nat(3_000), nasty)
  .chain(([length]) => scribbled("x".repeat(length)))
  .map((piece) => (answer) => ({
    ...answer,
    body: answer.body.slice(0, piece.length) + piece.replace(/^x+/, ""),
  }));
const inHead: fc.Arbitrary<Spoil> = fc
  .tuple(
    fc.constantFrom(200, 204, 299, 302, 400, 401, 403, 404, 409, 429, 465, 466, 500, 503),
    fc.record(
      { "retry-after": nasty, date: nasty, "x-request-id": nasty, location: nasty },
      { requiredKeys: [] },
    ),
  )
  .map(([status, headers]) => (answer) => ({
    ...answer,
    status,
    headers: { ...answer.headers, ...(headers as Record<string, string>) },
  }));
/** The server says our own secrets back, wherever it says something. */
const echoing: fc.Arbitrary<Spoil> = fc
  .tuple(fc.constantFrom(...SECRETS), fc.constantFrom(200, 400, 500))
  .map(([secret, status]) => (answer) => ({
    ...answer,
    status,
    headers: { ...answer.headers, "x-request-id": secret },
    body: answer.body.replaceAll(
      /"(name|status|message|detail|slug)":"[^"]*"/g,
      (_all, field) => `"${field}":"a ${secret} b"`,
    ),
  }));

export interface Plan {
  readonly route: string;
  /** From 0: which of the answers on this route, counted modulo 3; 3: all of them. */
  readonly nth: number;
  readonly spoil: Spoil;
}

export const plan: fc.Arbitrary<Plan> = fc.record({
  route: fc.constantFrom(
    "create",
    "list",
    "batch",
    "cvm",
    "nodes",
    "kms-pubkey",
    "kms-info",
    "delete",
    "scheduled-delete",
    "commit",
  ),
  nth: fc.nat(3),
  spoil: fc.oneof(inJson, inJson, inText, inHead, echoing),
});

export const inputs: fc.Arbitrary<Inputs> = fc
  .record(
    {
      count: fc.constantFrom("1", "2", "3"),
      node_id: fc.constantFrom("prod9", "26", "prod5,26"),
      health_check: fc.constant("/healthz"),
      cleanup: fc.constantFrom("never", "on_failure", "always"),
      ttl: fc.constant("2h"),
      envs: fc.constant(`TOKEN=${VALUE}`),
      prepare_only: fc.constant("true"),
      instances: fc.constantFrom("1", "3"),
      wait: fc.constantFrom("true", "false"),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({
    ...some,
    // What excludes each other is another test's business.
    ...(some.instances === undefined ? {} : { count: "" }),
    ...(some.prepare_only === undefined ? {} : { count: "", instances: "", node_id: "" }),
    ...(some.wait === "false" ? { health_check: "" } : {}),
    wait_timeout: "60s",
  }));

/** A simulation in which the planned answers are spoiled on their way. */
export function spoiledWorld(
  plans: readonly Plan[],
  onChain: boolean,
  seed: number,
  replicaPlans: readonly ReplicaPlan[] = [],
): Simulation {
  const sim = new Simulation({ apiKey: KEY, bootMs: 8_000, onChain, seed, replicaPlans });
  const serve = sim.server.serve.bind(sim.server);
  const seen = new Map<string, number>();
  sim.server.serve = async (request): Promise<Reply> => {
    const reply = await serve(request);
    const { pathname } = new URL(request.url);
    const route = routeName(request.method, pathname);
    if (reply.kind !== "answer") return reply;
    const count = seen.get(route) ?? 0;
    seen.set(route, count + 1);
    const hit = plans.filter(
      ({ route: of, nth }) => of === route && (nth === 3 || nth === count % 3),
    );
    const answer = hit.reduce((one, { spoil }) => spoil(one), reply.answer);
    return { ...reply, answer };
  };
  return sim;
}
