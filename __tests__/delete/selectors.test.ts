/** What each selector of delete takes, alone and together, and what it leaves. */
import { expect } from "@jest/globals";
import { describeCases, type Seen } from "../support/play.ts";

/** Names of the app's CVMs that are there still. */
export function namesLeft({ cloud }: Seen): string[] {
  return cloud
    .cvms()
    .filter(({ deleted, appId }) => !deleted && appId === cloud.appId)
    .map(({ name }) => name)
    .sort();
}

describeCases("delete", [
  {
    name: "one by its name",
    command: "delete",
    process: true,
    api: { liveInstances: 3 },
    inputs: { name: "web-seed1", github_token: "" },
    expects: (seen) => {
      expect(seen.main.exitCode).toBe(0);
      expect(seen.main.outputs.outcome).toBe("deleted");
      expect(namesLeft(seen)).toEqual(["web", "web-seed2"]);
    },
  },
]);
