/** What the tests of waiting and cleaning up share: reading a simulated run, and rules that hold for each. */
import { expect } from "@jest/globals";
import type { Entry, Inputs, Result, Simulation } from "./simulated/simulation.ts";

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** One way between client and server in ms. */
export const WAY = 10;
/** A world whose replicas never come up. */
export const NEVER = { bootMs: 1_000 * HOUR };

/** One object of the output `replicas`. */
export interface ReplicaEntry {
  readonly name: string | null;
  readonly status: string | null;
  readonly vm_uuid: string | null;
  readonly instance_id: string | null;
  readonly instance_url: string | null;
  readonly app_url: string | null;
  readonly dashboard_url: string | null;
  readonly deleted_at_latest: string | null;
  readonly outcome: string;
  readonly error: string | null;
}

export function replicasOf(outputs: Readonly<Record<string, string>>): ReplicaEntry[] {
  return JSON.parse(outputs.replicas ?? "[]") as ReplicaEntry[];
}

/** The texts of a run's log, of these kinds or of all. */
export function textsOf({ runner }: Result, ...kinds: readonly Entry["kind"][]): string[] {
  const { entries } = runner;
  return entries
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map((e) => e.text);
}

/** The text of the one error annotation. */
export function errorOf(result: Result): string {
  const errors = textsOf(result, "error");
  expect(errors).toHaveLength(1);
  return errors[0] ?? "";
}

/** When the waiting began, in simulated ms since the epoch. @throws where it never did */
export function waitBegan({ runner }: Result): number {
  const begin = runner.entries.find(({ kind, text }) => kind === "group" && text === "Wait");
  if (begin === undefined) throw new Error("this run never waited");
  return begin.at;
}

/** How long the waiting took, in simulated ms. */
export function waited(result: Result): number {
  return result.endedAt - waitBegan(result);
}

const GOOD_ENDS = ["created", "unchanged", "dry_run"];

/** Rules that every main step keeps, however it ends; a killed one keeps those of silence. */
export function checkMain(sim: Simulation, main: Result): void {
  const { outputs, entries } = main.runner;
  const errors = entries.filter(({ kind }) => kind === "error");
  checkSecrets(sim, main);
  if (main.exitCode === null) return;
  expect({ errors: errors.length, leftOpen: main.leftOpen }).toEqual({
    errors: main.exitCode,
    leftOpen: 0,
  });
  expect(GOOD_ENDS.includes(outputs.outcome ?? "")).toBe(main.exitCode === 0);
  if (main.exitCode === 0) expect(outputs.error_code).toBe("");
  expect(outputs.outcome).not.toBe("");
}

/** Rules that every post step keeps. */
export function checkPost(sim: Simulation, post: Result): void {
  checkSecrets(sim, post);
  expect(textsOf(post, "error")).toHaveLength(post.exitCode === 0 ? 0 : 1);
  expect(post.leftOpen).toBe(0);
}

/** The key went to the API and nowhere else, and is in nothing that was written. */
function checkSecrets(sim: Simulation, { runner }: Result): void {
  const { entries, outputs, saved, markdown } = runner;
  const written = JSON.stringify([entries, outputs, saved, markdown]);
  expect(written.includes(sim.apiKey)).toBe(false);
  expect(JSON.stringify(sim.gatewayRequests).includes(sim.apiKey)).toBe(false);
  for (const { headers } of sim.gatewayRequests) {
    expect(Object.keys(headers).filter((name) => /key|auth|cookie/i.test(name))).toEqual([]);
  }
  for (const { target } of sim.gatewayRequests) expect(target).toBe("instance");
}

/** Both steps; post's exit code is for the test to judge. */
export async function both(
  sim: Simulation,
  inputs: Inputs,
): Promise<{ readonly main: Result; readonly post: Result }> {
  const main = await sim.main(inputs);
  checkMain(sim, main);
  const post = await sim.post(main);
  checkPost(sim, post);
  return { main, post };
}

function uuidsOf(cvms: readonly { readonly vmUuid: string }[]): string[] {
  return cvms.map(({ vmUuid }) => vmUuid);
}

/** Replicas that exist, in order of creation. */
export function left(sim: Simulation): string[] {
  return uuidsOf(sim.replicas().filter(({ deleted }) => !deleted));
}

/** The whole log of a step. */
export function logOf(result: Result): string {
  return textsOf(result).join("\n");
}

/** CVMs that are not ours must be as they were. */
export function expectOthersUntouched(sim: Simulation): void {
  const others = sim.cvms().filter(({ origin }) => origin !== "replica");
  expect(others.map(({ deletes, deleted, removing }) => [deletes, deleted, removing])).toEqual(
    others.map(() => [0, false, false]),
  );
  const mine = new Set(uuidsOf(sim.replicas()));
  const asked = sim.requests.filter(({ route }) => route === "delete");
  for (const { path } of asked) expect(mine.has(path.split("/").at(-1) ?? "")).toBe(true);
}
