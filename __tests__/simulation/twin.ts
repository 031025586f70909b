/** A story once more without deployments: what is told to GitHub must change nothing else. */
import type { Violation } from "./check.ts";
import { type Performance, type Played, play } from "./play.ts";
import type { Moment, Story } from "./story.ts";

/**
 * Compares the first main step with that of a story in which nobody asks for deployments: requests and
 * their times, outputs, exit code. Post is not compared, since main ends later with something to tell.
 */
export async function unaffected({ story, runs }: Performance): Promise<Violation[]> {
  const [first] = runs;
  if (first === undefined || first.wish.environment === null || isIncomparable(story)) return [];
  const [plain] = (await play(withoutDeployments(story))).runs;
  const [ours, theirs] = [first.main, plain?.main].map(courseOf);
  if (ours === theirs) return [];
  const at = [...(ours ?? "")].findIndex((letter, index) => letter !== theirs?.[index]);
  const [here, there] = [ours, theirs].map((text) => text?.slice(Math.max(0, at - 60), at + 60));
  return [{ rule: "deployments", run: 1, what: `main goes another way: ${here}, not ${there}` }];
}

function withoutDeployments(story: Story): Story {
  return {
    ...story,
    runs: story.runs
      .slice(0, 1)
      .map((run) => ({ ...run, wish: { ...run.wish, environment: null } })),
  };
}

/** It ends at another moment, or never, where no request goes to GitHub. */
function isIncomparable({ runs }: Story): boolean {
  const isMoved = (at: Moment) => "step" in at || at.route.startsWith("deployment");
  const [first] = runs;
  // Post begins later with something to tell, and would meet another job elsewhere.
  if (first?.beside !== undefined) return true;
  return first?.end != null && isMoved(first.end.at);
}

/** All that can be seen of a main step but what it tells GitHub. */
function courseOf(main: Played | undefined): string {
  if (main === undefined) return "nothing";
  const { exchanges, exitCode, runner } = main;
  const sent = exchanges.map(({ request, from, to, answer, network }) => {
    // A sealed environment looks different each time.
    const body = request.body?.replace(/"encrypted_env":"[0-9a-f]+"/, "");
    return [request.method, request.url, body, from, to, answer?.status, network];
  });
  const { outputs, concludedAt } = runner;
  const saved = Object.entries(runner.saved).filter(([name]) => !name.startsWith("deployment_"));
  return JSON.stringify({ exitCode, concludedAt, outputs, saved, sent });
}
