/**
 * The whole log of rollouts of the bundle as a process, kept under their sentences in `golden/`: what a person
 * sees, to be reviewed by reading. `UPDATE_GOLDEN=1` writes them anew.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, jest } from "@jest/globals";
import { again } from "../support/again.ts";
import { type Case, type Cloud, play, type Seen, type Step } from "../support/play.ts";
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
function plain(seen: Seen, { log }: Step): string {
  const { cloud } = seen;
  const lines = log.split("\n").filter((line) => !PASSING.test(line));
  return instancesOf(cloud)
    .reduce((text, { vmUuid, name }) => {
      const bare = vmUuid.replaceAll("-", "");
      return text.replaceAll(vmUuid, `uuid of ${name}`).replaceAll(bare, `uuid-of-${name}`);
    }, lines.join("\n"))
    .replace(/http:\/\/(?:127\.0\.0\.1|localhost):\d+\S*?\/healthz/g, "https://…/healthz")
    .replace(/\b\d+(?:\.\d)? (?:ms|s)\b/g, "… s")
    .replaceAll(cloud.appId, "app-id");
}

/** Which of these statuses a look meets is the moment's own. */
const PASSING =
  /^\S+: (?:running|updating|starting)(?:, an operation in progress)?$|^Still waiting|is not healthy yet|; now: status/;

async function storyOf(one: Omit<Case, "expects">): Promise<string> {
  const seen = await play({ ...one, expects: () => undefined }, "process");
  const { main, post } = seen;
  const end = main.exitCode === null ? "killed" : `exit code ${main.exitCode}`;
  const said = (text: string) => ["```", text.trim(), "```"];
  return [
    `# ${one.name}`,
    "",
    ...said(plain(seen, main)),
    "",
    `It ended: ${end}, outcome ${main.outputs.outcome || "none"}, error_code ${main.outputs.error_code || "none"}.`,
    ...(post === null ? [] : ["", "Post:", "", ...said(plain(seen, post))]),
    "",
  ].join("\n");
}

describe("the log of a rollout", () => {
  it.each(CASES)("$name", async (one) => {
    const file = join(FOLDER, `${one.name}.md`);
    await again(one.name, async () => {
      const story = await storyOf(one);
      if (process.env.UPDATE_GOLDEN || !existsSync(file)) {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(file, story);
      }
      expect(story).toBe(readFileSync(file, "utf8"));
    });
  });

  it("has no file that nothing writes", () => {
    const names = CASES.map(({ name }) => `${name}.md`);
    expect(readdirSync(FOLDER).sort()).toEqual([...names].sort());
  });
});
