/** What a rollout says of its inputs: masked values in outputs, and which of them bounds its time. */
import { expect } from "@jest/globals";
import { type Cloud, describeCases, errorOf, type Seen } from "../../support/play.ts";
import { deployed, instancesOf, toSource } from "./stage.ts";

const usual = {
  command: "rollout",
  given: (cloud: Cloud) => deployed(cloud),
  inputs: toSource,
} as const;
const SECRET = "s3cret-of-nobody";

const warnings = ({ main }: Seen) =>
  main.annotations.filter(({ level }) => level === "warning").map(({ message }) => message);

describeCases("what a rollout says", [
  {
    ...usual,
    name: "a masked value of envs occurs in an output: the warning names both, and no value",
    api: { liveInstances: 2, updateMs: 1_000 },
    inputs: (cloud) => ({
      ...toSource(cloud),
      envs: `NAME=${instancesOf(cloud)[1]?.name}\nOTHER=${SECRET}`,
    }),
    process: true,
    expects: (seen) => {
      expect(seen.main.outputs.outcome).toBe("rolled_out");
      expect(warnings(seen).join("\n")).toMatch(
        /the masked value of NAME also occurs in the outputs replicas\..*move it to envs_plain/,
      );
      expect(warnings(seen).join("\n")).not.toContain(SECRET);
    },
  },
  {
    ...usual,
    name: "no masked value occurs: no warning",
    api: { liveInstances: 2, updateMs: 1_000 },
    inputs: (cloud) => ({ ...toSource(cloud), envs: `OTHER=${SECRET}` }),
    only: "simulated",
    expects: (seen) => expect(warnings(seen).join("\n")).not.toContain("masked value"),
  },
  ...[{ wait_timeout: "1m" }, {}].map((given) => ({
    ...usual,
    name: `the time for all is over, wait_timeout ${"wait_timeout" in given ? "" : "not "}given: what is said names what bounds it`,
    only: "simulated" as const,
    api: { liveInstances: 2, powerMs: 3_600_000 },
    inputs: (cloud: Cloud) => ({ ...toSource(cloud), instance_timeout: "1m", ...given }),
    given: (cloud: Cloud) => {
      deployed(cloud);
      const other = instancesOf(cloud)[1];
      if (other !== undefined) cloud.world.operate(other, "restart", "restart");
    },
    expects: (seen: Seen) => {
      expect(seen.main.outputs).toMatchObject({ outcome: "timeout", error_code: "TIMEOUT" });
      const text = errorOf(seen.main);
      expect(text).toMatch(
        "wait_timeout" in given
          ? /not done within 1 min \(wait_timeout\).*give a longer wait_timeout/
          : /not done within 1 min \(instance_timeout for each.*give a longer instance_timeout/,
      );
    },
  })),
]);
