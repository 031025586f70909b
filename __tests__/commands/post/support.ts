/** What the tests of deletion share: how one is asked for, and what of the steps' texts counts. */
import { expect } from "@jest/globals";
import type { HttpRequest } from "../../../src/net/transport.ts";
import type { Reply } from "../../support/simulated/server.ts";
import type { Result, Simulation } from "../../support/simulated/simulation.ts";
import { textsOf } from "../../support/simulated-steps.ts";

export const DROPPED = { route: "create", kind: "drop", when: "after", times: "always" } as const;

/** A link to the CVM's own page. */
export function pageOf({ vmUuid }: { readonly vmUuid: string }): string {
  return vmUuid.replaceAll("-", "");
}

/** The UUIDs for which the API was asked to delete them, in order. */
export function deletionsAsked(sim: Simulation): string[] {
  return sim.requests
    .filter(({ route }) => route === "delete")
    .map(({ path }) => path.split("/").at(-1) ?? "");
}

/** Everything that a step showed: log, annotations, summary. */
export function shown(result: Result): string {
  return [...textsOf(result), result.runner.markdown].join("\n");
}

/** No sentence of the steps calls one of these untouched. */
export function expectNotCalledUntouched(results: readonly Result[], uuids: readonly string[]) {
  for (const result of results) {
    const sentences = textsOf(result).filter((text) => /touched/.test(text));
    for (const uuid of uuids) expect(sentences.join("\n")).not.toContain(uuid);
  }
}

/** What the server sends goes through `change` first. */
export function spoil(
  sim: Simulation,
  change: (reply: Reply & { kind: "answer" }, request: HttpRequest) => Reply,
): void {
  const serve = sim.server.serve.bind(sim.server);
  sim.server.serve = async (request) => {
    const reply = await serve(request);
    return reply.kind === "answer" ? change(reply, request) : reply;
  };
}

/** A server that tells no time by `Date`. */
export function withoutDate(sim: Simulation): void {
  spoil(sim, ({ answer }) => {
    const { date: _taken, ...headers } = answer.headers;
    return { kind: "answer", answer: { ...answer, headers } };
  });
}

/** A create's answer, and rows, that tell another time of creation; null: none. */
export function withCreatedAt(sim: Simulation, createdAt: string | null): void {
  spoil(sim, ({ answer }) => {
    const body = answer.body.replace(
      /"created_at":"[^"]*"/g,
      `"created_at":${JSON.stringify(createdAt)}`,
    );
    return { kind: "answer", answer: { ...answer, body } };
  });
}
