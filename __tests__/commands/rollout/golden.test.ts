/**
 * The whole log of rollouts of the bundle as a process, kept under their sentences in `golden/`: what a person
 * sees, to be reviewed by reading. `UPDATE_GOLDEN=1` writes them anew.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { startSimulator } from "../../../simulator/index.ts";
import { again } from "../../support/again.ts";
import { type Case, type Cloud, play } from "../../support/play.ts";
import { runStep, startStep } from "../../support/runner.ts";
import { deployed, instancesOf, toSource } from "./stage.ts";

// A process has real seconds to wait, and this machine may be busy.
jest.setTimeout(300_000);

const FOLDER = join(import.meta.dirname, "golden");

/** The one that is updated as number `nth` is not healthy from then on, until the way back. */
function fallsIll(cloud: Cloud, nth: number): void {
  let met = 0;
  cloud.on("before-work", "redeploy", ({ request }) => {
    met += 1;
    const one = instancesOf(cloud).find(({ vmUuid }) => request.body.includes(vmUuid));
    if (one === undefined || met < nth) return;
    cloud.update(one.vmUuid, {
      health: met === nth ? { kind: "status", status: 503 } : { kind: "ok" },
    });
  });
}

const five = {
  command: "rollout",
  api: { liveInstances: 5, updateMs: 1_500 },
  given: (cloud: Cloud) => deployed(cloud),
  inputs: toSource,
} as const;
const checked = (cloud: Cloud) => ({
  ...toSource(cloud),
  health_check: "/healthz",
  instance_timeout: "8s",
});

const CASES: readonly Omit<Case, "expects">[] = [
  { ...five, name: "a rollout of five, one after another" },
  {
    ...five,
    name: "the third does not become healthy, and the rollout stops",
    given: (cloud) => {
      deployed(cloud);
      fallsIll(cloud, 3);
    },
    inputs: checked,
  },
  {
    ...five,
    name: "the second does not become healthy, and all goes back",
    given: (cloud) => {
      deployed(cloud);
      fallsIll(cloud, 2);
    },
    inputs: (cloud) => ({ ...checked(cloud), on_failure: "rollback" }),
  },
  {
    ...five,
    name: "killed while the second is updated, and what post says",
    blow: { how: "kill", moment: "answered", route: "redeploy", nth: 2 },
  },
];

/** Without what depends on the moment of a look, and with names in the place of ids. */
function plain(cloud: Cloud, log: string): string {
  const lines = log.split("\n").filter((line) => !PASSING.test(line));
  return instancesOf(cloud)
    .reduce((text, { vmUuid, name }) => {
      const bare = vmUuid.replaceAll("-", "");
      return text.replaceAll(vmUuid, `uuid of ${name}`).replaceAll(bare, `uuid-of-${name}`);
    }, lines.join("\n"))
    .replace(/http:\/\/(?:127\.0\.0\.1|localhost):\d+\S*?\/healthz/g, "https://…/healthz")
    .replace(/now: status \w+(?:, an operation in progress)?/g, "now: status …")
    .replace(/\b\d+(?:\.\d)? (?:ms|s)\b/g, "… s")
    .replaceAll(cloud.appId, "app-id");
}

/** Which of these statuses a look meets is the moment's own. */
const PASSING =
  /^\S+: (?:running|updating|starting)(?:, an operation in progress)?$|^Still waiting|is not healthy yet/;

/** The same step once more, on what a killed one has left. */
async function resumed(): Promise<string> {
  const sim = await startSimulator(five.api);
  try {
    deployed(sim);
    const inputs = { app_id: sim.appId, poll_interval: "0.2s", ...toSource(sim) };
    const options = { api: sim, command: "rollout", inputs } as const;
    const first = startStep(options);
    let met = 0;
    sim.on("answered", "redeploy", () => {
      met += 1;
      if (met === 2) first.kill("SIGKILL");
    });
    await first.finished;
    const again = await runStep(options);
    const log = plain(sim, again.log.map(({ text }) => text).join("\n"));
    const updates = sim.requests.filter(({ route }) => route === "redeploy").length;
    return [
      `# ${RESUMED}`,
      "",
      ...["```", log.trim(), "```"],
      "",
      `It ended: exit code ${again.exitCode}, outcome ${again.outputs.outcome}. Requests that update, of both runs: ${updates}.`,
      "",
    ].join("\n");
  } finally {
    await sim.close();
  }
}

const RESUMED = "killed while the second is updated, and run again";

async function storyOf(one: Omit<Case, "expects">): Promise<string> {
  const { main, post, cloud } = await play({ ...one, expects: () => undefined }, "process");
  const end = main.exitCode === null ? "killed" : `exit code ${main.exitCode}`;
  const said = (text: string) => ["```", text.trim(), "```"];
  return [
    `# ${one.name}`,
    "",
    ...said(plain(cloud, main.log)),
    "",
    `It ended: ${end}, outcome ${main.outputs.outcome || "none"}, error_code ${main.outputs.error_code || "none"}.`,
    ...(post === null ? [] : ["", "Post:", "", ...said(plain(cloud, post.log))]),
    "",
  ].join("\n");
}

describe("the log of a rollout", () => {
  const stories = [
    ...CASES.map((one) => ({ name: one.name, tell: () => storyOf(one) })),
    { name: RESUMED, tell: resumed },
  ];

  it.each(stories)("$name", async ({ name, tell }) => {
    const file = join(FOLDER, `${name}.md`);
    await again(name, async () => {
      const story = await tell();
      if (process.env.UPDATE_GOLDEN || !existsSync(file)) {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(file, story);
      }
      expect(story).toBe(readFileSync(file, "utf8"));
    });
  });

  it("has no file that nothing writes", () => {
    const names = stories.map(({ name }) => `${name}.md`);
    expect(readdirSync(FOLDER).sort()).toEqual([...names].sort());
  });
});
