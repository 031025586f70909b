import { expect, it } from "@jest/globals";
import {
  BOUND_MS,
  errorText,
  expectEnd,
  inBothWorlds,
  job,
  logText,
  post,
  withCloud,
  withSimulator,
} from "../../../support/jobs.ts";
import { seed } from "../../../support/secrecy.ts";

// A value of one character would be masked everywhere, also in what the annotation says.
const [bad, fine] = [seed("bad"), seed("fine")];
const BAD: readonly [string, string, readonly RegExp[]][] = [
  ["a line that is no variable", `A=${fine}\n${bad}\nB=${fine}`, [/envs.*line 2/]],
  ["a name with a dash", `A-B=${bad}`, [/envs.*line 1.*name/]],
  ["a name with a dot", `A.B=${bad}`, [/envs.*line 1.*name/]],
  ["a name that begins with a digit", `1A=${bad}`, [/envs.*line 1.*name/]],
  ["a name of 256 characters", `${"n".repeat(256)}=${bad}`, [/envs.*line 1.*255/]],
  ["no name", `=${bad}`, [/envs.*line 1/]],
  ["a name given twice", `A=${bad}\nB=${fine}\nA=${seed("two")}`, [/envs.*line 3.*\bA\b.*line 1/]],
  ["a name given twice alike", `A=${bad}\nA=${bad}`, [/envs.*line 2.*\bA\b/]],
  ["a quote that does not close", `A="${bad}\nB=${fine}`, [/envs.*line 1/]],
  [
    "a key file without quotes",
    `K=-----BEGIN KEY-----\n${bad}\n${seed("line")}\n-----END KEY-----`,
    [/envs.*lines? 2/],
  ],
  [
    "too many variables",
    Array.from({ length: 1025 }, (_, n) => `V${n}=${bad}`).join("\n"),
    [/envs.*1025.*1024/],
  ],
  ["only comments", `# A=${bad}`, [/envs/]],
  ["several faults", `A-B=${bad}\nC=${fine}\nC=${bad}`, [/line 1/, /line 3/]],
];

inBothWorlds(
  "bad variables are told together before any request, without their values: %s",
  BAD,
  ["a key file without quotes", "too many variables"],
  async (asProcess, _name, envs, gists) => {
    await withCloud(asProcess, {}, async (sim) => {
      const result = await job(sim, { envs, vm_uuid: "no-uuid", wait: "perhaps" });
      expectEnd(result, { exit: 1, outcome: "failed", code: "INPUT" });
      for (const gist of [...gists, /vm_uuid/, /wait/]) {
        expect(errorText(result)).toMatch(gist);
      }
      expect(logText(result)).not.toMatch(/seed_/);
      expect(sim.requests).toEqual([]);
      expect((await post(sim, result)).exitCode).toBe(0);
      expect(sim.requests).toEqual([]);
    });
  },
);

it.concurrent(
  "bad variables are told together before any request, without their values: masks what could be read of them all the same",
  async () => {
    await withSimulator({}, async (sim) => {
      const [one, two] = [seed("one"), seed("two")];
      const result = await job(sim, { envs: `A=${one}\nnot a variable\nB-C=${two}` });
      expect(result.masks).toEqual(expect.arrayContaining([one, two]));
    });
  },
  BOUND_MS,
);
