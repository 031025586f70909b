/** What the tests of delete look at. */
import { expect } from "@jest/globals";
import type { Cloud, Inputs, Seen } from "../../support/play.ts";

/** Names of the app's CVMs that are there still. */
export function namesLeft({ cloud }: Pick<Seen, "cloud">): string[] {
  return cloud
    .cvms()
    .filter(({ deleted, appId }) => !deleted && appId === cloud.appId)
    .map(({ name }) => name)
    .sort();
}

/** UUIDs of the deletions that were sent, in their order. */
export function sent({ requests }: Pick<Seen, "requests">): string[] {
  return requests
    .filter(({ method }) => method === "DELETE")
    .map(({ path }) => path.split("/").at(-1) ?? "");
}

/** The UUID of the app's CVM of that name. */
export function uuidOf(cloud: Cloud, name: string): string {
  const found = cloud.cvms().find((cvm) => cvm.name === name);
  if (found === undefined) throw new Error(`no CVM ${name}`);
  return found.vmUuid;
}

interface Entry {
  readonly name: string;
  readonly why: string | null;
}

/** Names in an output, each with why it stays where it does. */
export function listed({ main }: Seen, output: "selected" | "deleted" | "kept"): string[] {
  const entries = JSON.parse(main.outputs[output] ?? "") as Entry[];
  return entries.map(({ name, why }) => (why === null ? name : `${name}: ${why}`));
}

/** Without a GitHub to ask. */
export const alone = (inputs: Inputs): Inputs => ({ github_token: "", ...inputs });

/** Exit code, outcome and code of main. */
export function ended({ main }: Seen): unknown[] {
  return [main.exitCode, main.outputs.outcome, main.outputs.error_code];
}

/** That nothing went and nothing was asked for. */
export function untouched(seen: Seen, all: readonly string[]): void {
  expect(sent(seen)).toEqual([]);
  expect(namesLeft(seen)).toEqual([...all].sort());
}
